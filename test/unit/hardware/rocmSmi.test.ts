import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { silentLogger } from '../../../src/core/base/logger';
import { parseRocm } from '../../../src/core/hardware/amd/rocmOutput';
import { RocmSmi } from '../../../src/core/hardware/amd/rocmSmi';
import { programExists } from '../../../src/core/hardware/programExists';
import type { GpuSample } from '../../../src/core/hardware/sample';
import { systemProcessTable } from '../../../src/core/process/processTable';
import { ProcessSupervisor } from '../../../src/core/process/supervisor';
import { folderWithRocmSmi } from '../../fakes/gpu/rocmSmi';
import { ManualClock } from '../../fakes/manualClock';
import { FakeSupervisor } from './fakeSmi';
import { soon } from './soon';

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
const minute = 60_000;
const gibibyte = 1024 ** 3;
const card = (id: string, index = 0): GpuSample => ({ id, index, name: 'AMD GPU', vendor: 'amd', usage: 7 });
const cards = [card('0000:03:00.0'), card('0000:1c:00.0', 1)];

describe('what rocm-smi prints', () => {
	test('of older versions is read with names that are sold, and memory by process', () => {
		expect(parseRocm(fixture('rocm5.json'))).toEqual({
			names: new Map([
				['0000:0a:00.0', 'Radeon VII'],
				['0000:e3:00.0', 'Instinct MI100'],
			]),
			memory: new Map([
				[31_234, 8 * gibibyte],
				[31_377, 1024 ** 2],
			]),
		});
	});

	test('of newer versions is read too: a card without a name and processes of elsewhere stay out', () => {
		const expected = {
			names: new Map([['0000:03:00.0', 'AMD Radeon RX 7900 XTX']]),
			memory: new Map([[4242, 16 * gibibyte]]),
		};
		expect(parseRocm(fixture('rocm6.json'))).toEqual(expected);
		expect(parseRocm(fixture('rocmWarned.txt'))).toEqual(expected);
	});

	test('is nothing where it holds no record, and bears what is none of ours', () => {
		expect(parseRocm(fixture('rocmNoDriver.txt'))).toBeUndefined();
		expect(parseRocm('')).toBeUndefined();
		expect(
			parseRocm('{"card0": null, "card1": {"PCI Bus": 7}, "system": [], "other": {"PID1": "a, 1, 2, 3, 4"}}'),
		).toEqual({
			names: new Map(),
			memory: new Map(),
		});
	});
});

/** The tool with a supervisor of which a test says all. */
function scripted(exists = (): boolean => true) {
	const clock = new ManualClock();
	const supervisor = new FakeSupervisor();
	const told: (readonly [number, number])[][] = [];
	const rocm = new RocmSmi({ clock, log: silentLogger, supervisor: () => Promise.resolve(supervisor), exists });
	const listening = rocm.onDidChange(memory => told.push([...memory]));
	onTestFinished(() => {
		listening.dispose();
		rocm.dispose();
	});
	const starts = (count: number) => soon(() => supervisor.starts.length).toBe(count);
	const answer = (text: string): void => {
		supervisor.last.say(text);
		supervisor.last.end(0);
	};
	const names = (): readonly string[] => rocm.named(cards).map(({ name }) => name);
	return { clock, supervisor, told, rocm, starts, answer, names };
}

/** Lets what was said be heard. */
async function settle(): Promise<void> {
	for (let turn = 0; turn < 10; turn++) await new Promise(resolve => void setImmediate(resolve));
}

describe('rocm-smi', () => {
	test('is asked for names once, and for memory each minute while somebody sees processes', async () => {
		const { clock, supervisor, told, rocm, starts, answer, names } = scripted();
		rocm.follow(cards, false);
		rocm.follow(cards, false);
		await starts(1);
		expect(supervisor.last.request.args).toEqual(['--showproductname', '--showbus', '--json']);
		answer(fixture('rocm6.json'));
		await soon(names).toEqual(['AMD Radeon RX 7900 XTX', 'AMD GPU']);
		await settle();
		clock.advance(30 * minute);
		rocm.follow(cards, false);
		expect([supervisor.starts.length, told]).toEqual([1, []]);
		rocm.follow(cards, true);
		await starts(2);
		expect(supervisor.last.request.args).toContain('--showpids');
		answer(fixture('rocm6.json'));
		await soon(() => told).toEqual([[[4242, 16 * gibibyte]]]);
		await settle();
		clock.advance(minute - 1);
		rocm.follow(cards, true);
		expect(supervisor.starts).toHaveLength(2);
		clock.advance(1);
		rocm.follow(cards, true);
		await starts(3);
		answer(fixture('rocm6.json'));
		rocm.follow(cards, false);
		expect(told.at(-1)).toEqual([]);
	});

	test('is not started without a card of AMD, nor where one sleeps, nor where it is not installed', async () => {
		const { clock, supervisor, rocm } = scripted();
		rocm.follow([], true);
		rocm.follow([{ ...card('a'), vendor: 'intel' }], true);
		const { usage: _, ...asleep } = card('0000:1c:00.0', 1);
		rocm.follow([cards[0]!, asleep], true);
		let asked = 0;
		const missing = scripted(() => {
			asked++;
			return false;
		});
		missing.rocm.follow(cards, true);
		missing.clock.advance(9 * minute);
		missing.rocm.follow(cards, true);
		expect(asked).toBe(1);
		missing.clock.advance(minute);
		missing.rocm.follow(cards, true);
		clock.advance(minute);
		await settle();
		expect([asked, supervisor.starts.length, missing.supervisor.starts.length]).toEqual([2, 0, 0]);
	});

	test('that hangs is ended, and asked again each time later; one that no signal ends is not joined', async () => {
		const { clock, supervisor, rocm, starts, names } = scripted();
		rocm.follow(cards, true);
		await starts(1);
		for (const [count, wait] of [1, 2, 4].entries()) {
			clock.advance(20_000);
			await soon(() => supervisor.running.length).toBe(0);
			await settle();
			clock.advance(wait * minute - 1);
			rocm.follow(cards, true);
			expect(supervisor.starts).toHaveLength(count + 1);
			clock.advance(1);
			rocm.follow(cards, true);
			await starts(count + 2);
		}
		supervisor.last.isStuck = true;
		clock.advance(20_000);
		await settle();
		clock.advance(24 * 60 * minute);
		rocm.follow(cards, true);
		await settle();
		expect(supervisor.starts).toHaveLength(4);
		expect(names()).toEqual(['AMD GPU', 'AMD GPU']);
	});

	test('that is ended with its window leaves nothing', async () => {
		const { supervisor, rocm, starts } = scripted();
		rocm.follow(cards, true);
		await starts(1);
		rocm.dispose();
		expect(supervisor.running).toEqual([]);
	});
});

describe.skipIf(process.platform === 'win32')('the scripted rocm-smi on the PATH', () => {
	/** The tool with a real supervisor. */
	function real() {
		const { folder, log, say } = folderWithRocmSmi();
		const register = mkdtempSync(join(tmpdir(), 'quarterdeck-'));
		const path = process.env['PATH'];
		process.env['PATH'] = [folder, path].join(delimiter);
		const supervisor = new ProcessSupervisor({ folder: register, table: systemProcessTable(), logger: silentLogger });
		const clock = new ManualClock();
		const said: string[] = [];
		const rocm = new RocmSmi({
			clock,
			log: { ...silentLogger, info: text => said.push(text) },
			supervisor: () => Promise.resolve(supervisor),
			exists: programExists,
		});
		onTestFinished(async () => {
			rocm.dispose();
			await supervisor.close();
			process.env['PATH'] = path;
			for (const each of [folder, register]) rmSync(each, { recursive: true, force: true });
		});
		const starts = (): number => readFileSync(log, 'utf8').split('\n').length - 1;
		return { supervisor, clock, rocm, said, say, starts };
	}

	test('is heard behind its warnings', async () => {
		const { rocm, say } = real();
		say({ stdout: fixture('rocmWarned.txt'), stderr: 'WARNING:root:No JSON data for card2\n' });
		rocm.follow(cards, true);
		await soon(() => rocm.named(cards)[0]?.name).toBe('AMD Radeon RX 7900 XTX');
	});

	test('without a driver says why, once, and leaves what the kernel tells', async () => {
		const { rocm, say, said } = real();
		say({ stderr: fixture('rocmNoDriver.txt') });
		rocm.follow(cards, true);
		await soon(() => said).toEqual([
			"AMD's cards are told of by the kernel alone: ERROR:root:Driver not initialized (amdgpu not found in modules)",
		]);
		rocm.follow(cards, true);
		expect(rocm.named(cards)).toEqual(cards);
	});

	test('that says too much, or nothing at all, is ended with all its processes', async () => {
		const { supervisor, clock, rocm, say, said, starts } = real();
		say({ endless: true });
		rocm.follow(cards, true);
		await soon(() => said.at(-1)).toContain('rocm-smi says too much');
		await soon(() => supervisor.live.length).toBe(0);
		say({ hangs: true });
		await soon(() => {
			clock.advance(minute);
			rocm.follow(cards, true);
			return starts();
		}).toBe(2);
		clock.advance(20_000);
		await soon(() => said.at(-1)).toContain('rocm-smi does not answer');
		await soon(() => supervisor.live.length).toBe(0);
	});
});
