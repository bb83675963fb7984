import type { Flow, NodeId, Position } from '../model/flow';
import type { LayoutWish, NodeBox } from './flowLayout';

/** A wish as it goes to a thread. */
export interface PlainWish {
	readonly flow: Pick<Flow, 'nodes' | 'edges' | 'layout'>;
	readonly boxes: Readonly<Record<NodeId, NodeBox>>;
	readonly scope: LayoutWish['scope'];
	readonly nodes: readonly NodeId[];
}

export interface LayoutContract {
	requests: {
		layout: { params: PlainWish; result: Readonly<Record<NodeId, Position>> };
	};
	events: Record<string, never>;
}
