import type { Clock } from '../../base/clock';
import { Emitter } from '../../base/event';
import type { ExecutionId } from '../../base/ids';
import { MutableDisposable, Owner, type Disposable } from '../../base/lifecycle';
import type { RunEvent, StoredValue } from '../engine/events';
import type { FlowRun } from '../engine/flowRun';
import type { TimedEvent } from '../engine/readJournal';
import { RunState } from '../engine/runState';
import type { Flow, NodeId } from '../model/flow';
import { RunDigest, type RunChange, type RunView } from '../runView';
import { changedInputs } from './runValues';
import { isOfFlow } from './runViews';

/** Pages are told of changes this often at most, milliseconds. */
const tellMs = 100;

export interface LiveRunOptions {
	readonly execution: ExecutionId;
	readonly flow: Flow;
	/** Absolute path of the flow's file. */
	readonly file: string;
	readonly title: string;
	readonly startedAt: number;
	readonly clock: Clock;
	/** A trigger began it, and perhaps nobody is there. */
	readonly isUnattended?: boolean;
	/** What a journal holds of it already. */
	readonly earlier?: readonly TimedEvent[];
}

/** A run of this window, for everyone who watches it. It is there before its first event. */
export class LiveRun extends Owner {
	readonly execution: ExecutionId;
	/** The document that runs: the run keeps its own copy. */
	readonly flow: Flow;
	readonly file: string;
	readonly isUnattended: boolean;
	readonly state = new RunState();
	/** Inputs that a person changed; see `RunValues`. */
	readonly changed = new Map<string, StoredValue>();
	readonly #digest: RunDigest;
	readonly #clock: Clock;
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	readonly #changed = this.own(new Emitter<RunChange>());
	/** What has changed since the last time, at most ten times a second; at once at the end. */
	readonly onDidChange = this.#changed.event;
	readonly #events = this.own(new Emitter<RunEvent>());
	/** Each event as it comes. */
	readonly onEvent = this.#events.event;
	readonly #watchers = new Map<object, readonly NodeId[]>();
	#run: FlowRun | undefined;

	constructor(options: LiveRunOptions) {
		super();
		const { execution, flow, file, title, startedAt, clock, isUnattended = false, earlier = [] } = options;
		this.execution = execution;
		this.flow = flow;
		this.file = file;
		this.isUnattended = isUnattended;
		this.#clock = clock;
		this.#digest = new RunDigest(execution, title, startedAt);
		this.#digest.watch([]);
		for (const { event, at } of earlier) {
			this.state.apply(event, at);
			this.#noteChanged(event);
			if (isOfFlow(flow, event)) this.#digest.add(event, at);
		}
		this.#digest.take();
	}

	/** The engine's run, once it has begun. */
	get run(): FlowRun | undefined {
		return this.#run;
	}

	set run(run: FlowRun | undefined) {
		this.#run = run;
	}

	/** Everything, for a page that opens now. What is told afterwards is not in it. */
	get view(): RunView {
		this.#tell();
		return this.#digest.run;
	}

	get isOver(): boolean {
		return this.state.endedAt !== null;
	}

	take(event: RunEvent, at: number): void {
		this.state.apply(event, at);
		this.#noteChanged(event);
		if (isOfFlow(this.flow, event)) this.#digest.add(event, at);
		this.#events.fire(event);
		if (event.type === 'run.ended') this.#tell();
		else this.#timer.value ??= this.#clock.after(tellMs, () => this.#tell());
	}

	/** The document was changed in a way that the run does not know. */
	setOutdated(isOutdated: boolean): void {
		if (this.isOver || this.#digest.run.isOutdated === isOutdated) return;
		this.#digest.set({ isOutdated });
		this.#tell();
	}

	/** Nodes whose streamed text one page wants; `null` when the page is gone. */
	watch(page: object, nodes: readonly NodeId[] | null): void {
		if (nodes === null) this.#watchers.delete(page);
		else this.#watchers.set(page, nodes);
		this.#digest.watch([...this.#watchers.values()].flat());
	}

	#noteChanged(event: RunEvent): void {
		for (const [key, value] of changedInputs([{ event }])) this.changed.set(key, value);
	}

	#tell(): void {
		this.#timer.value = undefined;
		const change = this.#digest.take();
		if (change) this.#changed.fire(change);
	}
}
