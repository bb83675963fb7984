import type { Json } from '../../base/json';
import type { PortValues } from '../nodes/nodeType';
import type { RunEvent } from './events';
import type { Frame } from './frame';
import type { FlowInstance } from './instance';
import { noteOutput } from './nodeEnd';
import { partGiven } from './plan';
import { checkOutputs, storeOutputs, type StoredOutputs } from './values';

/**
 * Settles a node that does not run: its value is given, it is muted, or it is a trigger. `false`: it runs.
 * @param stored how the given values stand in events, where they are large
 * @param startedAt when the run began
 */
export function settleGiven(
	frame: Frame,
	local: number,
	emit: (event: RunEvent) => void,
	stored: ReadonlyMap<number, StoredOutputs>,
	startedAt: number,
): boolean {
	const node = frame.body.nodes[local]!;
	const { plan } = frame.instance;
	const tell = (state: 'pinned' | 'cached' | 'succeeded' | 'skipped', outputs: StoredOutputs): void =>
		emit({
			type: 'node.ended',
			node: node.id,
			frame: frame.path,
			attempt: 0,
			state,
			outputs,
			error: null,
			durationMs: 0,
			cost: null,
		});
	const settle = (values: PortValues, state: 'pinned' | 'cached' | 'succeeded'): true => {
		tell(state, (frame.instance.depth === 0 ? stored.get(node.index) : undefined) ?? inlineOutputs(values));
		noteOutput(frame, local, values, {});
		frame.settle(local, values);
		return true;
	};
	if (plan.parts[node.index] === partGiven) {
		const given = plan.given.get(node.index)!;
		return settle(given.values, given.state);
	}
	if (node.node.skip !== 'mute' && node.type.isTrigger !== true) return false;
	const values = node.node.skip === 'mute' ? null : triggerValues(frame.instance, node.id, node.outputPorts, startedAt);
	if (values) return settle(values, 'succeeded');
	tell('skipped', {});
	frame.skip(local);
	return true;
}

export function inlineOutputs(values: PortValues): StoredOutputs {
	return storeOutputs(checkOutputs(values, Number.POSITIVE_INFINITY), undefined) as StoredOutputs;
}

/**
 * What comes out of a trigger. When none started the run, a person did: then each trigger gives the inputs of its ports'
 * names, and its first port all of them, or the time where that is what it gives.
 */
function triggerValues(
	instance: FlowInstance,
	id: string,
	ports: readonly string[],
	startedAt: number,
): PortValues | null {
	const { trigger, inputs } = instance;
	if (trigger) return trigger.node === id ? trigger.outputs : null;
	const values: Record<string, Json> = {};
	for (const [index, port] of ports.entries()) {
		if (Object.hasOwn(inputs, port)) values[port] = inputs[port]!;
		else if (index === 0) values[port] = port === 'at' ? new Date(startedAt).toISOString() : inputs;
	}
	return values;
}
