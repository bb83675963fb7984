import type { FlowNode, NodeId } from '../../../core/flow/model/flow';
import type { HandleSpot, Shape } from '../../../core/flow/layout/sizes';
import type { Ports } from '../../../core/flow/nodes/nodeType';
import type { Rect } from './grid';

/** A node with its place and its ports. A new one stands for every change, so that identity says whether to draw again. */
export interface Box extends Rect {
	readonly id: NodeId;
	readonly node: FlowNode;
	readonly shape: Shape;
	readonly ports: Ports;
	readonly spots: readonly HandleSpot[];
}
