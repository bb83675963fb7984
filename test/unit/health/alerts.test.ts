import { newId } from '../../../src/core/base/ids';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { AlertEngine } from '../../../src/core/health/alerts/alertEngine';
import { isQuiet, readQuietHours, type QuietHours } from '../../../src/core/health/alerts/quietHours';
import { failuresInRow } from '../../../src/core/health/alerts/failures';
import { StormGuard, stormText } from '../../../src/core/health/alerts/storm';
import type { Alert, MachineEvent } from '../../../src/core/ledger/machineEvents';
import { ManualClock } from '../../fakes/manualClock';

const minute = 60_000;
let clock: ManualClock;
let engine: AlertEngine;
let quiet: QuietHours | null;
let raised: Alert[];
let events: MachineEvent[];

beforeEach(() => {
	clock = new ManualClock();
	quiet = null;
	raised = [];
	events = [];
	engine = new AlertEngine({ clock, record: event => events.push(event), quietHours: () => quiet });
	engine.setRules([]);
	engine.lead(true);
	engine.book.onDidRaise(alert => raised.push(alert));
	onTestFinished(() => engine.dispose());
});

const facts = { name: 'Ollama', detail: 'Connection refused.' };
const service = (state: number): void => engine.feed('service.state', 'service:provider:ollama', state, facts);
const open = (): readonly string[] => engine.book.open.map(({ title, state }) => `${title} (${state})`);

describe('an alert', () => {
	test('is raised once, with its cause, and ends by itself', () => {
		service(2);
		service(2);
		expect(raised.map(({ title, cause, severity }) => [title, cause, severity])).toEqual([
			['Ollama is down', 'Connection refused.', 'high'],
		]);
		service(0);
		expect(open()).toEqual([]);
		expect(events.map(event => (event.type === 'alert.changed' ? event.alert.state : ''))).toEqual([
			'firing',
			'resolved',
		]);
	});

	test('that is acknowledged stays so, and is told of again when it becomes worse', () => {
		engine.feed('budget.day', 'budget:day', 81);
		engine.book.acknowledge(raised[0]!.id);
		engine.feed('budget.day', 'budget:day', 90);
		expect([open(), raised.length]).toEqual([['81 % of the daily budget is used (acknowledged)'], 1]);
		engine.feed('budget.day', 'budget:day', 100);
		expect(raised.map(({ title, severity }) => [title, severity])).toEqual([
			['81 % of the daily budget is used', 'medium'],
			['The daily budget is used up', 'high'],
		]);
		expect(open()).toEqual(['The daily budget is used up (firing)']);
	});

	test('that is snoozed comes back when the time is over, and not when it has ended meanwhile', () => {
		service(2);
		engine.book.snooze(raised[0]!.id, 15);
		clock.advance(14 * minute);
		expect(raised).toHaveLength(1);
		clock.advance(2 * minute);
		expect([raised.length, open()]).toEqual([2, ['Ollama is down (firing)']]);
		engine.book.snooze(raised[0]!.id, 15);
		service(0);
		clock.advance(60 * minute);
		expect(raised).toHaveLength(2);
	});

	test('that a person resolved is not raised again until it has ended', () => {
		service(2);
		engine.book.resolve(raised[0]!.id, 'user');
		service(2);
		expect([open(), raised.length]).toEqual([[], 1]);
		service(0);
		clock.advance(60 * minute);
		service(2);
		expect(raised).toHaveLength(2);
	});

	test('is listed and disturbs nobody while it cools down', () => {
		service(2);
		service(0);
		clock.advance(minute);
		service(2);
		expect([open(), raised.length]).toEqual([['Ollama is down (firing)'], 1]);
		service(0);
		clock.advance(6 * minute);
		service(2);
		expect(raised).toHaveLength(2);
	});

	test('that comes again and again is said to', () => {
		for (let time = 0; time < 5; time++) {
			service(2);
			service(0);
			clock.advance(6 * minute);
		}
		service(2);
		const [alert] = engine.book.open;
		expect(engine.book.isFlapping(alert!)).toBe(true);
		expect(engine.book.noteOn(alert!)).toMatch(/^It was raised 6 times within an hour/);
		clock.advance(25 * 60 * minute);
		expect(engine.book.noteOn(alert!)).toMatch(/^It has held for a day/);
	});

	test('in quiet hours only a critical one disturbs', () => {
		quiet = { from: 0, to: 24 * 60 };
		service(2);
		expect([open().length, raised.length]).toEqual([1, 0]);
		for (let second = 0; second <= 40; second += 10) {
			engine.feed('gpu.temperature', 'gpu.temperature:0', 97);
			clock.advance(10_000);
		}
		expect(raised.map(({ title, severity }) => [title, severity])).toEqual([['GPU 0 is at 97 °C', 'critical']]);
	});

	test('of a rule that is muted ends, and none is raised', () => {
		service(2);
		engine.setRules([{ id: 'service-down', mute: true }]);
		expect(open()).toEqual([]);
		service(0);
		service(2);
		expect(open()).toEqual([]);
		engine.setRules([]);
		service(2);
		expect(open()).toEqual(['Ollama is down (firing)']);
	});

	test('of another window is left to it for a day', () => {
		const theirs: Alert = {
			id: newId(),
			rule: 'service-down',
			severity: 'high',
			state: 'firing',
			title: 'files is down',
			cause: '',
			subject: 'service:mcp:files',
			startedAt: clock.now(),
			endedAt: null,
			until: null,
			by: 'rule',
		};
		engine.adopt([theirs]);
		clock.advance(60 * minute);
		engine.sweep(true);
		expect(open()).toEqual(['files is down (firing)']);
		clock.advance(24 * 60 * minute);
		engine.sweep(true);
		expect(open()).toEqual([]);
	});

	test('of what is gone ends', () => {
		service(2);
		for (let passed = 0; passed < 20; passed++) {
			clock.advance(minute);
			engine.sweep(true);
		}
		expect(open()).toEqual([]);
	});
});

describe('another window', () => {
	const theirs = (): Alert => ({ ...raised[0]!, id: raised[0]!.id });

	test('that took up the lead raises nothing twice and ends what is over', () => {
		service(2);
		const other = new AlertEngine({ clock, record: event => events.push(event), quietHours: () => null });
		onTestFinished(() => other.dispose());
		other.setRules([]);
		other.adopt([theirs()]);
		other.lead(true);
		other.feed('service.state', 'service:provider:ollama', 2, facts);
		expect(other.book.open).toHaveLength(1);
		other.feed('service.state', 'service:provider:ollama', 0, facts);
		expect(other.book.open).toEqual([]);
	});

	test('answers, and this one sees it; what is on its way is not undone by what the ledger says', () => {
		service(2);
		engine.adopt([]);
		expect(open()).toEqual(['Ollama is down (firing)']);
		clock.advance(10_000);
		engine.adopt([{ ...theirs(), state: 'acknowledged', by: 'user' }]);
		expect(open()).toEqual(['Ollama is down (acknowledged)']);
		clock.advance(10_000);
		engine.adopt([]);
		expect(open()).toEqual([]);
	});
});

test('many at once are one notice', () => {
	const told: string[] = [];
	const storm = new StormGuard(clock, alerts => told.push(stormText(alerts)));
	onTestFinished(() => storm.dispose());
	engine.book.onDidRaise(alert => storm.add(alert));
	engine.book.onDidSettle(alert => storm.drop(alert.id));
	for (let index = 0; index < 40; index++) {
		engine.feed('service.state', `service:user:s${index}`, 2, { name: `Service ${index}`, detail: '' });
		clock.advance(50);
	}
	engine.feed('service.state', 'service:user:s0', 0);
	clock.advance(1_500);
	expect(told).toEqual(['39 alerts: Service 39 is down and 38 more']);
	service(2);
	clock.advance(2_000);
	expect(told).toHaveLength(1);
	clock.advance(10_000);
	expect(told).toEqual([told[0], 'Ollama is down']);
});

test('quiet hours as people write them', () => {
	expect([readQuietHours(''), readQuietHours('22:00-07:00'), readQuietHours('late')]).toEqual([
		null,
		{ from: 1320, to: 420 },
		undefined,
	]);
	expect([readQuietHours('25:00-07:00'), readQuietHours('9:30 – 10:05')]).toEqual([undefined, { from: 570, to: 605 }]);
	const at = (hour: number, minutes = 0): number => new Date(2026, 0, 15, hour, minutes).getTime();
	const night = readQuietHours('22:00-07:00') ?? null;
	expect([21, 22, 3, 6, 7, 12].map(hour => isQuiet(night, at(hour)))).toEqual([false, true, true, true, false, false]);
	const lunch = readQuietHours('12:00-13:00') ?? null;
	expect([11, 12, 13].map(hour => isQuiet(lunch, at(hour)))).toEqual([false, true, false]);
	expect(isQuiet(readQuietHours('08:00-08:00') ?? null, at(8))).toBe(false);
});

test('failures in a row of runs that nobody watched', () => {
	const run = (agent: string, status: string, trigger = 'schedule'): never =>
		({
			agent,
			status,
			trigger,
			title: agent,
			project: null,
			error: status === 'failed' ? 'No answer.' : null,
		}) as never;
	const rows = [
		run('nightly', 'running'),
		run('nightly', 'failed'),
		run('nightly', 'failed', 'user'),
		run('nightly', 'stopped'),
		run('nightly', 'failed', 'webhook'),
		run('nightly', 'succeeded'),
		run('nightly', 'failed'),
		run('hourly', 'succeeded'),
		run('hourly', 'failed'),
		run('mine', 'failed', 'user'),
	];
	expect(failuresInRow(rows)).toEqual([
		{ key: 'nightly', name: 'nightly', failures: 2, error: 'No answer.' },
		{ key: 'hourly', name: 'hourly', failures: 0, error: '' },
	]);
});
