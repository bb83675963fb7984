import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { leftovers, runVariable, tree } from '../../../scripts/lib/processes.ts';
import { cache } from '../../../scripts/lib/tools.ts';
import { installPackage } from '../../../scripts/lib/workbench.ts';

declare module 'vitest' {
	interface ProvidedContext {
		/** The extensions folder into which the package was installed as a user would do it. */
		extensions: string;
	}
}

/** Installs the packaged extension once; afterwards nothing of this run may be alive. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
	const isOwnRun = process.env[runVariable] === undefined;
	const run = (process.env[runVariable] ??= `run-${randomUUID()}`);
	const file = join(cache, 'quarterdeck.vsix');
	if (!existsSync(file)) throw new Error('There is no package to test yet. Make it with: npm run package');
	const home = mkdtempSync(join(tmpdir(), 'qd-'));
	const extensions = join(home, 'extensions');
	await installPackage(file, { home, extensions, env: { [runVariable]: run } });
	project.provide('extensions', extensions);
	return async () => {
		rmSync(home, { recursive: true, force: true });
		// The test command looks by itself when it started the run.
		if (!isOwnRun) return;
		const own = new Set(tree(process.pid).map(item => item.pid));
		// The product's own promise: a host that a slow machine ends the hard way leaves its watchdog that long.
		const alive = (await leftovers(run, 5000)).filter(item => !own.has(item.pid));
		if (alive.length > 0)
			throw new Error(`Left running:\n${alive.map(item => `${item.pid} ${item.command}`).join('\n')}`);
	};
}
