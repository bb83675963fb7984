import { join } from 'node:path';
import { boxesOf } from '../../core/flow/layout/boxes';
import { layoutFlow, type LayoutWish } from '../../core/flow/layout/flowLayout';
import type { LayoutContract } from '../../core/flow/layout/layoutProtocol';
import type { Flow, NodeId, Position } from '../../core/flow/model/flow';
import type { Host } from '../host/context';
import { askWorker } from '../host/workerHost';
import type { FlowWorld } from './world';

/** Larger flows are laid out in a thread: nothing else of the window waits for them. */
const mostHere = 500;
const timeoutMs = 30_000;

/** New places for the nodes of a flow. */
export async function layoutOf(
	{ context, log }: Pick<Host, 'context' | 'log'>,
	world: FlowWorld,
	flow: Flow,
	{ scope, nodes }: Pick<LayoutWish, 'scope' | 'nodes'>,
): Promise<Readonly<Record<NodeId, Position>>> {
	const boxOf = boxesOf(flow, world);
	const ids = Object.keys(flow.nodes);
	if (ids.length <= mostHere) return layoutFlow({ flow, boxOf, scope, nodes });
	const boxes = Object.fromEntries(ids.map(id => [id, boxOf(id)]));
	const plain = { nodes: flow.nodes, edges: flow.edges, layout: flow.layout };
	const file = context.asAbsolutePath(join('dist', 'workers', 'layout.js'));
	return askWorker<LayoutContract, Readonly<Record<NodeId, Position>>>(
		{ file, log, timeoutMs, memoryMb: 512 },
		client => client.call('layout', { flow: plain, boxes, scope, nodes }, timeoutMs),
	);
}
