import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RunState } from '../../../../src/core/flow/engine/runState';
import { FileChanges, isIgnored } from '../../../../src/core/flow/triggers/fileChanges';
import { OwnWrites } from '../../../../src/core/flow/triggers/ownWrites';
import type { TriggerOutputs } from '../../../../src/core/flow/triggers/starter';
import { ManualClock } from '../../../fakes/manualClock';
import { catalogOf, flowOf, testType } from '../engine/support';

const catalog = catalogOf([testType('write', { effects: 'writes' }), testType('think', { effects: 'reads' })]);
const flow = flowOf({ write: 'write', think: 'think' }, ['think -> write']);

let cwd: string;
let clock: ManualClock;
let fired: TriggerOutputs[];
let own: OwnWrites;
let changes: FileChanges;

beforeEach(async () => {
	cwd = await mkdtemp(join(tmpdir(), 'qd-changes-'));
	clock = new ManualClock();
	fired = [];
	own = new OwnWrites(clock, () => catalog);
	changes = make();
});

afterEach(async () => {
	changes.dispose();
	await rm(cwd, { recursive: true, force: true });
});

function make(events: readonly ('created' | 'changed' | 'deleted')[] = ['created', 'changed', 'deleted']): FileChanges {
	return new FileChanges({ clock, cwd, events, restMs: 500, own, fire: outputs => fired.push(outputs) });
}

/** A file that was written at a moment of the clock. */
async function file(name: string, at = clock.wall): Promise<string> {
	await writeFile(join(cwd, name), 'text');
	await utimes(join(cwd, name), at / 1000, at / 1000);
	return name;
}

describe('changes of files', () => {
	test('those that come close together are one', async () => {
		changes.add(await file('a.md'), 'changed');
		clock.advance(400);
		changes.add(await file('b.md'), 'created');
		clock.advance(499);
		expect(fired).toEqual([]);
		clock.advance(1);
		await vi.waitFor(() => expect(fired).toHaveLength(1));
		expect(fired[0]).toEqual({ path: 'a.md', paths: ['a.md', 'b.md'], event: 'changed', count: 2 });
	});

	test('a file that comes and goes is nothing; one that is replaced has changed', async () => {
		changes.add('gone.md', 'created');
		changes.add('gone.md', 'deleted');
		changes.add(await file('a.md'), 'deleted');
		changes.add('a.md', 'created');
		clock.advance(500);
		await vi.waitFor(() => expect(fired).toHaveLength(1));
		expect(fired[0]).toEqual({ path: 'a.md', paths: ['a.md'], event: 'changed', count: 1 });
	});

	test('only events that count start something', async () => {
		changes.dispose();
		changes = make(['deleted']);
		changes.add(await file('a.md'), 'changed');
		changes.add('b.md', 'deleted');
		clock.advance(500);
		await vi.waitFor(() => expect(fired).toEqual([{ path: 'b.md', paths: ['b.md'], event: 'deleted', count: 1 }]));
	});

	test('what is of Git, of ours or of a package manager is nothing', () => {
		const paths = [
			'.git/HEAD',
			'sub/.git/index',
			'.quarterdeck/runs/x',
			'a/node_modules/b/c.js',
			'src/a.ts',
			'.github/x',
		];
		expect(paths.map(isIgnored)).toEqual([true, true, true, true, false, false]);
	});

	test('a flood of 10,000 files is one run, told how many and given a thousand', async () => {
		const name = await file('a.md');
		for (let at = 0; at < 10_000; at++) changes.add(`gone-${at}.md`, 'deleted');
		changes.add(name, 'changed');
		clock.advance(500);
		await vi.waitFor(() => expect(fired).toHaveLength(1));
		expect(fired[0]).toMatchObject({ path: 'gone-0.md', count: 10_001 });
		expect(fired[0]?.['paths']).toHaveLength(1000);
	});

	test('a flood without an end is handed over now and then', async () => {
		for (let at = 0; at < 60; at++) {
			changes.add(`gone-${at}.md`, 'deleted');
			clock.advance(400);
		}
		await vi.waitFor(() => expect(fired.length).toBeGreaterThanOrEqual(2));
	});

	test('what the run itself wrote starts nothing; what others wrote meanwhile does', async () => {
		const state = new RunState();
		const start = clock.wall;
		const place = { frame: '', attempt: 1 } as const;
		state.apply({ type: 'node.started', node: 'think', ...place }, start);
		own.follow({ flow, state });
		changes.add(await file('by-user.md', start + 1000), 'changed');
		clock.advance(5000);
		state.apply({ type: 'node.started', node: 'write', ...place }, clock.wall);
		clock.advance(2000);
		changes.add(await file('by-run.md'), 'created');
		clock.advance(500);
		const ended = { type: 'node.ended', state: 'succeeded', outputs: {}, error: null, cost: null } as const;
		state.apply({ ...ended, node: 'write', ...place, durationMs: 2500 }, clock.wall);
		changes.add(await file('late.md', clock.wall - 100), 'changed');
		clock.advance(2000);
		changes.add(await file('later.md'), 'changed');
		clock.advance(500);
		await vi.waitFor(() => expect(fired.map(({ paths }) => paths)).toEqual([['by-user.md'], ['later.md']]));
	});

	test('nothing comes after its end', async () => {
		changes.add('a.md', 'deleted');
		changes.dispose();
		clock.advance(1000);
		await Promise.resolve();
		expect(fired).toEqual([]);
	});
});
