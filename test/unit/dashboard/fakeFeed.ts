import { Emitter } from '../../../src/core/base/event';
import { toDisposable, type Disposable } from '../../../src/core/base/lifecycle';
import type { HardwareFeed, Series } from '../../../src/core/hardware/feed';
import type { MachineFacts, Sample } from '../../../src/core/hardware/sample';

/** A machine that a test moves. */
export class FakeFeed implements HardwareFeed {
	readonly #sampled = new Emitter<Sample>();
	readonly onDidSample = this.#sampled.event;
	latest: Sample | undefined;
	watchers = 0;
	past: Series = { at: [], values: {} };
	asked: readonly string[] = [];

	watch(): Disposable {
		this.watchers++;
		return toDisposable(() => this.watchers--);
	}

	facts(): Promise<MachineFacts> {
		return Promise.reject(new Error('nobody asks'));
	}

	history(metrics: readonly string[], _spanMs: number): Promise<Series> {
		this.asked = metrics;
		return Promise.resolve(this.past);
	}

	sample(at: number, cpu: number, more: Partial<Sample> = {}): void {
		const memory = { total: 100, available: 50, used: 50 };
		this.latest = { at, cpu: { usage: cpu, cores: 4 }, memory, disks: [], gpus: [], ...more };
		this.#sampled.fire(this.latest);
	}
}
