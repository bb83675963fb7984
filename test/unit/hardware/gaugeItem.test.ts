import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Emitter } from '../../../src/core/base/event';
import { toDisposable } from '../../../src/core/base/lifecycle';
import { silentLogger } from '../../../src/core/base/logger';
import type { HardwareFeed, Pace } from '../../../src/core/hardware/feed';
import type { Sample } from '../../../src/core/hardware/sample';
import type { Host } from '../../../src/extension/host/context';
import { ManualClock } from '../../fakes/manualClock';

const fake = vi.hoisted(() => ({
	focused: true,
	focusChanged: undefined as (() => void) | undefined,
	items: [] as { side: number; sets: string[]; isDisposed: boolean }[],
}));

vi.mock('vscode', () => ({
	StatusBarAlignment: { Left: 1, Right: 2 },
	ThemeColor: class {
		constructor(readonly id: string) {}
	},
	MarkdownString: class {
		isTrusted = {};
		constructor(readonly value: string) {}
	},
	window: {
		get state() {
			return { focused: fake.focused };
		},
		onDidChangeWindowState: (listener: () => void) => {
			fake.focusChanged = listener;
			return { dispose: () => (fake.focusChanged = undefined) };
		},
		createStatusBarItem: (_id: string, side: number) => {
			const item = { side, sets: [] as string[], isDisposed: false };
			fake.items.push(item);
			const target = { show: () => undefined, dispose: () => (item.isDisposed = true) };
			return new Proxy(target, {
				set: (_, name, value: unknown) => {
					item.sets.push(`${String(name)}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
					return true;
				},
			});
		},
	},
}));

const { Gauge } = await import('../../../src/extension/hardware/gauge');

beforeEach(() => {
	fake.items.length = 0;
	fake.focused = true;
});

const sample = (usage: number, received = 0): Sample => ({
	at: 0,
	cpu: { cores: 2, usage },
	memory: { total: 8, available: 4, used: 4 },
	disks: [],
	gpus: [],
	network: { received, sent: 0, receivedPerSecond: received },
});

function world(settings: Record<string, unknown> = {}) {
	const clock = new ManualClock();
	const sampled = new Emitter<Sample>();
	const settingsChanged = new Emitter<ReadonlySet<string>>();
	const paces: Pace[] = [];
	const values: Record<string, unknown> = {
		'gauge.position': 'right',
		'gauge.metrics': [],
		'gauge.format': '',
		'gauge.thresholds': { cpu: [50, 90] },
		...settings,
	};
	const feed: HardwareFeed = {
		latest: undefined,
		onDidSample: sampled.event,
		watch: pace => {
			paces.push(pace);
			return toDisposable(() => paces.splice(paces.indexOf(pace), 1));
		},
		facts: () => Promise.reject(new Error('not now')),
		history: () => Promise.resolve({ at: [], values: {} }),
	};
	const host = {
		clock,
		log: silentLogger,
		settings: { get: (key: string) => values[key], onDidChange: settingsChanged.event },
	} as unknown as Host;
	const gauge = new Gauge(host, feed);
	onTestFinished(() => gauge.dispose());
	const set = (key: string, value: unknown): void => {
		values[key] = value;
		settingsChanged.fire(new Set([key]));
	};
	const focus = (isFocused: boolean): void => {
		fake.focused = isFocused;
		fake.focusChanged?.();
	};
	/** What was set since the last time. */
	const taken = (): readonly string[] =>
		fake.items
			.at(-1)!
			.sets.splice(0)
			.map(text => text.split('=', 1)[0]!);
	return { clock, sampled, paces, set, focus, taken, gauge };
}

describe('the gauge in the status bar', () => {
	test('is set only when its text, its colour or, at times, its hover changes', () => {
		const { clock, sampled, taken } = world();
		taken();
		sampled.fire(sample(10));
		expect(taken()).toEqual(['text', 'backgroundColor', 'accessibilityInformation', 'tooltip']);
		sampled.fire(sample(10.2));
		sampled.fire(sample(10.1, 500));
		expect(taken()).toEqual([]);
		clock.advance(10_000);
		sampled.fire(sample(10.1, 500));
		expect(taken()).toEqual(['tooltip']);
		clock.advance(10_000);
		sampled.fire(sample(10.1, 500));
		expect(taken()).toEqual([]);
		sampled.fire(sample(60));
		expect(fake.items[0]?.sets).toContain('backgroundColor=undefined');
		sampled.fire(sample(60));
		expect(fake.items[0]?.sets).toContain('backgroundColor={"id":"statusBarItem.warningBackground"}');
	});

	test('looks seldom without the focus, in the end not at all, and at once when the focus is back', () => {
		const { clock, sampled, paces, focus, taken } = world();
		sampled.fire(sample(10));
		expect(paces).toEqual(['gauge']);
		focus(false);
		expect(paces).toEqual(['idle']);
		clock.advance(15 * 60_000);
		expect(paces).toEqual([]);
		expect(fake.items[0]?.sets).toContain('text=$(debug-pause) Machine');
		// Rules that nobody watches go on looking once a minute.
		taken();
		sampled.fire(sample(99));
		expect(taken()).toEqual([]);
		focus(true);
		expect(paces).toEqual(['gauge']);
		sampled.fire(sample(10));
		expect(fake.items[0]?.sets.findLast(text => text.startsWith('text='))).toContain('10 %');
	});

	test('shows no old numbers where the machine tells nothing any more, and new ones as soon as it does', () => {
		const { clock, sampled } = world();
		const shown = (): string | undefined => fake.items[0]?.sets.findLast(text => text.startsWith('text='));
		sampled.fire(sample(10));
		clock.advance(40_000);
		sampled.fire(sample(20));
		clock.advance(44_000);
		expect(shown()).toContain('20 %');
		clock.advance(1_000);
		expect(shown()).toBe('text=$(debug-disconnect) Machine');
		sampled.fire(sample(20));
		expect(shown()).toContain('20 %');
	});

	test('moves with its setting, and nobody looks for one that is hidden', () => {
		const { paces, set } = world();
		expect(fake.items[0]?.side).toBe(2);
		set('gauge.position', 'left');
		expect([fake.items[0]?.isDisposed, fake.items[1]?.side]).toEqual([true, 1]);
		set('gauge.position', 'hidden');
		expect([fake.items[1]?.isDisposed, fake.items.length, paces.length]).toEqual([true, 2, 0]);
	});

	test('of a window that closes watches no more', () => {
		const { paces, gauge } = world();
		gauge.dispose();
		expect(paces).toEqual([]);
	});
});
