import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newId, type AlertId } from '../../../src/core/base/ids';
import type { LedgerEvent } from '../../../src/core/ledger/events';
import { minutesKept, type Alert } from '../../../src/core/ledger/machineEvents';
import { findAlerts, readMetrics, readServiceChanges, readServiceHours } from '../../../src/core/ledger/read/machine';
import { LedgerService } from '../../../src/core/ledger/service';
import { engine, makeWriter, openService, temporaryFolder } from './support';

const dayMs = 86_400_000;
const now = new Date(2026, 5, 15, 12).getTime();
const clockAt = (at: number) => ({ now: () => at, monotonic: () => 0, after: () => ({ dispose: () => undefined }) });

async function write(folder: string, events: readonly LedgerEvent[], at = now): Promise<void> {
	const writer = makeWriter(folder, { clock: clockAt(at) });
	for (const event of events) await writer.append(event);
	await writer.close();
}

async function read<T>(folder: string, query: Parameters<LedgerService['read']>[0]): Promise<T> {
	const service = await openService(folder);
	const answer = await service.read(query);
	service.dispose();
	return answer as T;
}

const minute = (at: number, values: Record<string, [number, number]>): LedgerEvent => ({
	type: 'metrics.recorded',
	minute: at,
	values,
});

const hour = (service: string, at: number, healthy: number, more = {}): LedgerEvent => ({
	type: 'health.recorded',
	service,
	hour: at,
	seconds: { healthy },
	checks: 10,
	failures: 1,
	latencySum: 90,
	latencyMax: 20,
	...more,
});

function alert(more: Partial<Alert> = {}): Alert {
	return {
		id: newId<AlertId>(),
		rule: 'gpu-hot',
		severity: 'high',
		state: 'firing',
		title: 'GPU 0 is at 93 °C',
		cause: 'Above 90 °C for a minute',
		subject: 'gpu.temperature:0',
		startedAt: now,
		endedAt: null,
		until: null,
		by: 'rule',
		...more,
	};
}

test('minutes of the machine come back in order, with gaps where a metric was not told', async () => {
	const folder = temporaryFolder();
	await write(folder, [minute(101, { 'cpu.usage': [20, 60] }), minute(100, { 'gpu.usage:0': [1, 2] })]);
	expect(await read(folder, context => readMetrics(context, { from: 0, to: 200 }))).toEqual({
		minutes: [100, 101],
		values: { 'gpu.usage:0': [[1, 2], null], 'cpu.usage': [null, [20, 60]] },
	});
	const asked = { from: 101, to: 200, metrics: ['cpu.usage', 'toString'] };
	expect(await read(folder, context => readMetrics(context, asked))).toEqual({
		minutes: [101],
		values: { 'cpu.usage': [[20, 60]], toString: [null] },
	});
});

test('a minute that two windows recorded is one minute', async () => {
	const folder = temporaryFolder();
	await write(folder, [minute(100, { 'cpu.usage': [20, 60] })]);
	await write(folder, [minute(100, { 'cpu.usage': [21, 61], 'memory.usage': [5, 5] })]);
	expect(await read(folder, context => readMetrics(context, { from: 0, to: 200 }))).toEqual({
		minutes: [100],
		values: { 'cpu.usage': [[21, 61]], 'memory.usage': [[5, 5]] },
	});
});

test('a day of minutes is kept, whatever comes late', async () => {
	const folder = temporaryFolder();
	const newest = 10_000_000;
	await write(folder, [minute(newest, { a: [1, 1] }), minute(newest - minutesKept, { a: [2, 2] })]);
	await write(folder, [minute(newest - minutesKept + 1, { a: [3, 3] })]);
	const found = await read<{ minutes: number[] }>(folder, context =>
		readMetrics(context, { from: 0, to: Number.MAX_SAFE_INTEGER }),
	);
	expect(found.minutes).toEqual([newest - minutesKept + 1, newest]);
});

test('hours of a service: the newest of a window counts, and windows are added up', async () => {
	const folder = temporaryFolder();
	await write(folder, [hour('ollama', 7, 100), hour('ollama', 7, 300), hour('claude', 7, 50)]);
	await write(folder, [hour('ollama', 7, 60, { seconds: { healthy: 60, unhealthy: 5 }, latencyMax: 80 })]);
	expect(await read(folder, context => readServiceHours(context, { from: 7, to: 8, service: 'ollama' }))).toEqual([
		{
			service: 'ollama',
			hour: 7,
			seconds: { healthy: 360, unhealthy: 5 },
			checks: 20,
			failures: 2,
			latencySum: 180,
			latencyMax: 80,
		},
	]);
	const all = await read<{ service: string }[]>(folder, context => readServiceHours(context, { from: 0, to: 9 }));
	expect(all.map(({ service }) => service)).toEqual(['claude', 'ollama']);
});

test('changes of state are told newest first, with who meant them', async () => {
	const folder = temporaryFolder();
	const change = { type: 'health.changed', service: 'ollama', previous: 'healthy', reason: 'Refused' } as const;
	await write(folder, [{ ...change, state: 'unhealthy', intent: 'unasked' }], now - 1000);
	await write(folder, [{ ...change, state: 'unknown', intent: 'user', reason: 'Stopped' }]);
	expect(await read(folder, context => readServiceChanges(context, { service: 'ollama', limit: 5 }))).toEqual([
		{ at: now, service: 'ollama', state: 'unknown', previous: 'healthy', reason: 'Stopped', intent: 'user' },
		{
			at: now - 1000,
			service: 'ollama',
			state: 'unhealthy',
			previous: 'healthy',
			reason: 'Refused',
			intent: 'unasked',
		},
	]);
});

test('of an alert the newest change holds, also one of another window', async () => {
	const folder = temporaryFolder();
	const first = alert();
	await write(folder, [{ type: 'alert.changed', alert: first }], now);
	await write(folder, [{ type: 'alert.changed', alert: { ...first, state: 'acknowledged', by: 'user' } }], now + 1000);
	const open = await read<Alert[]>(folder, context => findAlerts(context, { isOpen: true }));
	expect(open).toEqual([{ ...first, state: 'acknowledged', by: 'user' }]);
	expect(await read(folder, context => findAlerts(context, { isOpen: false }))).toEqual([]);
});

test('tidying drops old minutes and outdated changes, and keeps what is open', async () => {
	const folder = temporaryFolder();
	const [open, over] = [alert(), alert({ state: 'resolved', endedAt: now - 30 * dayMs })];
	const thisMinute = Math.floor(now / 60_000);
	await write(
		folder,
		[
			minute(thisMinute - 3000, { old: [1, 1] }),
			minute(thisMinute, { fresh: [1, 1] }),
			hour('ollama', 400_000, 1),
			hour('ollama', 400_000, 2),
			{ type: 'alert.changed', alert: { ...open, title: 'Before' } },
			{ type: 'alert.changed', alert: open },
			{ type: 'alert.changed', alert: over },
		],
		now - 20 * dayMs,
	);
	const service = new LedgerService({ engine: () => engine.get(), clock: clockAt(now) });
	await service.open(folder, { days: 10, megabytes: 1000 });
	expect(await service.maintain()).toBe(true);
	service.dispose();
	const text = readdirSync(join(folder, 'journal'))
		.map(name => readFileSync(join(folder, 'journal', name), 'utf8'))
		.join('');
	expect(text).not.toContain('"old"');
	expect(text).toContain('"fresh"');
	expect(text).not.toContain('Before');
	expect(text).not.toContain(over.id);
	expect(text.match(/health\.recorded/g)).toHaveLength(1);
	expect(await read<Alert[]>(folder, context => findAlerts(context, {}))).toEqual([open]);
});
