import { describe, expect, onTestFinished, test } from 'vitest';
import { Emitter } from '../../../src/core/base/event';
import { silentLogger } from '../../../src/core/base/logger';
import { RocmSmi } from '../../../src/core/hardware/amd/rocmSmi';
import { LiveFeed, type SamplingPort } from '../../../src/core/hardware/liveFeed';
import type { MinuteValues } from '../../../src/core/hardware/minutes';
import { NvidiaApps } from '../../../src/core/hardware/nvidia/apps';
import { NvidiaCards } from '../../../src/core/hardware/nvidia/cards';
import type { StaticFacts } from '../../../src/core/hardware/protocol';
import type { GpuSample, Sample } from '../../../src/core/hardware/sample';
import type { LookWish, Sampler } from '../../../src/core/hardware/sampler';
import { Sampling } from '../../../src/core/hardware/sampling';
import type { MetricMinutes } from '../../../src/core/ledger/queries';
import type { Port } from '../../../src/core/rpc/rpc';
import { ManualClock } from '../../fakes/manualClock';
import { FakeSupervisor } from './fakeSmi';
import { soon } from './soon';

const facts: StaticFacts = {
	hostname: 'ada-box',
	system: 'Debian',
	cpu: 'Ryzen',
	cores: 2,
	memory: 8,
	isContainer: false,
};
const line = '0, GPU-a, Tesla, 1, 50, 1000, 500, 40, 0, 10.0, 20.0, 1, 1, 0x0, 1, 1, 0, [N/A]\n';

/** A thread of which the test holds both ends. */
class FakeThread implements SamplingPort, Sampler {
	readonly #toHost = new Emitter<unknown>();
	readonly #toThread = new Emitter<unknown>();
	readonly #exit = new Emitter<number>();
	readonly onDidExit = this.#exit.event;
	readonly onMessage = this.#toHost.event;
	readonly wishes: LookWish[] = [];
	readonly #sampling: Sampling;
	usage = 10;
	gpus: readonly GpuSample[] = [];
	fails = false;
	isDisposed = false;

	constructor(clock: ManualClock) {
		const port: Port = {
			post: message => queueMicrotask(() => this.#toHost.fire(structuredClone(message))),
			onMessage: this.#toThread.event,
		};
		this.#sampling = new Sampling(port, this, clock);
	}

	post(message: unknown): void {
		queueMicrotask(() => this.#toThread.fire(structuredClone(message)));
	}

	look(wish: LookWish): Promise<Sample> {
		this.wishes.push(wish);
		if (this.fails) return Promise.reject(new Error('a torn file'));
		const { usage, gpus } = this;
		return Promise.resolve({
			at: wish.now,
			cpu: { cores: 2, usage },
			memory: { total: 8, available: 4, used: 4 },
			disks: [],
			gpus,
		});
	}

	facts(): Promise<StaticFacts> {
		return Promise.resolve(facts);
	}

	crash(): void {
		this.dispose();
		this.#exit.fire(1);
	}

	dispose(): void {
		if (this.isDisposed) return;
		this.isDisposed = true;
		this.#sampling.dispose();
	}
}

interface Wish {
	readonly hasNvidia?: boolean;
	readonly hasRocm?: boolean;
	readonly past?: MetricMinutes;
}

function world({ hasNvidia = false, hasRocm = false, past }: Wish = {}) {
	const clock = new ManualClock();
	const threads: FakeThread[] = [];
	const supervisor = new FakeSupervisor();
	const started = (): Promise<FakeSupervisor> => Promise.resolve(supervisor);
	const cards = new NvidiaCards({
		clock,
		log: silentLogger,
		supervisor: started,
		commands: [['nvidia-smi']],
		exists: () => true,
	});
	const apps = new NvidiaApps(clock, cards, started);
	const rocm = new RocmSmi({ clock, log: silentLogger, supervisor: started, exists: () => true });
	const warnings: string[] = [];
	const recorded: (readonly [number, MinuteValues])[] = [];
	const feed = new LiveFeed({
		clock,
		log: { ...silentLogger, warn: text => warnings.push(text) },
		platform: 'linux',
		remote: 'WSL',
		startWorker: () => {
			threads.push(new FakeThread(clock));
			return threads.at(-1)!;
		},
		nvidia: () => Promise.resolve(hasNvidia ? { cards, apps } : undefined),
		rocm: () => Promise.resolve(hasRocm ? rocm : undefined),
		record: (minute, values) => recorded.push([minute, values]),
		minutes: () => (past ? Promise.resolve(past) : Promise.reject(new Error('no ledger'))),
	});
	onTestFinished(() => {
		feed.dispose();
		apps.dispose();
		cards.dispose();
		rocm.dispose();
	});
	const looks = (count: number) => soon(() => threads.flatMap(({ wishes }) => wishes).length).toBe(count);
	/** Moves the time by several paces, and lets each look arrive. */
	const pass = async (times: number, ms: number): Promise<void> => {
		for (let time = 0; time < times; time++) {
			const before = feed.latest;
			clock.advance(ms);
			await soon(() => feed.latest !== before).toBe(true);
		}
	};
	return { clock, feed, threads, supervisor, warnings, recorded, looks, pass };
}

/** Lets what was posted arrive. */
const settle = (): Promise<void> => new Promise(resolve => void setImmediate(resolve));

describe('the machine while somebody watches', () => {
	test('is looked at from the first watcher on, at the quickest pace; the thread ends after the last', async () => {
		const { clock, feed, threads, looks } = world();
		expect(threads).toEqual([]);
		const gauge = feed.watch('gauge');
		await looks(1);
		await soon(() => feed.latest?.cpu.usage).toBe(10);
		clock.advance(2000);
		await looks(2);
		// A look right after another would say that a moment's work is a full load.
		const page = feed.watch('page');
		await settle();
		await looks(2);
		clock.advance(500);
		await looks(3);
		expect(threads[0]?.wishes.map(({ withProcesses }) => withProcesses)).toEqual([false, false, true]);
		await soon(() => feed.latest?.at).toBe(clock.now());
		page.dispose();
		gauge.dispose();
		clock.advance(29_000);
		expect(threads[0]?.isDisposed).toBe(false);
		clock.advance(1_000);
		expect([threads.length, threads[0]?.isDisposed]).toEqual([1, true]);
		const again = feed.watch('background');
		await soon(() => threads.length).toBe(2);
		again.dispose();
	});

	test('a look that fails is no end', async () => {
		const { clock, feed, threads, warnings, looks } = world();
		feed.watch('gauge');
		await looks(1);
		threads[0]!.fails = true;
		clock.advance(2000);
		await soon(() => warnings).toEqual(['A look at the machine failed: a torn file']);
		threads[0]!.fails = false;
		threads[0]!.usage = 77;
		clock.advance(2000);
		await soon(() => feed.latest?.cpu.usage).toBe(77);
	});

	test('a thread that crashes is started again, each time later, and that is said once', async () => {
		const { clock, feed, threads, warnings } = world();
		feed.watch('gauge');
		for (const [index, wait] of [2_000, 4_000, 8_000].entries()) {
			await soon(() => threads[index]?.wishes.length).toBe(1);
			threads[index]!.crash();
			clock.advance(wait - 1);
			expect(threads).toHaveLength(index + 1);
			clock.advance(1);
			expect(threads).toHaveLength(index + 2);
		}
		expect(warnings).toHaveLength(1);
	});

	test('tells facts without being watched, and how it is reached', async () => {
		const { clock, feed, threads } = world();
		expect(await feed.facts()).toEqual({ ...facts, platform: 'linux', remote: 'WSL' });
		expect(threads[0]?.wishes).toEqual([]);
		clock.advance(30_000);
		expect(threads[0]?.isDisposed).toBe(true);
	});
});

describe('NVIDIA’s cards in the samples', () => {
	test('join what the thread saw, come before other makers’, and are told as soon as they are known', async () => {
		const { feed, threads, supervisor, looks } = world({ hasNvidia: true });
		feed.watch('gauge');
		await looks(1);
		threads[0]!.gpus = [{ id: 'amd', index: 0, name: 'AMD GPU', vendor: 'amd' }];
		await soon(() => feed.latest?.gpus).toEqual([]);
		await soon(() => supervisor.starts.length).toBe(1);
		supervisor.last.say(line);
		await soon(() => feed.latest?.gpus.map(({ id, index }) => [id, index])).toEqual([['GPU-a', 0]]);
	});

	test('a change of pace does not end the tool before the next one has begun; a page asks for processes too', async () => {
		const { clock, feed, supervisor, threads, looks } = world({ hasNvidia: true });
		const gauge = feed.watch('gauge');
		await looks(1);
		await soon(() => supervisor.starts.length).toBe(1);
		const slower = feed.watch('idle');
		gauge.dispose();
		expect(supervisor.running).toHaveLength(1);
		const page = feed.watch('page');
		await soon(() => supervisor.running.map(({ paceMs }) => paceMs)).toEqual([1000]);
		supervisor.last.say(line);
		await soon(() => supervisor.running.map(({ fields }) => fields[0])).toEqual(['index', 'pid']);
		supervisor.last.say('7, GPU-a, 100\n');
		await soon(() => {
			clock.advance(100);
			return threads[0]!.wishes.at(-1)?.gpuMemory.get(7);
		}).toBe(100 * 1024 ** 2);
		page.dispose();
		slower.dispose();
		expect(supervisor.running).toEqual([]);
	});

	test('who holds their memory is told to a thread that had to be started again, and forgotten with the last page', async () => {
		const { clock, feed, supervisor, threads } = world({ hasNvidia: true });
		const page = feed.watch('page');
		await soon(() => supervisor.starts.length).toBe(1);
		supervisor.last.say(line);
		await soon(() => supervisor.running.map(({ fields }) => fields[0])).toEqual(['index', 'pid']);
		supervisor.last.say('7, GPU-a, 100\n');
		const memoryOf = (index: number) =>
			soon(() => {
				clock.advance(100);
				return threads[index]?.wishes.at(-1)?.gpuMemory.get(7);
			});
		await memoryOf(0).toBe(100 * 1024 ** 2);
		threads[0]!.crash();
		await memoryOf(1).toBe(100 * 1024 ** 2);
		page.dispose();
		feed.watch('gauge');
		await memoryOf(1).toBeUndefined();
	});
});

test('AMD’s cards have the names that their own tool knows, and processes their memory', async () => {
	const { clock, feed, threads, supervisor, looks } = world({ hasRocm: true });
	feed.watch('page');
	threads[0]!.gpus = [{ id: '0000:03:00.0', index: 0, name: 'AMD GPU', vendor: 'amd', usage: 3 }];
	await looks(1);
	await soon(() => {
		clock.advance(1000);
		return supervisor.starts.length;
	}).toBe(1);
	supervisor.last.say(
		'{"card0": {"Card Series": "Radeon RX 7900 XTX", "PCI Bus": "0000:03:00.0"}, "system": {"PID7": "ollama, 1, 4096, 0, 0"}}\n',
	);
	supervisor.last.end(0);
	await soon(() => {
		clock.advance(1000);
		return [feed.latest?.gpus[0]?.name, threads[0]!.wishes.at(-1)?.gpuMemory.get(7)];
	}).toEqual(['Radeon RX 7900 XTX', 4096]);
});

describe('what was', () => {
	test('is kept for an hour, and of a minute the mean and the greatest are recorded', async () => {
		const { feed, threads, recorded, looks, pass } = world();
		feed.watch('gauge');
		await looks(1);
		await soon(() => feed.latest?.cpu.usage).toBe(10);
		threads[0]!.usage = 40;
		await pass(30, 2000);
		expect(recorded).toEqual([
			[29_474_640, { 'cpu.usage': [39, 40], 'memory.usage': [50, 50], 'memory.used': [4, 4] }],
		]);
		const { at, values } = await feed.history(['cpu.usage', 'gpu.usage:0'], 10_000);
		expect(at).toHaveLength(6);
		expect(values).toEqual({ 'cpu.usage': [40, 40, 40, 40, 40, 40], 'gpu.usage:0': at.map(() => null) });
	});

	test('before this window is from the minutes of the ledger, in one line with what it saw itself', async () => {
		const past: MetricMinutes = {
			minutes: [29_474_638, 29_474_639],
			values: { 'cpu.usage': [[5, 6], null] },
		};
		const { clock, feed, looks } = world({ past });
		feed.watch('gauge');
		await looks(1);
		await soon(() => feed.latest?.cpu.usage).toBe(10);
		expect(await feed.history(['cpu.usage', 'swap.usage'], 600_000)).toEqual({
			at: [29_474_638.5 * 60_000, 29_474_639.5 * 60_000, clock.now()],
			values: { 'cpu.usage': [5, null, 10], 'swap.usage': [null, null, null] },
		});
	});

	test('is what this window saw where the ledger cannot be read', async () => {
		const { feed, warnings, looks } = world();
		feed.watch('gauge');
		await looks(1);
		await soon(() => feed.latest?.cpu.usage).toBe(10);
		expect((await feed.history(['cpu.usage'], 86_400_000)).values).toEqual({ 'cpu.usage': [10] });
		expect(warnings).toEqual(['The recorded minutes could not be read: no ledger']);
	});
});
