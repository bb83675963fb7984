import type { ReactElement } from 'react';
import { useCanvas } from '../context';
import { useStored } from '../state/store';
import { useStore } from '../state/store';
import { OnCanvas } from './OnCanvas';

/** Lines while nodes are dragged, the box while nodes are selected, and the frame that would take the nodes. */
export function Guides(): ReactElement {
	const canvas = useCanvas();
	const guides = useStored(canvas.drag, drag => drag.guides);
	const into = useStored(canvas.drag, drag => drag.into);
	const selecting = useStore(canvas.selecting);
	const frame = typeof into === 'string' ? canvas.editor.index.box(into) : undefined;
	return (
		<OnCanvas>
			{frame && <div className="drop-frame" style={boxStyle(frame)} />}
			{guides.map(({ axis, at, from, to }) => (
				<div
					key={axis}
					className={`guide guide-${axis}`}
					style={
						axis === 'x'
							? { transform: `translate(${at}px, ${from}px)`, height: to - from }
							: { transform: `translate(${from}px, ${at}px)`, width: to - from }
					}
				/>
			))}
			{selecting && <div className="select-box" style={boxStyle(selecting)} />}
		</OnCanvas>
	);
}

function boxStyle({ x, y, width, height }: { x: number; y: number; width: number; height: number }): {
	transform: string;
	width: number;
	height: number;
} {
	return { transform: `translate(${x}px, ${y}px)`, width, height };
}
