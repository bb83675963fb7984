import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

const kills = 50;
let path: string;
let program: string;

beforeAll(async () => {
	path = mkdtempSync(join(tmpdir(), 'flow-kill-'));
	program = join(path, 'killedRun.mjs');
	await build({
		entryPoints: [join(import.meta.dirname, 'killedRun.ts')],
		outfile: program,
		bundle: true,
		platform: 'node',
		format: 'esm',
		logLevel: 'error',
		banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
	});
}, 60_000);
afterAll(() => rmSync(path, { recursive: true, force: true }));

/** Starts the program, and kills it so many milliseconds after it has begun to run. `undefined`: it ended before. */
function runAndKill(args: readonly string[], afterMs: number): Promise<{ readonly status: string } | undefined> {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
		let last: { readonly status: string } | undefined;
		let timer: NodeJS.Timeout | undefined;
		createInterface({ input: child.stdout }).on('line', line => {
			last = JSON.parse(line) as { readonly status: string };
			if (last.status === 'running') timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
		});
		child.on('error', reject);
		child.on('close', code => {
			clearTimeout(timer);
			if (code !== null && code !== 0) reject(new Error(`The program failed with ${code}`));
			else resolve(last?.status === 'running' ? undefined : last);
		});
	});
}

test(`a run that is killed ${kills} times does each of its effects once, or asks`, { timeout: 300_000 }, async () => {
	let count = 0;
	let asked = 0;
	for (let round = 0; count < kills; round++) {
		const folder = join(path, `run-${round}`);
		const effects = join(path, `effects-${round}`);
		const args = [folder, effects, `execution-${round}`];
		for (;;) {
			const end = await runAndKill(args, count < kills ? 5 + Math.random() * 120 : 60_000);
			if (end) {
				expect({ ...end, isWell: ['succeeded', 'over'].includes(end.status) }).toMatchObject({ isWell: true });
				break;
			}
			count++;
		}
		const lines = readFileSync(effects, 'utf8').split('\n').filter(Boolean);
		expect({ lines: lines.length, different: new Set(lines).size }).toEqual({ lines: 140, different: 140 });
		if (existsSync(`${effects}.asked`)) asked += readFileSync(`${effects}.asked`, 'utf8').split('\n').length - 1;
	}
	// Somewhere in fifty kills an effect was on its way.
	expect(asked).toBeGreaterThan(0);
});
