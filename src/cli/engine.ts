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
import { readYesTo } from './consent';
import { exitCodes } from './exitCodes';
import { FlowFolder, flowHash } from './flowFiles';
import { processIo, type Io } from './io';
import { outputsText } from './runPrinter';
import type * as Declared from './public/engine';
import { catalogOfFolder, newSandbox, World } from './world';

/** What an exported program carries with it; its users see it as plain objects. */
interface Parts {
	readonly flow: Flow;
	readonly flows: Readonly<Record<string, Flow>>;
	readonly nodes: readonly NodeSource[];
}

/** What programs import as `quarterdeck/engine`; `public/engine.d.ts` says what each part of it does. */
export class FlowProgram<
	Inputs extends object = Readonly<Record<string, Json>>,
> implements Declared.FlowProgram<Inputs> {
	readonly #parts: Parts;
	readonly #options: Declared.ProgramOptions;
	readonly #io: Io;
	#logs: Declared.ProgramLog[] = [];
	#stats: Declared.ProgramStats = { runs: 0, succeeded: 0, failed: 0, totalMs: 0, costUsd: 0, tokens: 0 };
	#world: Promise<World> | undefined;

	constructor(parts: Declared.ProgramParts, options: Declared.ProgramOptions = {}) {
		// Checked when it was exported, and again by each run.
		this.#parts = parts as Parts;
		this.#options = options;
		this.#io = processIo();
	}

	execute(inputs: Inputs): Promise<Readonly<Record<string, Json>>> {
		return this.executeWithCallback(inputs, () => undefined);
	}

	async executeWithCallback(
		inputs: Inputs,
		onEvent: (event: RunEvent) => void,
	): Promise<Readonly<Record<string, Json>>> {
		const { outputs, status, error } = await this.#run(inputs, onEvent);
		if (status === 'succeeded') return outputs;
		throw new Error(error ?? 'The run was stopped.');
	}

	async executeBatch(
		all: readonly Inputs[],
		options: Declared.BatchOptions = {},
	): Promise<readonly Declared.BatchEntry[]> {
		const { concurrency = 4, continueOnError = true, onProgress } = options;
		const results: Declared.BatchEntry[] = [];
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

	logs(): readonly Declared.ProgramLog[] {
		return [...this.#logs];
	}

	clearLogs(): void {
		this.#logs = [];
	}

	stats(): Declared.ProgramStats {
		return { ...this.#stats };
	}

	async dispose(): Promise<void> {
		await (await this.#world)?.close();
		this.#world = undefined;
	}

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
