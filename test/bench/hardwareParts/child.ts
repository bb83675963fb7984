// One way of looking at the machine, in a process of its own. Prints what it used as one line of JSON.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../../src/core/base/clock';
import { silentLogger } from '../../../src/core/base/logger';
import type { Pace } from '../../../src/core/hardware/feed';
import { LiveFeed } from '../../../src/core/hardware/liveFeed';
import { NvidiaApps } from '../../../src/core/hardware/nvidia/apps';
import { NvidiaCards } from '../../../src/core/hardware/nvidia/cards';
import { systemProcessTable } from '../../../src/core/process/processTable';
import { ProcessSupervisor } from '../../../src/core/process/supervisor';
import { WorkerPort } from '../../../src/extension/host/workerHost';
import { fakeNvidiaSmi } from '../../fakes/gpu/nvidiaSmi';
import { used, type Used } from './usage';

const settleMs = 3_000;
const [mode = '', worker = '', ms = '60000'] = process.argv.slice(2);

/** What was used between two looks at this process. */
function between(before: Used, after: Used): Used {
	const entries = Object.entries(after) as readonly (readonly [keyof Used, number])[];
	return Object.fromEntries(entries.map(([key, value]) => [key, value - before[key]])) as unknown as Used;
}

/** Memory counts from before anything was loaded or started, time from when it has settled. */
async function measure(work: () => Promise<void>): Promise<void> {
	const empty = used();
	await work();
	await sleep(settleMs);
	const begun = used();
	await sleep(Number(ms));
	const ended = used();
	const { ownMs, childMs } = between(begun, ended);
	const { privateMb, residentMb } = between(empty, ended);
	console.log(JSON.stringify({ ownMs, childMs, privateMb, residentMb }));
}

async function ours(pace: Pace): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-hardware-'));
	const supervisor = new ProcessSupervisor({ folder, table: systemProcessTable(), logger: silentLogger });
	const start = (): Promise<ProcessSupervisor> => Promise.resolve(supervisor);
	const commands = [[process.execPath, fakeNvidiaSmi] as const];
	const cards = new NvidiaCards({
		clock: systemClock,
		log: silentLogger,
		supervisor: start,
		commands,
		exists: () => true,
	});
	const apps = new NvidiaApps(systemClock, cards, start);
	const feed = new LiveFeed({
		clock: systemClock,
		log: silentLogger,
		platform: process.platform,
		remote: undefined,
		startWorker: () =>
			new WorkerPort(worker, silentLogger, { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 4 }),
		nvidia: () => Promise.resolve({ cards, apps }),
		rocm: () => Promise.resolve(undefined),
		record: () => undefined,
		minutes: () => Promise.resolve({ minutes: [], values: {} }),
	});
	let looks = 0;
	await measure(() => {
		feed.onDidSample(({ gpus }) => (looks += gpus.length));
		feed.watch(pace);
		return Promise.resolve();
	});
	if (looks === 0) throw new Error('No card was seen');
	feed.dispose();
	cards.dispose();
	await supervisor.close();
	rmSync(folder, { recursive: true, force: true });
}

/** All the library's calls that stand for what we show, at the same pace: what a first version would do. */
async function naive(paceMs: number): Promise<void> {
	await measure(async () => {
		const { currentLoad, mem, graphics, fsSize, networkStats, cpuTemperature, disksIO, processes } =
			await import('systeminformation');
		const look = async (): Promise<void> => {
			await Promise.all([currentLoad(), mem(), graphics(), fsSize(), networkStats('*'), cpuTemperature(), disksIO()]);
			if (paceMs < 2000) await processes();
		};
		setInterval(() => void look(), paceMs);
	});
}

async function main(): Promise<void> {
	if (mode === 'ours') await ours('gauge');
	else if (mode === 'oursWatched') await ours('page');
	else if (mode === 'naive') await naive(2000);
	else if (mode === 'naiveWatched') await naive(1000);
	else await measure(() => Promise.resolve());
	if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
	process.exit();
}

void main();
