import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { inject } from 'vitest';

const longestMs = 60_000;

/**
 * Gives a folder that `build` has filled. The first file of a run that asks for it builds, also while others run; the
 * rest wait for it and take what it made, which nobody may change.
 */
export async function builtOnce(name: string, build: (folder: string) => Promise<void>): Promise<string> {
	const folder = join(inject('builtFolder'), name);
	const done = `${folder}.done`;
	const failed = `${folder}.failed`;
	if (!isFirst(folder)) {
		const deadline = performance.now() + longestMs;
		while (!existsSync(done)) {
			if (existsSync(failed)) throw new Error(`${name} could not be built: ${readFileSync(failed, 'utf8')}`);
			if (performance.now() > deadline) throw new Error(`${name} is not built after ${longestMs / 1000} s`);
			await wait(50);
		}
		return folder;
	}
	try {
		await build(folder);
	} catch (error) {
		writeFileSync(failed, String(error));
		throw error;
	}
	writeFileSync(done, '');
	return folder;
}

/** A folder can be made by one process only. */
function isFirst(folder: string): boolean {
	try {
		mkdirSync(folder);
		return true;
	} catch {
		return false;
	}
}
