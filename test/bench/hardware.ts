import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleScript } from '../../scripts/lib/bundle';
import { cache, root } from '../../scripts/lib/tools';
import type { Used } from './hardwareParts/usage';
import type { PrintLine } from './line';

const measuredMs = Number(process.env['QUARTERDECK_BENCH_MS'] ?? 60_000);
const cards = [
	{
		uuid: 'GPU-9b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0',
		name: 'NVIDIA GeForce RTX 4090',
		'utilization.gpu': '63',
		'memory.total': '24564',
		'memory.used': '18637',
		'temperature.gpu': '71',
		'power.draw': '310.22',
	},
];

/**
 * What looking at the machine costs the extension's host: a core's time and memory, with a card and nobody but the gauge
 * watching (every 2 s), and with a page (every second, with processes). The fake nvidia-smi's own time is not in it.
 * Beside it, systeminformation asked for the same at the same pace, with the programs that it starts.
 */
export async function run(print: PrintLine): Promise<void> {
	const child = join(cache, 'bench', 'hardwareChild.mjs');
	// A copy: it is started minutes after the build, and a later build would take it away.
	const workers = join(cache, 'bench', 'hardwareWorkers');
	cpSync(join(root, 'dist', 'workers'), workers, { recursive: true });
	await bundleScript(join(import.meta.dirname, 'hardwareParts', 'child.ts'), child);
	const measure = async (mode: string): Promise<Used> => {
		const { stdout } = await promisify(execFile)(
			process.execPath,
			['--expose-gc', child, mode, join(workers, 'hardware.js'), String(measuredMs)],
			{ env: { ...process.env, FAKE_GPUS: JSON.stringify(cards) } },
		);
		return JSON.parse(stdout) as Used;
	};
	const bare = await measure('bare');
	for (const [suffix, ours, naive] of [
		['', 'ours', 'naive'],
		['@watched', 'oursWatched', 'naiveWatched'],
	] as const) {
		// At once, so that what else runs on the machine slows both.
		const [own, other] = await Promise.all([measure(ours), measure(naive)]);
		const show = (metric: string, unit: string, pick: (one: Used) => number, digits: number): void => {
			const rounded = (value: number): number => Math.round(value * 10 ** digits) / 10 ** digits;
			const [value, baseline] = [rounded(pick(own)), rounded(pick(other))];
			print({ bench: 'hardware', metric: metric + suffix, value, unit, baseline, ratio: value / baseline });
		};
		show('cpu_pct', '% of a core', ({ ownMs, childMs }) => ((ownMs + childMs - bare.ownMs) / measuredMs) * 100, 3);
		show('memory_mb', 'MB', ({ privateMb }) => privateMb - bare.privateMb, 1);
		show('resident_mb', 'MB', ({ residentMb }) => residentMb - bare.residentMb, 1);
	}
}
