import type { ResizeParams } from 'reactflow';
import { useMemo } from 'react';
import type { NodeId } from '../../../core/flow/model/flow';
import { useEditor } from '../context';
import { gridStep, snapToGrid } from '../../../core/flow/layout/sizes';
import { useCanvas } from '../context';

interface Resize {
	readonly onResize: (event: unknown, to: ResizeParams) => void;
	readonly onEnd: (event: unknown, to: ResizeParams) => void;
}

/** Pulls a frame or a note to another size: shown while it is pulled, one step when it is let go. */
export function useResize(id: NodeId): Resize {
	const editor = useEditor();
	const canvas = useCanvas();
	return useMemo(() => {
		const snapped = ({ x, y, width, height }: ResizeParams): ResizeParams => {
			const left = snapToGrid(x);
			const top = snapToGrid(y);
			return {
				x: left,
				y: top,
				width: Math.max(gridStep, snapToGrid(x + width) - left),
				height: Math.max(gridStep, snapToGrid(y + height) - top),
			};
		};
		return {
			onResize: (_event, to) => canvas.resizing.set({ id, ...snapped(to) }),
			onEnd: (_event, to) => {
				canvas.resizing.set(null);
				editor.apply('Resize', [{ op: 'move', places: { [id]: snapped(to) } }]);
			},
		};
	}, [editor, canvas, id]);
}
