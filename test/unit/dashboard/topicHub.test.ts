import { describe, expect, test } from 'vitest';
import { ExpectedError } from '../../../src/core/base/errors';
import { toDisposable } from '../../../src/core/base/lifecycle';
import { TopicHub, type Sink, type TopicUpdate } from '../../../src/core/dashboard/topicHub';
import { ManualClock } from '../../fakes/manualClock';

interface Opened {
	readonly sink: Sink<unknown, unknown>;
	isOpen: boolean;
}

function start(): {
	readonly clock: ManualClock;
	readonly hub: TopicHub;
	readonly opened: Record<string, Opened>;
	/** The batches since the last look. */
	readonly batches: () => (readonly TopicUpdate[])[];
} {
	const clock = new ManualClock();
	const opened: Record<string, Opened> = {};
	let sent: (readonly TopicUpdate[])[] = [];
	const hub = new TopicHub(
		({ name }, sink) => {
			if (name === 'unknown')
				throw new ExpectedError('unknown-topic', 'Nothing tells that.', {
					actions: [{ title: 'Help', command: 'help' }],
				});
			const entry: Opened = { sink, isOpen: true };
			opened[name] = entry;
			return toDisposable(() => {
				entry.isOpen = false;
			});
		},
		updates => sent.push(updates),
		clock,
	);
	const batches = (): (readonly TopicUpdate[])[] => {
		const taken = sent;
		sent = [];
		return taken;
	};
	return { clock, hub, opened, batches };
}

const wish = (name: string): { name: string; params: null } => ({ name, params: null });

describe('topics', () => {
	test('the first of each comes soon and together, and then at most once a second, only what changed', () => {
		const { clock, hub, opened, batches } = start();
		hub.watch([wish('cpu'), wish('memory')]);
		opened['cpu']!.sink.tell(1);
		opened['memory']!.sink.tell(2);
		clock.advance(50);
		expect(batches()).toEqual([
			[
				{ key: 'cpu', data: 1 },
				{ key: 'memory', data: 2 },
			],
		]);
		for (const value of [3, 4, 5]) {
			clock.advance(100);
			opened['cpu']!.sink.tell(value);
			opened['memory']!.sink.tell(2);
		}
		clock.advance(500);
		expect(batches()).toEqual([]);
		clock.advance(500);
		expect(batches()).toEqual([[{ key: 'cpu', data: 5 }]]);
		clock.advance(10_000);
		expect(batches()).toEqual([]);
		hub.dispose();
	});

	test('a topic that is new does not wait for the second of the others', () => {
		const { clock, hub, opened, batches } = start();
		hub.watch([wish('cpu')]);
		opened['cpu']!.sink.tell(1);
		clock.advance(50);
		batches();
		hub.watch([wish('cpu'), wish('memory')]);
		opened['memory']!.sink.tell(2);
		clock.advance(50);
		expect(batches()).toEqual([[{ key: 'memory', data: 2 }]]);
		hub.dispose();
	});

	test('what grows travels as changes, after the whole of it', () => {
		const { clock, hub, opened, batches } = start();
		hub.watch([wish('series')]);
		const { sink } = opened['series']!;
		sink.tell([1]);
		sink.add(2);
		clock.advance(50);
		sink.add(3);
		sink.add(4);
		clock.advance(1000);
		expect(batches()).toEqual([[{ key: 'series', data: [1], changes: [2] }], [{ key: 'series', changes: [3, 4] }]]);
		hub.dispose();
	});

	test('each topic is opened once, and ends when nobody watches it', () => {
		const { clock, hub, opened, batches } = start();
		hub.watch([wish('cpu'), wish('cpu')]);
		const first = opened['cpu']!;
		hub.watch([wish('cpu')]);
		expect(opened['cpu']).toBe(first);
		hub.watch([]);
		expect(first.isOpen).toBe(false);
		first.sink.tell('too late');
		clock.advance(5000);
		expect(batches()).toEqual([]);
		hub.watch([wish('cpu')]);
		expect(opened['cpu']).not.toBe(first);
		hub.dispose();
		expect(opened['cpu']!.isOpen).toBe(false);
	});

	test('what failed can be begun anew, and the rest goes on', () => {
		const { clock, hub, opened, batches } = start();
		hub.watch([wish('cpu'), wish('services')]);
		opened['cpu']!.sink.tell(1);
		opened['services']!.sink.fail(new Error('In Restricted Mode nothing is watched.'));
		clock.advance(50);
		batches();
		const [cpu, services] = [opened['cpu'], opened['services']!];
		hub.reopenFailed();
		expect([opened['cpu'] === cpu, services.isOpen, opened['services'] === services]).toEqual([true, false, false]);
		opened['services']!.sink.tell([]);
		services.sink.tell('too late');
		clock.advance(1000);
		expect(batches()).toEqual([[{ key: 'services', data: [] }]]);
		hub.dispose();
	});

	test('a failure is told with what helps, and data after it takes its place', () => {
		const { clock, hub, opened, batches } = start();
		hub.watch([wish('unknown'), wish('cpu')]);
		opened['cpu']!.sink.fail(new Error('no such file'));
		clock.advance(50);
		expect(batches()).toEqual([
			[
				{ key: 'unknown', failure: { message: 'Nothing tells that.', actions: [{ title: 'Help', command: 'help' }] } },
				{ key: 'cpu', failure: { message: 'no such file', actions: [] } },
			],
		]);
		opened['cpu']!.sink.tell(1);
		clock.advance(1000);
		expect(batches()).toEqual([[{ key: 'cpu', data: 1 }]]);
		hub.dispose();
	});
});
