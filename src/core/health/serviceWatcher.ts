import type { Clock } from '../base/clock';
import { CancelledError, errorText } from '../base/errors';
import { MutableDisposable, Owner, toDisposable, type Disposable } from '../base/lifecycle';
import { oneLine } from '../ledger/views/viewNode';
import type { CheckResult, WatchedService } from './service';
import { ServiceState, type OwnState } from './serviceState';

/** After a failure that is no change yet, it is looked at again soon. */
const doubtMs = 5_000;
/** A dead service is looked at more and more rarely, up to so rarely: its return is to be seen soon, too. */
const deadMs = 120_000;
const deadFactor = 4;
/** A look may take a minute, and wait for others. */
const slowLookMs = 90_000;
const textLength = 400;
/** The wall clock ran so much further than the timer: the machine slept. */
const sleepMs = 60_000;
/** After a sleep, networks take a while to come back: failures count from then on. */
const wakeMs = 20_000;

/** A server's own words may be a page long; they are shown, kept and written down at each change. */
function readable(result: CheckResult): CheckResult {
	return { ...result, text: oneLine(result.text, textLength) };
}

/** Between two looks lies no more than this, however dead the service is; the last part is for a look that takes long. */
export function longestGapMs(intervalMs: number): number {
	return 1.1 * deadWaitMs(intervalMs, Infinity) + slowLookMs;
}

function deadWaitMs(intervalMs: number, looks: number): number {
	return Math.min(intervalMs * Math.min(2 ** (looks - 1), deadFactor), Math.max(intervalMs, deadMs));
}

export interface WatcherPorts {
	readonly clock: Clock;
	/** 0 to 1: spreads checks, so that they do not all fall on one moment. */
	readonly random: () => number;
	/** Lets a few checks run at once. */
	readonly run: <T>(task: () => Promise<T>) => Promise<T>;
	readonly onResult: (service: WatchedService, result: CheckResult) => void;
}

/** Looks at one service again and again, sooner when it is in doubt and more rarely when it is dead. */
export class ServiceWatcher extends Owner {
	readonly service: WatchedService;
	readonly #ports: WatcherPorts;
	readonly #state: ServiceState;
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	readonly #end = new AbortController();
	#checking: Promise<void> | undefined;
	#isOn = false;
	#isLooking = false;
	#deadLooks = 0;
	#wokeAt = -Infinity;

	constructor(service: WatchedService, ports: WatcherPorts) {
		super();
		this.service = service;
		this.#ports = ports;
		this.#state = new ServiceState(service.policy, ports.clock.now());
		this.own(toDisposable(() => this.#end.abort()));
		if (service.onDidChange) {
			this.own(
				service.onDidChange(() => {
					if (this.#isOn) void this.check();
				}),
			);
		}
	}

	get state(): OwnState {
		return this.#state.now;
	}

	/** Takes over what is known of it elsewhere, until it is looked at here. */
	adopt(known: Partial<OwnState>): void {
		this.#state.adopt(known);
	}

	/** The last look says another thing than the state, which did not change yet, or another look is under way. */
	get isInDoubt(): boolean {
		return this.#state.isInDoubt || this.#isLooking;
	}

	/** What it needs is back: it is looked at anew, and its failures count from here. */
	renew(reason: string): void {
		this.#deadLooks = 0;
		this.#state.renew(reason, this.#ports.clock.now());
		if (this.#isOn) void this.check();
	}

	start(): void {
		if (this.#isOn) return;
		this.#isOn = true;
		// Spread over the first seconds.
		this.#plan(this.#ports.random() * Math.min(2_000, this.service.policy.intervalMs));
	}

	stop(): void {
		this.#isOn = false;
		this.#timer.value = undefined;
	}

	/** Looks now; a look that runs is shared. */
	check(): Promise<void> {
		this.#checking ??= this.#check().finally(() => {
			this.#checking = undefined;
			if (this.#isOn && !this.isDisposed) this.#plan(this.#nextMs());
		});
		return this.#checking;
	}

	async #check(): Promise<void> {
		this.#timer.value = undefined;
		const { clock, run, onResult } = this.#ports;
		this.#isLooking = true;
		const result = await run(() => this.#look());
		this.#isLooking = false;
		if (!result || this.isDisposed) return;
		const isUp = result.outcome !== 'down';
		// The first failures after a sleep say nothing of the service.
		if (!isUp && clock.monotonic() - this.#wokeAt < wakeMs) return;
		this.#state.take(result, clock.now());
		this.#deadLooks = !isUp && this.#state.now.state === 'unhealthy' ? this.#deadLooks + 1 : 0;
		onResult(this.service, result);
	}

	async #look(): Promise<CheckResult | undefined> {
		if (this.isDisposed) return undefined;
		try {
			return readable(await this.service.check(this.#end.signal));
		} catch (error) {
			if (error instanceof CancelledError || this.#end.signal.aborted) return undefined;
			return readable({ outcome: 'down', text: errorText(error), latencyMs: null });
		}
	}

	#nextMs(): number {
		const { intervalMs } = this.service.policy;
		if (this.#ports.clock.monotonic() - this.#wokeAt < wakeMs) return doubtMs;
		if (this.#state.isInDoubt) return Math.min(doubtMs, intervalMs);
		if (this.#deadLooks === 0) return intervalMs;
		return deadWaitMs(intervalMs, this.#deadLooks);
	}

	#plan(ms: number): void {
		const { clock, random } = this.#ports;
		const wait = ms * (0.9 + 0.2 * random());
		const due = clock.now() + wait;
		this.#timer.value = clock.after(wait, () => {
			if (clock.now() - due > sleepMs) {
				this.#wokeAt = clock.monotonic();
				this.#state.restart();
			}
			void this.check();
		});
	}
}
