import { errorText } from '../../base/errors';
import type { Json } from '../../base/json';
import type { PortValues } from '../nodes/nodeType';
import { FlowError, FlowLimitError } from './errors';
import type { StoredValue } from './events';

/** JSON longer than this leaves the journal for a content-addressed file. */
export const largeValueBytes = 32 * 1024;
const previewLength = 500;

/** Outputs of a node with the JSON of each, which is written to the journal as it is. */
export interface CheckedOutputs {
	readonly values: PortValues;
	/** JSON by port. */
	readonly texts: ReadonlyMap<string, string>;
}

/** Makes JSON of what a node gave back. Throws a `FlowError` for what cannot be one. */
export function checkOutputs(raw: unknown, maxLength: number): CheckedOutputs {
	const texts = new Map<string, string>();
	if (raw === undefined || raw === null) return { values: {}, texts };
	if (typeof raw !== 'object' || Array.isArray(raw)) {
		throw new FlowError('node-output', `The node must give an object with values by port, not ${describe(raw)}.`);
	}
	const values: Record<string, Json> = {};
	for (const [port, value] of Object.entries(raw)) {
		if (value === undefined) continue;
		const text = jsonText(port, value);
		if (text === undefined) throw new FlowError('node-output', `What came out at '${port}' is ${describe(value)}.`);
		if (text.length > maxLength) {
			const [size, most] = [text.length, maxLength].map(length => `${(length / 1024 / 1024).toFixed(1)} MB`);
			throw new FlowError('limit-output', `What came out at '${port}' has ${size}; a value may have ${most}.`);
		}
		values[port] = isPlain(value) ? value : (JSON.parse(text) as Json);
		texts.set(port, text);
	}
	return { values, texts };
}

/** Keeps a text elsewhere and gives the name it is found by. */
export type PutText = (text: string) => Promise<string>;
export type StoredOutputs = Readonly<Record<string, StoredValue>>;

/** Outputs as events carry them. Large ones are put away first; without `put` they stay. */
export function storeOutputs(
	{ values, texts }: CheckedOutputs,
	put: PutText | undefined,
): StoredOutputs | Promise<StoredOutputs> {
	const stored: Record<string, StoredValue> = {};
	const large: Promise<void>[] = [];
	for (const [port, text] of texts) {
		const bytes = Buffer.byteLength(text);
		if (put === undefined || bytes <= largeValueBytes) stored[port] = { value: values[port] ?? null, bytes };
		else
			large.push(
				put(text).then(blob => {
					stored[port] = { blob, bytes, preview: text.slice(0, previewLength) };
				}),
			);
	}
	return large.length === 0 ? stored : Promise.all(large).then(() => stored);
}

/** One value as an event carries it. */
export function storedJson(value: Json): StoredValue {
	return { value, bytes: Buffer.byteLength(JSON.stringify(value)) };
}

/** An error as it comes out of the port `error`, and of a `try`. */
export function errorValue(error: unknown, node: string): Json {
	const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'failed';
	return { message: messageOf(error), code, node };
}

/** The sentence of anything that a node threw. */
export function messageOf(error: unknown): string {
	let text: string;
	try {
		text = errorText(error);
	} catch {
		// An object whose own conversion throws: a node may throw anything.
		text = '';
	}
	return text.trim() === '' || text === '[object Object]' ? 'The node failed without a word.' : text.slice(0, 10_000);
}

function jsonText(port: string, value: unknown): string | undefined {
	if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
		return JSON.stringify(value);
	try {
		return JSON.stringify(value);
	} catch (error) {
		const text = `What came out at '${port}' cannot be written down: ${messageOf(error).split('\n')[0]}`;
		throw new FlowError('node-output', text, { cause: error });
	}
}

function describe(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'a list';
	return typeof value === 'undefined' ? 'nothing' : `a ${typeof value}, which is no JSON`;
}

/** Whether a value is JSON as it stands: then it need not be copied. Circles cannot come here: they have no text. */
function isPlain(value: unknown): value is Json {
	if (typeof value !== 'object' || value === null) return isPlainLeaf(value);
	const open: object[] = [value];
	for (let next = open.pop(); next; next = open.pop()) {
		if (!Array.isArray(next)) {
			const prototype = Object.getPrototypeOf(next) as unknown;
			if ((prototype !== Object.prototype && prototype !== null) || 'toJSON' in next) return false;
		}
		for (const part of Object.values(next) as unknown[]) {
			if (typeof part === 'object' && part !== null) open.push(part);
			else if (!isPlainLeaf(part)) return false;
		}
	}
	return true;
}

function isPlainLeaf(value: unknown): boolean {
	if (typeof value === 'number') return Number.isFinite(value);
	return typeof value === 'string' || typeof value === 'boolean' || value === null;
}

/** Whether an error ends the run whatever the node's policy is. */
export function endsRun(error: unknown): error is FlowLimitError {
	return error instanceof FlowLimitError;
}
