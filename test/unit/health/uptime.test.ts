import { expect, test } from 'vitest';
import { dependentsOf } from '../../../src/core/health/dependencies';
import { formatUptime, HourBook, uptimeOf, uptimes, watchedText } from '../../../src/core/health/uptime';
import type { HealthState, ServiceHour } from '../../../src/core/ledger/machineEvents';

const hourMs = 3_600_000;
const start = 1000 * hourMs;

function hour(number: number, seconds: ServiceHour['seconds']): ServiceHour {
	return { service: 'web', hour: number, seconds, checks: 1, failures: 0, latencySum: 1, latencyMax: 1 };
}

/** Notes looks at these minutes; gives what was written down in the end. */
function written(looks: readonly (readonly [minute: number, state: HealthState])[]): readonly ServiceHour[] {
	const told = new Map<number, ServiceHour>();
	const book = new HourBook(each => told.set(each.hour, each));
	for (const [minute, state] of looks) {
		const times = { now: start + minute * 60_000, monotonic: minute * 60_000, longestGapMs: 180_000 };
		book.note('web', state, times, { isUp: state === 'healthy', latencyMs: 20 });
	}
	book.flush();
	return [...told.values()];
}

test('time is counted to the state that held, hour by hour', () => {
	expect(
		written([
			[57, 'healthy'],
			[58, 'healthy'],
			[59, 'unhealthy'],
			[60, 'unhealthy'],
			[61, 'healthy'],
		]),
	).toEqual([
		{
			service: 'web',
			hour: 1000,
			seconds: { healthy: 120, unhealthy: 60 },
			checks: 3,
			failures: 1,
			latencySum: 40,
			latencyMax: 20,
		},
		{ service: 'web', hour: 1001, seconds: { unhealthy: 60 }, checks: 2, failures: 1, latencySum: 20, latencyMax: 20 },
	]);
});

test('what nobody watched is counted as nothing', () => {
	expect(
		written([
			[0, 'healthy'],
			[1, 'healthy'],
			[50, 'healthy'],
		])[0]?.seconds,
	).toEqual({ healthy: 60 });
});

test('a pause is no time, and what was counted before it stays', () => {
	const told: ServiceHour[] = [];
	const book = new HourBook(each => told.push(each));
	const note = (minute: number): void =>
		book.note(
			'web',
			'healthy',
			{ now: start + minute * 60_000, monotonic: minute * 60_000, longestGapMs: 180_000 },
			null,
		);
	note(0);
	note(1);
	book.pause();
	note(2);
	note(3);
	book.pause();
	expect(told.at(-1)?.seconds).toEqual({ healthy: 120 });
});

test('uptime over a day, a week and a month, of what was watched', () => {
	const now = start + 10;
	const hours = [
		hour(1000, { healthy: 3000, unhealthy: 600 }),
		hour(900, { degraded: 3600 }),
		hour(500, { unreachable: 3600 }),
		hour(100, { unhealthy: 3600 }),
	];
	expect(uptimes(hours, now)).toEqual({
		day: { percent: (3000 / 3600) * 100, watchedMs: hourMs },
		week: { percent: (6600 / 7200) * 100, watchedMs: 2 * hourMs },
		month: { percent: (6600 / 10_800) * 100, watchedMs: 3 * hourMs },
	});
	expect([uptimeOf([hour(1, { unknown: 3600 })]), uptimeOf([hour(1, { healthy: 9, unhealthy: 50 })])]).toEqual([
		null,
		null,
	]);
	expect([100, 99.999, 99.5, 83.33, 0].map(formatUptime)).toEqual(['100 %', '99.99 %', '99.5 %', '83.3 %', '0 %']);
});

test('what a figure stands on is said, and never more than there was', () => {
	const minute = 60_000;
	expect([minute, 12.9 * minute, 60 * minute, 119 * minute, 47 * hourMs, 71 * hourMs].map(watchedText)).toEqual([
		'the minute watched',
		'the 12 minutes watched',
		'the hour watched',
		'the hour watched',
		'the 47 hours watched',
		'the 2 days watched',
	]);
});

test('who needs a service, also through others', () => {
	const services = [
		{ id: 'a', needs: ['b'] },
		{ id: 'b', needs: ['c'] },
		{ id: 'c', needs: ['a'] },
		{ id: 'd', needs: [] },
	];
	expect([...dependentsOf('c', services)].toSorted()).toEqual(['a', 'b']);
	expect([...dependentsOf('d', services)]).toEqual([]);
});
