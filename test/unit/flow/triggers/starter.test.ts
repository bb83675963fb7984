import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Deferred } from '../../../../src/core/base/async';
import { asId, type ExecutionId } from '../../../../src/core/base/ids';
import { Starter, type Firing, type StarterOptions } from '../../../../src/core/flow/triggers/starter';
import { ManualClock } from '../../../fakes/manualClock';

type End = { status: 'succeeded' | 'failed' | 'stopped'; outputs: object; error: string | null };

let clock: ManualClock;
let runs: Deferred<End>[];
let started: unknown[];
const open: Starter[] = [];

beforeEach(() => {
	clock = new ManualClock();
	runs = [];
	started = [];
});

afterEach(() => {
	for (const starter of open.splice(0)) starter.dispose();
});

function make(more: Partial<StarterOptions> = {}): Starter {
	const starter = new Starter({
		clock,
		overlap: 'skip',
		maxPerHour: 60,
		memory: {},
		start: outputs => {
			const run = new Deferred<End>();
			started.push(outputs['n']);
			runs.push(run);
			return Promise.resolve({ execution: asId<ExecutionId>(`run-${runs.length}`), result: run.promise as never });
		},
		...more,
	});
	open.push(starter);
	return starter;
}

async function end(at: number, status: End['status'] = 'succeeded'): Promise<void> {
	runs[at]!.resolve({ status, outputs: {}, error: status === 'failed' ? 'It broke.' : null });
	for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

const kinds = (firings: readonly Firing[]): readonly string[] =>
	firings.map(firing => (firing.kind === 'refused' ? `${firing.kind} ${firing.why}` : firing.kind));

describe('what a trigger starts', () => {
	test('skip: one that fires while its run goes on is left out', async () => {
		const starter = make();
		expect(kinds([await starter.fire({ n: 1 }), await starter.fire({ n: 2 })])).toEqual(['started', 'refused busy']);
		await end(0);
		expect(kinds([await starter.fire({ n: 3 })])).toEqual(['started']);
		expect(started).toEqual([1, 3]);
		expect(starter.memory.note?.text).toBe('A run that it started goes on.');
	});

	test('queue: the next begins when the one before has ended, in their order, and not without limit', async () => {
		const starter = make({ overlap: 'queue' });
		const firings: Firing[] = [];
		for (let n = 1; n <= 23; n++) firings.push(await starter.fire({ n }));
		expect(kinds(firings).filter(kind => kind === 'queued')).toHaveLength(20);
		expect(kinds(firings).slice(21)).toEqual(['refused busy', 'refused busy']);
		await end(0, 'failed');
		await end(1);
		expect(started).toEqual([1, 2, 3]);
		const second = firings[1]!;
		expect(second.kind === 'queued' && (await second.after)?.execution).toBe('run-2');
		starter.dispose();
		const last = firings[20]!;
		expect(last.kind === 'queued' && (await last.after)).toBeNull();
	});

	test('parallel: runs beside each other', async () => {
		const starter = make({ overlap: 'parallel' });
		expect(kinds([await starter.fire({ n: 1 }), await starter.fire({ n: 2 })])).toEqual(['started', 'started']);
		await end(1);
		await end(0, 'failed');
		// Of both, the last one that began is told.
		expect(starter.memory.last).toMatchObject({ status: 'failed', execution: 'run-1' });
	});

	test('no more than so many an hour, also when a window forgets what it has started', async () => {
		const first = make({ overlap: 'parallel', maxPerHour: 2 });
		await first.fire({ n: 1 });
		clock.advance(10 * 60_000);
		await first.fire({ n: 2 });
		const second = make({ overlap: 'parallel', maxPerHour: 2, memory: first.memory });
		const refused = await second.fire({ n: 3 });
		expect(refused).toMatchObject({ kind: 'refused', why: 'cap', retryMs: 50 * 60_000 });
		clock.advance(50 * 60_000 + 1);
		expect(kinds([await second.fire({ n: 4 })])).toEqual(['started']);
	});

	test('a clock that was set back stops nothing', async () => {
		const starter = make({ overlap: 'parallel', maxPerHour: 1 });
		await starter.fire({ n: 1 });
		clock.wall -= 24 * 3_600_000;
		expect(kinds([await starter.fire({ n: 2 })])).toEqual(['started']);
	});

	test('what cannot begin is refused with its reason; what may not any more is off', async () => {
		const failing = make({ start: () => Promise.reject(new Error('The flow cannot run.')) });
		expect(await failing.fire({})).toMatchObject({ why: 'failed', reason: 'The flow cannot run.' });
		expect(kinds([await make({ start: () => Promise.resolve(null) }).fire({})])).toEqual(['refused off']);
		const gone = make();
		gone.dispose();
		expect(kinds([await gone.fire({})])).toEqual(['refused off']);
	});

	test('tells how its runs ended', async () => {
		const starter = make();
		const ends: (string | undefined)[][] = [];
		starter.onDidEnd(({ last, before }) => ends.push([before?.status, last.status]));
		await starter.fire({});
		await end(0, 'failed');
		await starter.fire({});
		await end(1);
		expect(ends).toEqual([
			[undefined, 'failed'],
			['failed', 'succeeded'],
		]);
	});
});
