import { hash } from 'node:crypto';
import type { Json } from '../../base/json';
import { PositionMap } from '../model/lineMap';
import type { Severity, TextRange } from '../model/problem';
import { scanText, syntaxProblems } from '../model/syntax';
import type { PortValues } from '../nodes/nodeType';
import { isRecord } from '../nodes/support';
import { checkKeys, type RowComplaint } from './complaint';
import type { Dataset, DatasetProblem, DatasetRow } from './dataset';
import { inOrder } from './inOrder';
import { readAssertions } from './readAssertions';

/** More rows than this are a mistake, or want a program of their own. */
export const mostRows = 10_000;
const maxLength = 64 * 1024 * 1024;
const maxDepth = 100;
const maxProblems = 500;
const titleLength = 80;

const rowKeys = ['name', 'inputs', 'mocks', 'assertions', 'fails', 'skip'];

/** Reads a file of tests. Rows that cannot be read are in the problems alone; empty lines are none. */
export function readDataset(text: string): Dataset {
	const problems: DatasetProblem[] = [];
	const rows: DatasetRow[] = [];
	if (text.length > maxLength) {
		const message = `The tests take more than ${maxLength / 1024 / 1024} MB.`;
		return { rows, problems: [{ severity: 'error', message, line: 0, column: 0, endColumn: 1 }] };
	}
	const keys = new Map<string, number>();
	for (const [line, written] of text.split('\n').entries()) {
		const source = written.endsWith('\r') ? written.slice(0, -1) : written;
		if (source.trim() === '' || problems.length >= maxProblems) continue;
		if (rows.length >= mostRows) {
			problems.push(problemAt(line, source, undefined, 'error', `At most ${mostRows} tests are read from one file.`));
			break;
		}
		const row = readRow(source, line, problems);
		if (!row) continue;
		const before = keys.get(row.key);
		if (before !== undefined) {
			const message = `Line ${before + 1} is the same test: give them different names.`;
			problems.push(problemAt(line, source, undefined, 'error', message));
			continue;
		}
		keys.set(row.key, line);
		rows.push(row);
	}
	return { rows, problems };
}

function readRow(source: string, line: number, problems: DatasetProblem[]): DatasetRow | undefined {
	const value = readJson(source, line, problems);
	if (value === undefined) return undefined;
	let places: PositionMap | undefined;
	let isBroken = false;
	const complain: RowComplaint = (path, message, { severity = 'error', isKey = false } = {}) => {
		places ??= new PositionMap(source);
		isBroken ||= severity === 'error';
		problems.push(problemAt(line, source, places.range(path, isKey), severity, message));
	};
	if (!isRecord(value)) {
		complain([], 'A test is an object: {"name": …, "inputs": {…}, "assertions": [{"output": …, "equals": …}]}.');
		return undefined;
	}
	checkKeys(value, rowKeys, [], complain);
	const { name, fails = false, skip = false } = value;
	if (name !== undefined && (typeof name !== 'string' || name.trim() === ''))
		complain(['name'], 'The name of a test is a text.');
	if (typeof fails !== 'boolean' && (typeof fails !== 'string' || fails === ''))
		complain(['fails'], '"fails" is true, or a text that must be in the error.');
	if (typeof skip !== 'boolean') complain(['skip'], '"skip" is true or false.');
	const inputs = readInputs(value, complain);
	const mocks = readMocks(value, complain);
	const assertions = readAssertions(value['assertions'], complain);
	if (isBroken) return undefined;
	const title = typeof name === 'string' ? name.trim() : undefined;
	return {
		line,
		key: title ?? keyOf(inputs, mocks),
		title: title ?? titleOf(inputs, line),
		inputs,
		mocks,
		assertions,
		fails: fails as boolean | string,
		isSkipped: skip === true,
	};
}

function readJson(source: string, line: number, problems: DatasetProblem[]): Json | undefined {
	const add = (message: string, range?: TextRange): undefined => {
		problems.push(problemAt(line, source, range, 'error', message));
	};
	if (scanText(source).depth > maxDepth) return add('The test is nested too deeply.');
	try {
		return JSON.parse(source) as Json;
	} catch {
		const [found] = syntaxProblems(source);
		if (!found) return add('This line is not JSON.');
		// The sentences are those of flows, which go over many lines.
		const isLonger = /^\s*[[{]\s*$/.test(source) || found.message.startsWith('The flow');
		const message = isLonger ? 'One test stands on one line of JSON.' : found.message;
		return add(found.code === 'comment' ? 'A file of tests cannot keep comments.' : message, found.range);
	}
}

function readInputs(row: Readonly<Record<string, Json>>, complain: RowComplaint): Readonly<Record<string, Json>> {
	const inputs = row['inputs'] ?? {};
	if (isRecord(inputs)) return inputs;
	complain(['inputs'], '"inputs" is an object of values by the names of the flow’s inputs.');
	return {};
}

function readMocks(row: Readonly<Record<string, Json>>, complain: RowComplaint): Readonly<Record<string, PortValues>> {
	const mocks = row['mocks'] ?? {};
	if (!isRecord(mocks)) {
		complain(['mocks'], '"mocks" is an object of outputs by nodes: {"fetch": {"body": "…"}}.');
		return {};
	}
	for (const [node, outputs] of Object.entries(mocks)) {
		if (!isRecord(outputs)) complain(['mocks', node], `The mock of '${node}' is an object of values by port.`);
	}
	return mocks as Readonly<Record<string, PortValues>>;
}

/** The same for the same inputs, whatever the order of their keys. */
function keyOf(inputs: Readonly<Record<string, Json>>, mocks: Readonly<Record<string, PortValues>>): string {
	return `#${hash('sha256', JSON.stringify(inOrder([inputs, mocks as Json]))).slice(0, 12)}`;
}

function titleOf(inputs: Readonly<Record<string, Json>>, line: number): string {
	const given = Object.entries(inputs).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
	const title = given.join(', ');
	if (title === '') return `Test ${line + 1}`;
	return title.length > titleLength ? `${title.slice(0, titleLength - 1)}…` : title;
}

function problemAt(
	line: number,
	source: string,
	range: TextRange | undefined,
	severity: Severity,
	message: string,
): DatasetProblem {
	const column = range?.column ?? 0;
	const endColumn = range ? Math.max(range.endColumn, column + 1) : Math.max(1, source.length);
	return { severity, message, line, column, endColumn };
}
