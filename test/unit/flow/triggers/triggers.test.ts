import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Deferred } from '../../../../src/core/base/async';
import { newId, type ExecutionId } from '../../../../src/core/base/ids';
import type { Json } from '../../../../src/core/base/json';
import { silentLogger } from '../../../../src/core/base/logger';
import { emptyFlow, type Flow, type FlowNode } from '../../../../src/core/flow/model/flow';
import { printFlow } from '../../../../src/core/flow/model/print';
import { builtInCatalog } from '../../../../src/core/flow/nodes/catalog';
import { triggerKey } from '../../../../src/core/flow/triggers/armedStore';
import { triggersOf, type FileEvent } from '../../../../src/core/flow/triggers/spec';
import {
	Triggers,
	type TriggerNotice,
	type TriggersDeps,
	type TriggerWish,
} from '../../../../src/core/flow/triggers/triggers';
import type { TriggerView } from '../../../../src/core/flow/triggers/triggerView';
import { ManualClock } from '../../../fakes/manualClock';

vi.setConfig({ testTimeout: 30_000 });

type Ended = { status: 'succeeded' | 'failed'; outputs: Record<string, Json>; error: string | null };

let root: string;
let cwd: string;
let file: string;
let clock: ManualClock;
let runs: { wish: TriggerWish; end: Deferred<Ended> }[];
let tokens: Map<string, string>;
let notices: TriggerNotice[];
let listeners: Map<string, (path: string, event: FileEvent) => void>;
let isEnabled: boolean;
const windows: Triggers[] = [];

beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), 'qd-triggers-'));
	cwd = join(root, 'shop');
	file = join(cwd, 'a.flow.json');
	await mkdir(cwd);
	clock = new ManualClock();
	runs = [];
	tokens = new Map();
	notices = [];
	listeners = new Map();
	isEnabled = true;
});

afterEach(async () => {
	await Promise.all(windows.splice(0).map(window => window.stop()));
	await rm(root, { recursive: true, force: true });
});

function open(more: Partial<TriggersDeps> = {}): Triggers {
	const window = new Triggers({
		folder: join(root, 'storage'),
		clock,
		log: silentLogger,
		catalog: () => builtInCatalog,
		folders: () => [cwd],
		isEnabled: () => isEnabled,
		port: () => 0,
		token: key => {
			tokens.set(key, tokens.get(key) ?? `token-${tokens.size}`);
			return Promise.resolve(tokens.get(key)!);
		},
		forgetToken: key => Promise.resolve(void tokens.delete(key)),
		watchFiles: (_, pattern, listener) => {
			listeners.set(pattern, listener);
			return { dispose: () => listeners.delete(pattern) };
		},
		run: wish => {
			const end = new Deferred<Ended>();
			runs.push({ wish, end });
			return Promise.resolve({ execution: newId<ExecutionId>(), result: end.promise });
		},
		...more,
	});
	window.onNotice(notice => notices.push(notice));
	windows.push(window);
	return window;
}

const triggerNodes: Readonly<Record<string, FlowNode>> = {
	start: { type: 'trigger.manual@1' },
	often: { type: 'trigger.schedule@1', name: 'Often', params: { every: '10 min' } },
	hook: { type: 'trigger.webhook@1', params: { path: 'deploy' } },
	files: { type: 'trigger.fileChange@1', params: { pattern: 'docs/**' } },
	git: { type: 'trigger.git@1' },
};

function flowWith(nodes: Readonly<Record<string, FlowNode>>): Flow {
	return { ...emptyFlow('a', 'Flow A'), nodes };
}

async function save(nodes: Readonly<Record<string, FlowNode>>, name = file): Promise<Flow> {
	const flow = flowWith(nodes);
	await writeFile(name, printFlow(flow));
	return flow;
}

const states = (views: readonly TriggerView[]): Record<string, string> =>
	Object.fromEntries(views.map(({ node, state }) => [node, state]));
const post = (url: string, token: string): Promise<Response> =>
	fetch(url, {
		method: 'POST',
		headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
		body: '{"n":1}',
	});

describe('triggers', () => {
	test('a flow that comes with a repository starts nothing by itself', async () => {
		const flow = await save(triggerNodes);
		const window = open();
		await window.look();
		clock.advance(24 * 3_600_000);
		expect(states(window.viewsOf(cwd, file, flow))).toEqual({
			start: 'off',
			often: 'off',
			hook: 'off',
			files: 'off',
			git: 'off',
		});
		expect([runs, listeners.size, tokens.size]).toEqual([[], 0, 0]);
	});

	test('one that is turned on fires, with what it gives, and stops when it is turned off', async () => {
		const flow = await save(triggerNodes);
		const window = open();
		await window.turnOn(cwd, file, 'often');
		const [view] = window.viewsOf(cwd, file, flow).filter(({ node }) => node === 'often');
		expect(view).toMatchObject({ state: 'on', about: 'every 10 min', next: clock.wall + 600_000, maxPerHour: 60 });
		clock.advance(600_000);
		await vi.waitFor(() => expect(runs).toHaveLength(1));
		expect(runs[0]!.wish).toMatchObject({
			file,
			cwd,
			kind: 'schedule',
			title: 'Often',
			by: { node: 'often', outputs: { due: '2026-01-15T12:10:00.000Z' } },
		});
		runs[0]!.end.resolve({ status: 'succeeded', outputs: {}, error: null });
		await vi.waitFor(() =>
			expect(window.viewsOf(cwd, file, flow).find(({ node }) => node === 'often')?.last?.status).toBe('succeeded'),
		);
		await window.turnOff(triggerKey(cwd, file, 'often'));
		clock.advance(3_600_000);
		expect(runs).toHaveLength(1);
		expect((await readdir(join(root, 'storage'))).filter(name => name !== 'leases')).toEqual([]);
	});

	test('a webhook is answered while it is on, with its token; the address stays the same', async () => {
		const flow = await save(triggerNodes);
		const [, , spec] = triggersOf(flow, builtInCatalog);
		const window = open();
		await expect(window.hookOf(cwd, file, spec!)).rejects.toThrow('Turn the trigger on first');
		await window.turnOn(cwd, file, 'hook');
		const { url, token } = await window.hookOf(cwd, file, spec!);
		expect((await post(url, token)).status).toBe(202);
		expect(runs[0]!.wish.by).toMatchObject({ node: 'hook', outputs: { body: { n: 1 }, method: 'POST' } });
		expect((await post(url, 'other')).status).toBe(401);
		// Its window ends, and the next one answers at the same place.
		await window.stop();
		await expect(post(url, token)).rejects.toThrow('fetch failed');
		const next = open();
		await next.look();
		expect((await next.hookOf(cwd, file, spec!)).url).toBe(url);
		expect((await post(url, token)).status).toBe(202);
		await next.turnOff(triggerKey(cwd, file, 'hook'));
		expect(tokens.size).toBe(0);
		await expect(post(url, token)).rejects.toThrow('fetch failed');
	});

	test('two webhooks cannot have one address', async () => {
		await save({ hook: triggerNodes['hook']!, twin: triggerNodes['hook']! });
		const window = open();
		await window.turnOn(cwd, file, 'hook');
		await expect(window.turnOn(cwd, file, 'twin')).rejects.toThrow('Another trigger that is on answers POST “deploy”');
		expect(window.armed.map(({ node }) => node)).toEqual(['hook']);
	});

	test('files are watched only while it is on', async () => {
		await save(triggerNodes);
		const window = open();
		await window.turnOn(cwd, file, 'files');
		await mkdir(join(cwd, 'docs'));
		await writeFile(join(cwd, 'docs', 'a.md'), 'text');
		listeners.get('docs/**')!('docs/a.md', 'created');
		clock.advance(500);
		await vi.waitFor(() => expect(runs).toHaveLength(1));
		expect(runs[0]!.wish.by.outputs).toEqual({ path: 'docs/a.md', paths: ['docs/a.md'], event: 'created', count: 1 });
		await window.turnOffAll();
		expect(listeners.size).toBe(0);
	});

	test('a changed node does not fire before it is turned on again; its name and place may change', async () => {
		await save(triggerNodes);
		const window = open();
		await window.turnOn(cwd, file, 'often');
		const { often, ...others } = triggerNodes;
		const renamed = await save({ ...others, often: { ...often!, name: 'Renamed' } });
		await window.look();
		expect(states(window.viewsOf(cwd, file, renamed))['often']).toBe('on');
		const faster = await save({ ...others, often: { ...often!, params: { every: '1 min' } } });
		clock.advance(600_000);
		await window.look();
		expect(runs).toEqual([]);
		expect(states(window.viewsOf(cwd, file, faster))['often']).toBe('changed');
		expect(notices.map(({ kind, title }) => [kind, title])).toEqual([['changed', 'Often']]);
		await window.turnOn(cwd, file, 'often');
		clock.advance(60_000);
		await vi.waitFor(() => expect(runs).toHaveLength(1));
	});

	test('a flow that is deleted while it is on starts nothing, and what comes later under its name neither', async () => {
		await save(triggerNodes);
		const window = open();
		await window.turnOn(cwd, file, 'often');
		await rm(file);
		clock.advance(600_000);
		await window.look();
		expect(runs).toEqual([]);
		expect(notices.map(({ kind }) => kind)).toEqual(['gone']);
		await window.stop();
		const next = open();
		await next.look();
		await save(triggerNodes);
		await next.look();
		expect(next.armed).toEqual([]);
	});

	test('of two windows one fires, and the other goes on when it ends', async () => {
		const flow = await save(triggerNodes);
		const [first, second] = [open(), open()];
		await first.turnOn(cwd, file, 'often');
		await second.look();
		expect(states(second.viewsOf(cwd, file, flow))['often']).toBe('elsewhere');
		clock.advance(600_000);
		await vi.waitFor(() => expect(runs).toHaveLength(1));
		await first.stop();
		await second.look();
		expect(states(second.viewsOf(cwd, file, flow))['often']).toBe('on');
		clock.advance(600_000);
		await vi.waitFor(() => expect(runs).toHaveLength(2));
	});

	test('a run that its window did not get to end was stopped, and keeps nothing from firing', async () => {
		const flow = await save(triggerNodes);
		const first = open();
		await first.turnOn(cwd, file, 'often');
		clock.advance(600_000);
		await vi.waitFor(() => expect(runs).toHaveLength(1));
		const last = (window: Triggers): string | undefined =>
			window.viewsOf(cwd, file, flow).find(({ node }) => node === 'often')?.last?.status;
		await vi.waitFor(() => expect(last(first)).toBe('running'));
		await first.stop();
		const second = open();
		await second.look();
		expect(last(second)).toBe('stopped');
		clock.advance(600_000);
		await vi.waitFor(() => expect(runs).toHaveLength(2));
	});

	test('another window turns it off, and it does not fire once more', async () => {
		await save(triggerNodes);
		const [first, second] = [open(), open()];
		await first.turnOn(cwd, file, 'often');
		await second.look();
		await second.turnOff(triggerKey(cwd, file, 'often'));
		clock.advance(600_000);
		await first.look();
		expect([runs, first.armed]).toEqual([[], []]);
	});

	test('nothing fires while the setting is off, or the workspace is not trusted', async () => {
		const flow = await save(triggerNodes);
		const window = open();
		await window.turnOn(cwd, file, 'often');
		isEnabled = false;
		await window.look();
		expect(states(window.viewsOf(cwd, file, flow))['often']).toBe('paused');
		clock.advance(600_000);
		expect(runs).toEqual([]);
		await expect(open({ folders: () => [] }).turnOn(cwd, file, 'often')).rejects.toThrow('trusted workspace');
	});

	test.each<[string, FlowNode, string]>([
		['a cron line that is none', { type: 'trigger.schedule@1', params: { cron: '61 * * * *' } }, 'The minute “61”'],
		['an unknown time zone', { type: 'trigger.schedule@1', params: { timezone: 'Mars/Olympus' } }, 'Europe/Berlin'],
		['an expression', { type: 'trigger.webhook@1', params: { path: '{{ flow.path }}' } }, 'expression'],
		['a path that leads elsewhere', { type: 'trigger.webhook@1', params: { path: '../x' } }, "'path' is not right"],
		['no pattern', { type: 'trigger.fileChange@1' }, "'pattern' is not right"],
		['a muted node', { type: 'trigger.git@1', skip: 'mute' }, 'It is muted.'],
		['no repository', { type: 'trigger.git@1' }, 'in no Git repository'],
		['a manual trigger', { type: 'trigger.manual@1' }, 'always on'],
	])('%s cannot be turned on, and says why', async (_, node, sentence) => {
		await save({ t: node });
		const window = open();
		await expect(window.turnOn(cwd, file, 't')).rejects.toThrow(sentence);
		expect(window.armed).toEqual([]);
	});

	test('a flow that needs an input cannot be started by a trigger', async () => {
		const flow: Flow = { ...flowWith(triggerNodes), inputs: { page: { type: 'text' } } };
		await writeFile(file, printFlow(flow));
		await expect(open().turnOn(cwd, file, 'often')).rejects.toThrow("needs the input 'page'");
	});

	test('a run that fails, or does not begin, is told once', async () => {
		await save(triggerNodes);
		let canRun = true;
		const window = open({
			run: wish => {
				if (!canRun) return Promise.reject(new Error('The flow cannot run.'));
				const end = new Deferred<Ended>();
				runs.push({ wish, end });
				end.resolve({ status: 'failed', outputs: {}, error: 'It broke.' });
				return Promise.resolve({ execution: newId<ExecutionId>(), result: end.promise });
			},
		});
		await window.turnOn(cwd, file, 'often');
		clock.advance(600_000);
		await vi.waitFor(() => expect(notices.map(({ kind }) => kind)).toEqual(['failed']));
		clock.advance(600_000);
		await vi.waitFor(() => expect(runs).toHaveLength(2));
		canRun = false;
		clock.advance(600_000);
		await vi.waitFor(() => expect(notices.map(({ kind }) => kind)).toEqual(['failed', 'refused']));
		clock.advance(600_000);
		await window.look();
		expect(notices).toHaveLength(2);
	});

	test('what lies damaged in the storage is off', async () => {
		await save(triggerNodes);
		const window = open();
		await window.turnOn(cwd, file, 'often');
		await writeFile(join(root, 'storage', `${triggerKey(cwd, file, 'often')}.json`), '{"key":');
		await writeFile(join(root, 'storage', `${'0'.repeat(32)}.json`), JSON.stringify(window.armed[0]));
		await window.look();
		expect(window.armed).toEqual([]);
	});
});
