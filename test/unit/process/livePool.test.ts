import { expect, test } from 'vitest';
import { LivePool } from '../../../src/core/process/livePool';
import { ManualClock } from '../../fakes/manualClock';

function pool(maxLive = 3, idleMs = 1000): { clock: ManualClock; closed: string[]; live: LivePool<string> } {
	const clock = new ManualClock();
	const closed: string[] = [];
	return { clock, closed, live: new LivePool<string>({ clock, maxLive, idleMs, close: key => closed.push(key) }) };
}

test('above the cap the least recently used idle one is closed', () => {
	const { clock, closed, live } = pool();
	for (const key of ['a', 'b', 'c']) {
		live.add(key);
		clock.advance(1);
	}
	live.touch('a');
	live.add('d');
	expect([closed, live.keys]).toEqual([['b'], ['a', 'c', 'd']]);
});

test('a busy one is never closed: the cap gives way, and is restored when work ends', () => {
	const { clock, closed, live } = pool(1);
	live.add('a', true);
	live.add('b', true);
	clock.advance(5000);
	expect(closed).toEqual([]);
	live.setBusy('a', false);
	expect(closed).toEqual([]);
	clock.advance(10);
	live.setBusy('b', false);
	expect(closed).toEqual(['a']);
});

test('an idle one is closed after its time, which use restarts', () => {
	const { clock, closed, live } = pool();
	live.add('a');
	clock.advance(900);
	live.touch('a');
	clock.advance(900);
	expect(closed).toEqual([]);
	clock.advance(100);
	expect([closed, live.keys]).toEqual([['a'], []]);
});

test('one that ended by itself is forgotten; other settings act at once', () => {
	const { clock, closed, live } = pool();
	for (const key of ['a', 'b', 'c']) {
		live.add(key);
		clock.advance(1);
	}
	live.remove('a');
	live.configure(1, 50);
	expect(closed).toEqual(['b']);
	clock.advance(50);
	expect(closed).toEqual(['b', 'c']);
	live.add('d');
	live.dispose();
	clock.advance(5000);
	expect(closed).toEqual(['b', 'c']);
});

test('what has nothing to do can be closed at once, and what works goes on', () => {
	const { closed, live } = pool();
	live.add('a');
	live.add('b', true);
	live.add('c');
	expect(live.idle).toEqual(['a', 'c']);
	expect([live.closeIdle(), closed, live.keys]).toEqual([2, ['a', 'c'], ['b']]);
	live.dispose();
});
