import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemProcessTable } from '../../../src/core/process/processTable';
import { reapLeftovers } from '../../../src/core/process/reaper';
import { ProcessRegister } from '../../../src/core/process/register';
import { HostKiller, hostStates } from '../../fakes/killedHost';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let folder: string;
let killer: HostKiller;

beforeAll(async () => {
	folder = await realpath(await mkdtemp(join(tmpdir(), 'quarterdeck-kill-')));
	killer = await HostKiller.open(resolve(import.meta.dirname, '../../..'), folder);
});

afterAll(async () => {
	await killer.close();
	await rm(folder, { recursive: true, force: true });
});

describe.runIf(process.platform === 'linux')('a host that is killed leaves nothing behind', () => {
	for (const state of hostStates)
		test(`${state}: the watchdog ends all within 5 seconds, and itself`, async () => {
			const pids = await killer.start(state);
			const { left } = await killer.kill(pids);
			expect(left).toEqual([]);
		});

	test('without a watchdog, the next start reaps what the register names and whose host is gone', async () => {
		const pids = await killer.start('bash', false);
		const register = new ProcessRegister(killer.registerFolder);
		const table = systemProcessTable();
		const alive = await reapLeftovers(register, table);
		expect(alive.ended.filter(entry => entry.pid === pids.claude)).toEqual([]);
		process.kill(pids.host, 'SIGKILL');
		await vi.waitUntil(async () => (await table.startOf(pids.host)) === undefined);
		const report = await reapLeftovers(register, table);
		expect(report.ended).toContainEqual({ label: 'claude', pid: pids.claude, left: 0 });
		await vi.waitUntil(() => killer.leftovers().length === 0);
		expect(await readdir(killer.registerFolder)).toEqual([]);
	});
});
