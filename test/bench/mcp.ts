import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { median, type PrintLine } from './line.ts';
import { openOurs, openPlain, type BenchClient, type BenchLaunch } from './mcpParts/clients.ts';
import { runConformance } from './mcpParts/conformance.ts';
import { leftoverFolder, memoryOf, processesWith } from './mcpParts/leftovers.ts';

const root = join(import.meta.dirname, '..', '..');
const rounds = 5;
const calls = 300;
const burst = 2000;

interface Server {
	readonly name: string;
	readonly args: readonly string[];
	readonly tool: string;
	readonly input: Readonly<Record<string, unknown>>;
}

function servers(folder: string): readonly Server[] {
	const file = join(folder, 'read.txt');
	writeFileSync(file, 'hello\n');
	return [
		{ name: 'everything', args: [], tool: 'echo', input: { message: 'hello' } },
		{ name: 'filesystem', args: [folder], tool: 'read_text_file', input: { path: file } },
		{ name: 'memory', args: [], tool: 'search_nodes', input: { query: 'x' } },
	];
}

/** As most settings files start it (`npx`), or directly. */
function launchOf({ name, args }: Server, folder: string, isDirect: boolean): BenchLaunch {
	const env = { MEMORY_FILE_PATH: join(folder, 'memory.jsonl'), MCP_BENCH: folder };
	const program = join(root, 'node_modules', '@modelcontextprotocol', `server-${name}`, 'dist', 'index.js');
	if (isDirect) return { command: process.execPath, args: [program, ...args], cwd: root, env };
	return { command: 'npx', args: ['-y', `@modelcontextprotocol/server-${name}`, ...args], cwd: root, env };
}

interface Figures {
	readonly connectMs: number[];
	readonly callMs: number[];
	readonly callsPerS: number[];
	readonly memoryMb: number[];
	leftover: number;
}

function noFigures(): Figures {
	return { connectMs: [], callMs: [], callsPerS: [], memoryMb: [], leftover: 0 };
}

async function measure(open: () => Promise<BenchClient>, server: Server, folder: string, into: Figures): Promise<void> {
	const began = performance.now();
	const client = await open();
	into.connectMs.push(performance.now() - began);
	const times: number[] = [];
	for (let index = 0; index < calls; index++) {
		const start = performance.now();
		await client.call(server.tool, server.input);
		times.push(performance.now() - start);
	}
	into.callMs.push(median(times));
	const start = performance.now();
	await Promise.all(Array.from({ length: burst }, () => client.call(server.tool, server.input)));
	into.callsPerS.push((burst / (performance.now() - start)) * 1000);
	into.memoryMb.push(memoryOf(processesWith(folder)));
	await client.close();
	into.leftover += await countLeftovers(folder);
}

/** What is still there a second after the end. It is then ended, so that the next round counts its own. */
async function countLeftovers(folder: string): Promise<number> {
	await pause(1000);
	const left = processesWith(folder);
	for (const pid of left) process.kill(pid, 'SIGKILL');
	return left.length;
}

/** A server that ignores every request to end and has a child in a session of its own. */
async function stubborn(folder: string): Promise<readonly [ours: number, plain: number]> {
	const program = join(root, 'test', 'fakes', 'mcp', 'badServer.ts');
	const launch = { command: process.execPath, args: [program, 'forksChild'], cwd: root, env: { MCP_BENCH: folder } };
	const ours = await openOurs(launch, folder);
	await ours.close();
	const left = await countLeftovers(folder);
	const plain = await openPlain(launch);
	await plain.close();
	return [left, await countLeftovers(folder)];
}

/** Our hub beside the SDK's plain client, with the three reference servers; then the conformance suite. */
export async function run(print: PrintLine): Promise<void> {
	const folder = realpathSync(mkdtempSync(join(tmpdir(), leftoverFolder)));
	mkdirSync(join(folder, 'processes'));
	const [ours, plain] = [noFigures(), noFigures()];
	const [oursNpx, plainNpx] = [noFigures(), noFigures()];
	const line = (metric: string, unit: string, value: number, baseline: number): void =>
		print({ bench: 'mcp', metric, value, unit, baseline, ratio: value / baseline });
	try {
		for (const server of servers(folder)) {
			const [direct, npx] = [true, false].map(isDirect => launchOf(server, folder, isDirect)) as [
				BenchLaunch,
				BenchLaunch,
			];
			const own = noFigures();
			for (let round = 0; round < rounds; round++) {
				// In turns: what else runs on the machine slows both.
				await measure(() => openOurs(direct, folder), server, folder, own);
				await measure(() => openPlain(direct), server, folder, plain);
			}
			for (const key of ['connectMs', 'callMs', 'callsPerS', 'memoryMb'] as const) ours[key].push(...own[key]);
			ours.leftover += own.leftover;
			await measure(() => openOurs(npx, folder), server, folder, oursNpx);
			await measure(() => openPlain(npx), server, folder, plainNpx);
			print({ bench: 'mcp', metric: `${server.name}_connect_ms`, value: median(own.connectMs), unit: 'ms' });
		}
		line('connect_ms', 'ms', median(ours.connectMs), median(plain.connectMs));
		line('npx_connect_ms', 'ms', median(oursNpx.connectMs), median(plainNpx.connectMs));
		line('call_ms', 'ms', median(ours.callMs), median(plain.callMs));
		line('calls_per_s', 'calls/s', median(ours.callsPerS), median(plain.callsPerS));
		line('memory_mb', 'MB', median(oursNpx.memoryMb), median(plainNpx.memoryMb));
		const [left, plainLeft] = await stubborn(folder);
		const value = ours.leftover + oursNpx.leftover + left;
		const baseline = plain.leftover + plainNpx.leftover + plainLeft;
		print({ bench: 'mcp', metric: 'leftover_processes', value, unit: 'processes', baseline });
	} finally {
		for (const pid of processesWith(basename(folder))) process.kill(pid, 'SIGKILL');
		rmSync(folder, { recursive: true, force: true });
	}
	await conformance(print);
}

async function conformance(print: PrintLine): Promise<void> {
	const results = await runConformance();
	const failed = results.filter(({ hasPassed }) => !hasPassed);
	for (const { scenario, output } of failed) console.error(`${scenario} failed:\n${output}`);
	const passed = results.length - failed.length;
	print({ bench: 'mcp', metric: 'conformance_passed', value: passed, unit: 'scenarios', baseline: results.length });
	print({ bench: 'mcp', metric: 'conformance_failed', value: failed.length, unit: 'scenarios' });
}
