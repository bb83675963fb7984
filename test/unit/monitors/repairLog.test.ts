import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { limits } from '../../../src/core/monitors/limits';
import { RepairLog, type RepairRecord } from '../../../src/core/monitors/repairLog';
import { ManualClock } from '../../fakes/manualClock';
import { newFolder } from './world';

function logForTest() {
	const folder = newFolder();
	const clock = new ManualClock();
	return {
		folder,
		clock,
		log: new RepairLog(folder, clock),
		lock: join(folder, 'running.json'),
		file: join(folder, 'repairs.json'),
	};
}

function record(at: number, more: Partial<RepairRecord> = {}): RepairRecord {
	return { id: `r${at}`, runbook: 'restart-service', key: 'service.down x', since: 1, at, outcome: 'running', ...more };
}

test('an attempt is on disk before anything is done, and its end is written to it', async () => {
	const { log, clock, folder } = logForTest();
	const turn = await log.begin(record(clock.now()), 'Restart Ollama');
	const other = new RepairLog(folder, clock);
	expect(await other.read()).toMatchObject([{ outcome: 'running' }]);
	expect(await other.running()).toEqual({ at: clock.now(), title: 'Restart Ollama' });
	expect(await other.begin(record(clock.now()), 'Restart n8n')).toBeUndefined();
	await turn?.end('failed');
	expect(await other.read()).toMatchObject([{ outcome: 'failed' }]);
	expect(await other.running()).toBeNull();
});

test('one that hangs is stale after ten minutes, and has then lost its turn', async () => {
	const { log, clock } = logForTest();
	const hanging = await log.begin(record(clock.now()), 'Restart Ollama');
	clock.advance(limits.staleMs);
	const next = await log.begin(record(clock.now()), 'Restart n8n');
	expect(next).toBeDefined();
	await hanging?.end('fixed');
	expect((await log.running())?.title).toBe('Restart n8n');
	expect((await log.read()).map(({ outcome }) => outcome)).toEqual(['running', 'running']);
});

test('one whose window was killed is over at once', async () => {
	const { log, clock, lock } = logForTest();
	await (await log.begin(record(clock.now()), 'Restart Ollama'))?.end('fixed');
	const { pid, start, machine } = (await import('../../../src/core/storage/processIdentity')).ownIdentity();
	writeFileSync(lock, JSON.stringify({ token: 't', at: clock.now(), title: 'x', pid, start: `not ${start}`, machine }));
	expect(await log.running()).toBeNull();
	expect(await log.begin(record(clock.now()), 'Restart n8n')).toBeDefined();
});

test('a lock that cannot be read holds until it is stale', async () => {
	const { log, clock, lock } = logForTest();
	await (await log.begin(record(clock.now()), 'Restart Ollama'))?.end('fixed');
	writeFileSync(lock, '{"at":');
	utimesSync(lock, clock.now() / 1000, clock.now() / 1000);
	expect(await log.running()).toMatchObject({ title: 'one that cannot be read' });
	expect(await log.begin(record(clock.now()), 'Restart n8n')).toBeUndefined();
	clock.advance(limits.staleMs);
	expect(await log.begin(record(clock.now()), 'Restart n8n')).toBeDefined();
});

test('attempts that cannot be read count as used up for an hour, and are kept aside', async () => {
	const { log, clock, file } = logForTest();
	writeFileSync(file, '[{"id":"r1"');
	expect((await log.read()).filter(({ at }) => clock.now() - at < limits.hourMs)).toHaveLength(limits.attemptsPerHour);
	expect(readFileSync(`${file}.damaged`, 'utf8')).toBe('[{"id":"r1"');
	clock.advance(limits.hourMs);
	expect((await log.read()).filter(({ at }) => clock.now() - at < limits.hourMs)).toEqual([]);
});

test('a clock that was set back does not keep repairs away for longer, and a day is enough to remember', async () => {
	const { log, clock, lock } = logForTest();
	await (await log.begin(record(clock.now()), 'Restart Ollama'))?.end('fixed');
	clock.wall -= 400 * 24 * limits.hourMs;
	expect(await log.read()).toMatchObject([{ at: clock.now() }]);
	await (await log.begin(record(clock.now()), 'Restart Ollama'))?.end('fixed');
	clock.advance(24 * limits.hourMs);
	expect(await log.read()).toEqual([]);
	expect(existsSync(lock)).toBe(false);
});
