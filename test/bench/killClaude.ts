import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostKiller, hostStates } from '../fakes/killedHost.ts';
import type { BenchLine } from './line';

const rounds = 3;

/** Kills a host with its CLI in each state of a session and counts what is alive 5 seconds later. */
export async function run(print: (line: BenchLine) => void): Promise<void> {
	const folder = realpathSync(mkdtempSync(join(tmpdir(), 'quarterdeck-kill-')));
	const killer = await HostKiller.open(process.cwd(), folder);
	let total = 0;
	try {
		for (const state of hostStates) {
			let leftovers = 0;
			let slowest = 0;
			for (let round = 0; round < rounds; round++) {
				const pids = await killer.start(state);
				const { left, tookMs } = await killer.kill(pids);
				leftovers += left.length;
				slowest = Math.max(slowest, tookMs);
				for (const pid of left) process.kill(pid, 'SIGKILL');
			}
			total += leftovers;
			print({ bench: 'kill', metric: `leftover_processes@${state}`, value: leftovers, unit: 'processes' });
			print({ bench: 'kill', metric: `gone_after_ms@${state}`, value: Math.round(slowest), unit: 'ms' });
		}
		print({ bench: 'kill', metric: 'leftover_processes', value: total, unit: 'processes' });
	} finally {
		await killer.close();
		rmSync(folder, { recursive: true, force: true });
	}
}
