import type { Json } from '../../base/json';
import type { Value } from './values';

/** Names that an expression may use. */
export interface Scope {
	/** Outputs by port of a node; `undefined` when it has none. */
	node(id: string): Value;
	/** Every name but `nodes`; `undefined` when it has no value. */
	name(name: string): Value;
}

/** Every name that may have a value somewhere, with what it is. */
export const knownNames: ReadonlyMap<string, string> = new Map([
	['input', 'Values at this node’s ports'],
	['nodes', 'Outputs of earlier nodes: `nodes.fetch.body`'],
	['flow', 'What the run was given'],
	['item', 'The entry that is worked on'],
	['index', 'Which entry or pass it is, from 0'],
	['count', 'How many entries there are'],
	['previous', 'The result of the pass before'],
	['value', 'The value that a pass begins with'],
	['run', 'The run: `run.id`, `run.startedAt`'],
	['now', 'When the run began'],
]);

/** A scope of plain values, for previews, and for items inside a scope. */
export function scopeOf(values: Readonly<Record<string, Value>>, beside?: Scope): Scope {
	const nodes = Object.hasOwn(values, 'nodes') ? values['nodes'] : undefined;
	return {
		node: id =>
			typeof nodes === 'object' && nodes !== null ? own(nodes as Readonly<Record<string, Json>>, id) : beside?.node(id),
		name: name => (Object.hasOwn(values, name) ? values[name] : beside?.name(name)),
	};
}

function own(record: Readonly<Record<string, Value>>, key: string): Value {
	return Object.hasOwn(record, key) ? record[key] : undefined;
}
