import type { Json } from '../../base/json';
import { groupColours, valueKinds } from './flow';
import type {
	ErrorPolicy,
	FlowEdge,
	FlowGroup,
	FlowInput,
	FlowLimits,
	FlowNode,
	Position,
	RetryPolicy,
	ValueKind,
} from './flow';
import { fromDocument } from './lines';
import { byCode, isDefault, setParams, snapPosition } from './normalise';
import { nearest } from './nearest';
import { nodeKeys } from './print';
import type { FlowProblem } from './problem';
import { isSlug, slugRule } from './slugs';

export type Raw = Readonly<Record<string, Json>>;

/** Collects what is wrong with the shape of a document or of an operation, and knows where it is reading. */
export class ShapeReport {
	readonly problems: FlowProblem[] = [];
	private readonly path: (string | number)[] = [];

	/** @param isDocument texts of several lines stand there as lists of lines */
	constructor(private readonly isDocument = false) {}

	/** The value that is meant. */
	decode(value: Json): Json {
		return this.isDocument ? fromDocument(value) : value;
	}

	/** Reads a part: what is wrong with it is told with `key` behind the path. */
	within<T>(key: string | number, read: (value: Json, report: ShapeReport) => T, value: Json): T {
		this.path.push(key);
		const result = read(value, this);
		this.path.pop();
		return result;
	}

	/** Where it is reading, in words. */
	get place(): string {
		return this.path.length === 0 ? 'A flow' : `"${this.path.join('.')}"`;
	}

	error(message: string, more: Partial<FlowProblem> = {}): undefined {
		this.problems.push({ code: 'bad-shape', severity: 'error', message, path: [...this.path], ...more });
		return undefined;
	}

	warn(code: FlowProblem['code'], message: string, more: Partial<FlowProblem> = {}): undefined {
		return this.error(message, { code, severity: 'warning', ...more });
	}

	/** A problem of a key of the object that is read. */
	atKey(key: string, message: string, more: Partial<FlowProblem> = {}): undefined {
		return this.error(message, { path: [...this.path, key], isKey: true, ...more });
	}

	/** Every key that is none of `known`. */
	strangers(value: Raw, known: readonly string[]): void {
		for (const key of Object.keys(value)) {
			if (known.includes(key)) continue;
			const near = nearest(key, known);
			const ending = near === undefined ? `Known keys: ${known.join(', ')}.` : `Did you mean "${near}"?`;
			this.atKey(key, `${this.place} has no key "${key}". ${ending}`, { code: 'unknown-key' });
		}
	}

	/** A key that is kept although nothing reads it. */
	keptStranger(key: string, known: readonly string[]): void {
		const near = nearest(key, known);
		const ending = near === undefined ? 'It is kept.' : `Did you mean "${near}"?`;
		this.atKey(key, `Nothing reads "${key}" here. ${ending}`, { code: 'unknown-key', severity: 'warning' });
	}
}

export function isRecord(value: Json | undefined): value is Raw {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Reader = (value: Json, report: ShapeReport) => unknown;

const text: Reader = (value, report) => {
	const decoded = report.decode(value);
	return typeof decoded === 'string' ? decoded : report.error(`${report.place} must be a text.`);
};

const flag: Reader = (value, report) =>
	typeof value === 'boolean' ? value : report.error(`${report.place} must be true or false.`);

/** A number that is not negative; whether it makes sense is `validateFlow`'s to say. */
const amount: Reader = (value, report) =>
	typeof value === 'number' && value >= 0 && Number.isFinite(value)
		? value
		: report.error(`${report.place} must be a number that is not negative.`);

const slug: Reader = (value, report) =>
	typeof value === 'string' && isSlug(value) ? value : report.error(`${report.place} ${slugRule}.`, { code: 'bad-id' });

function oneOf(values: readonly string[]): Reader {
	return (value, report) =>
		typeof value === 'string' && values.includes(value)
			? value
			: report.error(`${report.place} must be one of: ${values.map(item => `"${item}"`).join(', ')}.`);
}

/** The object's known keys, each by its reader. `null` counts as absent. The same object when it is right as it is. */
function record(
	value: Json,
	report: ShapeReport,
	readers: Readonly<Record<string, Reader>>,
): Readonly<Record<string, unknown>> | undefined {
	if (!isRecord(value)) return report.error(`${report.place} must be an object.`);
	report.strangers(value, Object.keys(readers));
	let changed: Record<string, unknown> | undefined;
	for (const key of Object.keys(value)) {
		const [item, reader] = [value[key]!, readers[key]];
		const read = item === null || !reader ? undefined : report.within(key, reader, item);
		if (read === item) continue;
		changed ??= { ...value };
		if (read === undefined) delete changed[key];
		else changed[key] = read;
	}
	return changed ?? value;
}

const retryReaders = { max: amount, backoff: oneOf(['fixed', 'exponential']), delayMs: amount };

function readRetry(value: Json, report: ShapeReport): RetryPolicy | undefined {
	const retry = record(value, report, retryReaders);
	if (!retry) return undefined;
	if (!Object.hasOwn(value as Raw, 'max')) {
		return report.error(`${report.place} needs "max", the attempts beside the first.`);
	}
	return retry as unknown as RetryPolicy;
}

function readErrorPolicy(value: Json, report: ShapeReport): ErrorPolicy | undefined {
	if (value === 'stop' || value === 'branch') return value;
	const decoded = report.decode(value);
	if (isRecord(decoded) && Object.keys(decoded).length === 1 && isRecord(decoded['value'])) {
		return decoded as { readonly value: Raw };
	}
	return report.error(`${report.place} must be "stop", "branch" or { "value": { … } } with a value for each output.`);
}

/** A map of any values, such as parameters. */
function readValues(value: Json, report: ShapeReport): Raw | undefined {
	if (!isRecord(value)) return report.error(`${report.place} must be an object.`);
	let changed: Record<string, Json> | undefined;
	for (const key of Object.keys(value)) {
		const after = report.decode(value[key]!);
		// An own `__proto__` is no parameter of anything, and assigning it would do something else.
		if (key === '__proto__') report.atKey(key, `A parameter cannot be named "${key}".`);
		else if (after !== value[key]) (changed ??= { ...value })[key] = after;
	}
	return changed ?? value;
}

const readParams: Reader = (value, report) => {
	const params = readValues(value, report);
	return params && setParams(params);
};

const nodeReaders: Readonly<Record<(typeof nodeKeys)[number], Reader>> = {
	type: (value, report) =>
		typeof value === 'string' && value !== '' && value.length <= 200
			? value
			: report.error(`${report.place} must name a node type and its version, such as "text.template@1".`),
	name: text,
	params: readParams,
	in: slug,
	retry: readRetry,
	timeoutMs: amount,
	onError: readErrorPolicy,
	skip: oneOf(['mute', 'bypass']),
	cache: flag,
	note: text,
	origin: readValues,
};

/** One key of a node, as the document or an operation gives it. `undefined` with a problem, or for a default. */
export function readNodeKey(key: keyof FlowNode, value: Json, report: ShapeReport): unknown {
	if (value === null) return undefined;
	const read = key === 'unknown' ? readValues(value, report) : nodeReaders[key](value, report);
	return isDefault(key, read) ? undefined : read;
}

type NodeKey = (typeof nodeKeys)[number];
const nodeKeySet: ReadonlySet<string> = new Set(nodeKeys);
const keyReaders = Object.fromEntries(
	nodeKeys.map(key => [key, (value: Json, report: ShapeReport) => readNodeKey(key, value, report)]),
) as Readonly<Record<NodeKey, Reader>>;

/** A node of the document; the same object when it is right as it is. Keys that this version does not know are kept. */
export function readNode(value: Json, report: ShapeReport): FlowNode | undefined {
	if (!isRecord(value)) return report.error(`${report.place} must be an object with a "type".`);
	let changed: Record<string, unknown> | undefined;
	let unknown: Record<string, Json> | undefined;
	for (const key of Object.keys(value)) {
		const item = value[key]!;
		const read = nodeKeySet.has(key) ? report.within(key, keyReaders[key as NodeKey], item) : undefined;
		if (read === item) continue;
		changed ??= { ...value };
		if (read === undefined) delete changed[key];
		else changed[key] = read;
		if (nodeKeySet.has(key) || key === '__proto__') continue;
		(unknown ??= {})[key] = report.decode(item);
		report.keptStranger(key, nodeKeys);
	}
	if (unknown) (changed ??= { ...value })['unknown'] = unknown;
	if (!Object.hasOwn(value, 'type')) report.error(`${report.place} has no "type", such as "text.template@1".`);
	return (changed ?? value) as unknown as FlowNode;
}

const inputReaders = { type: oneOf(valueKinds), description: text };

/** An input of the flow. */
export function readInput(value: Json, report: ShapeReport): FlowInput | undefined {
	if (!isRecord(value)) return report.error(`${report.place} must be an object with a "type".`);
	const { default: standard, ...rest } = value;
	const input = record(rest, report, inputReaders);
	if (!Object.hasOwn(value, 'type'))
		return report.error(`${report.place} has no "type": one of ${valueKinds.join(', ')}.`);
	const description = input?.['description'] as string | undefined;
	return {
		type: input?.['type'] as ValueKind,
		...(description ? { description } : {}),
		...(standard === undefined ? {} : { default: standard }),
	};
}

const limitReaders = {
	maxSteps: amount,
	maxMinutes: amount,
	maxTokens: amount,
	maxCostUsd: amount,
	concurrency: amount,
};

/** The limits of a run. */
export function readLimits(value: Json, report: ShapeReport): FlowLimits | undefined {
	return record(value, report, limitReaders);
}

const idList: Reader = (value, report) => {
	if (!Array.isArray(value)) return report.error(`${report.place} must be a list of node ids.`);
	const ids = (value as readonly Json[]).map((id, at) => report.within(at, slug, id));
	return [...new Set(ids)].filter(id => typeof id === 'string').toSorted(byCode);
};

const groupReaders = {
	name: text,
	color: oneOf(groupColours),
	nodes: idList,
};

/** A group; its nodes sorted and without duplicates. */
export function readGroup(value: Json, report: ShapeReport): FlowGroup | undefined {
	const group = record(value, report, groupReaders);
	return group && { name: '', nodes: [], ...group };
}

/** A line of the layout: `[x, y]` or `[x, y, width, height]`. */
export function readPlace(value: Json, report: ShapeReport): Position | undefined {
	const isPlace =
		Array.isArray(value) && (value.length === 2 || value.length === 4) && value.every(item => typeof item === 'number');
	if (!isPlace) return report.error(`${report.place} must be [x, y] or [x, y, width, height].`);
	const [x = 0, y = 0, width, height] = value as unknown as readonly number[];
	return snapPosition({ x, y, ...(width === undefined || height === undefined ? {} : { width, height }) });
}

/** An edge as operations carry it. */
export function readEdgeParts(value: Json | undefined, report: ShapeReport): FlowEdge | undefined {
	if (!isRecord(value)) return report.error('An edge must be an object.', { code: 'bad-edge' });
	const { from, output, to, input } = value;
	const isWhole = [from, output, to, input].every(name => typeof name === 'string' && isSlug(name));
	if (!isWhole) return report.error(`What an edge names ${slugRule}.`, { code: 'bad-edge' });
	return { from, output, to, input } as FlowEdge;
}

const edgePattern = /^\s*([^\s.]+)\s*\.\s*([^\s.]+)\s*->\s*([^\s.]+)\s*\.\s*([^\s.]+)\s*$/;

/** The edge of a line such as `fetch.body -> review.input`. */
export function readEdge(value: Json, report: ShapeReport): FlowEdge | undefined {
	const edge = typeof value === 'string' ? (plainEdge(value) ?? looseEdge(value)) : undefined;
	if (!edge)
		return report.error(`${report.place} must be a text such as "fetch.body -> review.input".`, { code: 'bad-edge' });
	const wrong = [edge.from, edge.output, edge.to, edge.input].find(name => !isSlug(name));
	return wrong === undefined ? edge : report.error(`"${wrong}" in ${report.place} ${slugRule}.`, { code: 'bad-edge' });
}

/** A line as the printer writes it. */
function plainEdge(line: string): FlowEdge | undefined {
	const first = line.indexOf('.');
	const arrow = line.indexOf(' -> ', first);
	const second = line.indexOf('.', arrow + 4);
	if (first < 1 || arrow < 0 || second < 0) return undefined;
	const edge = {
		from: line.slice(0, first),
		output: line.slice(first + 1, arrow),
		to: line.slice(arrow + 4, second),
		input: line.slice(second + 1),
	};
	return isSlug(edge.from) && isSlug(edge.output) && isSlug(edge.to) && isSlug(edge.input) ? edge : undefined;
}

/** A line as people write it. */
function looseEdge(line: string): FlowEdge | undefined {
	const parts = edgePattern.exec(line);
	if (!parts) return undefined;
	const [, from = '', output = '', to = '', input = ''] = parts;
	return { from, output, to, input };
}
