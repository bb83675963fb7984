import type { Json } from '../../base/json';
import { flowFormat } from './flow';
import type { Flow, FlowEdge, FlowGroup, FlowInput, FlowNode, Position } from './flow';
import { locateProblems } from './lineMap';
import { migrate } from './migrations';
import { edgeLine, keysOf, sortEdges } from './normalise';
import { flowKeys } from './print';
import { maxProblems } from './problem';
import type { FlowProblem, JsonPath } from './problem';
import {
	isRecord,
	readEdge,
	readGroup,
	readInput,
	readLimits,
	readNode,
	readPlace,
	ShapeReport,
	strangerOf,
} from './shape';
import type { Raw } from './shape';
import { isSlug, slugRule } from './slugs';
import { duplicateKeys, scanText, syntaxProblems } from './syntax';

/** A flow with warnings, or what keeps the text from being one. Every problem has its range in the text. */
export type FlowParse =
	| { readonly flow: Flow; readonly problems: readonly FlowProblem[] }
	| { readonly flow: undefined; readonly problems: readonly FlowProblem[] };

/** Longer texts are refused: they would hold up the editor for longer than anyone waits. */
export const maxTextLength = 16 * 1024 * 1024;
const maxDepth = 200;

/**
 * Reads a document. It is JSON without comments, because the first change in the editor would lose them. Never throws:
 * what is wrong comes back as problems, all of them at once.
 */
export function parseFlow(text: string): FlowParse {
	const refused = refusal(text);
	if (refused) return { flow: undefined, problems: locateProblems('', [refused]) };
	const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
	const scan = scanText(json);
	if (scan.depth > maxDepth)
		return failed(text, 'too-deep', [], `The file is nested ${scan.depth} levels deep; ${maxDepth} are the most.`);
	let raw: Json;
	try {
		raw = JSON.parse(json) as Json;
	} catch {
		return { flow: undefined, problems: syntaxProblems(json) };
	}
	if (countKeys(raw) !== scan.keys) return { flow: undefined, problems: duplicateKeys(json) };
	const report = new ShapeReport(true);
	const flow = readDocument(raw, report);
	const problems = locateProblems(json, report.problems.slice(0, maxProblems));
	const isBroken = report.problems.some(problem => problem.severity === 'error');
	return flow && !isBroken ? { flow, problems } : { flow: undefined, problems };
}

function refusal(text: string): FlowProblem | undefined {
	if (text.length <= maxTextLength) return undefined;
	return {
		code: 'too-large',
		severity: 'error',
		message: `The file has ${megabytes(text.length)}; flows of up to ${megabytes(maxTextLength)} can be opened. Move long texts and data to files of their own.`,
		path: [],
	};
}

function megabytes(length: number): string {
	return `${Math.round(length / 1024 / 1024)} MB`;
}

function failed(text: string, code: FlowProblem['code'], path: JsonPath, message: string): FlowParse {
	return {
		flow: undefined,
		problems: locateProblems(code === 'too-deep' ? '' : text, [{ code, severity: 'error', message, path }]),
	};
}

function countKeys(value: Json): number {
	if (value === null || typeof value !== 'object') return 0;
	let count = 0;
	if (Array.isArray(value)) {
		for (const item of value as readonly Json[]) count += countKeys(item);
		return count;
	}
	const object = value as Raw;
	for (const key in object) count += 1 + countKeys(object[key]!);
	return count;
}

/** The flow of a parsed document; problems go to `report`. */
export function readDocument(raw: Json, report: ShapeReport): Flow | undefined {
	if (!isRecord(raw)) return report.error([], 'A flow is an object that begins with "flow": 1.');
	const format = raw['flow'];
	if (format === undefined) {
		return report.error([], `The key "flow" with the number of the format is missing: "flow": ${flowFormat}.`, {
			code: 'no-format',
		});
	}
	if (typeof format !== 'number' || !Number.isInteger(format) || format < 1) {
		return report.error(['flow'], `"flow" is the number of the format: ${flowFormat}.`, { code: 'no-format' });
	}
	if (format > flowFormat) {
		return report.error(
			['flow'],
			`This flow has the format ${format}, and this version of Quarterdeck reads formats up to ${flowFormat}. Update the extension to open it.`,
			{ code: 'future-format' },
		);
	}
	return readFlow(migrate(raw, format, flowFormat), report);
}

function readFlow(raw: Raw, report: ShapeReport): Flow | undefined {
	const nodes = readMap<FlowNode>(raw, 'nodes', report, readNode);
	const id = raw['id'];
	if (typeof id !== 'string' || !isSlug(id))
		report.error(id === undefined ? [] : ['id'], `"id" ${slugRule}.`, { code: 'bad-id' });
	const name = raw['name'] ?? id;
	if (typeof name !== 'string') report.error(['name'], '"name" must be a text.');
	const description = report.decode(raw['description'] ?? '');
	if (typeof description !== 'string') report.error(['description'], '"description" must be a text.');
	const unknown = unknownKeys(raw, report);
	return {
		id: id as string,
		name: name as string,
		...(description === '' ? {} : { description: description as string }),
		inputs: readMap<FlowInput>(raw, 'inputs', report, readInput),
		limits: raw['limits'] === undefined ? {} : (readLimits(raw['limits'], ['limits'], report) ?? {}),
		nodes,
		edges: readEdges(raw['edges'] ?? [], report),
		groups: readMap<FlowGroup>(raw, 'groups', report, readGroup),
		layout: readLayout(raw, nodes, report),
		...(unknown ? { unknown } : {}),
	};
}

function unknownKeys(raw: Raw, report: ShapeReport): Raw | undefined {
	let unknown: Record<string, Json> | undefined;
	for (const key of Object.keys(raw)) {
		if ((flowKeys as readonly string[]).includes(key) || key === '__proto__') continue;
		(unknown ??= {})[key] = report.decode(raw[key]!);
		if (key !== '$schema') report.problems.push(strangerOf([key], flowKeys));
	}
	return unknown;
}

type ReadValue<T> = (value: Json, path: JsonPath, report: ShapeReport) => T | undefined;

/** A map by slug, sorted. */
function readMap<T>(raw: Raw, name: string, report: ShapeReport, read: ReadValue<T>): Readonly<Record<string, T>> {
	const value = raw[name];
	if (value === undefined || value === null) return {};
	const map: Record<string, T> = {};
	if (!isRecord(value)) {
		report.error([name], `"${name}" must be an object.`);
		return map;
	}
	for (const key of keysOf(value)) {
		if (!isSlug(key))
			report.error([name, key], `The id "${key}" in "${name}" ${slugRule}.`, { code: 'bad-id', isKey: true });
		else {
			const item = read(value[key]!, [name, key], report);
			if (item !== undefined) map[key] = item;
		}
	}
	return map;
}

function readEdges(value: Json, report: ShapeReport): readonly FlowEdge[] {
	if (!Array.isArray(value)) {
		report.error(['edges'], '"edges" must be a list of texts such as "fetch.body -> review.input".');
		return [];
	}
	const edges: FlowEdge[] = [];
	const seen = new Set<string>();
	for (const [at, line] of (value as readonly Json[]).entries()) {
		const edge = readEdge(line, ['edges', at], report);
		if (!edge) continue;
		if (seen.has(edgeLine(edge))) {
			const message = `The edge "${edgeLine(edge)}" stands twice; it counts once.`;
			report.problems.push({ code: 'duplicate-edge', severity: 'warning', message, path: ['edges', at], edge });
		} else {
			seen.add(edgeLine(edge));
			edges.push(edge);
		}
	}
	return sortEdges(edges);
}

function readLayout(raw: Raw, nodes: Flow['nodes'], report: ShapeReport): Flow['layout'] {
	const layout: Record<string, Position> = {};
	for (const [id, place] of Object.entries(readMap<Position>(raw, 'layout', report, readPlace))) {
		if (Object.hasOwn(nodes, id)) layout[id] = place;
		else {
			const message = `There is no node "${id}"; its place is dropped with the next change.`;
			report.problems.push({ code: 'orphan-layout', severity: 'warning', message, path: ['layout', id], isKey: true });
		}
	}
	return layout;
}
