import { readFile, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemCode } from '../base/errors';
import type { Environment } from '../process/environment';

/** The folder of the CLI's own configuration; the variable may name several, of which it writes to the first. */
export function configFolder(environment: Environment): string {
	const named = environment['CLAUDE_CONFIG_DIR']?.split(',')[0]?.trim();
	return named === undefined || named === '' ? join(homedir(), '.claude') : named;
}

/**
 * The plan that the CLI wrote last, not before `since` (milliseconds since 1970). Newer versions keep a plan in a file
 * and leave it out of the `ExitPlanMode` call.
 */
export async function newestPlan(environment: Environment, since: number): Promise<string | null> {
	const folder = join(configFolder(environment), 'plans');
	let newest: { readonly path: string; readonly at: number } | undefined;
	for (const name of await names(folder)) {
		if (!name.endsWith('.md')) continue;
		const path = join(folder, name);
		const at = (await stat(path)).mtimeMs;
		if (at >= since && (!newest || at > newest.at)) newest = { path, at };
	}
	return newest ? readFile(newest.path, 'utf8') : null;
}

async function names(folder: string): Promise<readonly string[]> {
	try {
		return await readdir(folder);
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return [];
		throw error;
	}
}
