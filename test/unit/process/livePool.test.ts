import { expect, test } from 'vitest';
import type { Clock } from '../../../src/core/base/clock';
import { LivePool } from '../../../src/core/process/livePool';

/** A clock that is moved by hand. */
class ManualClock implements Clock {
	#now = 0;
	readonly #timers = new Set<{ at: number; run: () => void }>();

	now(): number {
		return this.#now;
	}

	monotonic(): number {
		return this.#now;
	}

	after(ms: number, run: () => void): { dispose(): void } {
		const timer = { at: this.#now + ms, run };
		this.#timers.add(timer);
		return { dispose: () => this.#timers.delete(timer) };
	}

	pass(ms: number): void {
		this.#now += ms;
		for (const timer of this.#timers) {
			if (timer.at > this.#now) continue;
			this.#timers.delete(timer);
			timer.run();
		}
	}
}

function pool(maxLive = 3, idleMs = 1000): { clock: ManualClock; closed: string[]; live: LivePool<string> } {
	const clock = new ManualClock();
	const closed: string[] = [];
	return { clock, closed, live: new LivePool<string>({ clock, maxLive, idleMs, close: key => closed.push(key) }) };
}

test('above the cap the least recently used idle one is closed', () => {
	const { clock, closed, live } = pool();
	for (const key of ['a', 'b', 'c']) {
		live.add(key);
		clock.pass(1);
	}
	live.touch('a');
	live.add('d');
	expect([closed, live.keys]).toEqual([['b'], ['a', 'c', 'd']]);
});

test('a busy one is never closed: the cap gives way, and is restored when work ends', () => {
	const { clock, closed, live } = pool(1);
	live.add('a', true);
	live.add('b', true);
	clock.pass(5000);
	expect(closed).toEqual([]);
	live.setBusy('a', false);
	expect(closed).toEqual([]);
	clock.pass(10);
	live.setBusy('b', false);
	expect(closed).toEqual(['a']);
});

test('an idle one is closed after its time, which use restarts', () => {
	const { clock, closed, live } = pool();
	live.add('a');
	clock.pass(900);
	live.touch('a');
	clock.pass(900);
	expect(closed).toEqual([]);
	clock.pass(100);
	expect([closed, live.keys]).toEqual([['a'], []]);
});

test('one that ended by itself is forgotten; other settings act at once', () => {
	const { clock, closed, live } = pool();
	for (const key of ['a', 'b', 'c']) {
		live.add(key);
		clock.pass(1);
	}
	live.remove('a');
	live.configure(1, 50);
	expect(closed).toEqual(['b']);
	clock.pass(50);
	expect(closed).toEqual(['b', 'c']);
	live.add('d');
	live.dispose();
	clock.pass(5000);
	expect(closed).toEqual(['b', 'c']);
});
