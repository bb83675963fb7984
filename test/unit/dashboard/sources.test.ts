import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
	appendFileSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Lazy } from '../../../src/core/base/async';
import { silentLogger } from '../../../src/core/base/logger';
import { TopicHub, type TopicUpdate } from '../../../src/core/dashboard/topicHub';
import type { HardwareFeed } from '../../../src/core/hardware/feed';
import type { ProcessSample } from '../../../src/core/hardware/sample';
import type { Gate } from '../../../src/core/safety/gate';
import { Approvals } from '../../../src/core/safety/approvals';
import { toolTier } from '../../../src/core/safety/tiers';
import type { SourceDeps } from '../../../src/extension/dashboard/source';
import { Tail } from '../../../src/extension/dashboard/sources/fileTail';
import { hardwareSource } from '../../../src/extension/dashboard/sources/hardware';
import { processesSource } from '../../../src/extension/dashboard/sources/processes';
import { seriesSource } from '../../../src/extension/dashboard/sources/series';
import { DashboardStore } from '../../../src/extension/dashboard/store';
import { ManualClock } from '../../fakes/manualClock';
import { FakeFeed } from './fakeFeed';

const workspace = vi.hoisted(() => ({ isTrusted: true, workspaceFolders: [] }));
vi.mock('vscode', () => ({ workspace, Uri: {}, window: {}, commands: {} }));

const clock = new ManualClock();
const told: TopicUpdate[] = [];
let feed: FakeFeed;
let deps: SourceDeps;
let hub: TopicHub;
/** Tools that the gate was asked about. */
let asked: string[];
let verdict: { isAllowed: boolean; reason?: string };
let folder: string;

beforeEach(() => {
	told.length = 0;
	asked = [];
	verdict = { isAllowed: true };
	workspace.isTrusted = true;
	feed = new FakeFeed();
	folder = mkdtempSync(join(tmpdir(), 'quarterdeck-tail-'));
	const approvals = new Approvals({ journal: () => undefined });
	const authorize = ({ tool }: { tool: string }): unknown => {
		asked.push(tool);
		return Promise.resolve(verdict);
	};
	deps = {
		host: { clock, log: silentLogger },
		hardware: new Lazy<HardwareFeed>(() => Promise.resolve(feed)),
		approvals,
		newGate: () => Promise.resolve({ authorize } as unknown as Gate),
	} as unknown as SourceDeps;
	const tellers = new Map([...hardwareSource.tells, ...seriesSource.tells].map(teller => [teller.name, teller]));
	hub = new TopicHub(
		({ name, params }, sink) => tellers.get(name)!.open(params, sink, deps),
		updates => told.push(...updates),
		clock,
	);
});

afterEach(() => {
	hub.dispose();
	deps.approvals.dispose();
	rmSync(folder, { recursive: true, force: true });
});

const told1 = (key: string): unknown => told.filter(update => update.key === key).at(-1);
const flushed = async (): Promise<void> => {
	// What is awaited inside of sources is settled already: a turn of the loop brings it through.
	await new Promise(setImmediate);
	clock.advance(1000);
};

describe('parts of samples', () => {
	test('are told while somebody looks, and nobody samples afterwards', async () => {
		hub.watch([
			{ name: 'cpu', params: null },
			{ name: 'network', params: null },
		]);
		await flushed();
		expect(feed.watchers).toBe(2);
		feed.sample(clock.now(), 42);
		clock.advance(1000);
		expect(told1('cpu')).toEqual({ key: 'cpu', data: { usage: 42, cores: 4 } });
		expect(told1('network')).toEqual({ key: 'network', data: null });
		hub.watch([]);
		expect(feed.watchers).toBe(0);
	});

	test('a topic that ended before the machine was looked at begins nothing', async () => {
		hub.watch([{ name: 'cpu', params: null }]);
		hub.watch([]);
		await flushed();
		expect(feed.watchers).toBe(0);
	});
});

describe('series', () => {
	const key = 'series {"metrics":["gpu.usage"],"minutes":5}';
	const gpu = (index: number, usage: number): never => ({ index, usage }) as never;

	test('begin with what was, for each device of a kind, and grow with each sample', async () => {
		const start = clock.now();
		feed.past = { at: [start - 400_000, start - 2000], values: { 'gpu.usage:0': [1, 2], 'gpu.usage:1': [3, null] } };
		hub.watch([{ name: 'series', params: { metrics: ['gpu.usage'], minutes: 5 } }]);
		await flushed();
		feed.sample(start + 1, 0, { gpus: [gpu(0, 10), gpu(1, 20)] });
		await flushed();
		expect(feed.asked).toEqual(['gpu.usage:0', 'gpu.usage:1']);
		// What was before the five minutes is left out.
		expect(told1(key)).toMatchObject({
			data: { at: [start - 2000], values: { 'gpu.usage:0': [2], 'gpu.usage:1': [null] }, step: 1000, span: 300_000 },
		});
		feed.sample(start + 2000, 0, { gpus: [gpu(0, 30)] });
		clock.advance(1000);
		expect(told1(key)).toEqual({ key, changes: [{ at: [start + 2000], values: { 'gpu.usage:0': [30] } }] });
	});

	test('of a day grow by a value a minute', async () => {
		const day = 'series {"metrics":["cpu.usage"],"minutes":1440}';
		const minute = Math.ceil(clock.now() / 60_000) * 60_000;
		feed.sample(minute, 10);
		hub.watch([{ name: 'series', params: { metrics: ['cpu.usage'], minutes: 1440 } }]);
		await flushed();
		expect(told1(day)).toMatchObject({ data: { step: 60_000 } });
		told.length = 0;
		for (const [after, cpu] of [
			[1000, 20],
			[2000, 40],
			[59_000, 60],
		] as const)
			feed.sample(minute + after, cpu);
		await flushed();
		expect(told).toEqual([]);
		feed.sample(minute + 60_000, 99);
		clock.advance(1000);
		expect(told1(day)).toEqual({ key: day, changes: [{ at: [minute + 30_000], values: { 'cpu.usage': [40] } }] });
	});
});

describe('ending a process', () => {
	const end = processesSource.does![0]!;

	async function child(): Promise<{ readonly sample: ProcessSample; readonly exited: Promise<unknown> }> {
		const made = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)'], {
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		await once(made.stdout, 'data');
		const pid = made.pid!;
		const isLinux = process.platform === 'linux';
		const stat = isLinux ? readFileSync(`/proc/${pid}/stat`, 'latin1') : '';
		const startedAt = isLinux ? Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]) : 1;
		const sample = { pid, name: 'node', memory: 1, isAi: false, isOurs: true, startedAt };
		return { sample, exited: once(made, 'exit') };
	}

	test('asks the gate, as what it is, and ends it', async () => {
		const { sample, exited } = await child();
		feed.sample(clock.now(), 1, { processes: [sample] });
		const params = { pid: sample.pid, startedAt: sample.startedAt, isForced: false };
		expect(await end.run(params, deps)).toBe('ended');
		await exited;
		expect(asked).toEqual(['quarterdeck_end_own_process']);
		await expect(end.run(params, deps)).rejects.toThrow(`Process ${sample.pid} has ended already.`);
	});

	test('what the gate refuses, another process of the same number, and one that was not seen, stay', async () => {
		const { sample, exited } = await child();
		const params = { pid: sample.pid, startedAt: sample.startedAt, isForced: false };
		await expect(end.run(params, deps)).rejects.toThrow('has ended already');
		feed.sample(clock.now(), 1, { processes: [{ ...sample, isOurs: false }] });
		verdict = { isAllowed: false, reason: 'The policy refuses it.' };
		await expect(end.run(params, deps)).rejects.toThrow('The policy refuses it.');
		await expect(end.run({ ...params, startedAt: 1 }, deps)).rejects.toThrow('has ended already');
		expect(asked).toEqual(['quarterdeck_end_process']);
		workspace.isTrusted = false;
		await expect(end.run(params, deps)).rejects.toThrow('Restricted Mode');
		process.kill(sample.pid, 'SIGKILL');
		await exited;
	});

	test('the host of the extensions is not ended', async () => {
		feed.sample(clock.now(), 1, {
			processes: [{ pid: process.pid, name: 'node', memory: 1, isAi: true, isOurs: true, startedAt: 7 }],
		});
		await expect(end.run({ pid: process.pid, startedAt: 7, isForced: false }, deps)).rejects.toThrow(
			'close the window',
		);
	});

	test('a process of ours is ended without a question, and another one takes the confirmation each time', () => {
		expect(toolTier('quarterdeck_end_own_process').tier).toBe('YELLOW');
		expect(toolTier('quarterdeck_end_process')).toMatchObject({ tier: 'RED', maxGrant: 'once' });
	});
});

describe('the end of a file', () => {
	interface Followed {
		readonly tail: Tail;
		readonly lines: string[][];
		readonly problems: string[];
	}

	function follow(path: string, folders = [folder]): Followed {
		const lines: string[][] = [];
		const problems: string[] = [];
		const sink = {
			tell: (data: { readonly lines: readonly string[] }) => void lines.push([...data.lines]),
			add: () => undefined,
			fail: (error: unknown) => void problems.push(String(error)),
		};
		return { tail: new Tail({ path, lines: 3 }, sink, { clock, folders: () => folders }), lines, problems };
	}

	const until = async (isSo: () => boolean): Promise<void> => {
		await vi.waitUntil(() => {
			clock.advance(1000);
			return isSo();
		});
	};

	test('is followed as it grows and when it is rotated', async () => {
		const file = join(folder, 'ferry.log');
		writeFileSync(file, 'one\ntwo\nthree\nfour\n');
		const { tail, lines } = follow('ferry.log');
		await until(() => lines.length === 1);
		appendFileSync(file, 'five\n');
		await until(() => lines.length === 2);
		renameSync(file, `${file}.1`);
		writeFileSync(file, 'fresh\n');
		await until(() => lines.length === 3);
		expect(lines).toEqual([['two', 'three', 'four'], ['three', 'four', 'five'], ['fresh']]);
		tail.dispose();
	});

	test('of a large file only the end is read', async () => {
		writeFileSync(join(folder, 'large.log'), `${'x'.repeat(99)}\n`.repeat(40_000));
		const { tail, lines } = follow('large.log');
		await until(() => lines.length === 1);
		expect(lines[0]).toEqual(Array.from({ length: 3 }, () => 'x'.repeat(99)));
		tail.dispose();
	});

	test('that comes later is shown then', async () => {
		const { tail, lines, problems } = follow('later.log');
		await until(() => problems.length > 0);
		expect(problems[0]).toContain('There is no file later.log in this workspace now.');
		writeFileSync(join(folder, 'later.log'), 'here\n');
		await until(() => lines.length === 1);
		tail.dispose();
	});

	test.each(['../outside.log', 'link.log', '/etc/passwd', '..', '.'])('%s is not of this workspace', async path => {
		const inside = join(folder, 'inside');
		mkdirSync(inside);
		writeFileSync(join(folder, 'outside.log'), 'secret\n');
		symlinkSync(join(folder, 'outside.log'), join(inside, 'link.log'));
		const { tail, lines, problems } = follow(path, [inside]);
		await until(() => problems.length > 0);
		expect(problems[0]).toContain('outside of this workspace');
		expect(lines).toEqual([]);
		tail.dispose();
	});
});

describe('what a workspace keeps', () => {
	const memento = (value?: unknown): { dashboards: unknown; setDashboards(next: unknown): Promise<void> } => ({
		dashboards: value,
		async setDashboards(next) {
			this.dashboards = JSON.parse(JSON.stringify(next));
		},
	});

	test('begins with one, and is found again as it was', async () => {
		const state = memento();
		const store = new DashboardStore(state, silentLogger);
		const made = await store.create('Nightly');
		await store.save({ ...made, name: 'Night shift' });
		await store.show(made.id);
		const again = new DashboardStore(state, silentLogger);
		expect(again.all.map(({ name }) => name)).toEqual(['Dashboard', 'Night shift']);
		expect(again.shown.id).toBe(made.id);
		store.dispose();
		again.dispose();
	});

	test('one that is deleted is there again when it is saved, and there is always one', async () => {
		const store = new DashboardStore(memento(), silentLogger);
		const [only] = store.all;
		await store.remove(only!.id);
		expect(store.all).toHaveLength(1);
		expect(store.all[0]!.id).not.toBe(only!.id);
		await store.save(only!);
		expect(store.find(only!.id)).toEqual(only);
		store.dispose();
	});

	test('what cannot be read is left out, and the others are there', () => {
		const store = new DashboardStore(memento(), silentLogger);
		const good = store.all[0]!;
		const again = new DashboardStore(memento({ dashboards: [{ id: 'bad' }, good, 7], shown: 'bad' }), silentLogger);
		expect(again.all).toEqual([good]);
		expect(again.shown).toEqual(good);
		store.dispose();
		again.dispose();
	});

	test('no more than fifty', async () => {
		const store = new DashboardStore(memento(), silentLogger);
		const { all } = store;
		for (let made = all.length; made < 50; made++) await store.create('One more');
		await expect(store.create('Too many')).rejects.toThrow('There are 50 dashboards already');
		store.dispose();
	});
});
