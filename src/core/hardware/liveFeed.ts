import type { Clock } from '../base/clock';
import { errorText, ExpectedError } from '../base/errors';
import { Emitter, type Event } from '../base/event';
import { DisposableStore, MutableDisposable, Owner, toDisposable, type Disposable } from '../base/lifecycle';
import type { Logger } from '../base/logger';
import type { MetricMinutes } from '../ledger/queries';
import { connect, type Client, type Port } from '../rpc/rpc';
import { paceMs, type HardwareFeed, type Pace, type Series } from './feed';
import type { RocmSmi } from './amd/rocmSmi';
import { HistoryRings } from './historyRings';
import { metricsOf } from './metrics';
import { Minutes, type MinuteValues } from './minutes';
import type { NvidiaApps } from './nvidia/apps';
import type { NvidiaCards } from './nvidia/cards';
import type { HardwareContract } from './protocol';
import type { GpuSample, MachineFacts, ProcessSample, Sample } from './sample';

/** The thread that samples. */
export interface SamplingPort extends Port, Disposable {
	/** It ended, asked for or not. */
	readonly onDidExit: Event<number>;
}

/** NVIDIA's cards and what runs on them. */
export interface Nvidia {
	readonly cards: NvidiaCards;
	readonly apps: NvidiaApps;
}

export interface LiveFeedDeps {
	readonly clock: Clock;
	readonly log: Logger;
	readonly platform: NodeJS.Platform;
	/** How the machine is reached, in words; absent on the user's own. */
	readonly remote: string | undefined;
	startWorker(): SamplingPort;
	/** Absent where nothing may be started: then the cards are not asked for. */
	nvidia(): Promise<Nvidia | undefined>;
	/** What AMD's own tool knows; asked for once there is such a card, and absent as above. */
	rocm(): Promise<RocmSmi | undefined>;
	/** Called once a minute. */
	record(minute: number, values: MinuteValues): void;
	/** Minutes that were recorded, by whichever window. */
	minutes(from: number, to: number, metrics: readonly string[]): Promise<MetricMinutes>;
}

/** A page that is closed and opened again finds the thread still there. */
const lingerMs = 30_000;
/** Waits before a thread that ended by itself is started again: the first, doubled each time up to the longest. */
const firstWaitMs = 2_000;
const longestWaitMs = 5 * 60_000;
/** A thread that lived this long was well. */
const goodRunMs = 60_000;
const hourMs = 3_600_000;
const longestSpanMs = 24 * hourMs;

interface Running extends Disposable {
	readonly client: Client<HardwareContract>;
	readonly startedAt: number;
}

/**
 * The machine as this window sees it. The thread reads files only: it cannot use the supervisor, through which alone
 * programs are started. So `nvidia-smi` runs here, where its few lines are read, and its cards join each sample; sent
 * to the thread and back they would cost more than they do to read, and the meter of energy needs them here anyway.
 */
export class LiveFeed extends Owner implements HardwareFeed {
	readonly #deps: LiveFeedDeps;
	readonly #sampled = this.own(new Emitter<Sample>());
	readonly #watchers = new Set<{ readonly pace: Pace }>();
	readonly #running = this.own(new MutableDisposable<Running>());
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	readonly #attached = this.own(new MutableDisposable<Disposable>());
	readonly #cardsWatch = this.own(new MutableDisposable<Disposable>());
	readonly #rings = new HistoryRings();
	readonly #minutes: Minutes;
	#nvidia: Nvidia | undefined;
	#wish = { ms: paceMs.background, withProcesses: false };
	#asking = 0;
	#looked: Sample | undefined;
	#latest: Sample | undefined;
	/** Listed more rarely than the rest is looked at, and sent only when they were. */
	#processes: readonly ProcessSample[] | undefined;
	#rocm: RocmSmi | undefined;
	#isAskingRocm = false;
	/** Bytes of GPU memory by pid, of each maker; told to each new thread. */
	readonly #gpuMemory: Record<'nvidia' | 'amd', ReadonlyMap<number, number>> = { nvidia: new Map(), amd: new Map() };
	#mostCards = 0;
	#waitMs = firstWaitMs;
	#restUntil = -Infinity;
	#hasSaid = false;
	readonly onDidSample = this.#sampled.event;

	constructor(deps: LiveFeedDeps) {
		super();
		this.#deps = deps;
		this.#minutes = new Minutes((minute, values) => deps.record(minute, values));
		this.own(toDisposable(() => this.#minutes.flush()));
	}

	get latest(): Sample | undefined {
		return this.#latest;
	}

	get gpuProblem(): string | undefined {
		return this.#nvidia?.cards.problem;
	}

	watch(pace: Pace): Disposable {
		const watcher = { pace };
		this.#watchers.add(watcher);
		this.#follow();
		return toDisposable(() => {
			this.#watchers.delete(watcher);
			this.#follow();
		});
	}

	async facts(): Promise<MachineFacts> {
		this.#asking++;
		try {
			this.#follow();
			const client = this.#running.value?.client;
			if (!client) throw new ExpectedError('not-sampling', 'The machine is not being looked at just now. Try again.');
			const { platform, remote } = this.#deps;
			return { ...(await client.call('facts', null)), platform, ...(remote !== undefined && { remote }) };
		} finally {
			this.#asking--;
			this.#follow();
		}
	}

	async history(metrics: readonly string[], spanMs: number): Promise<Series> {
		const now = this.#deps.clock.now();
		const from = now - Math.min(spanMs, longestSpanMs);
		const ring = this.#rings.span;
		// Beyond an hour, minutes make one even line; within it they only fill what this window has not seen itself.
		const until = spanMs > hourMs ? now : Math.min(now, ring?.from ?? now);
		const past = until - from < 60_000 ? undefined : await this.#past(from, until, metrics);
		const last = past?.minutes.at(-1);
		const recent = this.#rings.read(metrics, last === undefined ? from : (last + 1) * 60_000);
		if (!past) return recent;
		const means = (name: string): readonly (number | null)[] =>
			past.values[name]?.map(pair => pair?.[0] ?? null) ?? past.minutes.map(() => null);
		return {
			at: [...past.minutes.map(minute => minute * 60_000 + 30_000), ...recent.at],
			values: Object.fromEntries(
				metrics.map(name => [name, [...means(name), ...(recent.values[name] ?? recent.at.map(() => null))]]),
			),
		};
	}

	async #past(from: number, until: number, metrics: readonly string[]): Promise<MetricMinutes | undefined> {
		try {
			return await this.#deps.minutes(Math.ceil(from / 60_000), Math.floor(until / 60_000), metrics);
		} catch (error) {
			this.#deps.log.warn(`The recorded minutes could not be read: ${errorText(error)}`);
			return undefined;
		}
	}

	#follow(): void {
		if (this.isDisposed) return;
		const paces = [...this.#watchers].map(({ pace }) => paceMs[pace]);
		const ms = paces.length === 0 ? null : Math.min(...paces);
		const withProcesses = [...this.#watchers].some(({ pace }) => pace === 'page');
		this.#followNvidia(ms, withProcesses);
		if (ms === null && this.#asking === 0) {
			if (this.#running.value) this.#tellPace(null, false);
			this.#minutes.flush();
			this.#timer.value = this.#deps.clock.after(lingerMs, () => (this.#running.value = undefined));
			return;
		}
		this.#timer.value = undefined;
		const rest = this.#restUntil - this.#deps.clock.monotonic();
		if (this.#running.value) this.#tellPace(ms, withProcesses);
		else if (rest > 0) this.#timer.value = this.#deps.clock.after(rest, () => this.#follow());
		else this.#start(ms, withProcesses);
	}

	#start(ms: number | null, withProcesses: boolean): void {
		const { clock, log } = this.#deps;
		const store = new DisposableStore();
		const port = store.add(this.#deps.startWorker());
		const client = store.add(connect<HardwareContract>(port));
		store.add(client.on('sample', sample => this.#take(sample)));
		store.add(client.on('failed', ({ reason }) => log.warn(`A look at the machine failed: ${reason}`)));
		store.add(port.onDidExit(() => this.#exited()));
		this.#running.value = { client, startedAt: clock.monotonic(), dispose: () => store.dispose() };
		const { nvidia, amd } = this.#gpuMemory;
		if (nvidia.size + amd.size > 0) this.#tellMemory();
		this.#tellPace(ms, withProcesses);
	}

	#exited(): void {
		const startedAt = this.#running.value?.startedAt ?? 0;
		this.#running.value = undefined;
		if (this.isDisposed) return;
		const now = this.#deps.clock.monotonic();
		if (now - startedAt > goodRunMs) this.#waitMs = firstWaitMs;
		this.#restUntil = now + this.#waitMs;
		this.#waitMs = Math.min(this.#waitMs * 2, longestWaitMs);
		// One word is enough: it would be the same at each attempt.
		if (!this.#hasSaid)
			this.#deps.log.warn('The thread that looks at the machine ended by itself. It is started again.');
		this.#hasSaid = true;
		this.#follow();
	}

	#tellPace(ms: number | null, withProcesses: boolean): void {
		const told = this.#running.value?.client.call('pace', { ms, withProcesses });
		// A thread that ends has not been told; the next one is.
		told?.catch(() => undefined);
	}

	#followNvidia(ms: number | null, withProcesses: boolean): void {
		this.#wish = { ms: ms ?? paceMs.background, withProcesses };
		if (!withProcesses) this.#processes = undefined;
		if (ms === null || this.#deps.platform === 'darwin') {
			this.#attached.value = undefined;
			return;
		}
		if (this.#attached.value) return this.#askNvidia();
		const store = new DisposableStore();
		this.#attached.value = store;
		store.add(
			toDisposable(() => {
				this.#cardsWatch.value = undefined;
				if (this.#nvidia) this.#nvidia.apps.isWanted = false;
				this.#nvidia = undefined;
				if (this.#gpuMemory.nvidia.size > 0) this.#setMemory('nvidia', new Map());
			}),
		);
		void this.#deps.nvidia().then(
			nvidia => {
				if (!nvidia || store.isDisposed) return;
				this.#nvidia = nvidia;
				store.add(nvidia.cards.onDidLook(() => this.#joinFirst()));
				store.add(nvidia.apps.onDidChange(memory => this.#setMemory('nvidia', memory)));
				this.#askNvidia();
			},
			(error: unknown) => this.#deps.log.warn(`NVIDIA's cards cannot be asked: ${errorText(error)}`),
		);
	}

	#askNvidia(): void {
		if (!this.#nvidia) return;
		const { ms, withProcesses } = this.#wish;
		// The new watcher comes before the old one goes: `nvidia-smi` does not end in between.
		this.#cardsWatch.value = this.#nvidia.cards.watch(ms);
		this.#nvidia.apps.isWanted = withProcesses;
	}

	/** By the looks: whether there is such a card, and whether it is awake, only they tell. */
	#followRocm({ gpus }: Sample): void {
		if (this.#rocm) return this.#rocm.follow(gpus, this.#wish.withProcesses);
		const hasCard = this.#deps.platform === 'linux' && gpus.some(({ vendor }) => vendor === 'amd');
		if (!hasCard || this.#isAskingRocm) return;
		this.#isAskingRocm = true;
		void this.#deps.rocm().then(
			rocm => {
				if (!rocm || this.isDisposed) return;
				this.#rocm = rocm;
				this.own(rocm.onDidChange(memory => this.#setMemory('amd', memory)));
			},
			(error: unknown) => this.#deps.log.warn(`AMD's own tool cannot be asked: ${errorText(error)}`),
		);
	}

	#setMemory(maker: 'nvidia' | 'amd', memory: ReadonlyMap<number, number>): void {
		this.#gpuMemory[maker] = memory;
		this.#tellMemory();
	}

	#tellMemory(): void {
		const { nvidia, amd } = this.#gpuMemory;
		const both = new Map(nvidia);
		for (const [pid, bytes] of amd) both.set(pid, (both.get(pid) ?? 0) + bytes);
		this.#running.value?.client.call('gpuMemory', [...both]).catch(() => undefined); // As with the pace.
	}

	#take(sample: Sample): void {
		if (sample.processes) this.#processes = sample.processes;
		this.#looked = sample;
		this.#followRocm(sample);
		this.#tell();
	}

	/** The tool needs longer for its first word than a look takes: the sample that had to go without is told again. */
	#joinFirst(): void {
		const known = this.#latest?.gpus.some(({ vendor }) => vendor === 'nvidia');
		if (this.#looked && !known) this.#tell();
	}

	#tell(): void {
		const looked = this.#looked;
		if (!looked || this.isDisposed) return;
		const processes = this.#wish.withProcesses ? this.#processes : undefined;
		const sample = { ...looked, gpus: this.#join(looked.gpus), ...(processes && { processes }) };
		this.#latest = sample;
		const metrics = metricsOf(sample);
		this.#rings.add(sample, metrics);
		this.#minutes.add(sample, metrics);
		this.#sampled.fire(sample);
	}

	/** Other makers' cards count on after NVIDIA's, also while one of those does not answer. */
	#join(others: readonly GpuSample[]): readonly GpuSample[] {
		const cards = this.#nvidia?.cards.cards ?? [];
		this.#mostCards = Math.max(this.#mostCards, (cards.at(-1)?.index ?? -1) + 1);
		const named = this.#rocm?.named(others) ?? others;
		return [...cards, ...named.map(gpu => ({ ...gpu, index: gpu.index + this.#mostCards }))];
	}
}
