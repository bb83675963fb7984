import type { Json } from '../../base/json';
import type { FlowNode } from './flow';
import type { FlowOp } from './ops';
import { flowKeys, nodeKeys } from './print';
import {
	isRecord,
	readEdgeParts,
	readGroup,
	readInput,
	readLimits,
	readNodeKey,
	readPlace,
	ShapeReport,
} from './shape';
import type { Raw } from './shape';
import { isSlug, slugRule } from './slugs';

/** Operations that may be applied, or why one of them may not. */
export type ReadOps = { readonly ops: readonly FlowOp[] } | { readonly ops: undefined; readonly message: string };

const maxDepth = 150;

/**
 * Checks operations that come from a page, an agent or a file: what does not belong into a document does not get there.
 * All or nothing.
 */
export function readOps(value: unknown): ReadOps {
	if (!Array.isArray(value)) return { ops: undefined, message: 'Operations come as a list.' };
	const report = new ShapeReport();
	const ops: FlowOp[] = [];
	for (const [at, raw] of (value as readonly unknown[]).entries()) {
		if (!isJson(raw, 0) || !isRecord(raw)) report.error(`Operation ${at} is no JSON object.`);
		else {
			const op = report.within(at, () => readOp(raw, report), null);
			if (op) ops.push(op);
		}
		const [problem] = report.problems.filter(item => item.severity === 'error');
		if (problem) return { ops: undefined, message: problem.message };
	}
	return { ops };
}

function isJson(value: unknown, depth: number): value is Json {
	if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
	if (typeof value === 'number') return Number.isFinite(value);
	if (typeof value !== 'object' || depth > maxDepth) return false;
	if (Array.isArray(value)) return value.every(item => isJson(item, depth + 1));
	const prototype: unknown = Object.getPrototypeOf(value);
	if (prototype !== Object.prototype && prototype !== null) return false;
	// `undefined` arrives where an optional key was copied; it is as good as absent.
	return Object.values(value).every(item => item === undefined || isJson(item, depth + 1));
}

type ReadOp = (raw: Raw, report: ShapeReport) => FlowOp | undefined;

function readOp(raw: Raw, report: ShapeReport): FlowOp | undefined {
	const name = raw['op'];
	const read = typeof name === 'string' && Object.hasOwn(readers, name) ? readers[name] : undefined;
	return read ? read(raw, report) : report.error(`There is no operation ${JSON.stringify(name)}.`);
}

function id(raw: Raw, key: string, report: ShapeReport): string | undefined {
	const value = raw[key];
	return typeof value === 'string' && isSlug(value)
		? value
		: report.error(`"${key}" of an operation ${slugRule}.`, { code: 'bad-id' });
}

const readers: Readonly<Record<string, ReadOp>> = {
	addNode(raw, report) {
		const nodeId = id(raw, 'id', report);
		const node = readPlainNode(raw['node'], report);
		const at = raw['at'] === undefined || raw['at'] === null ? undefined : readPosition(raw['at'], report);
		return nodeId === undefined || !node ? undefined : { op: 'addNode', id: nodeId, node, ...(at ? { at } : {}) };
	},
	removeNode(raw, report) {
		const nodeId = id(raw, 'id', report);
		return nodeId === undefined ? undefined : { op: 'removeNode', id: nodeId };
	},
	setNode(raw, report) {
		const nodeId = id(raw, 'id', report);
		const key = raw['key'];
		const isKey = key === 'unknown' || (key !== 'params' && (nodeKeys as readonly unknown[]).includes(key));
		if (nodeId === undefined || !isKey) return report.error(`A node has no key ${JSON.stringify(key)}.`);
		const name = key as Exclude<keyof FlowNode, 'params'>;
		if (name === 'unknown') checkStrangers(raw['value'], nodeKeys, report);
		const value = report.within(name, item => readNodeKey(name, item, report), raw['value'] ?? null);
		return { op: 'setNode', id: nodeId, key: name, value: (value ?? null) as Json };
	},
	setParam(raw, report) {
		const nodeId = id(raw, 'id', report);
		const name = raw['name'];
		if (nodeId === undefined || typeof name !== 'string' || name === '__proto__') {
			return report.error(`A parameter cannot be named ${JSON.stringify(name)}.`);
		}
		return { op: 'setParam', id: nodeId, name, value: raw['value'] ?? null };
	},
	move(raw, report) {
		const places = raw['places'];
		if (!isRecord(places)) return report.error('Places come as an object.');
		const read = Object.entries(places).map(([node, place]) => {
			if (!isSlug(node)) report.error(`The id "${node}" ${slugRule}.`, { code: 'bad-id' });
			return [node, place === null ? null : readPosition(place, report)] as const;
		});
		return { op: 'move', places: Object.fromEntries(read.map(([node, place]) => [node, place ?? null])) };
	},
	addEdge: (raw, report) => edgeOp('addEdge', raw, report),
	removeEdge: (raw, report) => edgeOp('removeEdge', raw, report),
	setGroup(raw, report) {
		const groupId = id(raw, 'id', report);
		const value = raw['group'] ?? null;
		const group = value === null ? null : report.within('group', readGroup, value);
		return groupId === undefined || group === undefined ? undefined : { op: 'setGroup', id: groupId, group };
	},
	setInput(raw, report) {
		const name = id(raw, 'name', report);
		const value = raw['input'] ?? null;
		const input = value === null ? null : report.within('input', readInput, value);
		return name === undefined || input === undefined ? undefined : { op: 'setInput', name, input };
	},
	setFlow: readSetFlow,
};

function readSetFlow(raw: Raw, report: ShapeReport): FlowOp | undefined {
	const { name, description, limits, unknown } = raw;
	const flowId = raw['id'] === undefined ? undefined : id(raw, 'id', report);
	for (const [key, value] of Object.entries({ name, description })) {
		if (value !== undefined && typeof value !== 'string') report.error(`"${key}" must be a text.`);
	}
	checkStrangers(unknown ?? null, flowKeys, report);
	const read = limits === undefined ? undefined : report.within('limits', readLimits, limits);
	return {
		op: 'setFlow',
		...(flowId === undefined ? {} : { id: flowId }),
		...(name === undefined ? {} : { name: name as string }),
		...(description === undefined ? {} : { description: description as string }),
		...(read === undefined ? {} : { limits: read }),
		...(unknown === undefined ? {} : { unknown: unknown as Raw }),
	};
}

/** Keys that nothing reads must not be keys that something reads: they would stand twice. */
function checkStrangers(value: Json | undefined, known: readonly string[], report: ShapeReport): void {
	if (value === undefined || value === null) return;
	if (!isRecord(value)) report.error('"unknown" must be an object.');
	else for (const key of Object.keys(value)) if (known.includes(key)) report.error(`"${key}" is a known key.`);
}

function edgeOp(op: 'addEdge' | 'removeEdge', raw: Raw, report: ShapeReport): FlowOp | undefined {
	const edge = readEdgeParts(raw['edge'], report);
	return edge && { op, edge };
}

/** A node as operations carry it: its texts are texts, not lists of lines. */
function readPlainNode(value: Json | undefined, report: ShapeReport): FlowNode | undefined {
	if (!isRecord(value)) return report.error('A node must be an object with a "type".');
	const node: Record<string, unknown> = {};
	for (const key of Object.keys(value)) {
		const isKey = key === 'unknown' || (nodeKeys as readonly string[]).includes(key);
		if (key === 'unknown') checkStrangers(value[key], nodeKeys, report);
		if (!isKey) return report.error(`A node has no key "${key}".`, { code: 'unknown-key' });
		const read = report.within(key, item => readNodeKey(key as keyof FlowNode, item, report), value[key] ?? null);
		if (read !== undefined) node[key] = read;
	}
	return typeof node['type'] === 'string' ? (node as unknown as FlowNode) : report.error('A node needs a "type".');
}

function readPosition(value: Json, report: ShapeReport): ReturnType<typeof readPlace> {
	if (!isRecord(value)) return report.error('A place must be an object with "x" and "y".');
	const { x, y, width, height } = value;
	return readPlace(
		width === undefined || height === undefined ? [x ?? null, y ?? null] : [x ?? null, y ?? null, width, height],
		report,
	);
}
