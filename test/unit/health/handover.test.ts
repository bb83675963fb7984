import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { AlertEngine } from '../../../src/core/health/alerts/alertEngine';
import type { Alert, MachineEvent } from '../../../src/core/ledger/machineEvents';
import { ManualClock } from '../../fakes/manualClock';
import { anAlert } from './anAlert';

const minute = 60_000;
const facts = { name: 'Shop', detail: 'Connection refused.' };
const ofWindow = { ...facts, name: 'files', isOfWindow: true };
let clock: ManualClock;
let events: MachineEvent[];

beforeEach(() => {
	clock = new ManualClock();
	events = [];
});

interface Window {
	readonly engine: AlertEngine;
	readonly told: string[];
	/** Reads what the ledger has. */
	readonly read: () => void;
	readonly shop: (state: number) => void;
	readonly files: (state: number) => void;
	readonly open: () => readonly string[];
}

/** A window over the events that all share. */
function openWindow(rules: readonly unknown[] = []): Window {
	const engine = new AlertEngine({ clock, record: event => events.push(event), quietHours: () => null });
	onTestFinished(() => engine.dispose());
	const told: string[] = [];
	engine.book.onDidRaise(({ title }) => told.push(title));
	engine.setRules(rules);
	return {
		engine,
		told,
		read: () => engine.adopt(recorded().filter(({ state }) => state !== 'resolved')),
		shop: state => engine.feed('service.state', 'service:user:Shop', state, facts),
		files: state => engine.feed('service.state', 'service:mcp:files', state, ofWindow),
		open: () => engine.book.open.map(({ title, state }) => `${title} (${state})`),
	};
}

function recorded(): readonly Alert[] {
	const newest = new Map(
		events.flatMap(event => (event.type === 'alert.changed' ? [[event.alert.id, event.alert]] : [])),
	);
	return [...newest.values()];
}

describe('the window that leads changes', () => {
	test('what was over before is raised anew when it comes again', () => {
		const first = openWindow();
		const second = openWindow();
		first.engine.lead(true);
		first.shop(2);
		second.read();
		expect(second.open()).toEqual(['Shop is down (firing)']);
		first.shop(0);
		clock.advance(10_000);
		second.read();
		expect(second.open()).toEqual([]);
		first.engine.lead(false);
		second.engine.lead(true);
		clock.advance(10 * minute);
		second.shop(2);
		expect([second.open(), second.told]).toEqual([['Shop is down (firing)'], ['Shop is down']]);
	});

	test('the one that led before ends nothing of what it does not look at any more', () => {
		const first = openWindow();
		const second = openWindow();
		first.engine.lead(true);
		first.shop(2);
		second.read();
		first.engine.lead(false);
		second.engine.lead(true);
		for (let passed = 0; passed < 20; passed++) {
			clock.advance(minute);
			second.shop(2);
			first.engine.sweep(false);
			second.engine.sweep(true);
		}
		expect(recorded().map(({ state }) => state)).toEqual(['firing']);
	});

	test('and its cool-down counts from what any window has ended', () => {
		const first = openWindow();
		const second = openWindow();
		first.engine.lead(true);
		first.shop(2);
		clock.advance(10_000);
		second.read();
		second.engine.book.resolve(second.engine.book.open[0]!.id, 'user');
		clock.advance(10_000);
		first.read();
		first.shop(0);
		first.shop(2);
		expect([first.open(), first.told]).toEqual([['Shop is down (firing)'], ['Shop is down']]);
	});
});

describe('a service that each window has of its own', () => {
	test('is not said to be over by a window in which it is well', () => {
		const first = openWindow();
		const second = openWindow();
		first.engine.lead(true);
		second.read();
		first.files(2);
		clock.advance(10_000);
		second.read();
		expect(second.open()).toEqual(['files is down (firing)']);
		second.files(0);
		second.files(0);
		first.read();
		expect([first.open(), second.open()]).toEqual([['files is down (firing)'], ['files is down (firing)']]);
		first.files(0);
		clock.advance(10_000);
		second.read();
		expect([first.open(), second.open()]).toEqual([[], []]);
	});

	test('is an alert for each window in which it is down, and each ends its own', () => {
		const first = openWindow();
		const second = openWindow();
		first.engine.lead(true);
		first.files(2);
		clock.advance(10_000);
		second.read();
		second.files(2);
		expect([first.told, second.told]).toEqual([['files is down'], ['files is down']]);
		second.files(0);
		clock.advance(10_000);
		first.read();
		expect(first.open()).toEqual(['files is down (firing)']);
	});

	test('is over with its window', () => {
		const first = openWindow();
		first.files(2);
		first.engine.close();
		expect(recorded().map(({ state, by }) => [state, by])).toEqual([['resolved', 'rule']]);
	});

	test('does not end what the machine has with its window', () => {
		const first = openWindow();
		first.engine.lead(true);
		first.shop(2);
		first.engine.close();
		expect(recorded().map(({ state }) => state)).toEqual(['firing']);
	});
});

describe('an alert that no rule holds up any more', () => {
	const open = (rules: readonly unknown[], alert: Alert): Window => {
		events.push({ type: 'alert.changed', alert });
		const window = openWindow(rules);
		window.read();
		window.engine.lead(true);
		return window;
	};

	test('ends when a window leads: its rule was taken away, muted, or is about something else', () => {
		const gone = open([], anAlert({ startedAt: clock.now(), rule: 'my-rule', subject: 'cpu.usage' }));
		const muted = open([{ id: 'service-down', mute: true }], anAlert({ startedAt: clock.now() }));
		const other = open([{ id: 'service-down', of: 'service:mcp:*' }], anAlert({ startedAt: clock.now() }));
		const changed = open(
			[{ id: 'disk-full', on: 'cpu.usage', atLeast: 90 }],
			anAlert({ startedAt: clock.now(), rule: 'disk-full', subject: 'disk.usage:/' }),
		);
		expect([gone, muted, other, changed].map(each => each.open())).toEqual([[], [], [], []]);
	});

	test('does not come back when its snooze is over, nor again and again', () => {
		const snoozed = anAlert({ startedAt: clock.now(), state: 'snoozed', until: clock.now() + minute });
		const window = open([{ id: 'service-down', mute: true }], snoozed);
		clock.advance(10 * minute);
		expect(window.told).toEqual([]);
		expect(events.length).toBeLessThan(4);
	});

	test('stays as long as its rule is there', () => {
		const window = open([], anAlert({ startedAt: clock.now() }));
		expect(window.open()).toEqual(['Shop is down (firing)']);
	});
});

test('what a person resolved while it was worse is no news when it becomes better', () => {
	const { engine, told } = openWindow();
	engine.lead(true);
	const feed = (percent: number): void => engine.feed('budget.day', 'budget:day', percent);
	feed(101);
	engine.book.resolve(engine.book.open[0]!.id, 'user');
	feed(85);
	expect([told.length, engine.book.open]).toEqual([1, []]);
	feed(10);
	clock.advance(20 * minute);
	feed(85);
	expect(told).toHaveLength(2);
});
