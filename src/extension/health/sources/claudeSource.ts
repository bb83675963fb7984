import type { Obstacles } from '../../claude/obstacles';
import { isCliObstacle } from '../../../core/chat/protocol';
import type { Clock } from '../../../core/base/clock';
import { Emitter } from '../../../core/base/event';
import { Owner } from '../../../core/base/lifecycle';
import { localPolicy, type CheckResult, type WatchedService } from '../../../core/health/service';

/** Asking the CLI for its version starts it, so that is done this rarely. */
const lookMs = 10 * 60_000;

/** The Claude CLI, from what the chat knows of it. Where there is none and never was, it is no service. */
export class ClaudeSource extends Owner {
	readonly #obstacles: Obstacles;
	readonly #clock: Clock;
	readonly #changed = this.own(new Emitter<void>());
	readonly onDidChange = this.#changed.event;
	#service: WatchedService | undefined;
	#lookedAt: number;

	constructor(obstacles: Obstacles, clock: Clock) {
		super();
		this.#obstacles = obstacles;
		this.#clock = clock;
		this.#lookedAt = clock.monotonic();
		this.own(obstacles.onDidChange(() => this.#changed.fire()));
	}

	services(): readonly WatchedService[] {
		if (!this.#service && this.#obstacles.cli) this.#service = this.#make();
		return this.#service ? [this.#service] : [];
	}

	#make(): WatchedService {
		return {
			id: 'claude',
			name: 'Claude CLI',
			kind: 'claude',
			needs: [],
			policy: { ...localPolicy, intervalMs: lookMs, failures: 1, successes: 1 },
			isExpected: true,
			isOfWindow: true,
			onDidChange: this.onDidChange,
			actions: () => [],
			check: () => this.#check(),
		};
	}

	async #check(): Promise<CheckResult> {
		const now = this.#clock.monotonic();
		if (now - this.#lookedAt >= lookMs) {
			this.#lookedAt = now;
			await this.#obstacles.check();
		}
		const { cli, current } = this.#obstacles;
		if (cli) return { outcome: 'up', text: `Claude Code ${cli.version} at ${cli.path}.`, latencyMs: null };
		if (current && isCliObstacle(current)) return { outcome: 'down', text: current.title, latencyMs: null };
		return { outcome: 'unsure', text: current?.title ?? 'It is not looked for now.', latencyMs: null };
	}
}
