import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { systemCode } from '../../core/base/errors';
import { toNano } from '../../core/base/money';
import {
	baselinePathOf,
	noBaseline,
	parseBaseline,
	printBaseline,
	withAccepted,
	type Baseline,
} from '../../core/flow/datasets/baseline';
import {
	datasetPathOf,
	datasetProblemLine,
	flowPathOf,
	isDatasetPath,
	type DatasetRow,
} from '../../core/flow/datasets/dataset';
import { checkDataset } from '../../core/flow/datasets/checkDataset';
import { junitXml } from '../../core/flow/datasets/junit';
import { readDataset } from '../../core/flow/datasets/readDataset';
import { acceptedOf, runDataset, type DatasetReport } from '../../core/flow/datasets/runDataset';
import type { Flow } from '../../core/flow/model/flow';
import { writeFileAtomic } from '../../core/storage/files';
import type { CommandSpec, Given } from '../command';
import { exitCodes, type ExitCode } from '../exitCodes';
import { flowHash, readFlowFile } from '../flowFiles';
import { readMaxCost } from '../inputs';
import { readNamed, shownPath, UsageError, type Io } from '../io';
import { closeWorld, EndSignals, openWorld, runOptions } from '../perform';
import { workspaceOf } from '../places';
import { jsonTestPrinter, textTestPrinter, type TestPrinter } from '../testPrinter';
import type { World } from '../world';

const { answer: _, ...options } = runOptions;

export const testCommand: CommandSpec = {
	name: 'test',
	usage: 'FLOW|DATASET... [options]',
	summary: 'Runs the tests of flows',
	about: `
Runs the rows of review.flow.dataset.jsonl, which stands beside review.flow.json, and holds what comes out against what
each row says. A row is one line of JSON:
  {"name": "…", "inputs": {…}, "mocks": {"NODE": {"PORT": …}}, "assertions": [{"output": "…", "contains": "…"}]}
An assertion is one of equals, contains, regex, schema, within {value, delta}, judge {criteria, model, atLeast} and
baseline, with "path" into the output and "not". Without assertions the outputs must be those that were accepted last
with --update-baseline. "fails" is true or a text of the error, for a run that must fail.

Ends with 1 when a test fails or a file has problems. What takes a person’s word is refused, as in \`run\`.`,
	options: {
		only: { type: 'string', value: 'TEXT', help: 'Runs only the tests whose names hold the text.' },
		concurrency: { type: 'string', value: 'N', help: 'Tests at once; 4 without it.' },
		'max-cost': { type: 'string', value: 'USD', help: 'The most that all tests together may cost.' },
		'update-baseline': { type: 'boolean', help: 'Accepts what comes out of tests that are held against the baseline.' },
		junit: { type: 'string', value: 'FILE', help: 'Writes a report in JUnit’s format.' },
		...options,
	},
	takes: [1, 1000],
	async run(given, io) {
		const printer = given.flag('json') ? jsonTestPrinter(io) : textTestPrinter(io, given.flag('quiet'));
		const concurrency = readConcurrency(given);
		const maxCost = readMaxCost(given);
		const suites: Suite[] = [];
		for (const path of given.positionals) suites.push(await readSuite(path, given, io));
		if (suites.some(({ hasProblems }) => hasProblems)) return exitCodes.failed;
		const stop = new AbortController();
		const ends = new EndSignals(() => stop.abort());
		const world = await openWorld(given, io, workspaceOf(given, io), () => undefined);
		const done: { readonly name: string; readonly report: DatasetReport }[] = [];
		try {
			let left = maxCost === undefined ? null : toNano(maxCost);
			for (const suite of suites) {
				const how = { concurrency, maxCost: left, signal: stop.signal };
				const report = await runSuite(suite, { given, io, world, printer }, how);
				done.push({ name: suite.shown, report });
				if (left !== null) left = Math.max(0, left - report.cost);
			}
		} finally {
			await closeWorld(world, io);
			ends.dispose();
		}
		const file = given.text('junit');
		const results = done.map(({ name, report }) => ({ name, results: report.results }));
		if (file !== undefined) await writeFile(resolve(io.cwd, file), junitXml(results));
		const exitCode = ends.exitCode ?? exitCodeOf(done);
		printer.end(
			done.map(({ report }) => report),
			exitCode,
			refusalsOf(world),
		);
		return exitCode;
	},
};

/** A file of tests with its flow. */
interface Suite {
	/** Absolute. */
	readonly path: string;
	/** As people read it. */
	readonly shown: string;
	readonly flow: Flow;
	readonly rows: readonly DatasetRow[];
	/** Keys of all its rows, those that are not run as well. */
	readonly keys: ReadonlySet<string>;
	readonly baseline: Baseline;
	readonly hasProblems: boolean;
}

async function readSuite(named: string, given: Given, io: Io): Promise<Suite> {
	if (!isDatasetPath(named) && !named.endsWith('.json'))
		throw new UsageError(`${named} is neither a flow (*.flow.json) nor a file of tests (*.flow.dataset.jsonl).`);
	const path = isDatasetPath(named) ? named : datasetPathOf(named);
	const { flow } = await readFlowFile(io, flowPathOf(path));
	const text = await readNamed(io, path);
	const shown = shownPath(io, path);
	const dataset = readDataset(text);
	const problems = checkDataset(dataset, flow, text);
	for (const problem of problems) io.err(`${datasetProblemLine(shown, problem)}\n`);
	const only = given.text('only')?.toLowerCase() ?? '';
	return {
		path: resolve(io.cwd, path),
		shown,
		flow,
		rows: dataset.rows.filter(({ title }) => title.toLowerCase().includes(only)),
		keys: new Set(dataset.rows.map(({ key }) => key)),
		baseline: await readBaseline(baselinePathOf(path), io),
		hasProblems: problems.some(({ severity }) => severity === 'error'),
	};
}

async function readBaseline(path: string, io: Io): Promise<Baseline> {
	let text: string;
	try {
		text = await readNamed(io, path);
	} catch (error) {
		if (error instanceof UsageError && systemCode(error.cause) === 'ENOENT') return noBaseline;
		throw error;
	}
	const baseline = parseBaseline(text);
	if (typeof baseline === 'string') throw new UsageError(`${shownPath(io, path)}: ${baseline}`);
	return baseline;
}

interface Around {
	readonly given: Given;
	readonly io: Io;
	readonly world: World;
	readonly printer: TestPrinter;
}

async function runSuite(
	{ path, shown, flow, rows, keys, baseline }: Suite,
	{ given, io, world, printer }: Around,
	how: { readonly concurrency: number; readonly maxCost: number | null; readonly signal: AbortSignal },
): Promise<DatasetReport> {
	const isAccepting = given.flag('update-baseline');
	printer.begin(shown, rows.length);
	const report = await runDataset({
		...how,
		file: path,
		flow,
		hash: flowHash(flow),
		cwd: workspaceOf(given, io),
		rows,
		baseline,
		isAccepting,
		newBook: left => world.cappedBook(left),
		script: world.script,
		onEnd: result => printer.row(shown, result),
	});
	printer.coverage(shown, report.coverage.nodes(world.catalog, world.ports));
	for (const { path: called, nodes } of report.coverage.called(world.catalog, world.ports))
		printer.coverage(called, nodes, shown);
	const accepted = acceptedOf(report.results);
	if (isAccepting && accepted.size > 0) {
		const text = printBaseline(withAccepted(baseline, accepted, keys));
		await writeFileAtomic(baselinePathOf(path), text);
	}
	return report;
}

function exitCodeOf(done: readonly { readonly report: DatasetReport }[]): ExitCode {
	const all = done.flatMap(({ report }) => report.results);
	return all.every(({ status }) => status === 'passed' || status === 'skipped') ? exitCodes.ok : exitCodes.failed;
}

function refusalsOf(world: World): readonly string[] {
	return [...new Set(world.refusals.map(({ reason }) => reason))];
}

const standardConcurrency = 4;
const mostAtOnce = 64;

function readConcurrency(given: Given): number {
	const text = given.text('concurrency');
	const count = text === undefined ? standardConcurrency : Number(text);
	if (Number.isInteger(count) && count >= 1 && count <= mostAtOnce) return count;
	throw new UsageError(`--concurrency takes a number from 1 to ${mostAtOnce}, not “${text}”.`);
}
