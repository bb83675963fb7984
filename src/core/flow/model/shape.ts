import type { Json } from '../../base/json';
import { valueKinds } from './flow';
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
import type { FlowProblem, JsonPath } from './problem';
import { isSlug, slugRule } from './slugs';

export type Raw = Readonly<Record<string, Json>>;

/** Collects what is wrong with the shape of a document or of an operation. */
export class ShapeReport {
	readonly problems: FlowProblem[] = [];

	/** @param isDocument texts of several lines stand there as lists of lines */
	constructor(private readonly isDocument = false) {}

	/** The value that is meant. */
	decode(value: Json): Json {
		return this.isDocument ? fromDocument(value) : value;
	}

	error(path: JsonPath, message: string, more: Partial<FlowProblem> = {}): undefined {
		this.problems.push({ code: 'bad-shape', severity: 'error', message, path, ...more });
		return undefined;
	}

	/** Every key that is none of `known`. */
	strangers(path: JsonPath, value: Raw, known: readonly string[]): void {
		for (const key of Object.keys(value)) {
			if (known.includes(key)) continue;
			const near = nearest(key, known);
			const ending = near === undefined ? `Known keys: ${known.join(', ')}.` : `Did you mean "${near}"?`;
			this.error([...path, key], `${nameOf(path)} has no key "${key}". ${ending}`, {
				code: 'unknown-key',
				isKey: true,
			});
		}
	}
}

function nameOf(path: JsonPath): string {
	return path.length === 0 ? 'A flow' : `"${path.join('.')}"`;
}

export function isRecord(value: Json | undefined): value is Raw {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Reader = (value: Json, path: JsonPath, report: ShapeReport) => unknown;

const text: Reader = (value, path, report) => {
	const decoded = report.decode(value);
	return typeof decoded === 'string' ? decoded : report.error(path, `${nameOf(path)} must be a text.`);
};

const flag: Reader = (value, path, report) =>
	typeof value === 'boolean' ? value : report.error(path, `${nameOf(path)} must be true or false.`);

/** A number that is not negative; whether it makes sense is `validateFlow`'s to say. */
const amount: Reader = (value, path, report) =>
	typeof value === 'number' && value >= 0 && Number.isFinite(value)
		? value
		: report.error(path, `${nameOf(path)} must be a number that is not negative.`);

const slug: Reader = (value, path, report) =>
	typeof value === 'string' && isSlug(value)
		? value
		: report.error(path, `${nameOf(path)} ${slugRule}.`, { code: 'bad-id' });

function oneOf(values: readonly string[]): Reader {
	return (value, path, report) =>
		typeof value === 'string' && values.includes(value)
			? value
			: report.error(path, `${nameOf(path)} must be one of: ${values.map(item => `"${item}"`).join(', ')}.`);
}

/** The object's known keys, each by its reader. `null` counts as absent. */
function record(
	value: Json,
	path: JsonPath,
	report: ShapeReport,
	readers: Readonly<Record<string, Reader>>,
): Record<string, unknown> | undefined {
	if (!isRecord(value)) return report.error(path, `${nameOf(path)} must be an object.`);
	report.strangers(path, value, Object.keys(readers));
	const result: Record<string, unknown> = {};
	for (const key of Object.keys(readers)) {
		const item = Object.hasOwn(value, key) ? value[key] : undefined;
		if (item === undefined || item === null) continue;
		const read = readers[key]!(item, [...path, key], report);
		if (read !== undefined) result[key] = read;
	}
	return result;
}

const retryReaders = { max: amount, backoff: oneOf(['fixed', 'exponential']), delayMs: amount };

function readRetry(value: Json, path: JsonPath, report: ShapeReport): RetryPolicy | undefined {
	const retry = record(value, path, report, retryReaders);
	if (!retry) return undefined;
	if (retry['max'] === undefined && report.problems.length === 0) {
		return report.error(path, `${nameOf(path)} needs "max", the attempts beside the first.`);
	}
	return retry as unknown as RetryPolicy;
}

function readErrorPolicy(value: Json, path: JsonPath, report: ShapeReport): ErrorPolicy | undefined {
	if (value === 'stop' || value === 'branch') return value;
	const decoded = report.decode(value);
	if (isRecord(decoded) && Object.keys(decoded).length === 1 && isRecord(decoded['value'])) {
		return { value: decoded['value'] };
	}
	return report.error(
		path,
		`${nameOf(path)} must be "stop", "branch" or { "value": { … } } with a value for each output.`,
	);
}

/** A map of any values, such as parameters. */
function readValues(value: Json, path: JsonPath, report: ShapeReport): Raw | undefined {
	if (!isRecord(value)) return report.error(path, `${nameOf(path)} must be an object.`);
	let changed: Record<string, Json> | undefined;
	for (const key of Object.keys(value)) {
		const after = report.decode(value[key]!);
		// An own `__proto__` is no parameter of anything, and assigning it would do something else.
		if (key === '__proto__') report.error([...path, key], `A parameter cannot be named "${key}".`, { isKey: true });
		else if (after !== value[key]) (changed ??= { ...value })[key] = after;
	}
	return changed ?? value;
}

const readParams: Reader = (value, path, report) => {
	const params = readValues(value, path, report);
	return params && setParams(params);
};

const nodeReaders: Readonly<Record<(typeof nodeKeys)[number], Reader>> = {
	type: (value, path, report) =>
		typeof value === 'string' && value !== '' && value.length <= 200
			? value
			: report.error(path, `${nameOf(path)} must name a node type and its version, such as "text.template@1".`),
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
export function readNodeKey(key: keyof FlowNode, value: Json, path: JsonPath, report: ShapeReport): unknown {
	if (value === null) return undefined;
	const read = key === 'unknown' ? readValues(value, path, report) : nodeReaders[key](value, path, report);
	return isDefault(key, read) ? undefined : read;
}

/** A node of the document. Keys that this version does not know are kept. */
export function readNode(value: Json, path: JsonPath, report: ShapeReport): FlowNode | undefined {
	if (!isRecord(value)) return report.error(path, `${nameOf(path)} must be an object with a "type".`);
	const node: Record<string, unknown> = {};
	let unknown: Record<string, Json> | undefined;
	for (const key of nodeKeys) {
		if (!Object.hasOwn(value, key)) continue;
		const read = readNodeKey(key, value[key]!, [...path, key], report);
		if (read !== undefined) node[key] = read;
	}
	for (const key of Object.keys(value)) {
		if ((nodeKeys as readonly string[]).includes(key) || key === '__proto__') continue;
		(unknown ??= {})[key] = report.decode(value[key]!);
		report.problems.push(strangerOf([...path, key], nodeKeys));
	}
	if (unknown) node['unknown'] = unknown;
	if (!Object.hasOwn(value, 'type')) report.error(path, `${nameOf(path)} has no "type", such as "text.template@1".`);
	return node as unknown as FlowNode;
}

/** A key that is kept although nothing reads it. */
export function strangerOf(path: JsonPath, known: readonly string[]): FlowProblem {
	const key = String(path.at(-1));
	const near = nearest(key, known);
	const ending = near === undefined ? 'It is kept.' : `Did you mean "${near}"?`;
	return {
		code: 'unknown-key',
		severity: 'warning',
		message: `Nothing reads "${key}" here. ${ending}`,
		path,
		isKey: true,
	};
}

const inputReaders = { type: oneOf(valueKinds), description: text };

/** An input of the flow. */
export function readInput(value: Json, path: JsonPath, report: ShapeReport): FlowInput | undefined {
	if (!isRecord(value)) return report.error(path, `${nameOf(path)} must be an object with a "type".`);
	const { default: standard, ...rest } = value;
	const input = record(rest, path, report, inputReaders);
	if (!Object.hasOwn(value, 'type'))
		return report.error(path, `${nameOf(path)} has no "type": one of ${valueKinds.join(', ')}.`);
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
export function readLimits(value: Json, path: JsonPath, report: ShapeReport): FlowLimits | undefined {
	return record(value, path, report, limitReaders);
}

const idList: Reader = (value, path, report) => {
	if (!Array.isArray(value)) return report.error(path, `${nameOf(path)} must be a list of node ids.`);
	const ids = (value as readonly Json[]).map((id, at) => slug(id, [...path, at], report));
	return [...new Set(ids)].filter(id => typeof id === 'string').toSorted(byCode);
};

const groupReaders = {
	name: text,
	color: oneOf(['red', 'orange', 'yellow', 'green', 'blue', 'purple']),
	nodes: idList,
};

/** A group; its nodes sorted and without duplicates. */
export function readGroup(value: Json, path: JsonPath, report: ShapeReport): FlowGroup | undefined {
	const group = record(value, path, report, groupReaders);
	return group && { name: '', nodes: [], ...group };
}

/** A line of the layout: `[x, y]` or `[x, y, width, height]`. */
export function readPlace(value: Json, path: JsonPath, report: ShapeReport): Position | undefined {
	const isPlace =
		Array.isArray(value) && (value.length === 2 || value.length === 4) && value.every(item => typeof item === 'number');
	if (!isPlace) return report.error(path, `${nameOf(path)} must be [x, y] or [x, y, width, height].`);
	const [x = 0, y = 0, width, height] = value as unknown as readonly number[];
	return snapPosition({ x, y, ...(width === undefined || height === undefined ? {} : { width, height }) });
}

/** An edge as operations carry it. */
export function readEdgeParts(value: Json | undefined, path: JsonPath, report: ShapeReport): FlowEdge | undefined {
	if (!isRecord(value)) return report.error(path, 'An edge must be an object.', { code: 'bad-edge' });
	const { from, output, to, input } = value;
	const isWhole = [from, output, to, input].every(name => typeof name === 'string' && isSlug(name));
	if (!isWhole) return report.error(path, `What an edge names ${slugRule}.`, { code: 'bad-edge' });
	return { from, output, to, input } as FlowEdge;
}

const edgePattern = /^\s*([^\s.]+)\s*\.\s*([^\s.]+)\s*->\s*([^\s.]+)\s*\.\s*([^\s.]+)\s*$/;

/** The edge of a line such as `fetch.body -> review.input`. */
export function readEdge(value: Json, path: JsonPath, report: ShapeReport): FlowEdge | undefined {
	const parts = typeof value === 'string' ? edgePattern.exec(value) : null;
	if (!parts) {
		return report.error(path, `${nameOf(path)} must be a text such as "fetch.body -> review.input".`, {
			code: 'bad-edge',
		});
	}
	const [, from = '', output = '', to = '', input = ''] = parts;
	const wrong = [from, output, to, input].find(name => !isSlug(name));
	if (wrong !== undefined)
		return report.error(path, `"${wrong}" in ${nameOf(path)} ${slugRule}.`, { code: 'bad-edge' });
	return { from, output, to, input };
}
