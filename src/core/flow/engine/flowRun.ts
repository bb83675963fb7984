import { hash } from 'node:crypto';
import { systemClock, type Clock } from '../../base/clock';
import { newId, type ExecutionId } from '../../base/ids';
import type { Json } from '../../base/json';
import { toDisposable, type Disposable } from '../../base/lifecycle';
import type { AppendFs } from '../../storage/appendFs';
import type { Flow, NodeId } from '../model/flow';
import type { NodeCatalog, PortValues, PortWorld } from '../nodes/nodeType';
import type { CacheStore } from './cache';
import { compiledFlow } from './compileCache';
import type { StepKind } from './debugger';
import type { EarlierRun } from './earlier';
import { Engine, throwProblems } from './engine';
import { FlowError } from './errors';
import type { Breakpoint, NodePlace, RunEvent, RunScope } from './events';
import type { ExpressionEngine } from './expressionPort';
import { inputsFor, type TriggerValues } from './instance';
import { limitsOf, type RunLimits, type Spent } from './limits';
import { NodeFailure } from './nodeFailure';
import { planRun, type RunPlan } from './plan';
import { RunJournal, runJournalVersion, type FlowText, type RunFolder } from './runJournal';
import { RunSecrets } from './runSecrets';
import type { LoadedFlow, RunServices } from './services';
import { checkOutputs, messageOf, storeOutputs, storedJson, type StoredOutputs } from './values';
import type { OpenWait, WaitAnswer } from './waits';

/** What a run is made of. */
export interface FlowRunOptions {
	readonly flow: Flow;
	/** SHA-256 of the canonical document; absent: of the flow's JSON. */
	readonly hash?: string;
	readonly catalog: NodeCatalog;
	readonly expressions: ExpressionEngine;
	readonly services: RunServices;
	/** Absolute path of the workspace folder. */
	readonly cwd: string;
	readonly clock?: Clock;
	/** What ports of some nodes depend on. */
	readonly world?: PortWorld;
	readonly inputs?: Readonly<Record<string, Json>>;
	readonly trigger?: TriggerValues;
	/** Absent: everything. */
	readonly scope?: RunScope;
	readonly pins?: ReadonlyMap<NodeId, PortValues>;
	/** Outputs of an earlier run that still stand (`reuse.ts`); used by every scope but `all`. */
	readonly earlier?: ReadonlyMap<NodeId, PortValues>;
	readonly breakpoints?: readonly Breakpoint[];
	/** Caps of the settings; the flow's own win. */
	readonly limits?: Partial<RunLimits>;
	readonly cache?: CacheStore;
	/** Where its journal lies; absent: it keeps none, and cannot be resumed. */
	readonly folder?: RunFolder;
	readonly fs?: AppendFs;
	/** Between 0 and 1, for the jitter of retries. */
	readonly random?: () => number;
	readonly execution?: ExecutionId;
	/** Told every event from the first on. */
	readonly onEvent?: RunListener;
	/** Of a run that goes on after its program was killed. */
	readonly resumed?: ResumedRun;
}

/** What the journal of an interrupted run adds up to; see `resume.ts`. */
export interface ResumedRun extends EarlierRun {
	readonly execution: ExecutionId;
	readonly startedAt: number;
	/** Node runs that have ended. */
	readonly count: number;
	/** Files that its journal has so far. */
	readonly journals: number;
	readonly pins: ReadonlyMap<NodeId, PortValues>;
	readonly given: ReadonlyMap<NodeId, PortValues>;
	readonly breakpoints: readonly Breakpoint[];
	readonly spent: Spent;
	/** Until when its questions stand, by their ids. */
	readonly waits: ReadonlyMap<string, number | null>;
	/** What it was given of these. */
	readonly secrets: RunSecrets;
	/** Sub-flows that it read, by their paths. */
	readonly flows: ReadonlyMap<string, LoadedFlow>;
}

export type RunListener = (event: RunEvent, at: number) => void;

/** How a run ended. */
export interface RunResult {
	readonly status: 'succeeded' | 'failed' | 'stopped';
	/** What the flow's output nodes received, by their names. */
	readonly outputs: Readonly<Record<string, Json>>;
	/** A sentence, for `failed`. */
	readonly error: string | null;
	/** What failed; `null` when no single node did. */
	readonly node: NodeId | null;
	/** The failure itself, for its code and its actions. */
	readonly cause: unknown;
	readonly spent: Spent;
}

/** One run of a flow. It goes on whoever watches, until it ends or is stopped. */
export class FlowRun {
	readonly execution: ExecutionId;
	/** Milliseconds since 1970. */
	readonly startedAt: number;
	/** Resolves once, when the run has ended and its journal is on disk; never rejects. */
	readonly result: Promise<RunResult>;
	readonly #options: FlowRunOptions;
	readonly #clock: Clock;
	readonly #journal: RunJournal | undefined;
	readonly #engine: Engine;
	readonly #listeners = new Set<RunListener>();
	readonly #secrets: RunSecrets;
	#breakpoints: readonly Breakpoint[];
	#finish!: (result: RunResult) => void;
	#isAbandoned = false;

	/** Checks the flow and its inputs and begins. Rejects with a `FlowError` when it cannot run. */
	static async start(options: FlowRunOptions): Promise<FlowRun> {
		const { flow, catalog, expressions, world, resumed } = options;
		const pins = resumed?.pins ?? options.pins;
		const earlier = resumed?.given ?? options.earlier;
		const pinned = new Set([...(pins?.keys() ?? []), ...(earlier?.keys() ?? [])]);
		const compiled = compiledFlow(flow, catalog, { expressions, pinned, ...(world ? { world } : {}) });
		throwProblems(compiled);
		const inputs = inputsFor(flow, options.inputs ?? {});
		const scope = options.scope ?? { kind: 'all' };
		const plan = planRun(compiled, scope, { ...(pins ? { pins } : {}), ...(earlier ? { earlier } : {}) });
		const given = new Map<number, StoredOutputs>();
		const run = new FlowRun(options, given);
		await run.#storeGiven(plan, given);
		const cached = [...plan.given].filter(([, { state }]) => state === 'cached');
		run.#begin(
			scope,
			cached.map(([index]) => compiled.nodes[index]!.id),
		);
		run.#engine.start({ compiled, plan, inputs, depth: 0, path: '', trigger: options.trigger ?? null });
		return run;
	}

	private constructor(options: FlowRunOptions, given: ReadonlyMap<number, StoredOutputs>) {
		const { resumed, folder, services } = options;
		this.#options = options;
		this.#secrets = resumed?.secrets ?? new RunSecrets();
		this.execution = resumed?.execution ?? options.execution ?? newId<ExecutionId>();
		this.#clock = options.clock ?? systemClock;
		this.startedAt = resumed?.startedAt ?? this.#clock.now();
		this.#breakpoints = options.breakpoints ?? resumed?.breakpoints ?? [];
		if (options.onEvent) this.#listeners.add(options.onEvent);
		this.result = new Promise(resolve => (this.#finish = resolve));
		const journal = folder && this.#openJournal(folder);
		this.#journal = journal;
		const { loadFlow } = services;
		this.#engine = new Engine({
			execution: this.execution,
			startedAt: this.startedAt,
			title: options.flow.name,
			cwd: options.cwd,
			clock: this.#clock,
			limits: limitsOf(options.flow.limits, options.limits),
			services: { ...services, ...this.#secretService(services) },
			expressions: options.expressions,
			catalog: options.catalog,
			world: options.world,
			random: options.random ?? Math.random,
			cache: options.cache && this.#safeCache(options.cache),
			breakpoints: this.#breakpoints,
			given,
			put: journal && (text => journal.put(this.#secrets.hide(text)).catch(rethrow)),
			durable: journal && (() => journal.durable().catch(rethrow)),
			earlier: resumed,
			spent: resumed?.spent,
			earlierWaits: resumed?.waits,
			emit: (event, isKept) => this.#emit(event, isKept),
			...(loadFlow ? { loadFlow: path => this.#loadFlow(path, loadFlow) } : {}),
			onEnd: (status, outputs, error) => void this.#end(status, outputs, error),
		});
	}

	/** Tells every event from now on. */
	onEvent(listener: RunListener): Disposable {
		this.#listeners.add(listener);
		return toDisposable(() => this.#listeners.delete(listener));
	}

	get isOver(): boolean {
		return this.#engine.isOver;
	}

	get spent(): Spent {
		return this.#engine.hub.meter.spent;
	}

	/** What the run asks of people now. */
	get waits(): readonly OpenWait[] {
		return this.#engine.waits.open;
	}

	/** Nodes that are held by a breakpoint, a pause or a step. */
	get holds(): readonly { readonly place: NodePlace; readonly when: Breakpoint['when'] }[] {
		return this.#engine.debugger.holds.map(({ call, when }) => ({ place: call.place, when }));
	}

	get breakpoints(): readonly Breakpoint[] {
		return this.#breakpoints;
	}

	/** Ends everything at once. */
	stop(): void {
		this.#engine.stop();
	}

	/**
	 * The program ends: what runs is aborted, and nothing more is told or written, so that the run can be resumed. Resolves
	 * when what it had done is on disk.
	 */
	async abandon(): Promise<void> {
		if (this.isOver) return;
		this.#isAbandoned = true;
		this.#engine.stop();
		await this.#journal?.close();
	}

	/** Begins nothing new; the next node that would begin is held. */
	pause(): void {
		if (!this.isOver) this.#engine.debugger.pause();
	}

	/** Goes on after a pause or a breakpoint. */
	resume(): void {
		if (!this.isOver) this.#engine.debugger.resume();
	}

	/** Lets one held node go on; `false` when none is held. `over` runs the inside of a container without stops. */
	step(kind: StepKind, place?: NodePlace): boolean {
		return !this.isOver && this.#engine.debugger.step(kind, place);
	}

	setBreakpoints(breakpoints: readonly Breakpoint[]): void {
		this.#breakpoints = breakpoints;
		if (this.isOver) return;
		this.#engine.debugger.set(breakpoints);
		this.#emit({ type: 'run.breakpoints', breakpoints });
	}

	/** Answers what a node asks; `false` when it is not open (any more), or the answer is for another kind. */
	answer(id: string, answer: WaitAnswer): boolean {
		return this.#engine.waits.answer(id, answer);
	}

	/**
	 * Changes a value while the run is paused: an input of a node that is held before it runs, an output of one that is
	 * held after it or has ended. `false` when there is nothing to change there.
	 */
	setValue(place: NodePlace, side: 'input' | 'output', port: string, value: Json): boolean {
		if (this.isOver || !this.#engine.setValue(place, side, port, value)) return false;
		this.#emit({ type: 'run.valueSet', place, side, port, value: storedJson(value) });
		return true;
	}

	/** The value of a port as it is now, while the frame is open. */
	value(place: NodePlace, side: 'input' | 'output', port: string): Json | undefined {
		return this.#engine.value(place, side, port);
	}

	#openJournal(folder: RunFolder): RunJournal {
		const { fs, resumed } = this.#options;
		return new RunJournal({
			folder,
			execution: this.execution,
			number: (resumed?.journals ?? 0) + 1,
			...(fs ? { fs } : {}),
			onFailure: error => this.#engine.fail(journalError(error)),
		});
	}

	/** Whatever leaves the run names secrets instead of holding them. */
	#emit(told: RunEvent, isKept = true): void {
		const event = this.#secrets.hideIn(told);
		if (this.#isAbandoned) return;
		const at = this.#clock.now();
		if (isKept) this.#journal?.append(event, at);
		for (const listener of this.#listeners) listener(event, at);
	}

	#secretService({ secret }: RunServices): Pick<RunServices, 'secret'> {
		if (!secret) return {};
		return {
			secret: async name => {
				const value = await secret(name);
				if (value !== undefined && !this.#secrets.names.includes(name)) {
					this.#secrets.add(name, value);
					this.#emit({ type: 'run.secret', name });
				}
				return value;
			},
		};
	}

	#safeCache(cache: CacheStore): CacheStore {
		return {
			get: key => cache.get(key),
			set: (key, outputs) => {
				if (!this.#secrets.holds(outputs)) cache.set(key, outputs);
			},
		};
	}

	async #storeGiven(plan: RunPlan, given: Map<number, StoredOutputs>): Promise<void> {
		for (const [index, { values }] of plan.given) {
			const checked = checkOutputs(values, Number.POSITIVE_INFINITY);
			given.set(
				index,
				await storeOutputs(checked, this.#journal && (text => this.#journal!.put(this.#secrets.hide(text)))),
			);
		}
	}

	#begin(scope: RunScope, cached: readonly NodeId[]): void {
		const { flow, inputs = {}, resumed, trigger, cwd } = this.#options;
		const own = documentOf(flow);
		if (this.#journal && !resumed) {
			const { limits = {} } = this.#options;
			const header = { version: runJournalVersion, execution: this.execution, cwd, trigger: trigger ?? null, limits };
			this.#journal.header(JSON.stringify(header), own, this.startedAt);
		}
		if (resumed) this.#emit({ type: 'run.resumed', finished: resumed.count });
		else {
			const document = this.#options.hash ?? own.hash;
			this.#emit({ type: 'run.started', execution: this.execution, flow: document, inputs, cached, scope });
		}
		if (this.#breakpoints.length > 0) this.#emit({ type: 'run.breakpoints', breakpoints: this.#breakpoints });
	}

	/** A run keeps the sub-flows that it read: what is changed meanwhile is for the next run. */
	async #loadFlow(path: string, load: (path: string) => Promise<LoadedFlow>): Promise<LoadedFlow> {
		const known = this.#options.resumed?.flows.get(path);
		if (known) return known;
		const loaded = await load(path);
		const text = JSON.stringify(loaded.flow);
		const checked = { values: { flow: JSON.parse(text) as Json }, texts: new Map([['flow', text]]) };
		const stored = await storeOutputs(checked, this.#journal && (large => this.#journal!.put(large)));
		this.#emit({ type: 'run.flow', path, flow: loaded.hash, document: stored['flow']! });
		return loaded;
	}

	async #end(status: RunResult['status'], outputs: Readonly<Record<string, Json>>, cause: unknown): Promise<void> {
		const { spent } = this;
		const text = cause === null ? null : cause instanceof NodeFailure ? cause.message : messageOf(cause);
		const node = cause instanceof NodeFailure ? cause.node : null;
		const error = cause instanceof NodeFailure ? cause.error : cause;
		const result = { status, outputs, error: text, node, cause: error, spent };
		if (this.#isAbandoned) return this.#finish(result);
		try {
			const checked = checkOutputs(outputs, Number.POSITIVE_INFINITY);
			const journal = this.#journal;
			const stored = storeOutputs(checked, journal && (large => journal.put(this.#secrets.hide(large))));
			const event = { type: 'run.ended', status, error: text } as const;
			this.#emit({ ...event, outputs: stored instanceof Promise ? await stored : stored });
			await journal?.durable();
			void journal?.close();
			this.#finish(result);
		} catch (failure) {
			void this.#journal?.close();
			const lost = journalError(failure);
			// A run whose end is not on disk has not ended well, whatever its nodes did.
			this.#finish(status === 'failed' ? result : { ...result, status: 'failed', error: lost.message, cause: lost });
		}
	}
}

const documents = new WeakMap<Flow, FlowText>();

/** A flow is a value: its text is made once, however often it runs. */
function documentOf(flow: Flow): FlowText {
	const known = documents.get(flow);
	if (known) return known;
	const text = JSON.stringify(flow);
	const made = { text, hash: hash('sha256', text) };
	documents.set(flow, made);
	return made;
}

function rethrow(error: unknown): never {
	throw journalError(error);
}

function journalError(error: unknown): FlowError {
	const code = error instanceof Error && 'code' in error ? error.code : undefined;
	const why = code === 'ENOSPC' ? 'the disk is full' : messageOf(error);
	return new FlowError('journal', `The run was ended because its journal cannot be written: ${why}.`, { cause: error });
}
