// Makes a checkout ready: dependencies always, and the tools named on the command line (--workbench, --browser, --claude).
// Runs before anything is installed, so it is plain JavaScript for Node 20 without dependencies.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies } from './lib/dependencies.mjs';
import { ensureTool, toolNames } from './lib/fetchTools.mjs';
import { withSetupLock } from './lib/lock.mjs';
import { root, say, SetupError } from './lib/progress.mjs';

const major = Number(process.versions.node.split('.')[0]);

async function setUp(wanted) {
	if (major < 20)
		throw new SetupError(
			`Node ${process.versions.node} is too old. Install Node 20 or newer, then run the same command again.`,
		);
	if (!existsSync(join(root, 'package-lock.json')))
		throw new SetupError('package-lock.json is missing. Get a complete checkout first.');
	await withSetupLock(async () => {
		await ensureDependencies();
		for (const name of toolNames) if (wanted.includes(`--${name}`)) await ensureTool(name);
	});
}

try {
	await setUp(process.argv.slice(2));
} catch (error) {
	if (!(error instanceof SetupError)) throw error;
	say(error.message);
	process.exitCode = 1;
}
