// Two commands may be started in one checkout at the same moment; one sets up, the other waits for it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cache, say } from './progress.mjs';

const file = join(cache, 'setup.lock');

/** Runs `work` while no other set-up of this checkout runs. The lock of a process that died is taken over. */
export async function withSetupLock(work) {
	mkdirSync(cache, { recursive: true });
	let hasSaid = false;
	while (!take()) {
		if (!hasSaid) say('Another set-up of this checkout is running: waiting for it …');
		hasSaid = true;
		await delay(250);
	}
	try {
		return await work();
	} finally {
		rmSync(file, { force: true });
	}
}

function take() {
	try {
		writeFileSync(file, String(process.pid), { flag: 'wx' });
		return true;
	} catch (error) {
		if (error.code !== 'EEXIST') throw error;
		if (!isHeld()) rmSync(file, { force: true });
		return false;
	}
}

function isHeld() {
	try {
		const pid = Number(readFileSync(file, 'utf8'));
		// An empty file is a lock between its creation and its first byte.
		if (!pid) return true;
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error.code === 'EPERM';
	}
}
