import type { CheckResult, WatchedService, WatchPolicy } from '../../../src/core/health/service';
import type { MachineEvent } from '../../../src/core/ledger/machineEvents';
import { Emitter } from '../../../src/core/base/event';
import { HealthMonitor } from '../../../src/core/health/healthMonitor';
import { ManualClock } from '../../fakes/manualClock';

export const up: CheckResult = { outcome: 'up', text: 'It answers.', latencyMs: 10 };
export const down: CheckResult = { outcome: 'down', text: 'Connection refused.', latencyMs: null };

/** Seconds and small counts, so that tests can be read. */
export const policy: WatchPolicy = { intervalMs: 30_000, failures: 3, successes: 2, slowMs: 1000 };

/** A service that answers what the test says. */
export class FakeService implements WatchedService {
	readonly id: string;
	readonly name: string;
	readonly kind = 'http';
	readonly isExpected = true;
	readonly #changed = new Emitter<void>();
	readonly onDidChange = this.#changed.event;
	needs: readonly string[] = [];
	isOfWindow = false;
	policy = policy;
	answer: CheckResult = up;
	looks = 0;
	acted: string[] = [];
	onAct: (action: string) => void = () => undefined;

	constructor(id: string, options: Partial<Pick<FakeService, 'needs' | 'answer' | 'policy' | 'isOfWindow'>> = {}) {
		this.id = id;
		this.name = id;
		Object.assign(this, options);
	}

	actions(): readonly ('start' | 'stop' | 'restart')[] {
		return ['start', 'stop', 'restart'];
	}

	check(): Promise<CheckResult> {
		this.looks++;
		return Promise.resolve(this.answer);
	}

	act(action: string): Promise<void> {
		this.acted.push(action);
		this.onAct(action);
		return Promise.resolve();
	}

	poke(): void {
		this.#changed.fire();
	}
}

/** A monitor that checks by the test's clock and spreads nothing. */
export class MonitorWorld {
	readonly clock = new ManualClock();
	readonly events: MachineEvent[] = [];
	readonly monitor = new HealthMonitor({
		clock: this.clock,
		random: () => 0.5,
		record: event => this.events.push(event),
	});

	/** Moves the clock in small steps, so that what a check begins can go on in between. */
	async pass(ms: number): Promise<void> {
		for (let left = ms; left > 0; left -= 1000) {
			this.clock.advance(Math.min(1000, left));
			await settle();
		}
	}

	state(id: string): string {
		const view = this.monitor.services.find(service => service.id === id);
		return view ? view.state : 'gone';
	}

	get changes(): readonly string[] {
		return this.events.flatMap(event =>
			event.type === 'health.changed' ? [`${event.service} ${event.previous} > ${event.state} (${event.intent})`] : [],
		);
	}
}

/** Lets promises that are ready run. */
export async function settle(): Promise<void> {
	for (let turn = 0; turn < 12; turn++) await Promise.resolve();
}
