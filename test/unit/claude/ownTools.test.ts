import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Emitter } from '../../../src/core/base/event';
import { systemClock } from '../../../src/core/base/clock';
import { OwnToolsHost } from '../../../src/core/claude/ownTools/host';
import { withOwnTools } from '../../../src/core/claude/ownTools/names';
import { systemProcessTable } from '../../../src/core/process/processTable';
import { machineContext } from '../../../src/core/safety/classify';
import { CliGate } from '../../../src/core/safety/cliGate';
import { OwnCalls } from '../../../src/core/safety/ownCalls';
import { textResult, type Tool } from '../../../src/core/tools/tool';
import { Toolbox } from '../../../src/core/tools/toolbox';
import { ToolRunner } from '../../../src/core/tools/toolRunner';
import { callTool, say } from '../../fakes/messages/reply';
import { gateForTest, origin } from '../safety/gateForTest';
import { toolForTest } from '../tools/toolsForTest';
import { ClaudeWorld, turn } from './claudeWorld';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const entry = join(process.cwd(), 'node_modules', '.cache', 'quarterdeck-test', 'ownTools.mjs');
const banner = "import { createRequire as __r } from 'node:module'; const require = __r(import.meta.url);";
beforeAll(async () => {
	const shared = { bundle: true, platform: 'node', format: 'esm', logLevel: 'error' } as const;
	await build({ ...shared, entryPoints: ['src/workers/ownTools.ts'], outfile: entry, banner: { js: banner } });
});

/** No system gives a process such a number. */
const deadPid = 2 ** 30;
const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
	for (const close of closing.splice(0).toReversed()) await close();
});

type Run = Tool['run'];

async function open(calls: readonly (readonly [string, Record<string, unknown>])[]) {
	const world = await ClaudeWorld.open(request => {
		const call = calls[request.step];
		return call ? callTool(call[0], call[1]) : say('Done');
	});
	closing.push(() => world.close());
	const parts = gateForTest({ context: machineContext([world.cwd]) });
	const run = vi.fn<Run>(async input => textResult(`ran with ${JSON.stringify(input)}`));
	const schema = { type: 'object', properties: { file_path: { type: 'string' } } };
	const tools = ['quarterdeck_diagnostics', 'quarterdeck_terminal_output', 'mcp__docs__find_page'].map(name =>
		toolForTest({ name, schema, run }),
	);
	const toolbox = new Toolbox();
	toolbox.add({ tools: () => [...tools, toolForTest({ name: 'quarterdeck_run_command', run })] });
	const changed = new Emitter<void>();
	const ownCalls = new OwnCalls();
	const folder = join(world.folder, 'tools');
	await mkdir(folder);
	await writeFile(join(folder, `${deadPid}-left.json`), '{}');
	await writeFile(join(folder, `${process.pid}-other.json`), '{}');
	const host = new OwnToolsHost({
		tools: () => tools,
		onDidChangeTools: changed.event,
		runner: new ToolRunner({ toolbox, gate: parts.gate, clock: systemClock }),
		ownCalls,
		folder,
		node: process.execPath,
		entry,
		version: '1.2.3',
	});
	closing.push(() => {
		host.dispose();
		toolbox.dispose();
	});
	const lease = await host.lease(world.cwd);
	const gate = new CliGate({ gate: parts.gate, cwd: world.cwd, origin: () => origin, ownCalls });
	const start = () =>
		world.start(
			{ mcpConfig: lease.configFile },
			withOwnTools({
				onHook: call => Promise.resolve(gate.onHook(call)),
				onPermission: request => gate.onPermission(request as never, request.signal),
			}),
		);
	return { ...parts, world, run, host, lease, start, folder, changed };
}

const table = systemProcessTable();

describe('our own tools in the real CLI', () => {
	test('appear under our name, and a harmless one runs without a question', async () => {
		const at = await open([['mcp__quarterdeck__diagnostics', { file_path: 'a.ts' }]]);
		const { session, log } = await at.start();
		await turn(session, log, 'go');
		const status = await session.mcpStatus();
		expect(status).toMatchObject([{ name: 'quarterdeck', status: 'connected', scope: 'dynamic' }]);
		expect(status[0]?.tools?.map(tool => tool.name).sort()).toEqual([
			'diagnostics',
			'docs__find_page',
			'terminal_output',
		]);
		expect(at.world.api.requests.at(-1)?.toolResults[0]).toMatchObject({
			isError: false,
			text: expect.stringContaining('ran with {"file_path":"a.ts"}'),
		});
		expect(at.events.map(event => event.type)).toEqual(['gate.decided']);
		expect(at.events[0]).toMatchObject({ tool: 'quarterdeck_diagnostics', tier: 'GREEN', decision: 'allowed' });
		expect(at.run.mock.calls[0]?.[1]).toMatchObject({ cwd: at.world.cwd, conversation: origin.conversation });
	});

	test('are asked about once, not twice', async () => {
		const at = await open([['mcp__quarterdeck__terminal_output', {}]]);
		const { session, log } = await at.start();
		const asked: string[] = [];
		const watching = at.approvals.onDidAdd(view => {
			asked.push(view.tool);
			at.approvals.decide(view.id, { outcome: 'allow', scope: 'once' });
		});
		closing.push(() => watching.dispose());
		await turn(session, log, 'go');
		expect(asked).toEqual(['quarterdeck_terminal_output']);
		expect(at.run).toHaveBeenCalledTimes(1);
	});

	test('bring those of MCP servers along, which are asked about once under their own names', async () => {
		const at = await open([['mcp__quarterdeck__docs__find_page', {}]]);
		const { session, log } = await at.start();
		const asked: string[] = [];
		const watching = at.approvals.onDidAdd(view => {
			asked.push(view.tool);
			at.approvals.decide(view.id, { outcome: 'allow', scope: 'once' });
		});
		closing.push(() => watching.dispose());
		await turn(session, log, 'go');
		expect(asked).toEqual(['mcp__docs__find_page']);
		expect(at.run).toHaveBeenCalledTimes(1);
		expect(at.world.api.requests.at(-1)?.toolResults[0]?.text).toContain('ran with {}');
	});

	test('are still judged when the CLI’s own rules let them pass', async () => {
		const at = await open([['mcp__quarterdeck__terminal_output', {}]]);
		const { session, log } = await at.world.start(
			{ mcpConfig: at.lease.configFile },
			{ onPermission: () => Promise.resolve({ behavior: 'allow' }) },
		);
		const watching = at.approvals.onDidAdd(view => {
			at.approvals.decide(view.id, { outcome: 'refuse', reason: 'Not mine to read.' });
		});
		closing.push(() => watching.dispose());
		await turn(session, log, 'go');
		expect(at.world.api.requests.at(-1)?.toolResults[0]?.text).toContain('Not mine to read.');
		expect(at.run).not.toHaveBeenCalled();
	});

	test('that were not offered cannot be called', async () => {
		const at = await open([['mcp__quarterdeck__run_command', { command: 'ls' }]]);
		const { session, log } = await at.start();
		await turn(session, log, 'go');
		expect(at.world.api.requests.at(-1)?.toolResults[0]?.isError).toBe(true);
		expect(at.run).not.toHaveBeenCalled();
	});

	test('end with the call that Stop ends', async () => {
		const at = await open([['mcp__quarterdeck__diagnostics', {}]]);
		let signal: AbortSignal | undefined;
		at.run.mockImplementation((_, context) => {
			signal = context.signal;
			return new Promise((_resolve, reject) => {
				context.signal.addEventListener('abort', () => reject(new Error('ended')), { once: true });
			});
		});
		const { session } = await at.start();
		session.send('go', crypto.randomUUID());
		await vi.waitFor(() => expect(signal).toBeDefined());
		await session.interrupt();
		await vi.waitFor(() => expect(signal?.aborted).toBe(true));
	});

	test('leave no process, however the CLI ends', async () => {
		for (const how of ['stop', 'kill'] as const) {
			const at = await open([]);
			const { session, log } = await at.start();
			await turn(session, log, 'go');
			const server = await serverOf(session.info.pid);
			expect(server).toBeGreaterThan(1);
			if (how === 'stop') await session.stop();
			else process.kill(session.info.pid, 'SIGKILL');
			await vi.waitFor(async () => expect(await table.startOf(server)).toBeUndefined());
		}
	});

	test('a server that calls itself so is a stranger when ours is off', async () => {
		const { cli } = gateForTest();
		const hook = { toolName: 'mcp__quarterdeck__diagnostics', input: {}, toolUseId: '1' };
		expect(cli.onHook(hook)).toMatchObject({ decision: 'ask' });
	});
});

describe('the socket', () => {
	const answers = async (socket: Socket, message: unknown): Promise<string> => {
		let text = '';
		socket.on('data', chunk => (text += String(chunk)));
		socket.on('error', () => undefined);
		socket.write(typeof message === 'string' ? message : `${JSON.stringify(message)}\n`);
		await new Promise(resolve => {
			socket.once('close', resolve);
			socket.once('data', resolve);
		});
		return text;
	};
	const dial = async (
		at: Awaited<ReturnType<typeof open>>,
	): Promise<{ socket: Socket; token: string; path: string }> => {
		const config = JSON.parse(await readFile(at.lease.configFile, 'utf8')) as {
			mcpServers: { quarterdeck: { env: Record<string, string> } };
		};
		const { env } = config.mcpServers.quarterdeck;
		const path = env['QUARTERDECK_TOOLS_SOCKET'] ?? '';
		const socket = createConnection(path);
		closing.push(() => void socket.destroy());
		await new Promise(resolve => socket.once('connect', resolve));
		return { socket, token: env['QUARTERDECK_TOOLS_TOKEN'] ?? '', path };
	};
	const request = (name: string, params: unknown) => ({ kind: 'request', id: 1, name, params });

	test.runIf(process.platform !== 'win32')('and its files are for this user alone', async () => {
		const at = await open([]);
		const { path } = await dial(at);
		expect((await stat(at.folder)).mode & 0o777).toBe(0o700);
		expect((await stat(path)).mode & 0o777).toBe(0o600);
		expect((await stat(at.lease.configFile)).mode & 0o777).toBe(0o600);
		await at.lease.end();
		// What another living host holds stays; what a dead one left is gone.
		const files = (await readdir(at.folder)).filter(name => name.endsWith('.json'));
		expect(files).toEqual([`${process.pid}-other.json`]);
	});

	test.each([
		['a call', request('call', { id: '1', name: 'diagnostics', input: {}, toolUseId: null })],
		['the list', request('list', null)],
		['a wrong token', request('hello', { token: 'x' })],
		['no token', request('hello', {})],
		['a line that is none', 'GET / HTTP/1.1\r\n\r\n'],
		['a flood', 'x'.repeat(100_000)],
	])('is closed on %s of a stranger', async (_, message) => {
		const at = await open([]);
		const { socket } = await dial(at);
		const text = await answers(socket, message);
		expect(text).not.toContain('"kind":"result"');
		await vi.waitFor(() => expect(socket.destroyed).toBe(true));
		expect(at.run).not.toHaveBeenCalled();
	});

	test('answers who has the token, until the lease ends', async () => {
		const at = await open([]);
		const { socket, token } = await dial(at);
		expect(await answers(socket, request('hello', { token }))).toContain('1.2.3');
		const second = await dial(at);
		await at.lease.end().catch(() => undefined);
		await vi.waitFor(() => expect(socket.destroyed).toBe(true));
		expect(await answers(second.socket, request('hello', { token }))).not.toContain('1.2.3');
	});
});

/** The server process that a CLI started. */
async function serverOf(cli: number): Promise<number> {
	const children = (await table.list()).filter(child => child.parent === cli);
	for (const { pid } of children) {
		const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
		if (command.includes('ownTools')) return pid;
	}
	return 0;
}
