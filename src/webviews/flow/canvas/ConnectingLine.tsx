import type { ReactElement } from 'react';
import { useCanvas, useEditor } from '../context';
import { spotOf } from '../edits/connect';
import { useStore } from '../state/store';

/** The edge that is being drawn, and why it cannot end where the pointer is. */
export function ConnectingLine(): ReactElement | null {
	const editor = useEditor();
	const canvas = useCanvas();
	const now = useStore(canvas.connecting);
	const view = useStore(editor.view);
	if (!now) return null;
	const placeOf = (end: typeof now.start): { x: number; y: number } | null => {
		const box = editor.index.box(end.node);
		const spot = spotOf(editor.index, end);
		return box && spot ? { x: box.x + spot.x, y: box.y + spot.y } : null;
	};
	const onScreen = ({ x, y }: { readonly x: number; readonly y: number }): { x: number; y: number } => ({
		x: view.x + x * view.zoom,
		y: view.y + y * view.zoom,
	});
	const from = placeOf(now.start);
	if (!from) return null;
	const start = onScreen(from);
	const end = onScreen((now.target && placeOf(now.target)) ?? now);
	const bend = Math.max(30, Math.abs(end.x - start.x) / 2) * (now.start.side === 'output' ? 1 : -1);
	return (
		<div className="connecting" aria-hidden="true">
			<svg>
				<path
					className={`wire kind-${now.kind}${now.refusal === null ? '' : ' refused'}`}
					d={`M${start.x},${start.y} C${start.x + bend},${start.y} ${end.x - bend},${end.y} ${end.x},${end.y}`}
				/>
				{now.target && <circle className="connecting-target" cx={end.x} cy={end.y} r={7} />}
			</svg>
			{now.refusal !== null && (
				<div className="connecting-refusal" style={{ transform: `translate(${end.x + 14}px, ${end.y + 10}px)` }}>
					{now.refusal}
				</div>
			)}
		</div>
	);
}
