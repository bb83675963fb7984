import { Emitter } from '../../base/event';
import type { Clock } from '../../base/clock';
import { ExpectedError, errorText } from '../../base/errors';
import { newId, type ExecutionId } from '../../base/ids';
import type { Json } from '../../base/json';
import { Owner } from '../../base/lifecycle';
import type { Logger } from '../../base/logger';
import type { LedgerEvent, Trigger } from '../../ledger/events';
import { isLeaseTaken, Lease } from '../../ledger/lease';
import type { RunSummary } from '../editorProtocol';
import { compiledFlow } from '../engine/compileCache';
import type { Breakpoint, RunEvent, RunScope, RunStatus } from '../engine/events';
import type { ExpressionEngine } from '../engine/expressionPort';
import { FlowRun, type FlowRunOptions } from '../engine/flowRun';
import { inputsFor, type TriggerValues } from '../engine/instance';
import type { RunLimits } from '../engine/limits';
import { listRuns, readRun, type StoredRun } from '../engine/readJournal';
import { isInterrupted, lastInputs, resumeRun } from '../engine/resume';
import { standingOutputs } from '../engine/reuse';
import { RunRecorder } from '../engine/runRecorder';
import type { RunServices } from '../engine/services';
import type { CacheStore } from '../engine/cache';
import type { Flow, NodeId } from '../model/flow';
import type { NodeCatalog, PortValues, PortWorld } from '../nodes/nodeType';
import { LiveRun } from './liveRun';
import { pruneRuns } from './retention';
import { RunFolders } from './runFolders';
import { scopeTitle, stateOf, summaryOf } from './runViews';

/** What runs of this window need from outside. */
export interface RunBookDeps {
	/** Folder of all runs. */
	readonly folder: string;
	readonly clock: Clock;
	readonly log: Logger;
	readonly catalog: () => NodeCatalog;
	readonly world: PortWorld;
	readonly expressions: ExpressionEngine;
	/** What nodes may reach, for a run in this folder. */
	readonly services: (cwd: string) => Promise<RunServices>;
	/** Caps of the settings. */
	readonly limits: () => Partial<RunLimits>;
	readonly append: (event: LedgerEvent) => void;
	/** Results of nodes by what they were made of; opened with the first run. */
	readonly cache?: () => Promise<CacheStore | undefined>;
	/** Each event of each run of this program, from the first on. */
	readonly onEvent?: (event: RunEvent, at: number) => void;
}

/** One wish to run a flow. */
export interface RunWish {
	/** Absolute path of the flow's file. */
	readonly file: string;
	readonly flow: Flow;
	/** SHA-256 of its canonical text. */
	readonly hash: string;
	/** The workspace folder that paths start at. */
	readonly cwd: string;
	readonly trigger: Trigger;
	/** The trigger node that it begins at, with what that gives; the others are not taken. Absent: all are. */
	readonly by?: TriggerValues;
	readonly scope: RunScope;
	readonly inputs: Readonly<Record<string, Json>>;
	readonly breakpoints: readonly Breakpoint[];
	readonly pins: ReadonlyMap<NodeId, PortValues>;
	/** What the run is called in the ledger, instead of after its scope. */
	readonly title?: string;
}

/** A run that nobody runs on, although it has not ended. */
export interface InterruptedRun {
	readonly file: string;
	readonly flowName: string;
	/** The workspace folder that its paths start at. */
	readonly cwd: string;
	readonly summary: RunSummary;
}

const listed = 100;

/** The runs of flows: those of this window, and those that journals hold. */
export class RunBook extends Owner {
	readonly #deps: RunBookDeps;
	readonly #folders: RunFolders;
	readonly #live = new Map<ExecutionId, LiveRun>();
	readonly #leases = new Map<ExecutionId, Lease>();
	/** What is still written of runs that have ended. */
	readonly #ending = new Set<Promise<void>>();
	/** The last run of each flow, which another one may build upon. */
	readonly #last = new Map<string, ExecutionId>();
	readonly #began = this.own(new Emitter<LiveRun>());
	/** A run began, or goes on, in this window. */
	readonly onDidBegin = this.#began.event;
	readonly #ended = this.own(new Emitter<LiveRun>());
	readonly onDidEnd = this.#ended.event;

	constructor(deps: RunBookDeps) {
		super();
		this.#deps = deps;
		this.#folders = new RunFolders(deps.folder);
	}

	/** Runs of this window that go on. */
	get live(): readonly LiveRun[] {
		return [...this.#live.values()];
	}

	/** It was disposed of. */
	get isClosed(): boolean {
		return this.isDisposed;
	}

	find(id: ExecutionId): LiveRun | undefined {
		return this.#live.get(id);
	}

	liveOf(file: string): LiveRun | undefined {
		return this.live.findLast(run => run.file === file);
	}

	/** Begins a run. Rejects with a sentence when the flow cannot run. */
	async start(wish: RunWish): Promise<LiveRun> {
		const { clock } = this.#deps;
		await this.#folders.prepare(wish.file);
		const earlier = wish.scope.kind === 'all' ? undefined : await this.#standing(wish);
		const execution = newId<ExecutionId>();
		const title = wish.title ?? scopeTitle(wish.scope, wish.flow);
		const { flow, file, by } = wish;
		const isUnattended = by !== undefined && wish.trigger !== 'user';
		const live = new LiveRun({ execution, flow, file, title, startedAt: clock.now(), clock, isUnattended });
		const recorder = this.#recorder(live, wish.trigger, wish.cwd, `${wish.flow.name}: ${title}`);
		const lease = await this.#take(execution);
		try {
			live.run = await FlowRun.start({
				...(await this.#options(wish.cwd, wish.file, live, recorder)),
				flow: wish.flow,
				hash: wish.hash,
				cwd: wish.cwd,
				execution,
				inputs: wish.inputs,
				scope: wish.scope,
				breakpoints: wish.breakpoints,
				pins: wish.pins,
				limits: this.#deps.limits(),
				...(earlier ? { earlier } : {}),
				...(by ? { trigger: by } : {}),
			});
		} catch (error) {
			live.dispose();
			await this.#release(execution, lease, true);
			throw error;
		}
		this.#keep(live);
		return live;
	}

	/** Goes on with a run that nobody runs. Rejects with a sentence when another window does, or it has ended. */
	async resume(file: string, id: ExecutionId): Promise<LiveRun> {
		const known = this.#live.get(id);
		if (known) return known;
		const lease = await this.#take(id);
		try {
			const stored = await this.read(file, id);
			const scope = lastInputs(stored)?.scope ?? { kind: 'all' };
			const live = new LiveRun({
				execution: id,
				flow: stored.flow,
				file,
				title: scopeTitle(scope, stored.flow),
				startedAt: stored.startedAt,
				clock: this.#deps.clock,
				earlier: stored.events,
			});
			const recorder = this.#recorder(
				live,
				'user',
				stored.cwd,
				`${stored.flow.name}: ${scopeTitle(scope, stored.flow)}`,
			);
			for (const { event, at } of stored.events) recorder.skip(event, at);
			live.run = await resumeRun(stored, await this.#options(stored.cwd, file, live, recorder));
			this.#keep(live);
			return live;
		} catch (error) {
			await this.#release(id, lease, false);
			throw error;
		}
	}

	/** Forgets a run that was interrupted. */
	async discard(file: string, id: ExecutionId): Promise<void> {
		const lease = await this.#take(id);
		const stored = await this.read(file, id).catch(() => undefined);
		if (stored) {
			const summary = { ...summaryOf(id, stateOf(stored), stored.flow), status: 'stopped' as const };
			await this.#folders.writeSummary(file, summary);
		}
		this.#deps.append({ type: 'execution.ended', execution: id, status: 'stopped', error: null });
		await this.#release(id, lease, true);
	}

	/** Runs of a flow, the newest first. */
	async list(file: string): Promise<readonly RunSummary[]> {
		const folder = this.#folders.of(file);
		const runs = await listRuns(folder);
		const found = await Promise.all(runs.slice(0, listed).map(({ execution }) => this.#summary(file, execution)));
		return found.flatMap(each => each ?? []).toSorted((left, right) => right.startedAt - left.startedAt);
	}

	/** The newest run of a flow; cheaper than all of them. */
	async newest(file: string): Promise<RunSummary | undefined> {
		const live = this.liveOf(file);
		if (live) return summaryOf(live.execution, live.state, live.flow);
		const [first] = await listRuns(this.#folders.of(file));
		return first && this.#summary(file, first.execution);
	}

	/** Rejects when there is no journal of the run (any more). */
	async read(file: string, id: ExecutionId): Promise<StoredRun> {
		const stored = await readRun(this.#folders.of(file), id);
		if (!stored) throw new ExpectedError('no-run', 'What this run did is not kept any more.');
		return stored;
	}

	/** How a run of a journal stands: one without an end goes on in another window, or does not go on. */
	async statusOf(stored: StoredRun): Promise<RunStatus> {
		const live = this.#live.get(stored.execution);
		if (live) return live.state.status;
		if (!isInterrupted(stored)) return stateOf(stored).status;
		return (await isLeaseTaken(this.#folders.leases, stored.execution)) ? stateOf(stored).status : 'interrupted';
	}

	/** Runs that were cut off, of flows for which `isWanted`. */
	async interrupted(isWanted: (file: string) => boolean): Promise<readonly InterruptedRun[]> {
		const found: InterruptedRun[] = [];
		for (const file of await this.#folders.files()) {
			if (!isWanted(file)) continue;
			for (const summary of await this.list(file)) {
				if (summary.status !== 'interrupted') continue;
				const stored = await this.read(file, summary.id).catch(() => undefined);
				if (stored) found.push({ file, flowName: stored.flow.name, cwd: stored.cwd, summary });
			}
		}
		return found;
	}

	/** The inputs of the last run, to run with them once more. */
	async lastInputs(file: string): Promise<Readonly<Record<string, Json>> | undefined> {
		const last = await this.#lastRun(file);
		return last && lastInputs(last)?.inputs;
	}

	/** The trigger that the last run began at, with what that gave; `null` when it began at all of them. */
	async lastTrigger(file: string): Promise<TriggerValues | null> {
		return (await this.#lastRun(file))?.trigger ?? null;
	}

	/** Deletes what is kept of runs that are older than so many days and that nobody goes on with. */
	prune(days: number): Promise<number> {
		return pruneRuns({ folders: this.#folders, now: this.#deps.clock.now(), days });
	}

	/** The file of the flow whose run this is, while anything is kept of it. */
	fileOf(id: ExecutionId): Promise<string | undefined> {
		return this.#folders.fileOf(id);
	}

	/** The window ends: runs are left as they are, so that they can be resumed. */
	async abandon(): Promise<void> {
		await Promise.all(this.live.map(async live => live.run?.abandon()));
		await Promise.all([...this.#leases.values()].map(lease => lease.release()));
		this.#leases.clear();
	}

	/** Resolves when every run has ended and is written down. */
	async settled(): Promise<void> {
		await Promise.all(this.#ending);
	}

	override dispose(): void {
		super.dispose();
		for (const live of this.#live.values()) live.dispose();
	}

	async #options(
		cwd: string,
		file: string,
		live: LiveRun,
		recorder: RunRecorder,
	): Promise<Omit<FlowRunOptions, 'flow' | 'cwd' | 'limits'>> {
		const { catalog, expressions, services, clock, world } = this.#deps;
		const cache = await this.#deps.cache?.().catch((error: unknown) => {
			// Everything is then made again, which only takes longer.
			this.#deps.log.warn(`Results of earlier runs cannot be read: ${errorText(error)}`);
			return undefined;
		});
		return {
			catalog: catalog(),
			expressions,
			services: await services(cwd),
			clock,
			world,
			folder: this.#folders.of(file),
			...(cache ? { cache } : {}),
			onEvent: (event, at) => {
				live.take(event, at);
				recorder.add(event, at);
				this.#deps.onEvent?.(event, at);
			},
		};
	}

	#recorder(live: LiveRun, trigger: Trigger, project: string, title: string): RunRecorder {
		const { execution, flow } = live;
		return new RunRecorder({ execution, flow, trigger, project, title, append: event => this.#deps.append(event) });
	}

	#keep(live: LiveRun): void {
		this.#live.set(live.execution, live);
		this.#last.set(live.file, live.execution);
		this.#began.fire(live);
		const ending = live.run?.result.then(() => this.#over(live)) ?? Promise.resolve();
		this.#ending.add(ending);
		void ending.then(() => this.#ending.delete(ending));
	}

	async #over(live: LiveRun): Promise<void> {
		if (this.isDisposed) return;
		const summary = summaryOf(live.execution, live.state, live.flow);
		const lease = this.#leases.get(live.execution);
		try {
			if (live.isOver) await this.#folders.writeSummary(live.file, summary);
			if (lease) await this.#release(live.execution, lease, live.isOver);
		} catch (error) {
			this.#deps.log.warn(`What a run was could not be written down: ${errorText(error)}`);
		}
		this.#live.delete(live.execution);
		this.#ended.fire(live);
		live.dispose();
	}

	async #summary(file: string, id: ExecutionId): Promise<RunSummary | undefined> {
		const live = this.#live.get(id);
		if (live) return summaryOf(id, live.state, live.flow);
		const known = await this.#folders.readSummary(file, id);
		if (known) return known;
		try {
			const stored = await readRun(this.#folders.of(file), id);
			return stored && summaryOf(id, stateOf(stored), stored.flow, await this.statusOf(stored));
		} catch (error) {
			// One journal that cannot be read must not hide the others.
			this.#deps.log.warn(`The journal of run ${id} cannot be read: ${errorText(error)}`);
			return undefined;
		}
	}

	/** What of the last run still stands. */
	async #standing({ file, flow, inputs }: RunWish): Promise<ReadonlyMap<NodeId, PortValues> | undefined> {
		const last = await this.#lastRun(file);
		if (!last) return undefined;
		const { catalog, expressions, world } = this.#deps;
		const compiled = compiledFlow(flow, catalog(), { expressions, world });
		if (compiled.problems.length > 0) return undefined;
		const given = inputsFor(flow, inputs);
		return standingOutputs(compiled, given, {
			flow: last.flow,
			state: stateOf(last),
			valueOf: stored => last.valueOf(stored),
		});
	}

	async #lastRun(file: string): Promise<StoredRun | undefined> {
		const id = this.#last.get(file) ?? (await listRuns(this.#folders.of(file)))[0]?.execution;
		return id && (await readRun(this.#folders.of(file), id).catch(() => undefined));
	}

	async #take(id: ExecutionId): Promise<Lease> {
		const lease = new Lease(this.#folders.leases, id);
		if (!(await lease.tryAcquire())) {
			throw new ExpectedError('run-elsewhere', 'Another window goes on with this run already.');
		}
		this.#leases.set(id, lease);
		return lease;
	}

	async #release(id: ExecutionId, lease: Lease, isOver: boolean): Promise<void> {
		this.#leases.delete(id);
		await lease.release();
		if (isOver) await this.#folders.clearLease(id);
	}
}
