import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { errorText } from '../core/base/errors';
import type { Json } from '../core/base/json';
import { silentLogger } from '../core/base/logger';
import type { NodeSource } from '../core/flow/custom/customNodes';
import type { RunEvent } from '../core/flow/engine/events';
import type { RunResult } from '../core/flow/engine/flowRun';
import type { Flow } from '../core/flow/model/flow';
import type { FlowProblem } from '../core/flow/model/problem';
import { validateFlow } from '../core/flow/model/validate/validate';
import { answerWaits, readAnswers, waitSentence } from './answers';
import { readYesTo, type YesTo } from './consent';
import { exitCodes } from './exitCodes';
import { FlowFolder, flowHash } from './flowFiles';
import { processIo, type Io } from './io';
import { outputsText } from './runPrinter';
import { catalogOfFolder, newSandbox, World } from './world';

export type { Json } from '../core/base/json';
export type { RunEvent } from '../core/flow/engine/events';

/** What an exported program carries with it. */
export interface ProgramParts {
	readonly flow: Flow;
	readonly flows: Readonly<Record<string, Flow>>;
	readonly nodes: readonly NodeSource[];
}

export interface ProgramOptions {
	/** The workspace folder; without it, where the program is started. */
	readonly cwd?: string;
	/** Which calls go through that take a person's word. */
	readonly yesTo?: YesTo;
	/** Answers to what nodes ask, by their ids: `yes`, `no`, a text. What has none fails the run. */
	readonly answers?: Readonly<Record<string, string>>;
	/** Custom nodes that may reach what they declare. */
	readonly allowedNodes?: readonly string[];
	/** `provider/model` of nodes that name none. */
	readonly model?: string;
	/** The most that one run may cost, US dollars; a smaller cap of the flow holds. */
	readonly maxCostUsd?: number;
	/** Folder of ledger and runs; without it QUARTERDECK_HOME, else ~/.quarterdeck. */
	readonly home?: string;
	readonly signal?: AbortSignal;
}

export interface ProgramLog {
	readonly at: number;
	readonly level: 'info' | 'warning' | 'error';
	readonly node: string | null;
	readonly text: string;
}

export interface ProgramStats {
	readonly runs: number;
	readonly succeeded: number;
	readonly failed: number;
	readonly totalMs: number;
	readonly costUsd: number;
	readonly tokens: number;
}

export interface BatchOptions {
	/** Runs at once; 4 without it. */
	readonly concurrency?: number;
	/** `false`: the first failure ends the rest. */
	readonly continueOnError?: boolean;
	readonly onProgress?: (done: number, total: number) => void;
}

export type BatchEntry =
	| { readonly isOk: true; readonly outputs: Readonly<Record<string, Json>> }
	| { readonly isOk: false; readonly error: string };

/** A flow as a class, on the engine of the editor: the same gate, the same limits, the same ledger. */
export class FlowProgram<Inputs extends object = Readonly<Record<string, Json>>> {
	readonly #parts: ProgramParts;
	readonly #options: ProgramOptions;
	readonly #io: Io;
	#logs: ProgramLog[] = [];
	#stats = { runs: 0, succeeded: 0, failed: 0, totalMs: 0, costUsd: 0, tokens: 0 };
	#world: Promise<World> | undefined;

	constructor(parts: ProgramParts, options: ProgramOptions = {}) {
		this.#parts = parts;
		this.#options = options;
		this.#io = processIo();
	}

	/** Runs the flow and gives what comes out of it, by the names of its outputs. Rejects with a sentence. */
	execute(inputs: Inputs): Promise<Readonly<Record<string, Json>>> {
		return this.executeWithCallback(inputs, () => undefined);
	}

	/** The same, told each event of the run. */
	async executeWithCallback(
		inputs: Inputs,
		onEvent: (event: RunEvent) => void,
	): Promise<Readonly<Record<string, Json>>> {
		const { outputs, status, error } = await this.#run(inputs, onEvent);
		if (status === 'succeeded') return outputs;
		throw new Error(error ?? 'The run was stopped.');
	}

	/** Runs the flow for each of many inputs, several at once; results stand in the order of the inputs. */
	async executeBatch(all: readonly Inputs[], options: BatchOptions = {}): Promise<readonly BatchEntry[]> {
		const { concurrency = 4, continueOnError = true, onProgress } = options;
		const results: BatchEntry[] = [];
		let [next, done] = [0, 0];
		let failure: unknown;
		const work = async (): Promise<void> => {
			for (let at = next++; at < all.length && failure === undefined; at = next++) {
				try {
					results[at] = { isOk: true, outputs: await this.execute(all[at]!) };
				} catch (error) {
					if (!continueOnError) failure = error;
					results[at] = { isOk: false, error: errorText(error) };
				}
				onProgress?.(++done, all.length);
			}
		};
		await Promise.all(Array.from({ length: Math.max(1, Math.min(concurrency, all.length)) }, work));
		if (failure !== undefined) throw failure instanceof Error ? failure : new Error(errorText(failure));
		return results;
	}

	/** What keeps the flow from running, or is doubtful; empty when nothing is. */
	async validate(): Promise<readonly Pick<FlowProblem, 'code' | 'severity' | 'message'>[]> {
		const { flow, flows, nodes } = this.#parts;
		const sandbox = newSandbox(silentLogger);
		try {
			const { catalog, custom } = await catalogOfFolder(this.#cwd, sandbox, undefined, nodes);
			const folder = new FlowFolder(this.#cwd, flows);
			custom.dispose();
			return validateFlow(flow, catalog, { flow: path => folder.find(path), tool: () => undefined });
		} finally {
			sandbox.dispose();
		}
	}

	/** What runs have said, the oldest first. */
	logs(): readonly ProgramLog[] {
		return [...this.#logs];
	}

	clearLogs(): void {
		this.#logs = [];
	}

	stats(): ProgramStats {
		return { ...this.#stats };
	}

	/** Ends every process and writes what waits. Nothing can be run after. */
	async dispose(): Promise<void> {
		await (await this.#world)?.close();
		this.#world = undefined;
	}

	/** The program by itself: reads the command line, runs once, prints and sets the exit code. */
	async main(args: readonly string[] = process.argv.slice(2)): Promise<void> {
		const { values } = parseArgs({
			args: [...args],
			options: {
				input: { type: 'string', short: 'i', multiple: true },
				'yes-to': { type: 'string' },
				json: { type: 'boolean' },
			},
		});
		const program = new FlowProgram(this.#parts, {
			...this.#options,
			...(values['yes-to'] === undefined ? {} : { yesTo: readYesTo(values['yes-to']) }),
		});
		const stop = new AbortController();
		const onSignal = (): void => stop.abort();
		process.once('SIGINT', onSignal);
		try {
			const result = await program.#run(
				this.#inputsOf(values.input ?? []),
				event => {
					if (values.json === true) this.#io.out(`${JSON.stringify(event)}\n`);
				},
				stop.signal,
			);
			if (values.json === true) this.#io.out(`${JSON.stringify({ type: 'result', ...result, cause: undefined })}\n`);
			else if (result.status === 'succeeded') this.#io.out(outputsText(result.outputs));
			else this.#io.err(`${result.error ?? 'stopped'}\n`);
			process.exitCode =
				result.status === 'succeeded' ? exitCodes.ok : stop.signal.aborted ? exitCodes.interrupted : exitCodes.failed;
		} catch (error) {
			this.#io.err(`${errorText(error)}\n`);
			process.exitCode = exitCodes.failed;
		} finally {
			process.off('SIGINT', onSignal);
			await program.dispose();
		}
	}

	get #cwd(): string {
		return resolve(this.#options.cwd ?? process.cwd());
	}

	/** Texts of the command line as the kinds that the flow wants. */
	#inputsOf(pairs: readonly string[]): Readonly<Record<string, Json>> {
		return Object.fromEntries(
			pairs.map(pair => {
				const at = pair.indexOf('=');
				const [name, text] = [pair.slice(0, at), pair.slice(at + 1)];
				const type = this.#parts.flow.inputs[name]?.type;
				if (type === 'text' || type === 'file') return [name, text];
				try {
					return [name, JSON.parse(text) as Json];
				} catch {
					return [name, text];
				}
			}),
		);
	}

	async #run(inputs: object, onEvent: (event: RunEvent) => void, signal = this.#options.signal): Promise<RunResult> {
		signal?.throwIfAborted();
		const { runs } = await (this.#world ??= this.#open());
		const { maxCostUsd = Number.POSITIVE_INFINITY } = this.#options;
		const { flow: own } = this.#parts;
		const most = Math.min(own.limits.maxCostUsd ?? maxCostUsd, maxCostUsd);
		const flow = Number.isFinite(most) ? { ...own, limits: { ...own.limits, maxCostUsd: most } } : own;
		const live = await runs.start({
			file: join(this.#cwd, `${flow.id}.flow.json`),
			flow,
			hash: flowHash(flow),
			cwd: this.#cwd,
			trigger: 'user',
			scope: { kind: 'all' },
			inputs: inputs as Readonly<Record<string, Json>>,
			breakpoints: [],
			pins: new Map(),
		});
		const run = live.run!;
		const stop = (): void => run.stop();
		signal?.addEventListener('abort', stop, { once: true });
		const answers = readAnswers(
			Object.entries(this.#options.answers ?? {}).map(([node, answer]) => `${node}=${answer}`),
		);
		let unanswered: string | undefined;
		const look = (): void => {
			const [open] = run.isOver ? [] : answerWaits(run, answers);
			if (!open) return;
			unanswered = waitSentence(open).replace(/ Answer with .*$/u, ' Nobody is there to answer.');
			run.stop();
		};
		const listening = live.onEvent(event => {
			onEvent(event);
			if (event.type === 'node.waiting') setImmediate(look);
		});
		setImmediate(look);
		try {
			const result = await run.result;
			this.#count(result);
			return unanswered === undefined ? result : { ...result, status: 'failed', error: unanswered };
		} finally {
			listening.dispose();
			signal?.removeEventListener('abort', stop);
		}
	}

	#count({ status, spent, error, node }: RunResult): void {
		const { runs, succeeded, failed, totalMs, costUsd, tokens } = this.#stats;
		const isOk = status === 'succeeded';
		this.#stats = {
			runs: runs + 1,
			succeeded: succeeded + (isOk ? 1 : 0),
			failed: failed + (isOk ? 0 : 1),
			totalMs: totalMs + spent.ms,
			costUsd: costUsd + spent.cost / 1e9,
			tokens: tokens + spent.tokens,
		};
		if (error !== null) this.#logs.push({ at: Date.now(), level: 'error', node, text: error });
	}

	#open(): Promise<World> {
		const { flow: _flow, ...embedded } = this.#parts;
		const {
			yesTo = 'nothing',
			allowedNodes = [],
			model = this.#io.environment['QUARTERDECK_MODEL'] ?? '',
			home: set,
		} = this.#options;
		const home = resolve(set ?? this.#io.environment['QUARTERDECK_HOME'] ?? join(homedir(), '.quarterdeck'));
		return World.open({
			io: this.#io,
			folder: this.#cwd,
			places: { home, ledger: join(home, 'ledger'), runs: join(home, 'flows'), processes: join(home, 'processes') },
			yesTo,
			model,
			providers: undefined,
			allowedNodes,
			isVerbose: false,
			embedded,
			onEvent: (event, at) => this.#told(event, at),
		});
	}

	#told(event: RunEvent, at: number): void {
		if (event.type === 'run.log') this.#logs.push({ at, level: 'info', node: event.node, text: event.text });
		if (event.type === 'run.warning')
			this.#logs.push({
				at,
				level: 'warning',
				node: null,
				text: event.note ?? `${event.cap}: ${event.used} of ${event.limit}`,
			});
	}
}
