import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ExpectedError } from '../../../src/core/base/errors';
import type { McpLimits } from '../../../src/core/mcp/ports';
import { systemProcessTable } from '../../../src/core/process/processTable';
import { HubWorld, textOf } from '../../fakes/mcp/hubWorld';

vi.setConfig({ testTimeout: 30_000 });

function makeWorld(limits: Partial<McpLimits> = {}): HubWorld {
	const world = new HubWorld({ limits });
	onTestFinished(() => world.close());
	return world;
}

async function failure(work: Promise<unknown>): Promise<readonly [string, string]> {
	const error: unknown = await work.catch((reason: unknown) => reason);
	if (!ExpectedError.is(error)) throw new Error(`No expected failure: ${JSON.stringify(error)}`);
	return [error.code, error.message];
}

describe('servers that misbehave', () => {
	test('logs on stdout are kept as log and do not end the session', async () => {
		const world = makeWorld();
		const id = await world.startBad('logsOnStdout');
		expect(textOf(await world.hub.callTool(id, 'echo', { text: 'hi' }))).toBe('hi');
		const lines = world.hub.log(id).lines.filter(line => line.from === 'stdout');
		expect(lines.map(line => line.text)).toEqual([
			'Starting…',
			'{"level":"info","msg":"json log"}',
			'[1,2]',
			'ready',
			'null',
		]);
	});

	test('one that never answers is given up after its time, and nothing of it is left', async () => {
		const world = makeWorld({ initMs: 300 });
		expect(await failure(world.startBad('neverAnswers'))).toEqual([
			'mcp.timeout',
			'The MCP server “bad” did not answer “initialize” in 0.3 s.',
		]);
		expect(world.hub.server('settings:bad')).toMatchObject({ state: 'failed', lastError: { code: 'mcp.timeout' } });
		expect(world.supervisor.live).toEqual([]);
	});

	test('a call that is never answered ends after its time, the server hears of it, and other calls go on', async () => {
		const world = makeWorld({ callMs: 2000 });
		const id = await world.startBad('silentCalls');
		expect((await failure(world.hub.callTool(id, 'echo', {})))[0]).toBe('mcp.timeout');
		expect(await world.hub.ping(id)).toBeGreaterThan(0);
		expect(world.hub.log(id).traffic.map(({ method }) => method)).toContain('notifications/cancelled');
		expect(world.hub.server(id)).toMatchObject({ state: 'running', calls: 1, errors: 1, latencyP50Ms: null });
	});

	test('a call that is stopped ends at once', async () => {
		const world = makeWorld();
		const id = await world.startBad('silentCalls');
		const stop = new AbortController();
		const call = world.hub.callTool(id, 'echo', {}, { signal: stop.signal });
		stop.abort();
		await expect(call).rejects.toThrow('Cancelled');
		await expect(world.hub.callTool(id, 'echo', {}, { signal: stop.signal })).rejects.toThrow('Cancelled');
		expect(world.hub.server(id)?.errors).toBe(0);
	});

	test('a second answer to one call is ignored', async () => {
		const world = makeWorld();
		const id = await world.startBad('answersTwice');
		expect(textOf(await world.hub.callTool(id, 'echo', {}))).toBe('first');
		expect(textOf(await world.hub.callTool(id, 'echo', {}))).toBe('first');
		const told = world.hub.log(id).lines.filter(line => line.text.includes('unknown message ID'));
		await vi.waitFor(() => expect(told.length).toBeGreaterThan(0));
	});

	test('a message of 100 MB fails its call, is not kept, and the session goes on', async () => {
		const world = makeWorld();
		const id = await world.startBad('hugeMessage', '100');
		const before = process.memoryUsage().rss;
		expect(await failure(world.hub.callTool(id, 'echo', {}))).toEqual([
			'mcp.refused',
			'The MCP server “bad” refused “tools/call”: The server sent a message of 100 MB; the limit is 64 MB',
		]);
		expect((process.memoryUsage().rss - before) / 1024 / 1024).toBeLessThan(400);
		expect(await world.hub.ping(id)).toBeGreaterThan(0);
	});

	test('a message just below the limit arrives whole', async () => {
		const world = makeWorld();
		const id = await world.startBad('hugeMessage', '20');
		expect(textOf(await world.hub.callTool(id, 'echo', {}))).toHaveLength(20 * 1024 * 1024);
		expect(Math.max(...world.hub.log(id).traffic.map(({ text }) => text.length))).toBeLessThan(10_000);
	});

	test('malformed messages are log lines; malformed answers are mended or fail at once', async () => {
		const world = makeWorld();
		const id = await world.startBad('malformed');
		expect((await world.hub.callTool(id, 'echo', {})).content).toEqual([
			{ type: 'text', text: '{"type":"text"}' },
			{ type: 'text', text: 'bare' },
			{ type: 'text', text: '{"type":"image","data":7}' },
		]);
		expect(await failure(world.hub.callTool(id, 'echo', { text: 'error' }))).toEqual([
			'mcp.refused',
			'The MCP server “bad” refused “tools/call”: just a text',
		]);
		expect((await failure(world.hub.callTool(id, 'echo', { text: 'result' })))[1]).toContain('no object');
		expect(world.hub.log(id).lines.some(line => line.text === '{"hello":"world"}')).toBe(true);
	});

	test('a chunk may end inside a character', async () => {
		const world = makeWorld();
		const id = await world.startBad('splitCharacter');
		expect(textOf(await world.hub.callTool(id, 'echo', {}))).toBe('grün 🚢');
	});

	test('schemas that are none are replaced and said; tools without a name are left out', async () => {
		const world = makeWorld();
		const id = await world.startBad('badSchema');
		const tools = world.hub.server(id)?.tools ?? [];
		expect(tools.map(tool => [tool.name, tool.schemaProblem, tool.schema['type']])).toEqual([
			['none', null, 'object'],
			['missing', 'The server gives no schema for its input; anything is passed on.', 'object'],
			['text', 'The schema of its input is no object; anything is passed on.', 'object'],
			['array', 'The schema of its input is of type "array", not “object”; anything is passed on.', 'object'],
			['broken', 'The schema of its input is wrong at “a”; anything is passed on.', 'object'],
			['badOutput', null, 'object'],
		]);
		expect(textOf(await world.hub.callTool(id, 'badOutput', { text: 'x' }))).toBe('x');
		expect(world.hub.log(id).lines.map(line => line.text)).toContain(
			'2 malformed entries of tools/list were left out.',
		);
	});

	test('names that are odd, long or alike become names that models take, each its own', async () => {
		const world = makeWorld();
		const id = await world.startBad('names');
		const names = world.hub
			.toolSource()
			.tools()
			.map(tool => tool.name);
		expect(names).toHaveLength(6);
		expect(new Set(names).size).toBe(6);
		expect(names.filter(name => !/^[a-zA-Z0-9_-]{1,64}$/.test(name))).toEqual([]);
		expect(world.hub.server(id)?.tools.map(tool => world.hub.toolFacts(tool.qualifiedName)?.tool)).toEqual(
			world.hub.server(id)?.tools.map(tool => tool.name),
		);
	});

	test('one that ends while it starts says so, with what it wrote', async () => {
		const world = makeWorld();
		expect(await failure(world.startBad('crashAtStart'))).toEqual([
			'mcp.ended',
			'The MCP server “bad” ended while starting (exit code 3).',
		]);
		const { lastError, restartAt } = world.hub.server('settings:bad') ?? {};
		expect([lastError?.stderrTail, restartAt]).toEqual(['cannot find its database', null]);
	});

	test('a command that is not there is said, with what to do', async () => {
		const world = makeWorld();
		await world.define({ a: { command: 'no-such-command-xyz' }, b: { command: 'x', cwd: 'no/such/folder' } });
		expect(await failure(world.hub.start('settings:a'))).toEqual([
			'mcp.commandMissing',
			'The MCP server “a” cannot be started: “no-such-command-xyz” was not found. Check its “command”.',
		]);
		expect((await failure(world.hub.start('settings:b')))[0]).toBe('mcp.noFolder');
	});

	test('a crash fails the call at once, and the server is started again after a moment', async () => {
		const world = makeWorld({ restartDelays: [50, 50] });
		const id = await world.startBad('crashInCall');
		const first = world.hub.server(id)?.pid;
		expect((await failure(world.hub.callTool(id, 'echo', {})))[0]).toBe('mcp.ended');
		await vi.waitFor(() => expect(world.hub.server(id)).toMatchObject({ state: 'running', restarts: 1 }));
		expect(world.hub.server(id)?.pid).not.toBe(first);
	});

	test('a crash loop ends with a sentence, and starting by hand begins anew', async () => {
		const world = makeWorld({ restartDelays: [20, 20, 20] });
		const counter = join(world.folder, 'starts');
		const id = await world.startBad('crashLoop', counter);
		await failure(world.hub.callTool(id, 'echo', {}));
		await vi.waitFor(() => expect(world.hub.server(id)?.lastError?.code).toBe('mcp.crashLoop'));
		expect(world.hub.server(id)).toMatchObject({
			state: 'failed',
			restartAt: null,
			lastError: {
				message: 'The MCP server “bad” ended 4 times in a row and is not started again by itself. Its log says why.',
				stderrTail: expect.stringContaining('cannot find its database') as string,
			},
		});
		expect(readFileSync(counter, 'utf8')).toBe('4');
		await failure(world.hub.start(id));
		expect(readFileSync(counter, 'utf8')).toBe('5');
	});

	test.runIf(process.platform === 'linux')(
		'one that ignores every request to end is killed with its children',
		async () => {
			const table = systemProcessTable();
			for (const mode of ['stubborn', 'forksChild']) {
				const world = makeWorld();
				const id = await world.startBad(mode);
				const pids = (await table.list())
					.filter(entry => entry.parent === world.hub.server(id)?.pid)
					.map(({ pid }) => pid);
				expect(pids).toHaveLength(mode === 'forksChild' ? 1 : 0);
				await world.hub.stop(id);
				for (const pid of pids) expect(await table.startOf(pid)).toBeUndefined();
				expect(world.hub.server(id)).toMatchObject({ state: 'stopped', pid: null });
			}
		},
	);

	test('stopping while it starts ends the start', async () => {
		const world = makeWorld();
		const starting = world.startBad('neverAnswers').catch((error: unknown) => error);
		await vi.waitFor(() => expect(world.hub.server('settings:bad')?.state).toBe('starting'));
		await world.hub.stop('settings:bad');
		expect(await starting).toMatchObject({ message: 'Cancelled' });
		expect([world.hub.server('settings:bad')?.state, world.supervisor.live]).toEqual(['stopped', []]);
	});

	test('and so it does at every moment of the start', async () => {
		const world = makeWorld();
		const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
		for (let moment = 0; moment < 12; moment++) {
			const starting = world.startBad('neverAnswers').catch((error: unknown) => error);
			while (world.hub.server('settings:bad')?.state !== 'starting') await turn();
			for (let turns = 0; turns < moment; turns++) await turn();
			await world.hub.stop('settings:bad');
			expect(await starting, `after ${moment} turns`).toMatchObject({ message: 'Cancelled' });
		}
	});
});
