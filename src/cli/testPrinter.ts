import { formatCost } from '../core/base/money';
import { coverageCounts, type CoveredNode } from '../core/flow/datasets/coverage';
import type { DatasetReport, RowResult, RowStatus } from '../core/flow/datasets/runDataset';
import type { ExitCode } from './exitCodes';
import { jsonLine, type Io } from './io';
import { seconds } from './runPrinter';

/** Shows tests: as lines of JSON for programs, or as a few words for people. */
export interface TestPrinter {
	begin(file: string, count: number): void;
	row(file: string, result: RowResult): void;
	/** `of`: the tests, where `file` is a flow that their flow calls. */
	coverage(file: string, nodes: readonly CoveredNode[], of?: string): void;
	end(reports: readonly DatasetReport[], exitCode: ExitCode, refusals: readonly string[]): void;
}

/** A line for each test, one for what was covered, and the result last. */
export function jsonTestPrinter(io: Io): TestPrinter {
	return {
		begin: () => undefined,
		row: (file, { row, status, failures, outputs, durationMs, cost, execution }) =>
			io.out(
				jsonLine({
					type: 'test',
					file,
					line: row.line + 1,
					name: row.title,
					status,
					failures,
					outputs,
					durationMs,
					cost,
					execution,
				}),
			),
		coverage: (file, nodes, of) =>
			io.out(
				jsonLine({
					type: 'coverage',
					file,
					...(of === undefined ? {} : { of }),
					...coverageCounts(nodes),
					details: nodes,
				}),
			),
		end: (reports, exitCode, refusals) =>
			io.out(jsonLine({ type: 'result', ...totals(reports), exitCode, sentences: refusals })),
	};
}

const marks: Readonly<Record<RowStatus, string>> = {
	passed: '✓',
	failed: '✗',
	errored: '✗',
	skipped: '-',
	stopped: '■',
};

/** Tests and their failures, then a line of counts. */
export function textTestPrinter(io: Io, isQuiet: boolean): TestPrinter {
	return {
		begin: (file, count) => void (isQuiet || io.out(`${file}: ${count} ${count === 1 ? 'test' : 'tests'}\n`)),
		row(_, { row, status, failures, durationMs, cost }) {
			if (isQuiet && status === 'passed') return;
			const about = [seconds(durationMs), ...(cost === null ? [] : [formatCost(cost)])].join(', ');
			io.out(`${marks[status]} ${row.title} (${about})\n`);
			for (const { message, expected, actual } of failures) {
				io.out(`${indented(message)}\n`);
				if (expected !== undefined) io.out(`${indented(`expected: ${expected}`)}\n`);
				if (actual !== undefined) io.out(`${indented(`actual:   ${actual}`)}\n`);
			}
		},
		coverage(file, nodes, of) {
			if (isQuiet) return;
			const { nodes: ran, branches } = coverageCounts(nodes);
			const missed = nodes.flatMap(node => (node.count === 0 ? [node.node] : missedBranches(node)));
			const ways = branches[1] === 0 ? '' : `, ${branches[0]} of ${branches[1]} branches`;
			const rest = missed.length === 0 ? '' : `; not ${missed.join(', ')}`;
			const where = of === undefined ? 'covered' : `covered of ${file}`;
			io.out(`${where}: ${ran[0]} of ${ran[1]} nodes${ways}${rest}\n`);
		},
		end(reports, _, refusals) {
			for (const refusal of refusals) io.err(`${refusal}\n`);
			const { tests, ms, cost, ...counts } = totals(reports);
			const parts = Object.entries(counts).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
			const money = cost > 0 ? `, ${formatCost(cost)}` : '';
			io.out(`${tests} tests: ${parts.join(', ') || 'none'} in ${seconds(ms)}${money}\n`);
		},
	};
}

function missedBranches({ node, branches }: CoveredNode): readonly string[] {
	return branches.filter(({ count }) => count === 0).map(({ port }) => `${node}.${port}`);
}

function totals(reports: readonly DatasetReport[]): Readonly<Record<RowStatus | 'tests' | 'ms' | 'cost', number>> {
	const all = reports.flatMap(({ results }) => results);
	const of = (status: RowStatus): number => all.filter(result => result.status === status).length;
	return {
		tests: all.length,
		passed: of('passed'),
		failed: of('failed'),
		errored: of('errored'),
		skipped: of('skipped'),
		stopped: of('stopped'),
		ms: all.reduce((sum, { durationMs }) => sum + durationMs, 0),
		cost: reports.reduce((sum, { cost }) => sum + cost, 0),
	};
}

const mostShown = 2000;

function indented(text: string): string {
	const cut = text.length > mostShown ? `${text.slice(0, mostShown)}…` : text;
	return `    ${cut.replaceAll('\n', '\n    ')}`;
}
