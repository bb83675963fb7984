import {
	appendFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	readdirSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Json } from '../../../../src/core/base/json';
import { compareRuns } from '../../../../src/core/flow/engine/compareRuns';
import type { RunEvent } from '../../../../src/core/flow/engine/events';
import { listRuns, readRun, type StoredRun } from '../../../../src/core/flow/engine/readJournal';
import { isInterrupted, resumeRun, type ResumeOptions } from '../../../../src/core/flow/engine/resume';
import { runFolder, type RunFolder } from '../../../../src/core/flow/engine/runJournal';
import { RunState } from '../../../../src/core/flow/engine/runState';
import { expressionEngine } from '../../../../src/core/flow/expressions/engine';
import { diskAppendFs } from '../../../../src/core/storage/appendFs';
import { ManualClock } from '../../../fakes/manualClock';
import type { NodeType } from '../../../../src/core/flow/nodes/nodeType';
import type { ExecutionId } from '../../../../src/core/base/ids';
import {
	catalogOf,
	endsOf,
	flowOf,
	runFlow,
	runs,
	startRun,
	states,
	testTypes,
	valuesOf,
	type TestOptions,
	type Watched,
} from './support';
import type { Flow } from '../../../../src/core/flow/model/flow';

let path: string;
let folder: RunFolder;
beforeEach(() => {
	path = mkdtempSync(join(tmpdir(), 'flow-runs-'));
	folder = runFolder(path);
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

/** The journal of a run as a kill at this moment would leave it: the run goes on, but under another name. */
async function killed({ run, events }: Watched, isReady: () => boolean = () => true): Promise<StoredRun> {
	await expect.poll(isReady, { timeout: 20_000 }).toBe(true);
	// Until all of it was handed to the system.
	const kept = events.filter(({ type }) => type !== 'node.started' && type !== 'node.progress').length;
	await expect
		.poll(async () => (await readRun(folder, run.execution))?.events.length, { timeout: 20_000 })
		.toBeGreaterThanOrEqual(kept);
	const stored = await readRun(folder, run.execution);
	run.stop();
	await run.result;
	return { ...stored!, journals: stored!.journals + 10 };
}

async function resume(
	stored: StoredRun,
	types: readonly NodeType[],
	more: Partial<ResumeOptions> = {},
): Promise<Watched> {
	const events: RunEvent[] = [];
	const run = await resumeRun(stored, {
		catalog: catalogOf([...types, ...testTypes]),
		expressions: expressionEngine,
		services: {},
		folder,
		...more,
		onEvent: event => events.push(event),
	});
	for (let turn = 0; turn < 5; turn++) await new Promise(done => setImmediate(done));
	return { run, events, result: run.result };
}

const start = (flow: Flow, options: TestOptions = {}): Promise<Watched> => startRun(flow, { folder, ...options });

describe('the journal', () => {
	test('adds up to the same state as the live run', async () => {
		const flow = flowOf(
			{
				v: { type: 'value', params: { value: [1, 2, 0] } },
				m: 'map',
				i: { type: 'if', in: 'm' },
				a: { type: 'add', in: 'm' },
				w: 'write',
				f: { type: 'fail', onError: 'branch' },
				o: 'output',
			},
			['v -> m.items', 'm.item -> i', 'i.yes -> a', 'a -> m.result', 'm.results -> w', 'm.results -> o.value'],
		);
		const live = new RunState();
		const { run, events, result } = await startRun(flow, { folder, onEvent: (event, at) => live.apply(event, at) });
		expect(await result).toMatchObject({ status: 'succeeded', outputs: { o: [2, 3, null] } });
		const stored = await readRun(folder, run.execution);
		expect(stored!.flow).toEqual(flow);
		expect(stored!.events.map(({ event }) => event)).toEqual(
			events.filter(event => event.type !== 'node.started' || event.node === 'w'),
		);
		const read = RunState.of(stored!.events);
		expect(compareRuns(live, read)).toEqual([]);
		expect([...read.nodes.keys()].sort()).toEqual([...live.nodes.keys()].sort());
		expect(read).toMatchObject({ status: 'succeeded', steps: live.steps });
		expect(isInterrupted(stored!)).toBe(false);
		expect((await listRuns(folder)).map(({ execution }) => execution)).toEqual([run.execution]);
	});

	test('large values and documents lie in files of their own', async () => {
		const text = 'ä'.repeat(40_000);
		const flow = {
			...flowOf({ v: { type: 'value', params: { value: text } }, p: 'pass', o: 'output' }, ['v -> p', 'p -> o.value']),
		};
		const { run, events, result } = await start(flow);
		expect(await result).toMatchObject({ outputs: { o: text } });
		const end = endsOf(events).find(({ node }) => node === 'p')!;
		expect(end.outputs['out']).toMatchObject({ bytes: 80_002, blob: expect.stringMatching(/^[0-9a-f]{64}$/) });
		const stored = await readRun(folder, run.execution);
		expect(stored!.valueOf(end.outputs['out']!)).toBe(text);
		expect(stored!.flow).toEqual(flow);
		expect(readFileSync(join(folder.journals, readdirSync(folder.journals)[0]!), 'utf8').length).toBeLessThan(10_000);
	});

	test('a torn last line is left out', async () => {
		const { run, result } = await start(flowOf({ a: 'value', b: 'pass' }, ['a -> b']));
		await result;
		const file = join(folder.journals, `${run.execution}-1.jsonl`);
		const whole = await readRun(folder, run.execution);
		writeFileSync(file, readFileSync(file).subarray(0, -20));
		expect((await readRun(folder, run.execution))!.events).toEqual(whole!.events.slice(0, -1));
		expect(await readRun(folder, 'nobody' as ExecutionId)).toBeUndefined();
	});

	test('a full disk ends the run before the next side effect', async () => {
		let left = 3;
		const fs = {
			...diskAppendFs,
			begin: (name: string) => {
				const file = diskAppendFs.begin!(name);
				return {
					...file,
					write: (bytes: Uint8Array) =>
						left-- > 0 ? file.write(bytes) : Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })),
				};
			},
		};
		const done: string[] = [];
		const effect = runs('effect', (_inputs, __, { node }) => (done.push(node), { out: 1 }), { effects: 'writes' });
		const ids = Array.from({ length: 20 }, (_item, index) => `n${index}`);
		const flow = flowOf(
			Object.fromEntries(ids.map(id => [id, 'effect'])),
			ids.slice(1).map((id, at) => `${ids[at]} -> ${id}`),
		);
		mkdirSync(folder.journals, { recursive: true });
		const result = await runFlow(flow, { folder, fs, types: [effect] });
		expect(result).toMatchObject({ status: 'failed', cause: { code: 'journal' } });
		expect(result.error).toContain('the disk is full');
		expect(done).toEqual(['n0', 'n1', 'n2']);
	});
});

describe('a run that was killed', () => {
	test('goes on where it was: what has ended is not run again', async () => {
		const done: string[] = [];
		let isHanging = true;
		const count = runs('count', (inputs, _, { node }) => {
			done.push(node);
			return { out: Number(inputs['in'] ?? 0) + 1 };
		});
		const hang = runs('hang', inputs => (isHanging ? new Promise(() => undefined) : { out: inputs['in'] }));
		const flow = flowOf(
			{
				a: 'count',
				b: 'count',
				h: 'hang',
				c: 'count',
				v: { type: 'value', params: { value: [1, 2, 3] } },
				m: { type: 'map', params: { concurrency: 1 } },
				x: { type: 'count', in: 'm' },
				y: { type: 'hang', in: 'm' },
			},
			['a -> b', 'b -> h', 'h -> c', 'v -> m.items', 'm.item -> x', 'x -> y', 'y -> m.result'],
		);
		const first = await start(flow, { types: [count, hang] });
		const stored = await killed(first);
		expect(isInterrupted(stored)).toBe(true);
		expect(done).toEqual(['a', 'b', 'x']);
		isHanging = false;
		const second = await resume(stored, [count, hang]);
		expect(await second.result).toMatchObject({ status: 'succeeded' });
		expect(done).toEqual(['a', 'b', 'x', 'c', 'x', 'x']);
		expect(second.run.execution).toBe(first.run.execution);
		expect(second.events[0]).toEqual({ type: 'run.resumed', finished: 4 });
		expect(valuesOf(second.events, 'm')).toEqual({ results: [2, 3, 4] });
		expect(valuesOf(second.events, 'c')).toEqual({ out: 3 });
	});

	test.each([
		['again', { kind: 'rerun', choice: 'again' } as const, 2, 'succeeded', { out: 'done' }],
		['done', { kind: 'rerun', choice: 'done', outputs: { out: 'was' } } as const, 1, 'succeeded', { out: 'was' }],
		['fail', { kind: 'rerun', choice: 'fail' } as const, 1, 'failed', {}],
	])('asks about what changes the world: %s', async (_, answer, times, status, outputs) => {
		let count = 0;
		const effect = runs('effect', () => (++count === 1 ? new Promise(() => undefined) : { out: 'done' }), {
			effects: 'writes',
		});
		const stored = await killed(
			await start(flowOf({ e: 'effect', o: 'value' }), { types: [effect] }),
			() => count === 1,
		);
		const { run, events, result } = await resume(stored, [effect]);
		expect(run.waits).toMatchObject([{ node: 'e', kind: 'rerun', ask: { title: "Run 'e' again?" } }]);
		run.answer(run.waits[0]!.ask.id, answer);
		expect(await result).toMatchObject({ status });
		expect(valuesOf(events, 'e')).toEqual(outputs);
		expect(count).toBe(times);
	});

	test('what is declared to be safe to repeat is run again without asking', async () => {
		let count = 0;
		const effect = runs('effect', () => (++count === 1 ? new Promise(() => undefined) : {}), {
			effects: 'writes',
			isIdempotent: true,
		});
		const stored = await killed(await start(flowOf({ e: 'effect' }), { types: [effect] }), () => count === 1);
		expect(await (await resume(stored, [effect])).result).toMatchObject({ status: 'succeeded' });
		expect(count).toBe(2);
	});

	test('questions are asked again and keep their time; breakpoints and pins stand', async () => {
		const approve = runs('approve', async (_, __, { people }) => ({
			out: (await people.approve({ title: 'ok?', detail: '', timeoutMs: 3_600_000 })) as unknown as Json,
		}));
		const later = runs('later', inputs => new Promise(resolve => setImmediate(() => resolve({ out: inputs['in'] }))));
		const flow = flowOf({ a: 'approve', b: 'pass', p: 'value', q: 'later' }, ['a -> b', 'p -> q']);
		const first = await start(flow, {
			types: [approve, later],
			breakpoints: [{ node: 'q', when: 'after' }],
			pins: new Map([['p', { out: 41 }]]),
		});
		await expect.poll(() => first.run.holds.length).toBe(1);
		const [wait] = first.run.waits;
		expect(first.run.holds).toMatchObject([{ place: { node: 'q' }, when: 'after' }]);
		const { run, events, result } = await resume(await killed(first), [approve, later]);
		expect(run.waits).toEqual([wait]);
		expect(run.holds).toMatchObject([{ place: { node: 'q' }, when: 'after' }]);
		run.resume();
		run.answer(wait!.ask.id, { kind: 'approval', isApproved: true, comment: 'yes' });
		await result;
		expect(valuesOf(events, 'b')).toEqual({ out: { isApproved: true, comment: 'yes' } });
		expect(states(events)).toMatchObject({ p: 'pinned' });
	});

	test('attempts and what was spent go on counting; sub-flows are the ones that were read', async () => {
		let count = 0;
		const flaky = runs('flaky', (_, __, { attempt }) => {
			count++;
			if (attempt < 3) throw new Error('no');
			return { out: attempt };
		});
		const call = runs('call', (_, __, context) => context.runFlow('sub', {}).then(outputs => ({ out: outputs['y'] })));
		const sub = flowOf({ f: { type: 'flaky', retry: { max: 2, delayMs: 60_000 } }, y: 'output' }, ['f -> y.value']);
		const stored = await killed(
			await start(flowOf({ c: 'call' }), {
				types: [flaky, call],
				services: { loadFlow: async () => ({ flow: sub, hash: 'h' }) },
			}),
		);
		expect(count).toBe(1);
		const changed = flowOf({ other: 'value' });
		const clock = new ManualClock();
		const { run, events, result } = await resume(stored, [flaky, call], {
			clock,
			services: { loadFlow: async () => ({ flow: changed, hash: 'x' }) },
		});
		await expect.poll(() => count).toBe(2);
		clock.advance(200_000);
		expect(await result).toMatchObject({ status: 'succeeded' });
		expect(valuesOf(events, 'c')).toEqual({ out: 3 });
		// Two of the sub-flow's node before and two after, the output, and the caller twice.
		expect(run.spent.steps).toBe(5);
	});

	test('a run that failed is tried once more from where it broke', async () => {
		let isBroken = true;
		const ran: string[] = [];
		const weak = runs('weak', (_, __, { node }) => {
			ran.push(node);
			if (isBroken && node === 'b') throw new Error('down');
			return { out: 1 };
		});
		const first = await start(flowOf({ a: 'weak', b: 'weak', c: 'weak' }, ['a -> b', 'b -> c']), { types: [weak] });
		expect(await first.result).toMatchObject({ status: 'failed' });
		isBroken = false;
		const stored = (await readRun(folder, first.run.execution))!;
		const again = resumeRun(stored, { catalog: catalogOf([]), expressions: expressionEngine, services: {} });
		await expect(again).rejects.toThrow('has ended');
		expect(await (await resume(stored, [weak], { retriesFailures: true })).result).toMatchObject({
			status: 'succeeded',
		});
		expect(ran).toEqual(['a', 'b', 'b', 'c']);
	});

	test('secrets stand nowhere, and are there again when it goes on', async () => {
		const secret = 'sk-"quoted"\\back-1234567890';
		let isHanging = true;
		const reveal = runs('reveal', async (_, __, context) => {
			const value = await context.secret('KEY');
			context.log(`got ${value}`);
			context.progress(value);
			return { out: { header: `Bearer ${value}`, large: value.repeat(3000) } };
		});
		const hang = runs('hang', inputs =>
			isHanging ? new Promise(() => undefined) : { out: (inputs['in'] as { header: string }).header.length },
		);
		const fail = runs('leak', async (_, __, context) => {
			throw new Error(`no: ${await context.secret('KEY')}`);
		});
		const services = { secret: async (name: string) => (name === 'KEY' ? secret : undefined) };
		const flow = flowOf({ r: 'reveal', h: 'hang', f: { type: 'leak', onError: 'branch' } }, ['r -> h']);
		const types = [reveal, hang, fail];
		const first = await start(flow, { types, services });
		const stored = await killed(
			first,
			() => states(first.events)['r'] === 'succeeded' && states(first.events)['f'] === 'failed',
		);
		isHanging = false;
		const second = await resume(stored, types, { services });
		expect(await second.result).toMatchObject({ status: 'succeeded' });
		expect(valuesOf(second.events, 'h')).toEqual({ out: 7 + secret.length });
		const told = JSON.stringify([first.events, second.events, stored.events]);
		expect(told).toContain('got «secret:KEY»');
		const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
		const texts = files.map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
		for (const part of [secret, JSON.stringify(secret).slice(1, -1), '1234567890'])
			expect([told, ...texts].some(text => text.includes(part))).toBe(false);
	});

	test('is resumed by one window only', async () => {
		const hang = runs('hang', () => new Promise(() => undefined));
		const stored = await killed(await start(flowOf({ a: 'hang' }), { types: [hang] }));
		const first = await resume(stored, [hang]);
		const second = await resume(stored, [hang]);
		expect(await second.result).toMatchObject({ status: 'failed', cause: { code: 'journal' } });
		expect(existsSync(join(folder.journals, `${stored.execution}-${stored.journals + 1}.jsonl`))).toBe(true);
		first.run.stop();
		await first.result;
		appendFileSync(join(folder.journals, 'foreign.txt'), 'x');
		expect(await listRuns(folder)).toHaveLength(1);
	});

	test('what is much goes to the disk while the run goes on', async () => {
		const syncedAt: string[] = [];
		const written: string[] = [];
		const fs = {
			...diskAppendFs,
			begin: (name: string) => {
				const file = diskAppendFs.begin!(name);
				return {
					...file,
					write: (bytes: Uint8Array) => (written.push(Buffer.from(bytes).toString()), file.write(bytes)),
					sync: () => (syncedAt.push(written.join('')), file.sync()),
				};
			},
		};
		const long = runs('long', async () => {
			await new Promise(resolve => setImmediate(resolve));
			return { out: 'x'.repeat(20_000) };
		});
		const ids = Array.from({ length: 40 }, (_item, index) => `n${index}`);
		const flow = flowOf(
			Object.fromEntries(ids.map(id => [id, 'long'])),
			ids.slice(1).map((id, at) => `${ids[at]} -> ${id}`),
		);
		mkdirSync(folder.journals, { recursive: true });
		expect(await runFlow(flow, { folder, fs, types: [long] })).toMatchObject({ status: 'succeeded' });
		expect(syncedAt.some(text => text.includes('"n5"') && !text.includes('run.ended'))).toBe(true);
		expect(syncedAt.at(-1)).toContain('run.ended');
	});
});
