import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from '../../scripts/lib/runNode';
import { cache } from '../../scripts/lib/tools';
import { until } from '../e2e/driver/until';
import { openHost } from '../host/openHost';
import type { Activation } from '../host/activation';
import { median, type PrintLine } from './line';

const rounds = 5;

/** How long activation takes in a real host, how much code it loads, and how large the package is. */
export async function run(print: PrintLine): Promise<void> {
	await runNode('scripts/package.ts');
	const starts = await measureStarts();
	const show = (metric: string, value: number, unit: string): void =>
		print({ bench: 'activation', metric, value: Math.round(value * 100) / 100, unit });
	show('activate_ms', median(starts.map(start => start.ms)), 'ms');
	show('activate_max_ms', Math.max(...starts.map(start => start.ms)), 'ms');
	show('load_ms', median(starts.map(start => start.loadMs)), 'ms');
	show('loaded_kb', Math.max(...starts.map(start => start.loadedBytes)) / 1024, 'KB');
	show('loaded_idle_kb', Math.max(...starts.map(start => start.idleBytes)) / 1024, 'KB');
	show('package_mb', statSync(join(cache, 'quarterdeck.vsix')).size / 1024 / 1024, 'MB');
}

/** Each reload of the window starts a fresh host, which activates the extension as for a user. */
async function measureStarts(): Promise<readonly Activation[]> {
	let file = '';
	const host = await openHost(home => {
		file = join(home, 'activation.jsonl');
		return { QUARTERDECK_HOST_ACTIVATION: file };
	});
	try {
		let starts: readonly Activation[] = [];
		while (starts.length < rounds) {
			if (starts.length > 0) await host.page.reload();
			const known = starts.length;
			starts = await until('a measured start', () => readStarts(file).length > known && readStarts(file), 60_000);
		}
		return starts;
	} finally {
		await host.close();
	}
}

function readStarts(file: string): readonly Activation[] {
	const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
	// The last piece is empty, or a line that is still being written.
	return text
		.split('\n')
		.slice(0, -1)
		.map(line => JSON.parse(line) as Activation);
}
