import type { Clock } from '../../base/clock';
import type { RunState } from '../engine/runState';
import type { Flow } from '../model/flow';
import type { NodeCatalog } from '../nodes/nodeType';

/** Clocks of file systems are coarse. */
const coarseMs = 50;
/** A change is told a moment after it was made; of a file that is gone, only when it was told is known. */
const lateMs = 3000;
/** What a run wrote longer ago than this has been told. */
const keptMs = 60_000;

/** A run as far as it matters here. */
export interface WritingRun {
	readonly flow: Flow;
	readonly state: Pick<RunState, 'nodes' | 'startedAt' | 'endedAt'>;
}

/**
 * Knows which changes are those of a flow's own runs: what changes while a node that writes is at work. Between such
 * nodes, and while the run waits for a model or a person, changes are somebody else's.
 */
export class OwnWrites {
	readonly #clock: Clock;
	readonly #catalog: () => NodeCatalog;
	#runs: readonly WritingRun[] = [];

	constructor(clock: Clock, catalog: () => NodeCatalog) {
		this.#clock = clock;
		this.#catalog = catalog;
	}

	/** Follows a run of the flow from now on. */
	follow(run: WritingRun): void {
		this.#forget();
		this.#runs = [...this.#runs, run];
	}

	/** Whether a change is a run's, by when the file was last written (`null`: it is gone), as things stand now. */
	look(): (changedAt: number | null) => boolean {
		this.#forget();
		const now = this.#clock.now();
		const works = this.#runs.flatMap(run => this.#works(run));
		return changedAt =>
			works.some(([from, until]) =>
				changedAt === null ? now <= until + lateMs : changedAt >= from - coarseMs && changedAt <= until + coarseMs,
			);
	}

	/** When nodes that write were at work. A node that this program does not know, as one of a sub-flow, may write. */
	#works({ flow, state }: WritingRun): (readonly [number, number])[] {
		const works: (readonly [number, number])[] = [];
		for (const { node, state: now, startedAt, durationMs, attempt } of state.nodes.values()) {
			if (startedAt === null || now === 'waiting' || now === 'paused') continue;
			const type = this.#catalog().find(flow.nodes[node]?.type ?? '');
			if (type !== undefined && type.effects !== 'writes') continue;
			const isOpen = now === 'running' || now === 'retrying';
			works.push([attempt > 1 ? state.startedAt : startedAt, isOpen ? Infinity : startedAt + durationMs]);
		}
		return works;
	}

	#forget(): void {
		const now = this.#clock.now();
		this.#runs = this.#runs.filter(({ state }) => state.endedAt === null || state.endedAt > now - keptMs);
	}
}
