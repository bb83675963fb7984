import { hash } from 'node:crypto';
import { errorText } from '../../base/errors';
import type { ExecutionId } from '../../base/ids';
import type { Json } from '../../base/json';
import { formatCost, type NanoDollars } from '../../base/money';
import type { Breakpoint } from '../engine/events';
import type { RunResult } from '../engine/flowRun';
import type { RunServices } from '../engine/services';
import type { Flow } from '../model/flow';
import type { LiveRun } from '../runs/liveRun';
import type { RunBook, RunWish } from '../runs/runBook';
import { failuresOf, type RowFailure, type Verdict } from './assertions';
import type { Baseline } from './baseline';
import { rowProblems } from './checkDataset';
import { Coverage } from './coverage';
import type { Check, DatasetRow } from './dataset';
import { judgeFlow, verdictOf } from './judge';

export type RowStatus = 'passed' | 'failed' | 'errored' | 'skipped' | 'stopped';

/** How a row went. */
export interface RowResult {
	readonly row: DatasetRow;
	readonly status: RowStatus;
	readonly failures: readonly RowFailure[];
	/** What came out of the flow; `null` when it did not come to an end. */
	readonly outputs: Readonly<Record<string, Json>> | null;
	readonly durationMs: number;
	/** Of the run and of those who judged it; `null` when no model was used. */
	readonly cost: NanoDollars | null;
	/** `null`: it did not run. */
	readonly execution: ExecutionId | null;
}

export interface DatasetRunOptions {
	/** Absolute path of the file of tests: its runs are kept under it, beside those of the flow. */
	readonly file: string;
	readonly flow: Flow;
	/** SHA-256 of its canonical text. */
	readonly hash: string;
	/** The workspace folder that paths start at. */
	readonly cwd: string;
	readonly rows: readonly DatasetRow[];
	readonly baseline: Baseline;
	/** What comes out is taken for what was accepted: the caller writes it down (`acceptedOf`). */
	readonly isAccepting?: boolean;
	/** Rows at once. */
	readonly concurrency: number;
	/** What all of it may cost; `null` for no cap beside each run's own. */
	readonly maxCost: NanoDollars | null;
	/** Makes a book whose runs ask `left` before each call of a model (`cappedServices`). It is disposed of at the end. */
	readonly newBook: (left: () => NanoDollars | null) => RunBook;
	readonly script: (source: string, values: Readonly<Record<string, Json>>, signal: AbortSignal) => Promise<Json>;
	readonly signal: AbortSignal;
	/** Somebody looks on: rows are runs of the flow's own file, stop at breakpoints, and may ask people. */
	readonly attended?: {
		readonly book: RunBook;
		/** Absolute path of the flow's file. */
		readonly file: string;
		readonly breakpoints: readonly Breakpoint[];
	};
	readonly onStart?: (row: DatasetRow) => void;
	readonly onEnd?: (result: RowResult) => void;
}

export interface DatasetReport {
	/** In the order of the rows. */
	readonly results: readonly RowResult[];
	readonly coverage: Coverage;
	readonly cost: NanoDollars;
}

/** Outputs to accept: of rows that passed and are held against what was accepted. */
export function acceptedOf(results: readonly RowResult[]): ReadonlyMap<string, Readonly<Record<string, Json>>> {
	const wanted = results.filter(({ status, row }) => status === 'passed' && usesBaseline(row));
	return new Map(wanted.flatMap(({ row, outputs }) => (outputs ? [[row.key, outputs] as const] : [])));
}

function usesBaseline({ assertions, fails }: DatasetRow): boolean {
	return fails === false && (assertions.length === 0 || assertions.some(({ check }) => check.kind === 'baseline'));
}

/** The same services, with what the tests have left beside the budgets. */
export function cappedServices(services: RunServices, left: () => NanoDollars | null): RunServices {
	const { budget } = services;
	return {
		...services,
		budget: {
			remaining: async () => {
				const [own, most] = [(await budget?.remaining()) ?? null, left()];
				return own === null || most === null ? (own ?? most) : Math.min(own, most);
			},
		},
	};
}

/** Runs rows, some at once, each as a run of its own, and holds what came out against what they say. */
export async function runDataset(options: DatasetRunOptions): Promise<DatasetReport> {
	const run = new DatasetRun(options);
	try {
		return await run.all();
	} finally {
		await run.close();
	}
}

class DatasetRun {
	readonly #options: DatasetRunOptions;
	readonly #book: RunBook;
	readonly #coverage: Coverage;
	readonly #running = new Set<LiveRun>();
	#ended: NanoDollars = 0;

	constructor(options: DatasetRunOptions) {
		this.#options = options;
		this.#coverage = new Coverage(options.flow);
		this.#book = options.newBook(() => (options.maxCost === null ? null : Math.max(0, options.maxCost - this.#spent)));
	}

	async all(): Promise<DatasetReport> {
		const { rows, concurrency, onStart, onEnd } = this.#options;
		const results: RowResult[] = [];
		let next = 0;
		const work = async (): Promise<void> => {
			for (let at = next++; at < rows.length; at = next++) {
				onStart?.(rows[at]!);
				const result = await this.#row(rows[at]!);
				results[at] = result;
				onEnd?.(result);
			}
		};
		await Promise.all(Array.from({ length: Math.max(1, Math.min(concurrency, rows.length)) }, work));
		return { results, coverage: this.#coverage, cost: this.#spent };
	}

	async close(): Promise<void> {
		await this.#book.settled();
		this.#book.dispose();
	}

	get #spent(): NanoDollars {
		return [...this.#running].reduce((sum, { state }) => sum + (state.cost ?? 0), this.#ended);
	}

	get #isUsedUp(): boolean {
		const { maxCost } = this.#options;
		return maxCost !== null && this.#spent >= maxCost;
	}

	async #row(row: DatasetRow): Promise<RowResult> {
		const { flow, signal } = this.#options;
		if (signal.aborted) return unrun(row, 'stopped', []);
		if (row.isSkipped) return unrun(row, 'skipped', []);
		const problems = rowProblems(row, flow);
		if (problems.length > 0) return unrun(row, 'errored', problems);
		if (this.#isUsedUp) return unrun(row, 'errored', [this.#usedUp()]);
		const startedAt = performance.now();
		const costs: (NanoDollars | null)[] = [];
		let done: Ended;
		try {
			done = await this.#run({ flow, hash: this.#options.hash, inputs: row.inputs }, `Test “${row.title}”`, costs, row);
		} catch (error) {
			return unrun(row, signal.aborted ? 'stopped' : 'errored', [errorText(error)]);
		}
		this.#coverage.add(done.live.state);
		const failures = await this.#failures(row, done, costs);
		const known = costs.filter(cost => cost !== null);
		return {
			row,
			status: signal.aborted ? 'stopped' : statusOf(failures),
			failures: signal.aborted ? [] : failures,
			outputs: done.result.status === 'succeeded' ? done.result.outputs : null,
			durationMs: Math.round(performance.now() - startedAt),
			cost: known.length === 0 ? null : known.reduce((sum, cost) => sum + cost, 0),
			execution: done.live.execution,
		};
	}

	async #failures(
		row: DatasetRow,
		{ result, asked }: Ended,
		costs: (NanoDollars | null)[],
	): Promise<readonly RowFailure[]> {
		const { script, signal, baseline, isAccepting = false } = this.#options;
		if (signal.aborted) return [];
		if (asked !== undefined) {
			const message = `'${asked}' asks a person, and a test has none: say in "mocks" what it gives.`;
			return [{ message, isError: true }];
		}
		const ended = endFailures(row, result, this.#isUsedUp ? this.#usedUp() : undefined);
		if (ended.length > 0 || row.fails !== false) return ended;
		const accepted = Object.hasOwn(baseline.rows, row.key) ? baseline.rows[row.key] : undefined;
		return failuresOf(row.assertions, result.outputs, {
			script,
			signal,
			judge: (check, value) => this.#judge(check, value, costs),
			accepted: isAccepting ? result.outputs : accepted,
		});
	}

	async #judge(
		{ criteria, model }: Extract<Check, { kind: 'judge' }>,
		value: Json,
		costs: (NanoDollars | null)[],
	): Promise<Verdict> {
		const flow = judgeFlow(model);
		const wish = { flow, hash: hash('sha256', JSON.stringify(flow)), inputs: { criteria, value } };
		const { result } = await this.#run(wish, 'Judge', costs);
		if (result.status === 'succeeded') return verdictOf(result.outputs);
		throw new Error(this.#isUsedUp ? this.#usedUp() : (result.error ?? 'The judge was stopped.'));
	}

	/** Runs to the end. What it costs counts while it runs. */
	async #run(
		wish: Pick<RunWish, 'flow' | 'hash' | 'inputs'>,
		title: string,
		costs: (NanoDollars | null)[],
		row?: DatasetRow,
	): Promise<Ended> {
		const { cwd, signal, attended } = this.#options;
		const own = { book: this.#book, file: this.#options.file, breakpoints: [] };
		const isAttended = row !== undefined && attended !== undefined;
		const { book, file, breakpoints } = isAttended ? attended : own;
		const live = await book.start({
			...wish,
			file,
			cwd,
			breakpoints,
			title,
			trigger: 'user',
			scope: { kind: 'all' },
			pins: new Map(Object.entries(row?.mocks ?? {})),
		});
		const { run } = live;
		if (!run) throw new Error('The run has not begun');
		this.#running.add(live);
		const stop = (): void => run.stop();
		signal.addEventListener('abort', stop, { once: true });
		if (signal.aborted) stop();
		let asked: string | undefined;
		const look = (): void => {
			const [wait] = run.isOver || isAttended ? [] : run.waits;
			if (!wait) return;
			asked ??= wait.node;
			run.stop();
		};
		const listening = live.onEvent(event => {
			if (event.type === 'node.waiting') setImmediate(look);
		});
		setImmediate(look);
		try {
			const result = await run.result;
			return { live, result, asked };
		} finally {
			listening.dispose();
			signal.removeEventListener('abort', stop);
			this.#running.delete(live);
			this.#ended += live.state.cost ?? 0;
			costs.push(live.state.cost);
		}
	}

	#usedUp(): string {
		return `The tests may cost ${formatCost(this.#options.maxCost ?? 0)} together, and that is used up.`;
	}
}

interface Ended {
	readonly live: LiveRun;
	readonly result: RunResult;
	/** The node that asked a person. */
	readonly asked: string | undefined;
}

function unrun(row: DatasetRow, status: RowStatus, messages: readonly string[]): RowResult {
	const failures = messages.map((message): RowFailure => ({ message, isError: true }));
	return { row, status, failures, outputs: null, durationMs: 0, cost: null, execution: null };
}

function statusOf(failures: readonly RowFailure[]): RowStatus {
	if (failures.length === 0) return 'passed';
	return failures.every(({ isError }) => isError) ? 'errored' : 'failed';
}

/** What is wrong with how the run ended. */
function endFailures(
	{ fails }: DatasetRow,
	{ status, error, node }: RunResult,
	usedUp: string | undefined,
): readonly RowFailure[] {
	if (status === 'succeeded') {
		if (fails === false) return [];
		return [{ message: 'The run was to fail, and did not.' }];
	}
	if (usedUp !== undefined) return [{ message: usedUp, isError: true }];
	const text = error ?? 'The run was stopped.';
	if (fails === false) return [{ message: node === null ? text : `'${node}' failed: ${text}` }];
	if (fails === true || text.includes(fails)) return [];
	return [{ message: 'The run failed for another reason.', expected: fails, actual: text }];
}
