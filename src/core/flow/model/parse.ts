import type { Json } from '../../base/json';
import { edgeText, flowFormat } from './flow';
import type { Flow, FlowEdge } from './flow';
import { locateProblems } from './lineMap';
import { migrate } from './migrations';
import { keysOf, sortEdges, trustEdges } from './normalise';
import { flowKeys } from './print';
import { maxProblems } from './problem';
import type { FlowProblem, JsonPath } from './problem';
import { isRecord, readEdge, readGroup, readInput, readLimits, readNode, readPlace, ShapeReport } from './shape';
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

/** The flow of a parsed document; problems go to `report`. Takes what `raw` holds, so nobody else may change it. */
export function readDocument(raw: Json, report: ShapeReport): Flow | undefined {
	if (!isRecord(raw)) return report.error('A flow is an object that begins with "flow": 1.');
	const format = raw['flow'];
	if (format === undefined) {
		return report.error(`The key "flow" with the number of the format is missing: "flow": ${flowFormat}.`, {
			code: 'no-format',
		});
	}
	const wrong = formatProblem(format);
	if (wrong) return report.error(wrong.message, { path: ['flow'], code: wrong.code });
	return readFlow(migrate(raw, format as number, flowFormat), report);
}

function formatProblem(format: Json): Pick<FlowProblem, 'code' | 'message'> | undefined {
	if (typeof format !== 'number' || !Number.isInteger(format) || format < 1) {
		return { code: 'no-format', message: `"flow" is the number of the format: ${flowFormat}.` };
	}
	if (format <= flowFormat) return undefined;
	const message = `This flow has the format ${format}, and this version of Quarterdeck reads formats up to ${flowFormat}. Update the extension to open it.`;
	return { code: 'future-format', message };
}

function readFlow(raw: Raw, report: ShapeReport): Flow {
	const nodes = readMap(raw, 'nodes', report, readNode);
	const { id, name = id, description = '' } = raw;
	if (typeof id !== 'string' || !isSlug(id))
		report.error(`"id" ${slugRule}.`, { code: 'bad-id', path: id === undefined ? [] : ['id'] });
	if (typeof name !== 'string') report.error('"name" must be a text.', { path: ['name'] });
	const words = report.decode(description);
	if (typeof words !== 'string') report.error('"description" must be a text.', { path: ['description'] });
	const unknown = unknownKeys(raw, report);
	return {
		id: id as string,
		name: name as string,
		...(words === '' ? {} : { description: words as string }),
		inputs: readMap(raw, 'inputs', report, readInput),
		limits: raw['limits'] === undefined ? {} : (report.within('limits', readLimits, raw['limits']) ?? {}),
		nodes,
		edges: report.within('edges', readEdges, raw['edges'] ?? []),
		groups: readMap(raw, 'groups', report, readGroup),
		layout: readLayout(raw, nodes, report),
		...(unknown ? { unknown } : {}),
	};
}

function unknownKeys(raw: Raw, report: ShapeReport): Raw | undefined {
	let unknown: Record<string, Json> | undefined;
	for (const key of Object.keys(raw)) {
		if ((flowKeys as readonly string[]).includes(key) || key === '__proto__') continue;
		(unknown ??= {})[key] = report.decode(raw[key]!);
		if (key !== '$schema') report.keptStranger(key, flowKeys);
	}
	return unknown;
}

/** A map by slug, sorted; the same object when it is right as it is. */
function readMap<T>(
	raw: Raw,
	name: string,
	report: ShapeReport,
	read: (value: Json, report: ShapeReport) => T | undefined,
): Readonly<Record<string, T>> {
	const value = raw[name] ?? {};
	return report.within(
		name,
		() => {
			if (!isRecord(value)) return report.error(`"${name}" must be an object.`) ?? {};
			const keys = keysOf(value);
			const items: (T | undefined)[] = keys.map(key => {
				if (isSlug(key)) return report.within(key, read, value[key]!);
				return report.atKey(key, `The id "${key}" in "${name}" ${slugRule}.`, { code: 'bad-id' });
			});
			const own = Object.keys(value);
			if (items.every((item, at) => item === value[keys[at]!] && own[at] === keys[at]))
				return value as Readonly<Record<string, T>>;
			const map: Record<string, T> = {};
			for (const [at, item] of items.entries()) if (item !== undefined) map[keys[at]!] = item;
			return map;
		},
		value,
	);
}

function readEdges(value: Json, report: ShapeReport): readonly FlowEdge[] {
	if (!Array.isArray(value))
		return report.error('"edges" must be a list of texts such as "fetch.body -> review.input".') ?? [];
	const edges: FlowEdge[] = [];
	let last = '';
	let isSorted = true;
	for (const [at, line] of (value as readonly Json[]).entries()) {
		const edge = report.within(at, readEdge, line);
		if (!edge) continue;
		edges.push(edge);
		const text = edgeText(edge);
		isSorted &&= last < text;
		last = text;
	}
	if (isSorted) return trustEdges(edges);
	tellDuplicates(value as readonly Json[], report);
	return sortEdges(edges);
}

function tellDuplicates(lines: readonly Json[], report: ShapeReport): void {
	const seen = new Set<string>();
	const quiet = new ShapeReport(true);
	for (const [at, line] of lines.entries()) {
		const edge = readEdge(line, quiet);
		if (!edge) continue;
		const text = edgeText(edge);
		const message = `The edge "${text}" stands twice; it counts once.`;
		if (seen.has(text)) report.warn('duplicate-edge', message, { path: ['edges', at] });
		seen.add(text);
	}
}

function readLayout(raw: Raw, nodes: Flow['nodes'], report: ShapeReport): Flow['layout'] {
	const layout = readMap(raw, 'layout', report, readPlace);
	const orphans = Object.keys(layout).filter(id => !Object.hasOwn(nodes, id));
	if (orphans.length === 0) return layout;
	for (const id of orphans) {
		const message = `There is no node "${id}"; its place is dropped with the next change.`;
		report.warn('orphan-layout', message, { path: ['layout', id], isKey: true });
	}
	const gone = new Set(orphans);
	return Object.fromEntries(Object.entries(layout).filter(([id]) => !gone.has(id)));
}
