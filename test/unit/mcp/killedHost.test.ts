import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { McpHostOptions } from '../../fakes/mcp/mcpHost';
import { badServer, realServer } from '../../fakes/mcp/hubWorld';

vi.setConfig({ testTimeout: 60_000 });
const root = resolve(import.meta.dirname, '../../..');

/** Every process that carries `text` in its environment or its command line, but this one. */
function processesWith(text: string): readonly number[] {
	return readdirSync('/proc')
		.map(Number)
		.filter(pid => {
			if (!Number.isInteger(pid) || pid === process.pid) return false;
			try {
				const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
				if (stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')) return false;
				return ['environ', 'cmdline'].some(name => readFileSync(`/proc/${pid}/${name}`, 'latin1').includes(text));
			} catch {
				return false; // It ended while we looked, or belongs to another user.
			}
		});
}

test.runIf(process.platform === 'linux')('a host that is killed leaves no server and no child of one', async () => {
	const folder = realpathSync(mkdtempSync(join(tmpdir(), 'quarterdeck-mcp-kill-')));
	onTestFinished(() => {
		for (const pid of processesWith(folder)) process.kill(pid, 'SIGKILL');
		rmSync(folder, { recursive: true, force: true });
	});
	await build({
		entryPoints: [join(root, 'test/fakes/mcp/mcpHost.ts'), join(root, 'src/workers/watchdog.ts')],
		outdir: folder,
		outExtension: { '.js': '.mjs' },
		bundle: true,
		platform: 'node',
		format: 'esm',
		entryNames: '[name]',
		alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
		banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
		logLevel: 'error',
	});
	const node = process.execPath;
	const options: McpHostOptions = {
		servers: {
			everything: { command: node, args: [realServer('everything')] },
			npx: { command: 'npx', args: ['-y', '@modelcontextprotocol/server-memory'], cwd: root },
			shell: { command: 'sh', args: ['-c', `'${node}' '${badServer}' stubborn & exec '${node}' '${badServer}' good`] },
			stubborn: { command: node, args: [badServer, 'stubborn'] },
			forks: { command: node, args: [badServer, 'forksChild'] },
		},
		registerFolder: join(folder, 'processes'),
		watchdog: join(folder, 'watchdog.mjs'),
		readyFile: join(folder, 'ready.json'),
	};
	const env = { ...process.env, MCP_TEST_FOLDER: folder, HOME: folder };
	spawn(node, [join(folder, 'mcpHost.mjs'), JSON.stringify(options)], { env, cwd: root, stdio: 'ignore' });
	await vi.waitFor(() => expect(existsSync(options.readyFile)).toBe(true));
	const ready = JSON.parse(readFileSync(options.readyFile, 'utf8')) as {
		readonly host: number;
		readonly states: readonly { readonly name: string; readonly state: string }[];
	};
	expect(ready.states.map(({ name, state }) => [name, state])).toEqual(
		Object.keys(options.servers).map(name => [name, 'running']),
	);
	expect(processesWith(folder).length).toBeGreaterThanOrEqual(7);
	process.kill(ready.host, 'SIGKILL');
	await vi.waitFor(() => expect(processesWith(folder)).toEqual([]));
});
