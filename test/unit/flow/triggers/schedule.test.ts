import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseCron } from '../../../../src/core/flow/triggers/cron';
import { Schedule, type ScheduleOptions } from '../../../../src/core/flow/triggers/schedule';
import { ManualClock } from '../../../fakes/manualClock';

const minute = 60_000;
const hour = 60 * minute;
const noon = Date.UTC(2026, 0, 15, 12);

let clock: ManualClock;
let fired: string[];
let doneUntil: number;
const open: Schedule[] = [];

beforeEach(() => {
	clock = new ManualClock();
	fired = [];
	doneUntil = noon;
});

afterEach(() => {
	for (const schedule of open.splice(0)) schedule.dispose();
});

function start(line: string, more: Partial<ScheduleOptions> = {}): Schedule {
	const schedule = new Schedule({
		clock,
		times: { cron: parseCron(line), zone: 'UTC' },
		catchUp: 'none',
		since: noon,
		doneUntil,
		fire: (due, isMissed) => fired.push(`${new Date(due).toISOString().slice(11, 16)}${isMissed ? ' missed' : ''}`),
		keep: until => (doneUntil = until),
		onNext: () => undefined,
		...more,
	});
	open.push(schedule);
	return schedule;
}

describe('schedules', () => {
	test('fire at their times, once each', () => {
		const schedule = start('*/15 * * * *');
		expect(schedule.next).toBe(noon + 15 * minute);
		clock.advance(hour);
		expect(fired).toEqual(['12:15', '12:30', '12:45', '13:00']);
		expect(schedule.next).toBe(noon + 75 * minute);
	});

	test('every so often counts from when it was turned on', () => {
		start('@daily', { times: { everyMs: 40 * minute } });
		clock.advance(2 * hour);
		expect(fired).toEqual(['12:40', '13:20', '14:00']);
	});

	test('one that never comes waits for nothing', () => {
		expect(start('0 0 30 2 *').next).toBeNull();
	});

	test('times that were missed while nothing ran are left out, or made up for once', () => {
		clock.wall = noon + 5 * hour + 30 * minute;
		start('0 * * * *');
		expect(fired).toEqual([]);
		expect(doneUntil).toBe(clock.wall);
		doneUntil = noon;
		start('0 * * * *', { catchUp: 'once' });
		expect(fired).toEqual(['13:00 missed']);
		clock.advance(29 * minute);
		expect(fired).toEqual(['13:00 missed']);
	});

	test('a second window goes on where the first ended, without firing twice', () => {
		const first = start('0 * * * *', { catchUp: 'once' });
		clock.advance(hour + minute);
		first.dispose();
		start('0 * * * *', { catchUp: 'once' });
		expect(fired).toEqual(['13:00']);
	});

	test('a machine that slept for a day fires what is due now, and nothing of the day', () => {
		start('0 * * * *');
		clock.wall += 24 * hour + 30 * minute;
		clock.advance(minute);
		expect(fired).toEqual([]);
		clock.advance(hour);
		expect(fired).toEqual(['13:00']);
		clock.wall = Date.UTC(2026, 0, 18, 9, 59, 59);
		clock.advance(minute);
		expect(fired).toEqual(['13:00', '10:00']);
	});

	test('a clock that is set back a little fires nothing twice; one that is set back by a day is taken as it is', () => {
		const schedule = start('0 * * * *');
		clock.advance(hour);
		expect(fired).toEqual(['13:00']);
		clock.wall -= 5 * minute;
		clock.advance(10 * minute);
		expect(fired).toEqual(['13:00']);
		clock.wall -= 24 * hour;
		clock.advance(minute);
		expect(schedule.next).toBe(Date.UTC(2026, 0, 14, 14));
		clock.advance(hour);
		expect(fired).toEqual(['13:00', '14:00']);
	});

	test('nothing fires after its end', () => {
		start('* * * * *').dispose();
		clock.advance(hour);
		expect(fired).toEqual([]);
	});
});
