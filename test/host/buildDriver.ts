import { build } from 'esbuild';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache, root } from '../../scripts/lib/tools.ts';

/** Bundles the host tests into a small extension below .cache and returns its folder; `suite.cjs` in it also runs alone. */
export async function buildDriver(): Promise<string> {
	const folder = join(cache, 'host', 'driver');
	mkdirSync(folder, { recursive: true });
	await build({
		entryPoints: [join(root, 'test', 'host', 'index.ts')],
		outfile: join(folder, 'suite.cjs'),
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node20',
		external: ['vscode'],
		logLevel: 'warning',
	});
	const manifest = {
		name: 'host-tests',
		publisher: 'quarterdeck-tests',
		version: '1.0.0',
		engines: { vscode: '^1.101.0' },
		main: './suite.cjs',
		// Before the extension under test, which waits for the end of the start-up.
		activationEvents: ['*'],
	};
	writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, undefined, '\t'));
	return folder;
}
