import { memo, type ReactElement } from 'react';
import type { FlowEdge } from '../../../core/flow/model/flow';
import { useCanvas, useEditor } from '../context';
import type { GraphIndex } from '../graph/graphIndex';
import { useStored } from '../state/store';
import { OnCanvas } from './OnCanvas';

/** Lines of one path: browsers take long over paths of very many. */
const linesAtOnce = 24;

/** Edges that cross what is seen with both ends elsewhere. */
export function PassingEdges(): ReactElement | null {
	const canvas = useCanvas();
	const editor = useEditor();
	const edges = useStored(canvas.scene, scene => scene.passing);
	if (edges.length === 0) return null;
	return (
		<OnCanvas>
			<Lines edges={edges} index={editor.index} />
		</OnCanvas>
	);
}

const Lines = memo(function Lines({
	edges,
	index,
}: {
	readonly edges: readonly FlowEdge[];
	readonly index: GraphIndex;
}): ReactElement {
	const paths: string[] = [];
	edges.forEach((edge, at) => {
		const ends = index.ends(edge);
		const line = ends ? `M${ends.x1},${ends.y1}L${ends.x2},${ends.y2}` : '';
		const path = Math.floor(at / linesAtOnce);
		paths[path] = (paths[path] ?? '') + line;
	});
	return (
		<svg className="passing" aria-hidden="true">
			{paths.map(path => (
				<path key={path} d={path} />
			))}
		</svg>
	);
});
