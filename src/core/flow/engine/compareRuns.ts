import type { NodeState, StoredValue } from './events';
import type { NodeRunState, RunState } from './runState';

/** What differs between two runs at one place. */
export interface RunDifference {
	readonly place: { readonly node: string; readonly frame: string };
	/** `null`: the node did not come to run there. */
	readonly states: readonly [NodeState | null, NodeState | null];
	/** Ports whose values differ, with both. */
	readonly ports: Readonly<Record<string, readonly [StoredValue | undefined, StoredValue | undefined]>>;
	readonly errors: readonly [string | null, string | null];
}

/** Places where two runs differ, in the order of the first and then of the second. */
export function compareRuns(first: RunState, second: RunState): readonly RunDifference[] {
	const keys = new Set([...first.nodes.keys(), ...second.nodes.keys()]);
	const found: RunDifference[] = [];
	for (const key of keys) {
		const [left, right] = [first.nodes.get(key), second.nodes.get(key)];
		const difference = compare(left, right);
		if (difference) found.push(difference);
	}
	return found;
}

function compare(left: NodeRunState | undefined, right: NodeRunState | undefined): RunDifference | undefined {
	const either = left ?? right;
	if (!either) return undefined;
	const ports: Record<string, [StoredValue | undefined, StoredValue | undefined]> = {};
	for (const port of new Set([...Object.keys(left?.outputs ?? {}), ...Object.keys(right?.outputs ?? {})])) {
		const pair: [StoredValue | undefined, StoredValue | undefined] = [left?.outputs[port], right?.outputs[port]];
		if (!isSame(...pair)) ports[port] = pair;
	}
	const states = [left?.state ?? null, right?.state ?? null] as const;
	const errors = [left?.error ?? null, right?.error ?? null] as const;
	const isEqual = states[0] === states[1] && errors[0] === errors[1] && Object.keys(ports).length === 0;
	const { node, frame } = either;
	return isEqual ? undefined : { place: { node, frame }, states, ports, errors };
}

/** Large values have their content's hash for a name, so that they need not be read. */
function isSame(left: StoredValue | undefined, right: StoredValue | undefined): boolean {
	if (!left || !right) return left === right;
	if ('blob' in left || 'blob' in right) return 'blob' in left && 'blob' in right && left.blob === right.blob;
	return left.bytes === right.bytes && JSON.stringify(left.value) === JSON.stringify(right.value);
}

/** Nodes that differ anywhere, for the canvas. */
export function changedNodes(differences: readonly RunDifference[]): ReadonlySet<string> {
	return new Set(differences.map(({ place }) => place.node));
}
