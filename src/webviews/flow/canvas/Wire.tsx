import { BaseEdge, EdgeLabelRenderer, getBezierPath, type EdgeProps } from 'reactflow';
import { memo, useCallback, useSyncExternalStore, type ReactElement } from 'react';
import { IconButton } from '../../shared/components/IconButton';
import { useCanvas, useEditor } from '../context';
import { useStored } from '../state/store';
import type { SceneEdge } from './scene';

/** An edge. Its colour is the kind of its value; in a run it shows whether it was taken and how many items went over it. */
export const Wire = memo(function Wire(props: EdgeProps<SceneEdge>): ReactElement {
	const { id, source, data, selected = false } = props;
	const editor = useEditor();
	const canvas = useCanvas();
	const [path, labelX, labelY] = getBezierPath(props);
	const output = data?.edge.output ?? '';
	const taken = useTaken(source, output);
	const isSplicing = useStored(canvas.drag, drag => drag.splice === id);
	const isDetached = useStored(
		canvas.connecting,
		connecting => connecting !== null && connecting.detached === data?.edge && data !== undefined,
	);
	const change = useStored(editor.doc, doc => doc.compare?.edges[id] ?? '');
	const classes = [
		'wire',
		`kind-${data?.kind ?? 'any'}`,
		selected ? 'selected' : '',
		taken === undefined ? '' : 'taken',
		isSplicing ? 'splicing' : '',
		isDetached ? 'detached' : '',
		change === '' ? '' : `change-${change}`,
	]
		.filter(name => name !== '')
		.join(' ');
	return (
		<>
			<BaseEdge path={path} className={classes} interactionWidth={16} />
			{(selected || typeof taken === 'number') && (
				<EdgeLabelRenderer>
					<div
						className={`wire-label nodrag nopan${selected ? ' selected' : ''}`}
						style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
					>
						{typeof taken === 'number' && <span className="wire-items">{taken}</span>}
						{selected && editor.canEdit && <WireButtons id={id} x={labelX} y={labelY} />}
					</div>
				</EdgeLabelRenderer>
			)}
		</>
	);
});

function WireButtons({ id, x, y }: { readonly id: string; readonly x: number; readonly y: number }): ReactElement {
	const editor = useEditor();
	const canvas = useCanvas();
	return (
		<>
			<IconButton
				icon="add"
				label="Put a node into this edge"
				onClick={() => canvas.quickAdd.set({ kind: 'splice', edge: id, x, y })}
			/>
			<IconButton
				icon="trash"
				label="Delete this edge"
				onClick={() => {
					const edge = editor.index.edge(id);
					if (edge) editor.apply('Delete edge', [{ op: 'removeEdge', edge }]);
				}}
			/>
		</>
	);
}

/** `undefined`: not taken; `null`: taken by one value; else how many items. */
function useTaken(source: string, output: string): number | null | undefined {
	const { nodes } = useEditor().runs;
	const subscribe = useCallback((listener: () => void) => nodes.subscribe(source, listener), [nodes, source]);
	return useSyncExternalStore(subscribe, () => nodes.get(source).ports[output]);
}
