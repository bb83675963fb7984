import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { toNano } from '../../../src/core/base/money';
import { callTool, say } from '../../fakes/messages/reply';
import type { Script } from '../../fakes/messages/server';
import { ClaudeWorld, isSystem, spoken, turn } from './claudeWorld';

vi.setConfig({ testTimeout: 20_000 });

let world: ClaudeWorld;
const open = async (script: Script): Promise<ClaudeWorld> => (world = await ClaudeWorld.open(script));
afterEach(() => world.close());

/** Calls one tool in the first step, then says what came of it. */
const oneTool =
	(name: string, input: () => Record<string, unknown>): Script =>
	request =>
		request.step === 0 ? callTool(name, input()) : say(`After: ${request.toolResults[0]?.text ?? ''}`);

describe('the real CLI, turn by turn', () => {
	test('a plain turn streams and ends, with its cost equal to what the CLI reports', async () => {
		const usage = { input: 2000, output: 54, cacheRead: 10_000, cacheWrite5m: 100, cacheWrite1h: 200 };
		await open(() => say('Hello there', { chunk: 2, usage }));
		const { session, log } = await world.start();
		session.costs.begin();
		await turn(session, log, 'hi');
		const [model, reported] = Object.entries(log.results[0]?.modelUsage ?? {})[0] ?? [];
		expect({
			text: spoken(log.messages),
			deltas: log.messages.filter(message => message.type === 'stream_event').length > 5,
			rows: session.costs.rows(),
		}).toEqual({
			text: 'Hello there',
			deltas: true,
			rows: [
				{
					model,
					usage,
					cost: toNano(reported?.costUSD ?? Number.NaN),
					basis: 'reported',
					isFinal: true,
				},
			],
		});
		expect(session.info.models.length).toBeGreaterThan(1);
		expect(session.info.commands.some(command => command.name === 'compact')).toBe(true);
	});

	test('a call is allowed with changed input', async () => {
		await open(oneTool('Write', () => ({ file_path: join(world.cwd, 'a.txt'), content: 'theirs\n' })));
		const { session, log } = await world.start(
			{},
			{
				onPermission: request =>
					Promise.resolve({ behavior: 'allow', updatedInput: { ...request.input, content: 'ours\n' } }),
			},
		);
		await turn(session, log, 'write');
		expect(await readFile(join(world.cwd, 'a.txt'), 'utf8')).toBe('ours\n');
		expect(log.hooks.map(call => call.toolName)).toEqual(['Write']);
		expect(log.permissions.map(request => request.toolName)).toEqual(['Write']);
	});

	test('a refusal reaches the model with its reason', async () => {
		await open(oneTool('Bash', () => ({ command: 'touch never.txt', description: 'x' })));
		const { session, log } = await world.start(
			{},
			{
				onPermission: () => Promise.resolve({ behavior: 'deny', message: 'too risky today' }),
			},
		);
		await turn(session, log, 'run');
		expect(world.api.requests.at(-1)?.toolResults).toEqual([
			{ toolUseId: log.permissions[0]?.toolUseId, text: 'too risky today', isError: true },
		]);
	});

	test('the hook refuses before anything is asked, and forces a question where the CLI would not ask', async () => {
		await open(oneTool('Bash', () => ({ command: 'ls', description: 'x' })));
		const answers = [
			{ decision: 'deny', reason: 'not this one' },
			{ decision: 'ask', reason: 'better ask' },
		] as const;
		let at = 0;
		const { session, log } = await world.start({}, { onHook: () => Promise.resolve(answers[at++] ?? 'pass') });
		await turn(session, log, 'first');
		const refused = world.api.requests.at(-1)?.toolResults[0];
		await turn(session, log, 'second');
		expect(refused?.text).toContain('not this one');
		expect(log.permissions.map(request => [request.toolName, request.decisionReasonType])).toEqual([['Bash', 'hook']]);
		await turn(session, log, 'third');
		// `ls` only reads: with `pass` the CLI runs it without a question.
		expect(log.permissions.length).toBe(1);
	});

	test('a hook that throws refuses the call', async () => {
		await open(oneTool('Bash', () => ({ command: 'ls', description: 'x' })));
		const { session, log } = await world.start({}, { onHook: () => Promise.reject(new Error('gate broke')) });
		await turn(session, log, 'run');
		expect(world.api.requests.at(-1)?.toolResults[0]).toMatchObject({ isError: true });
		expect(world.api.requests.at(-1)?.toolResults[0]?.text).toContain('could not be checked');
	});

	test('model, mode, effort, context and file restore work on the live process', async () => {
		await open(request =>
			request.userText.startsWith('write') && request.step === 0
				? callTool('Write', { file_path: join(world.cwd, 'a.txt'), content: 'new\n' })
				: say('ok'),
		);
		await writeFile(join(world.cwd, 'keep.txt'), 'keep');
		const { session, log } = await world.start({ effort: 'low' });
		await turn(session, log, 'one');
		const first = world.api.requests.at(-1);
		await session.setEffort('high');
		await session.setModel('haiku');
		await session.setMode('acceptEdits');
		const prompt = crypto.randomUUID();
		await turn(session, log, 'write', prompt);
		const second = world.api.requests.at(-1);
		expect([first?.effort, second?.effort]).toEqual(['low', 'high']);
		expect(second?.model).toContain('haiku');
		expect(log.permissions).toEqual([]);
		expect((await session.contextUsage()).maxTokens).toBeGreaterThan(100_000);
		expect(await session.mcpStatus()).toEqual([]);
		const preview = await session.rewindFiles(prompt, true);
		expect(preview).toMatchObject({ canRewind: true, filesChanged: [join(world.cwd, 'a.txt')] });
		await session.rewindFiles(prompt, false);
		await expect(readFile(join(world.cwd, 'a.txt'))).rejects.toThrow('ENOENT');
		expect(await session.rewindFiles(crypto.randomUUID(), true)).toMatchObject({ canRewind: false });
		await expect(session.request('nonsense')).rejects.toMatchObject({ code: 'refused' });
	});

	test('an interrupt ends the turn and drops what is queued', async () => {
		await open(() => say('word '.repeat(400), { chunk: 5, delayMs: 20 }));
		const { session, log } = await world.start();
		session.send('talk', crypto.randomUUID());
		await log.message(message => message.type === 'stream_event' && JSON.stringify(message).includes('text_delta'));
		session.send('queued', crypto.randomUUID());
		await session.interrupt({ dropQueued: true });
		await log.message(message => isSystem(message, 'session_state_changed') && message['state'] === 'idle');
		expect(log.results[0]).toMatchObject({ is_error: true, terminal_reason: 'aborted_streaming' });
		expect(world.api.requests.filter(request => request.userText.includes('queued'))).toEqual([]);
		expect(session.isAlive).toBe(true);
	});

	test('an open question ends when the turn is interrupted', async () => {
		await open(oneTool('Bash', () => ({ command: 'touch x', description: 'x' })));
		let aborted: Promise<void> | undefined;
		const { session, log } = await world.start(
			{},
			{
				onPermission: ({ signal }) => {
					aborted = new Promise(resolve => signal.addEventListener('abort', () => resolve()));
					return aborted.then(() => ({ behavior: 'deny', message: 'gone' }));
				},
			},
		);
		session.send('run', crypto.randomUUID());
		await log.until(() => log.permissions.length === 1);
		await session.interrupt();
		await aborted;
		await log.until(() => log.results.length === 1);
		expect(log.results[0]?.terminal_reason).toBe('aborted_tools');
	});
});
