// npm run pictures [-- --home DIR] [--keep]: takes the pictures of the walkthrough and of README.md in the real workbench.
import { stop } from 'esbuild';
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { PictureOptions } from './pictures/take.ts';
import { loadBundled } from './lib/bundle.ts';
import { leftovers, runVariable, signal } from './lib/processes.ts';
import { runNode } from './lib/runNode.ts';
import { cache, root } from './lib/tools.ts';
import { installPackage } from './lib/workbench.ts';

const { values } = parseArgs({
	options: {
		/** Shown in paths on the pictures; made, and removed at the end. */
		home: { type: 'string', default: join(tmpdir(), 'ada') },
		/** Takes the package that is there instead of making it. */
		keep: { type: 'boolean', default: false },
	},
});
const run = (process.env[runVariable] = `run-${randomUUID()}`);
if (!values.keep) {
	await runNode('esbuild.mjs', '--production');
	await runNode('scripts/package.ts');
}
mkdirSync(values.home);
try {
	const tools = join(values.home, '.editor');
	const extensions = join(tools, 'extensions');
	mkdirSync(tools);
	await installPackage(join(cache, 'quarterdeck.vsix'), { home: tools, extensions, env: { [runVariable]: run } });
	const file = join(root, 'scripts', 'pictures', 'take.ts');
	const module = (await loadBundled(file, join(cache, 'pictures', 'take.mjs'))) as {
		takePictures(options: PictureOptions): Promise<void>;
	};
	await module.takePictures({ home: values.home, extensions });
} catch (error) {
	console.error(error);
	process.exitCode = 1;
}
await stop();
for (const item of await leftovers(run, 5000)) signal(item.pid, 'SIGKILL');
rmSync(values.home, { recursive: true, force: true });
// A handle that the driver left open must not keep the command from ending.
process.exit();
