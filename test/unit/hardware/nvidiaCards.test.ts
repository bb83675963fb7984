import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { silentLogger } from '../../../src/core/base/logger';
import { NvidiaApps } from '../../../src/core/hardware/nvidia/apps';
import { NvidiaCards } from '../../../src/core/hardware/nvidia/cards';
import { programExists } from '../../../src/core/hardware/programExists';
import { ManualClock } from '../../fakes/manualClock';
import { FakeSupervisor } from './fakeSmi';
import { soon } from './soon';

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
const minute = 60_000;

function world(commands: readonly (readonly [string])[] = [['nvidia-smi']]) {
	const clock = new ManualClock();
	const supervisor = new FakeSupervisor();
	const missing = new Set<string>();
	const started = (): Promise<FakeSupervisor> => Promise.resolve(supervisor);
	const cards = new NvidiaCards({
		clock,
		log: silentLogger,
		supervisor: started,
		commands,
		exists: name => !missing.has(name),
	});
	const apps = new NvidiaApps(clock, cards, started);
	onTestFinished(() => {
		apps.dispose();
		cards.dispose();
	});
	const seen = (count: number) => soon(() => cards.cards.length).toBe(count);
	const starts = (count: number) => soon(() => supervisor.starts.length).toBe(count);
	return { clock, supervisor, cards, apps, missing, seen, starts };
}

describe('NVIDIA’s cards', () => {
	test('are told by one tool at the quickest pace that is asked for; it ends with its last watcher', async () => {
		const { clock, supervisor, cards, seen, starts } = world();
		const gauge = cards.watch(2000);
		const other = cards.watch(60_000);
		await starts(1);
		expect(supervisor.last.paceMs).toBe(2000);
		supervisor.last.say(fixture('h100x8.csv'));
		await seen(8);
		const page = cards.watch(1000);
		await starts(2);
		expect(supervisor.running.map(({ paceMs }) => paceMs)).toEqual([1000]);
		// A page that is closed may come back: the pace goes down later.
		page.dispose();
		for (const ms of [9_000, 10_000, 10_000]) {
			clock.advance(ms);
			supervisor.last.say(fixture('h100x8.csv'));
			await seen(8);
		}
		expect(supervisor.starts).toHaveLength(2);
		clock.advance(1000);
		await starts(3);
		expect(supervisor.last.paceMs).toBe(2000);
		gauge.dispose();
		other.dispose();
		expect(supervisor.running).toEqual([]);
	});

	test('one that falls off is gone with the next look, also while the others stay', async () => {
		const { clock, supervisor, cards, seen, starts } = world();
		cards.watch(2000);
		await starts(1);
		const lines = fixture('mixed.csv');
		supervisor.last.say(lines);
		await seen(3);
		const left = `${lines.trimEnd().split('\n').slice(0, 2).join('\n')}\n`;
		clock.advance(2000);
		supervisor.last.say(left);
		clock.advance(2000);
		supervisor.last.say(left);
		await seen(2);
	});

	test('a look that says nothing of late is not shown as one of now', async () => {
		const { clock, supervisor, cards, seen, starts } = world();
		cards.watch(2000);
		await starts(1);
		supervisor.last.say(fixture('rtx4090.csv'));
		await seen(1);
		clock.advance(12_000);
		expect(cards.cards).toEqual([]);
	});

	test('a tool that hangs is ended and started again, each time later', async () => {
		const { clock, supervisor, cards, seen, starts } = world();
		cards.watch(2000);
		await starts(1);
		supervisor.last.say(fixture('rtx4090.csv'));
		await seen(1);
		for (const [count, wait] of [5_000, 10_000, 20_000, 40_000].entries()) {
			clock.advance(15_000);
			expect(supervisor.running).toEqual([]);
			expect(cards.problem).toBe('nvidia-smi does not answer.');
			clock.advance(wait - 1);
			expect(supervisor.starts).toHaveLength(count + 1);
			clock.advance(1);
			await starts(count + 2);
		}
		supervisor.last.say(fixture('rtx4090.csv'));
		await seen(1);
		expect(cards.problem).toBeUndefined();
	});

	test('one that no signal ends is not joined by a second one that would wait for the driver too', async () => {
		const { clock, supervisor, cards, apps, seen, starts } = world();
		apps.isWanted = true;
		cards.watch(2000);
		await starts(1);
		supervisor.last.say(fixture('rtx4090.csv'));
		await starts(2);
		for (const start of supervisor.starts) start.isStuck = true;
		for (let passed = 0; passed < 60; passed++) {
			clock.advance(minute);
			await Promise.resolve();
		}
		apps.isWanted = false;
		apps.isWanted = true;
		cards.watch(1000);
		expect(supervisor.starts).toHaveLength(2);
		expect(cards.problem).toBe('nvidia-smi does not answer.');
		// The driver is back.
		for (const start of supervisor.starts) start.end(0);
		await soon(() => {
			clock.advance(1000);
			return supervisor.starts.length;
		}).toBe(3);
		supervisor.last.say(fixture('rtx4090.csv'));
		await seen(1);
		await starts(4);
	});

	test('a supervisor that starts nothing is a reason to wait, and no failure', async () => {
		const { supervisor, cards } = world();
		supervisor.isClosed = true;
		cards.watch(2000);
		await soon(() => cards.isResting).toBe(true);
		expect(cards.problem).toBe('The supervisor is closed');
	});

	test('a tool that says one endless line takes no memory for it', async () => {
		const { supervisor, cards, seen, starts } = world();
		cards.watch(2000);
		await starts(1);
		for (let times = 0; times < 20; times++) supervisor.last.say('x'.repeat(16_384));
		supervisor.last.say(`\n${fixture('rtx4090.csv')}`);
		await seen(1);
	});

	test('a card that is lost is not shown, and looked for again soon', async () => {
		const { clock, supervisor, cards, seen, starts } = world();
		cards.watch(2000);
		await starts(1);
		supervisor.last.say(fixture('rtx4090.csv'));
		await seen(1);
		supervisor.last.say(fixture('lost.txt'));
		supervisor.last.end(15);
		await seen(0);
		expect(cards.problem).toContain('GPU is lost');
		clock.advance(5_000);
		await starts(2);
	});

	test('without a driver that works there is its own sentence, and minutes of rest', async () => {
		const { clock, supervisor, cards, starts } = world();
		cards.watch(2000);
		await starts(1);
		supervisor.last.say(fixture('driverError.txt'));
		supervisor.last.end(9);
		await soon(() => cards.problem).toContain("couldn't communicate with the NVIDIA driver");
		expect(cards.isResting).toBe(true);
		clock.advance(5 * minute - 1);
		expect(supervisor.starts).toHaveLength(1);
		clock.advance(1);
		await starts(2);
	});

	test('the last words of a tool are heard also when its end is told first', async () => {
		const { supervisor, cards, starts } = world();
		cards.watch(2000);
		await starts(1);
		const { last } = supervisor;
		last.exit.resolve({ code: 9, signal: null, error: null, wasStopped: false });
		await new Promise(resolve => void setImmediate(resolve));
		last.say(fixture('driverError.txt').trim());
		last.stdout.end();
		await soon(() => cards.problem).toContain("couldn't communicate with the NVIDIA driver");
	});

	test('a machine without the tool is asked again only after minutes, and has no problem', async () => {
		const { clock, supervisor, cards, starts } = world([['nvidia-smi'], ['/usr/lib/wsl/lib/nvidia-smi']]);
		let rests = 0;
		const resting = cards.onDidRest(() => rests++);
		const watching = cards.watch(2000);
		await starts(1);
		supervisor.last.end(0, new Error('spawn nvidia-smi ENOENT'));
		await starts(2);
		expect(supervisor.last.request.command).toBe('/usr/lib/wsl/lib/nvidia-smi');
		supervisor.last.end(0, new Error('spawn ENOENT'));
		await soon(() => rests).toBe(1);
		expect(cards.problem).toBeUndefined();
		watching.dispose();
		cards.watch(1000);
		clock.advance(9 * minute);
		expect(supervisor.starts).toHaveLength(2);
		clock.advance(minute);
		await starts(3);
		resting.dispose();
	});

	test('where the program is not there nothing at all is started, until it is', async () => {
		const { clock, supervisor, cards, missing, starts } = world();
		missing.add('nvidia-smi');
		cards.watch(2000);
		expect([cards.isResting, cards.problem]).toEqual([true, undefined]);
		missing.clear();
		clock.advance(10 * minute);
		await starts(1);
		expect(supervisor.last.request.command).toBe('nvidia-smi');
		expect([programExists(process.execPath), programExists('/nowhere/nvidia-smi')]).toEqual([true, false]);
		expect([programExists('sh'), programExists('no-such-program')]).toEqual([process.platform !== 'win32', false]);
	});

	test('fields that an older tool refuses are left out, and the others told all the same', async () => {
		const { supervisor, cards, seen, starts } = world();
		cards.watch(2000);
		await starts(1);
		supervisor.last.say('Field "utilization.encoder" is not a valid field to query.\n\n');
		await starts(2);
		expect(supervisor.last.fields).not.toContain('utilization.encoder');
		supervisor.last.say(fixture('refused.txt'));
		await starts(3);
		expect(supervisor.last.fields).toContain('clocks_event_reasons.active');
		const fields = supervisor.last.fields;
		supervisor.last.say(
			`${fields.map(field => (field === 'index' ? '0' : field === 'name' ? 'Tesla' : '7')).join(', ')}\n`,
		);
		await seen(0); // Seven cards are told of: one line is not the whole look.
		for (let index = 1; index < 7; index++)
			supervisor.last.say(`${fields.map(field => (field === 'index' ? `${index}` : '7')).join(', ')}\n`);
		await seen(7);
	});

	test('nobody who watches: nothing is started, also when the supervisor answers late', async () => {
		const { supervisor, cards } = world();
		cards.watch(2000).dispose();
		await Promise.resolve();
		expect(supervisor.starts).toEqual([]);
		expect(cards.cards).toEqual([]);
	});
});

describe('processes on NVIDIA’s cards', () => {
	test('are asked for once there is a card and somebody sees them', async () => {
		const { clock, supervisor, cards, apps, seen, starts } = world();
		const told: (readonly [number, number])[][] = [];
		const listening = apps.onDidChange(memory => told.push([...memory]));
		apps.isWanted = true;
		cards.watch(1000);
		await starts(1);
		supervisor.last.say(fixture('rtx4090.csv'));
		await seen(1);
		await starts(2);
		expect(supervisor.last.request.args[0]).toBe('--query-compute-apps=pid,gpu_uuid,used_memory');
		supervisor.last.say('7, GPU-a, 100\n7, GPU-b, 50\n9, GPU-a, [N/A]\n');
		await soon(() => {
			clock.advance(100);
			return told.length;
		}).toBe(1);
		expect(told).toEqual([[[7, 150 * 1024 ** 2]]]);
		// They ended: the tool says nothing more.
		clock.advance(13_000);
		expect(told.at(-1)).toEqual([]);
		apps.isWanted = false;
		expect(supervisor.running.map(({ fields }) => fields[0])).toEqual(['index']);
		listening.dispose();
	});
});
