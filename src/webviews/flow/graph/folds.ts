import type { FlowGroup, NodeId } from '../../../core/flow/model/flow';
import { handleId, type PlacedNode } from '../../../core/flow/layout/handles';
import { cardWidth } from '../../../core/flow/layout/sizes';
import type { Box } from './box';
import { boundsOf, type Rect } from './grid';

/** A group that is folded: one small card stands for its nodes, and edges of theirs end at it. */
export interface Fold extends Rect {
	readonly id: string;
	/** Its nodes, and what stands inside of those. */
	readonly nodes: ReadonlySet<NodeId>;
}

export const foldHeight = 56;

/** The card of a folded group: at the upper left corner of what it hides. */
export function foldRect(boxes: Iterable<Rect>): Rect | null {
	const bounds = boundsOf(boxes);
	return bounds && { x: bounds.x, y: bounds.y, width: cardWidth, height: foldHeight };
}

/** Folds by group. A node that stands in several is hidden by the first. */
export function foldsOf(
	groups: Readonly<Record<string, FlowGroup>>,
	folded: ReadonlySet<string>,
	find: (id: NodeId) => Box | undefined,
	descendants: (id: NodeId) => Iterable<NodeId>,
): readonly Fold[] {
	const taken = new Set<NodeId>();
	return [...folded].flatMap((id): readonly Fold[] => {
		const group = Object.hasOwn(groups, id) ? groups[id] : undefined;
		const all = group?.nodes.flatMap(node => (find(node) ? [node, ...descendants(node)] : [])) ?? [];
		const nodes = new Set(all.filter(node => !taken.has(node)));
		const rect = foldRect([...nodes].flatMap(node => find(node) ?? []));
		if (!rect) return [];
		for (const node of nodes) taken.add(node);
		return [{ id, ...rect, nodes }];
	});
}

/** A node that a fold hides, as its edges see it: every port in the middle of a side of the card. */
export function foldedNode({ node, spots }: PlacedNode, fold: Rect): PlacedNode {
	const { x, y, width, height } = fold;
	return {
		node,
		x,
		y,
		width,
		height,
		spots: spots.map(({ port, side }) => {
			const isLeft = (side === 'input') !== handleId(port).startsWith('~');
			return { port, side, x: isLeft ? 0 : width, y: height / 2 };
		}),
	};
}
