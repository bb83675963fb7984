import { CancelledError, ExpectedError } from '../../base/errors';
import type { Json } from '../../base/json';
import type { ValueKind } from '../model/flow';
import type { NodeContext } from './context';
import type { Port, PortValues } from './nodeType';

/**
 * `input`: a value at a port or in a parameter is not what the node works on. `refused`: a person or the gate said no.
 * `tool`: a tool failed. `answer`: a model's answer is not what was asked for. `not-found`: what a name means is not there.
 */
export type NodeErrorCode = 'input' | 'refused' | 'tool' | 'answer' | 'not-found' | 'failed';

/** A failure of a node, in a sentence. */
export function failure(
	code: NodeErrorCode,
	message: string,
	details: Record<string, unknown> = {},
): ExpectedError<NodeErrorCode> {
	return new ExpectedError(code, message, { details });
}

/** A port, short to write. */
export function port(name: string, title: string, kind: ValueKind, more: Partial<Omit<Port, 'name'>> = {}): Port {
	return { name, title, kind, ...more };
}

/** A port that must have a value. */
export function neededPort(name: string, title: string, kind: ValueKind, description?: string): Port {
	return { name, title, kind, isRequired: true, ...(description === undefined ? {} : { description }) };
}

/** For nodes that take nothing else: where in the order they run, and on which branch. */
export const after: Port = port('after', 'After', 'any', {
	description: 'It waits until this has come, and is skipped when it cannot come; the value is not used',
});

/** A value as text: texts as they are, all else as JSON. */
export function asText(value: Json): string {
	if (typeof value === 'string') return value;
	return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : String(value);
}

/** What came to a port as text; '' when nothing came. `0` and `false` are texts like others. */
export function textAt(inputs: PortValues, name: string): string {
	const value = inputs[name];
	return value === undefined || value === null ? '' : asText(value);
}

/** The list at a port. An object gives its values' entries nowhere: it is not silently made into a list. */
export function listAt(inputs: PortValues, name: string): readonly Json[] {
	const value = inputs[name];
	if (Array.isArray(value)) return value as readonly Json[];
	throw failure('input', `“${name}” needs a list and got ${kindOf(value)}.`);
}

export function isRecord(value: unknown): value is { readonly [key: string]: Json } {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a value is, for sentences. */
export function kindOf(value: Json | undefined): string {
	if (value === undefined) return 'nothing';
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'a list';
	switch (typeof value) {
		case 'string':
			return 'a text';
		case 'number':
			return 'a number';
		case 'boolean':
			return String(value);
		default:
			return 'an object';
	}
}

/** What a tool said, for a program and for people. */
export interface ToolUse {
	/** Structured where the tool gives that, else its text. */
	readonly value: Json;
	readonly text: string;
	readonly isError: boolean;
}

/** Calls a tool through the gate. Fails when the call did not run; what the tool itself says went wrong comes back. */
export async function callTool(
	context: NodeContext,
	name: string,
	input: Readonly<Record<string, unknown>>,
	secrets?: Readonly<Record<string, string>>,
): Promise<ToolUse> {
	const outcome = await context.callTool(name, input, secrets);
	if (outcome.status === 'stopped' || context.signal.aborted) throw new CancelledError();
	const text = plainText(
		outcome.fullText ?? outcome.content.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n'),
	);
	const details = { tool: name };
	if (outcome.status === 'refused') throw failure('refused', text, details);
	if (outcome.status === 'unknown') throw failure('not-found', text, details);
	if (outcome.status === 'invalid' || outcome.status === 'timedOut') throw failure('tool', text, details);
	return { value: outcome.value ?? text, text, isError: outcome.isError };
}

/** Calls a tool whose failure is the node's. */
export async function useTool(
	context: NodeContext,
	name: string,
	input: Readonly<Record<string, unknown>>,
): Promise<ToolUse> {
	const use = await callTool(context, name, input);
	if (use.isError) throw failure('tool', use.text, { tool: name });
	return use;
}

/** The mark around results is for models. */
function plainText(text: string): string {
	return /^<tool_data[^>]*>\n(?<inner>[^]*)\n<\/tool_data>$/u.exec(text)?.groups?.['inner'] ?? text;
}

/** Leaves out what is absent, as optional properties want it. */
export function present<T extends Readonly<Record<string, unknown>>>(
	values: T,
): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
	return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

/** Waits, unless stopped before. */
export function wait(context: NodeContext, ms: number): Promise<void> {
	return new Promise((resolve, reject) => {
		const { signal } = context;
		if (signal.aborted) {
			reject(new CancelledError());
			return;
		}
		// Timers of Node count in 32 bits: longer waits are several.
		const until = context.clock.now() + ms;
		let timer = context.clock.after(0, () => undefined);
		const stop = (): void => {
			timer.dispose();
			reject(new CancelledError());
		};
		const next = (): void => {
			const left = until - context.clock.now();
			if (left <= 0) {
				signal.removeEventListener('abort', stop);
				resolve();
				return;
			}
			timer = context.clock.after(Math.min(left, 2_000_000_000), next);
		};
		signal.addEventListener('abort', stop, { once: true });
		timer.dispose();
		next();
	});
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** `500 ms`, `10 s`, `5 min`, `1 h`; a bare number is milliseconds. `null` for an empty text: no limit. */
export function durationMs(written: string): number | null {
	if (written.trim() === '') return null;
	let total = 0;
	const rest = written.replaceAll(
		/(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)?(?![a-z])/giu,
		(_, amount: string, unit?: string) => {
			total += Number(amount) * (units[unit?.toLowerCase() ?? 'ms'] ?? 1);
			return '';
		},
	);
	if (rest.trim() !== '' || !/\d/u.test(written)) {
		throw failure('input', `“${written}” is no duration. Write it as 500 ms, 10 s, 5 min or 1 h.`);
	}
	return total;
}
