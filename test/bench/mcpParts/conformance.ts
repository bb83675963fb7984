import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { leftoverFolder } from './leftovers.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const suite = join(root, 'node_modules', '@modelcontextprotocol', 'conformance', 'dist', 'index.js');
/** One scenario measures a wait of half a second with 200 ms to spare; a busy machine may need another try. */
const tries = 3;

export interface ConformanceResult {
	readonly scenario: string;
	readonly hasPassed: boolean;
	/** What the suite printed last. */
	readonly output: string;
}

/** Runs every client scenario of the official suite against our hub, one after another. */
export async function runConformance(): Promise<readonly ConformanceResult[]> {
	const folder = mkdtempSync(join(tmpdir(), leftoverFolder));
	try {
		const client = join(folder, 'client.mjs');
		await build({
			entryPoints: [join(root, 'test', 'conformance', 'client.ts')],
			outfile: client,
			bundle: true,
			platform: 'node',
			format: 'esm',
			target: 'node22',
			// Its CommonJS form requires its parts by names that no bundler sees.
			alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
			banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
			logLevel: 'error',
		});
		const results: ConformanceResult[] = [];
		for (const scenario of await scenarios()) results.push(await runScenario(scenario, client, folder));
		return results;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function scenarios(): Promise<readonly string[]> {
	const { output } = await runSuite(['list']);
	const client = output.slice(output.indexOf('Client scenarios'));
	return [...client.matchAll(/^\s+- (\S+)/gm)].map(match => match[1] ?? '');
}

async function runScenario(scenario: string, client: string, folder: string): Promise<ConformanceResult> {
	const command = `"${process.execPath}" "${client}"`;
	const args = ['client', '--command', command, '--scenario', scenario, '--timeout', '30000', '-o', folder];
	let last = { hasPassed: false, output: '' };
	for (let attempt = 0; attempt < tries && !last.hasPassed; attempt++) last = await runSuite(args);
	return { scenario, ...last, output: last.output.slice(-1500) };
}

function runSuite(args: readonly string[]): Promise<{ readonly hasPassed: boolean; readonly output: string }> {
	return new Promise(resolve => {
		const options = { maxBuffer: 64 * 1024 * 1024, timeout: 60_000 };
		execFile(process.execPath, [suite, ...args], options, (error, stdout, stderr) => {
			resolve({ hasPassed: error === null, output: `${stdout}\n${stderr}` });
		});
	});
}
