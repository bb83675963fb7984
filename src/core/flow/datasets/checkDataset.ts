import { isOfKind } from '../model/kinds';
import { nearest } from '../model/nearest';
import type { Flow } from '../model/flow';
import { portsOfFlow } from '../nodes/types/flowEnds';
import type { Dataset, DatasetProblem, DatasetRow } from './dataset';

/** Names of what comes out of a flow. */
export function outputsOf(flow: Flow): readonly string[] {
	return portsOfFlow(flow).outputs.map(({ name }) => name);
}

/** What keeps a row from being run with this flow, in sentences; empty when nothing does. */
export function rowProblems(row: DatasetRow, flow: Flow): readonly string[] {
	return [...inputProblems(row, flow), ...mockProblems(row, flow), ...outputProblems(row, flow)];
}

/** The problems of the file, and those that its rows have with the flow. */
export function checkDataset({ rows, problems }: Dataset, flow: Flow, text: string): readonly DatasetProblem[] {
	const lines = text.split('\n');
	const more = rows.flatMap(row =>
		rowProblems(row, flow).map((message): DatasetProblem => {
			const endColumn = Math.max(1, (lines[row.line] ?? '').trimEnd().length);
			return { severity: 'error', message, line: row.line, column: 0, endColumn };
		}),
	);
	return [...problems, ...more];
}

function inputProblems({ inputs }: DatasetRow, flow: Flow): readonly string[] {
	const names = Object.keys(flow.inputs);
	const unknown = Object.keys(inputs)
		.filter(name => !names.includes(name))
		.map(name => `The flow has no input '${name}'.${meant(name, names)}`);
	const wrong = Object.entries(flow.inputs).flatMap(([name, { type, default: standard }]) => {
		const value = Object.hasOwn(inputs, name) ? inputs[name] : standard;
		if (value === undefined) return [`The flow needs the input '${name}'.`];
		return isOfKind(value, type) ? [] : [`The input '${name}' is not of the kind ${type}.`];
	});
	return [...unknown, ...wrong];
}

function mockProblems({ mocks }: DatasetRow, flow: Flow): readonly string[] {
	const ids = Object.keys(flow.nodes);
	return Object.keys(mocks)
		.filter(id => !ids.includes(id))
		.map(id => `The flow has no node '${id}' to stand in for.${meant(id, ids)}`);
}

function outputProblems({ assertions }: DatasetRow, flow: Flow): readonly string[] {
	const names = outputsOf(flow);
	return assertions.flatMap(({ output }) => {
		if (output !== null)
			return names.includes(output) ? [] : [`The flow has no output '${output}'.${meant(output, names)}`];
		if (names.length === 1) return [];
		return names.length === 0 ? ['The flow has no output to look at.'] : [`Name the "output": ${names.join(', ')}.`];
	});
}

function meant(name: string, candidates: readonly string[]): string {
	const found = nearest(name, candidates);
	return found === undefined ? '' : ` Is '${found}' meant?`;
}
