import type { Clock } from '../../base/clock';
import { CancelledError } from '../../base/errors';
import type { ExecutionId } from '../../base/ids';
import type { Json } from '../../base/json';
import type { NodeCatalog, PortWorld } from '../nodes/nodeType';
import type { CacheStore } from './cache';
import { compiledFlow } from './compileCache';
import type { CompiledFlow } from './compiled';
import { Debugger } from './debugger';
import type { EarlierRun } from './earlier';
import { FlowError } from './errors';
import type { Breakpoint, NodePlace, RunEvent, RunStatus } from './events';
import type { ExpressionEngine } from './expressionPort';
import type { Frame } from './frame';
import { Frames } from './frames';
import { settleGiven } from './given';
import { missing, type RunHub } from './hub';
import { inputsFor, type FlowInstance } from './instance';
import { RunMeter, Semaphore, type RunLimits, type Spent } from './limits';
import type { NodeCall } from './nodeCall';
import { NodeRunner } from './nodeRunner';
import { planRun } from './plan';
import { Scheduler } from './scheduler';
import type { LoadedFlow, RunServices } from './services';
import { messageOf, type StoredOutputs } from './values';
import { Waits } from './waits';

/** What one run needs. */
export interface EngineOptions {
	readonly execution: ExecutionId;
	readonly startedAt: number;
	readonly title: string;
	readonly cwd: string;
	readonly clock: Clock;
	readonly limits: RunLimits;
	readonly services: RunServices;
	readonly expressions: ExpressionEngine;
	readonly catalog: NodeCatalog;
	readonly world: PortWorld | undefined;
	readonly random: () => number;
	readonly cache: CacheStore | undefined;
	readonly breakpoints: readonly Breakpoint[];
	/** How given values stand in events, by the node's index. */
	readonly given: ReadonlyMap<number, StoredOutputs>;
	readonly put: ((text: string) => Promise<string>) | undefined;
	readonly durable: (() => Promise<void>) | undefined;
	/** Of a run that goes on after its program was killed. */
	readonly earlier: EarlierRun | undefined;
	readonly spent: Spent | undefined;
	/** Until when its questions stand. */
	readonly earlierWaits: ReadonlyMap<string, number | null> | undefined;
	/** @param isKept whether the journal needs it */
	emit(event: RunEvent, isKept?: boolean): void;
	/** Reads a sub-flow, or gives the one that was read before. */
	readonly loadFlow?: (path: string) => Promise<LoadedFlow>;
	/** Called once. */
	onEnd(status: 'succeeded' | 'failed' | 'stopped', outputs: Readonly<Record<string, Json>>, error: unknown): void;
}

/** Runs one flow in memory: it knows neither where events go nor who watches. */
export class Engine {
	readonly #options: EngineOptions;
	readonly #frames: Frames;
	readonly #semaphores = new Map<string, Semaphore>();
	readonly #flows = new Map<string, Promise<CompiledFlow>>();
	readonly hub: RunHub;
	readonly debugger: Debugger;
	readonly waits: Waits;
	#root: Frame | undefined;
	#status: Extract<RunStatus, 'running' | 'waiting'> = 'running';
	#calls = 0;
	#isOver = false;

	constructor(options: EngineOptions) {
		this.#options = options;
		const { clock, limits } = options;
		const emit = (event: RunEvent, isKept?: boolean): void => options.emit(event, isKept);
		const scheduler = new Scheduler({
			concurrency: limits.concurrency,
			perform: (frame, local) => runner.perform(frame, local),
			onIdle: () => this.#onIdle(),
		});
		this.waits = new Waits(clock, emit, options.earlierWaits);
		const meter = new RunMeter(
			limits,
			{ clock, budget: options.services.budget, tell: emit, onTime: error => this.fail(error) },
			options.spent,
		);
		this.hub = {
			execution: options.execution,
			startedAt: options.startedAt,
			title: options.title,
			cwd: options.cwd,
			clock,
			limits,
			meter,
			scheduler,
			expressions: options.expressions,
			services: options.services,
			waits: this.waits,
			random: options.random,
			emit,
			semaphore: provider => this.#semaphore(provider),
			nextCallId: () => `${options.execution}:${++this.#calls}`,
		};
		this.debugger = new Debugger(this.hub, options.breakpoints);
		this.#frames = new Frames(this.hub, (frame, local) =>
			settleGiven(frame, local, emit, options.given, options.startedAt),
		);
		const runner = new NodeRunner(this.hub, {
			frames: this.#frames,
			debugger: this.debugger,
			earlier: options.earlier,
			cache: options.cache,
			put: options.put,
			durable: options.durable,
			failRun: error => this.fail(error),
			runFlow: (call, path, inputs) => this.#runFlow(call, path, inputs),
		});
	}

	get isOver(): boolean {
		return this.#isOver;
	}

	start(instance: FlowInstance): void {
		this.hub.meter.setWorking(true);
		this.#root = this.#frames.openFlow(instance, { path: '', parent: null }, error => {
			if (error === null) this.#end('succeeded', null);
			else this.#end('failed', error);
		});
		this.hub.scheduler.wake();
	}

	/** Ends everything at once. */
	stop(): void {
		this.#abort();
		this.#end('stopped', null);
	}

	/** Ends everything because of what no node can catch. */
	fail(error: unknown): void {
		this.#abort();
		this.#end('failed', error);
	}

	/** Changes a value of a paused run; `false` when there is nothing to change. */
	setValue({ node, frame: path }: NodePlace, side: 'input' | 'output', port: string, value: Json): boolean {
		if (!this.debugger.isPaused) return false;
		const hold = this.debugger.holdAt({ node, frame: path });
		if (side === 'input') {
			if (hold?.when !== 'before') return false;
			hold.call.inputs = { ...hold.call.inputs, [port]: value };
			return true;
		}
		if (hold && hold.when !== 'before') {
			hold.outputs = { ...hold.outputs, [port]: value };
			return true;
		}
		const frame = this.#frames.open.get(path);
		const compiled = frame?.instance.compiled.byId.get(node);
		return compiled?.body === frame?.body.index && frame?.setOutput(compiled!.local, port, value) === true;
	}

	value({ node, frame: path }: NodePlace, side: 'input' | 'output', port: string): Json | undefined {
		const hold = this.debugger.holdAt({ node, frame: path });
		const frame = this.#frames.open.get(path);
		const compiled = frame?.instance.compiled.byId.get(node);
		if (!frame || compiled?.body !== frame.body.index) return undefined;
		if (side === 'input') return (hold?.call.inputs ?? frame.inputsOf(compiled.local))[port];
		return (hold?.outputs ?? frame.outputs[compiled.local])?.[port];
	}

	#abort(): void {
		if (this.#root && !this.#isOver) this.#frames.abort([this.#root]);
	}

	#end(status: 'succeeded' | 'failed' | 'stopped', error: unknown): void {
		if (this.#isOver) return;
		this.#isOver = true;
		this.hub.scheduler.close();
		this.hub.meter.dispose();
		this.#options.onEnd(status, this.#root?.results ?? {}, error);
	}

	#onIdle(): void {
		if (this.#isOver) return;
		const { scheduler, meter } = this.hub;
		const isQuiet = scheduler.running === 0;
		const isWaiting = isQuiet && scheduler.queued === 0 && this.waits.open.length > 0;
		meter.setWorking(!isWaiting && !(isQuiet && this.debugger.isPaused));
		const status = isWaiting ? 'waiting' : 'running';
		if (status === this.#status || this.debugger.isPaused) return;
		this.#status = status;
		this.#options.emit({ type: 'run.status', status });
	}

	#semaphore(provider: string): Semaphore {
		let semaphore = this.#semaphores.get(provider);
		if (!semaphore) {
			const { services, limits } = this.#options;
			const count = services.models?.concurrency?.(provider) ?? limits.providerConcurrency;
			semaphore = new Semaphore(Math.max(1, count));
			this.#semaphores.set(provider, semaphore);
		}
		return semaphore;
	}

	async #runFlow(
		call: NodeCall,
		path: string,
		inputs: Readonly<Record<string, Json>>,
	): Promise<Readonly<Record<string, Json>>> {
		const { instance } = call.frame;
		const depth = instance.depth + 1;
		if (depth > this.#options.limits.maxDepth) {
			const text = `Flows call each other more than ${this.#options.limits.maxDepth} deep. Does '${path}' call itself?`;
			throw new FlowError('limit-depth', text);
		}
		const compiled = await this.#subFlow(path);
		const plan = planRun(compiled, { kind: 'all' });
		const inner: FlowInstance = {
			compiled,
			plan,
			inputs: inputsFor(compiled.flow, inputs),
			depth,
			path,
			trigger: null,
		};
		if (call.isOver) throw new CancelledError();
		return call.parked(() => this.#runInner(call, inner));
	}

	#runInner(call: NodeCall, instance: FlowInstance): Promise<Readonly<Record<string, Json>>> {
		const { frame: parent, compiled } = call;
		const own = `${compiled.id}${call.attempt > 1 ? `~${call.attempt}` : ''}#${call.flows++}`;
		const path = parent.path === '' ? own : `${parent.path}/${own}`;
		return new Promise((resolve, reject) => {
			const frame = this.#frames.openFlow(instance, { path, parent }, error => {
				if (error === null) resolve(frame.results);
				else reject(error instanceof Error ? error : new Error(messageOf(error)));
			});
			const before = call.onAbort;
			call.onAbort = () => {
				before?.();
				this.#frames.abort([frame]);
				reject(new CancelledError());
			};
			this.hub.scheduler.wake();
		});
	}

	#subFlow(path: string): Promise<CompiledFlow> {
		const { catalog, expressions, world } = this.#options;
		const known = this.#flows.get(path);
		if (known) return known;
		const load = this.#options.loadFlow ?? ((): never => missing('a way to read other flows'));
		const compiled = (async () => {
			const { flow } = await load(path);
			const result = compiledFlow(flow, catalog, { expressions, ...(world ? { world } : {}) });
			throwProblems(result);
			return result;
		})();
		this.#flows.set(path, compiled);
		// A file that could not be read may be there in the next attempt.
		compiled.catch(() => this.#flows.delete(path));
		return compiled;
	}
}

/** Throws when a flow cannot run. */
export function throwProblems({ problems, flow }: CompiledFlow): void {
	const [first] = problems;
	if (!first) return;
	const more = problems.length > 1 ? ` There are ${problems.length - 1} more problems.` : '';
	const where = first.node === undefined ? '' : `'${first.node}': `;
	throw new FlowError('flow-invalid', `The flow '${flow.name}' cannot run. ${where}${first.message}${more}`, {
		details: { problems },
	});
}
