// npm run bench -- NAME: bundles the measurements of that name, runs them, prints one JSON object a line.
import { stop } from 'esbuild';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadBundled } from '../../scripts/lib/bundle.ts';
import { leftovers, runVariable } from '../../scripts/lib/processes.ts';
import { runNode } from '../../scripts/lib/runNode.ts';
import { cache, root } from '../../scripts/lib/tools.ts';
import type { Bench } from './line.ts';

const folder = join(root, 'test', 'bench');
// Below the checkout, so that what is not bundled is found in node_modules.
const output = join(cache, 'bench');

/** A name stands for its own file and for parts that begin with it: `kill` for killLedger.ts and killClaude.ts. */
function filesOf(name: string): readonly string[] {
	return benchFiles().filter(
		file => file === `${name}.ts` || (file.startsWith(name) && /^[A-Z]/.test(file.slice(name.length))),
	);
}

function benchFiles(): readonly string[] {
	const isBench = (file: string): boolean =>
		/^export (async )?function run\(/m.test(readFileSync(join(folder, file), 'utf8'));
	return readdirSync(folder).filter(
		file => file.endsWith('.ts') && statSync(join(folder, file)).isFile() && isBench(file),
	);
}

async function bundle(file: string): Promise<Bench> {
	return (await loadBundled(join(folder, file), join(output, file.replace(/\.ts$/, '.mjs')))) as Bench;
}

async function main(names: readonly string[]): Promise<void> {
	const unknown = names.find(name => filesOf(name).length === 0);
	if (names.length === 0 || unknown !== undefined) {
		throw new Error(
			`Name one of these: ${benchFiles()
				.map(file => file.replace(/\.ts$/, ''))
				.join(', ')}`,
		);
	}
	const run = (process.env[runVariable] = `run-${randomUUID()}`);
	mkdirSync(output, { recursive: true });
	await runNode('esbuild.mjs', '--production');
	for (const file of names.flatMap(filesOf)) {
		const bench = await bundle(file);
		await bench.run(line => console.log(JSON.stringify(line)));
	}
	await stop();
	const alive = await leftovers(run, 5000);
	if (alive.length > 0)
		throw new Error(`Left running:\n${alive.map(item => `${item.pid} ${item.command}`).join('\n')}`);
}

try {
	await main(process.argv.slice(2));
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
}
// A handle that a measured part left open must not keep the command from ending.
process.exit();
