import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../../src/core/base/clock';
import { formatEnergy } from '../../../src/core/base/energy';
import { toDisposable } from '../../../src/core/base/lifecycle';
import { silentLogger } from '../../../src/core/base/logger';
import { GpuEnergy, type PowerSource } from '../../../src/core/hardware/gpuEnergy';
import { NvidiaCards } from '../../../src/core/hardware/nvidia/cards';
import { programExists } from '../../../src/core/hardware/programExists';
import type { SmiCommand } from '../../../src/core/hardware/nvidia/smiRun';
import { AmdPower, NvidiaPower } from '../../../src/core/hardware/powerSources';
import { systemProcessTable } from '../../../src/core/process/processTable';
import { ProcessSupervisor } from '../../../src/core/process/supervisor';
import { fakeNvidiaSmi } from '../../fakes/gpu/nvidiaSmi';
import { ManualClock } from '../../fakes/manualClock';

/** A card whose power the test says. */
class Card implements PowerSource {
	tell: (watts: number) => void = () => undefined;
	end: () => void = () => undefined;
	watchers = 0;
	starts = 0;

	watch(tell: (watts: number) => void, end: () => void) {
		Object.assign(this, { tell, end });
		this.watchers++;
		this.starts++;
		return toDisposable(() => this.watchers--);
	}
}

function world(...cards: readonly PowerSource[]) {
	const clock = new ManualClock();
	const meter = new GpuEnergy(cards, clock);
	onTestFinished(() => meter.dispose());
	return { clock, meter };
}

const temporaryFolder = (): string => {
	const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-'));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
};

describe('the energy of an answer', () => {
	test('is the power added up over time, the first word counting for what was before it', () => {
		const card = new Card();
		const { clock, meter } = world(card);
		const answer = meter.begin();
		expect(answer.joules).toBeNull();
		clock.advance(500);
		card.tell(100);
		clock.advance(1000);
		card.tell(300);
		clock.advance(2000);
		expect(answer.joules).toBeCloseTo(150 + 600);
		answer.dispose();
		clock.advance(1000);
		expect(answer.joules).toBeCloseTo(750);
	});

	test('is shared by answers at the same time, and the cards of two makers are added', () => {
		const [one, two] = [new Card(), new Card()];
		const { clock, meter } = world(one, two);
		const first = meter.begin();
		one.tell(100);
		two.tell(50);
		clock.advance(1000);
		const second = meter.begin();
		clock.advance(1000);
		expect([first.joules, second.joules]).toEqual([150 + 75, 75]);
		first.dispose();
		clock.advance(1000);
		expect([first.joules, second.joules]).toEqual([225, 225]);
		second.dispose();
	});

	test('is unknown without a card that tells, and such a card is asked again only after minutes', () => {
		const card = new Card();
		const { clock, meter } = world(card);
		const first = meter.begin();
		card.end();
		clock.advance(1000);
		expect(first.joules).toBeNull();
		first.dispose();
		clock.advance(120_000);
		meter.begin().dispose();
		expect([card.starts, card.watchers]).toEqual([1, 0]);
		clock.advance(600_000);
		meter.begin().dispose();
		expect(card.starts).toBe(2);
	});

	test('a card that went silent is not guessed at', () => {
		const card = new Card();
		const { clock, meter } = world(card);
		const answer = meter.begin();
		card.tell(100);
		clock.advance(1000);
		expect(answer.joules).toBe(100);
		clock.advance(20_000);
		expect(answer.joules).toBe(100);
		answer.dispose();
	});

	test('looking ends a minute after the last answer, and at once with its owner', () => {
		const card = new Card();
		const { clock, meter } = world(card);
		meter.begin().dispose();
		clock.advance(30_000);
		expect(card.watchers).toBe(1);
		const answer = meter.begin();
		clock.advance(120_000);
		expect(card.watchers).toBe(1);
		answer.dispose();
		clock.advance(60_000);
		expect(card.watchers).toBe(0);
		meter.begin().dispose();
		expect(card.watchers).toBe(1);
		meter.dispose();
		expect(card.watchers).toBe(0);
	});

	test.each([
		[0, '0 Wh'],
		[2, 'under 0.001 Wh'],
		[36, '0.01 Wh'],
		[1250, '0.35 Wh'],
		[90_000, '25 Wh'],
		[4_320_000, '1.2 kWh'],
	])('%d joules read as %s', (joules, text) => {
		expect(formatEnergy(joules)).toBe(text);
	});
});

function cardsOf(supervisor: ProcessSupervisor, command: SmiCommand): NvidiaCards {
	const cards = new NvidiaCards({
		clock: systemClock,
		log: silentLogger,
		supervisor: () => Promise.resolve(supervisor),
		commands: [command],
		exists: programExists,
	});
	onTestFinished(() => cards.dispose());
	return cards;
}

describe.runIf(process.platform !== 'win32')('what nvidia-smi says', () => {
	const told = async (cards: unknown): Promise<readonly (number | 'end')[]> => {
		const heard: (number | 'end')[] = [];
		vi.stubEnv('FAKE_GPUS', JSON.stringify(cards));
		onTestFinished(() => void vi.unstubAllEnvs());
		const table = systemProcessTable();
		const supervisor = new ProcessSupervisor({ folder: temporaryFolder(), table, logger: silentLogger });
		onTestFinished(() => supervisor.close());
		const power = new NvidiaPower(() => Promise.resolve(cardsOf(supervisor, [process.execPath, fakeNvidiaSmi])));
		const watching = power.watch(
			watts => heard.push(watts),
			() => heard.push('end'),
		);
		await vi.waitUntil(() => heard.includes('end') || heard.length >= 4);
		watching.dispose();
		await vi.waitUntil(() => supervisor.live.length === 0);
		return heard;
	};

	test('is the sum of its cards, also where the decimal is a comma', async () => {
		expect((await told([{ 'power.draw': '70.50' }, { 'power.draw': '30,25' }])).slice(0, 3)).toEqual([
			100.75, 100.75, 100.75,
		]);
	});

	test('ends where no card tells, where there is no card, and where there is no such program', async () => {
		expect(await told([{}])).toEqual(['end']);
		expect(await told([])).toEqual(['end']);
		const heard: string[] = [];
		const table = systemProcessTable();
		const supervisor = new ProcessSupervisor({ folder: temporaryFolder(), table, logger: silentLogger });
		onTestFinished(() => supervisor.close());
		const missing = new NvidiaPower(() => Promise.resolve(cardsOf(supervisor, ['/nowhere/nvidia-smi'])));
		const watching = missing.watch(
			() => heard.push('watts'),
			() => heard.push('end'),
		);
		await vi.waitUntil(() => heard.length > 0);
		expect(heard).toEqual(['end']);
		watching.dispose();
	});
});

test("AMD's cards are read from the driver's files, and end with the last that tells", () => {
	const folder = temporaryFolder();
	const sensor = join(folder, 'card1', 'device', 'hwmon', 'hwmon3');
	mkdirSync(sensor, { recursive: true });
	mkdirSync(join(folder, 'card1-DP-1'));
	writeFileSync(join(sensor, 'power1_average'), '41500000\n');
	const clock = new ManualClock();
	const heard: (number | 'end')[] = [];
	const watching = new AmdPower(clock, folder).watch(
		watts => heard.push(watts),
		() => heard.push('end'),
	);
	writeFileSync(join(sensor, 'power1_average'), '50000000\n');
	clock.advance(500);
	rmSync(sensor, { recursive: true });
	clock.advance(500);
	expect(heard).toEqual([41.5, 50, 'end']);
	watching.dispose();
});

test('a card of AMD that sleeps is not woken by a question for its power', () => {
	const folder = temporaryFolder();
	const device = join(folder, 'card0', 'device');
	const sensor = join(device, 'hwmon', 'hwmon3');
	const status = join(device, 'power', 'runtime_status');
	for (const each of [sensor, join(device, 'power')]) mkdirSync(each, { recursive: true });
	writeFileSync(join(sensor, 'power1_average'), '41500000\n');
	writeFileSync(status, 'suspended\n');
	const clock = new ManualClock();
	const heard: (number | 'end')[] = [];
	const watching = new AmdPower(clock, folder).watch(
		watts => heard.push(watts),
		() => heard.push('end'),
	);
	onTestFinished(() => watching.dispose());
	writeFileSync(status, 'active\n');
	clock.advance(500);
	writeFileSync(status, 'suspended\n');
	clock.advance(500);
	expect(heard).toEqual([0, 41.5, 0]);
});
