import type { Json } from '../core/base/json';
import { errorText } from '../core/base/errors';
import type { Flow, ValueKind } from '../core/flow/model/flow';
import type { Given } from './command';
import { readNamed, UsageError, type Io } from './io';

/** What a run is given: `--inputs FILE` first, then each `--input k=v` over it. */
export async function readInputs(flow: Flow, given: Given, io: Io): Promise<Readonly<Record<string, Json>>> {
	const inputs: Record<string, Json> = {};
	const file = given.text('inputs');
	if (file !== undefined) Object.assign(inputs, await objectOf(io, file));
	for (const pair of given.texts('input')) {
		const at = pair.indexOf('=');
		if (at < 1) throw new UsageError(`--input takes NAME=VALUE, not “${pair}”.`);
		const name = pair.slice(0, at);
		const written = pair.slice(at + 1);
		const text = written.startsWith('@') ? await readNamed(io, written.slice(1)) : written;
		inputs[name] = valueOf(name, text, flow.inputs[name]?.type ?? 'any');
	}
	return inputs;
}

async function objectOf(io: Io, file: string): Promise<Readonly<Record<string, Json>>> {
	let value: unknown;
	try {
		value = JSON.parse(await readNamed(io, file));
	} catch (error) {
		if (error instanceof UsageError) throw error;
		throw new UsageError(`The inputs of ${file} are no JSON: ${errorText(error)}`);
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value))
		throw new UsageError(`${file} must hold an object of inputs by their names.`);
	return value as Readonly<Record<string, Json>>;
}

/** A text as a value of the kind that the flow wants. */
function valueOf(name: string, text: string, kind: ValueKind): Json {
	if (kind === 'text' || kind === 'file') return text;
	if (kind === 'number') {
		const number = Number(text);
		if (text.trim() === '' || Number.isNaN(number))
			throw new UsageError(`The input '${name}' is a number, and “${text}” is none.`);
		return number;
	}
	if (kind === 'boolean') {
		if (text !== 'true' && text !== 'false')
			throw new UsageError(`The input '${name}' is true or false, not “${text}”.`);
		return text === 'true';
	}
	try {
		return JSON.parse(text) as Json;
	} catch {
		if (kind === 'any' || kind === 'image') return text;
		throw new UsageError(`The input '${name}' is ${kind === 'list' ? 'a list' : 'an object'}, written as JSON.`);
	}
}

/** A flow whose cap of money is the smaller one of its own and the flag's. */
export function cappedFlow(flow: Flow, given: Given): Flow {
	const most = readMaxCost(given);
	if (most === undefined) return flow;
	return { ...flow, limits: { ...flow.limits, maxCostUsd: Math.min(flow.limits.maxCostUsd ?? most, most) } };
}

/** Dollars of `--max-cost`. */
export function readMaxCost(given: Given): number | undefined {
	const text = given.text('max-cost');
	if (text === undefined) return undefined;
	const most = Number(text);
	if (text.trim() === '' || !(most >= 0)) throw new UsageError(`--max-cost takes US dollars, as 0.50, not “${text}”.`);
	return most;
}
