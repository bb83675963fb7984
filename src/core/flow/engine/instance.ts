import type { Json } from '../../base/json';
import type { Flow, FlowInput, ValueKind } from '../model/flow';
import type { CompiledFlow } from './compiled';
import { FlowError } from './errors';
import type { RunPlan } from './plan';

/** A flow that is run: the one the run is of, or a sub-flow that a node called. */
export interface FlowInstance {
	readonly compiled: CompiledFlow;
	readonly plan: RunPlan;
	/** With defaults filled in. */
	readonly inputs: Readonly<Record<string, Json>>;
	/** 0 for the run's own flow. */
	readonly depth: number;
	/** As the node that calls it names it; '' for the run's own flow. */
	readonly path: string;
	/** What started the run; other triggers are not taken. `null`: a person or a caller, and every trigger is. */
	readonly trigger: TriggerValues | null;
}

/** Which trigger node started a run, and with what. */
export interface TriggerValues {
	readonly node: string;
	readonly outputs: Readonly<Record<string, Json>>;
}

/** Inputs of a run with defaults filled in. Throws a `FlowError` that names what is missing or does not fit. */
export function inputsFor(flow: Flow, given: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
	const inputs: Record<string, Json> = {};
	for (const [name, input] of Object.entries(flow.inputs)) {
		const value = Object.hasOwn(given, name) ? given[name] : input.default;
		if (value === undefined) {
			const about = input.description === undefined ? '' : ` (${input.description})`;
			throw new FlowError('flow-input', `The flow '${flow.name}' needs the input '${name}'${about}.`);
		}
		if (!fits(value, input)) {
			throw new FlowError('flow-input', `The input '${name}' of '${flow.name}' must be ${kindNames[input.type]}.`);
		}
		inputs[name] = value;
	}
	const unknown = Object.keys(given).find(name => !Object.hasOwn(flow.inputs, name));
	if (unknown !== undefined) {
		const known = Object.keys(flow.inputs);
		const list = known.length > 0 ? `It has: ${known.join(', ')}.` : 'It has none.';
		throw new FlowError('flow-input', `The flow '${flow.name}' has no input '${unknown}'. ${list}`);
	}
	return inputs;
}

const kindNames: Readonly<Record<ValueKind, string>> = {
	any: 'a value',
	text: 'a text',
	number: 'a number',
	boolean: 'true or false',
	object: 'an object',
	list: 'a list',
	file: 'the path of a file',
	image: 'an image',
};

function fits(value: Json, { type }: FlowInput): boolean {
	if (type === 'text' || type === 'file') return typeof value === 'string';
	if (type === 'number' || type === 'boolean') return typeof value === type;
	if (type === 'list') return Array.isArray(value);
	if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
	return true;
}
