import { describe, expect, onTestFinished, test } from 'vitest';
import { CancelledError } from '../../../src/core/base/errors';
import { silentLogger } from '../../../src/core/base/logger';
import { ClaudeProcess } from '../../../src/core/claude/claudeProcess';
import { ClaudeProvider } from '../../../src/core/claude/claudeProvider';
import { findClaude, thisMachine } from '../../../src/core/claude/findClaude';
import { oneShotPrompt } from '../../../src/core/claude/oneShotPrompt';
import type { ModelEvent, ModelRequest } from '../../../src/core/providers/provider';
import { homedir } from 'node:os';
import { claudeForTests } from '../../fakes/claudePath';
import { refuse, say } from '../../fakes/messages/reply';
import type { Script } from '../../fakes/messages/server';
import { ClaudeWorld } from './claudeWorld';

async function world(script: Script): Promise<{ world: ClaudeWorld; provider: ClaudeProvider }> {
	const world = await ClaudeWorld.open(script, script);
	onTestFinished(() => world.close());
	const claude = await findClaude(thisMachine(process.env, homedir()), claudeForTests());
	const deps = { supervisor: world.supervisor, claude, environment: world.environment, logger: silentLogger };
	const provider = new ClaudeProvider({
		start: (options, handlers) => ClaudeProcess.start(deps, options, handlers),
		version: () => Promise.resolve(claude.version),
		cwd: world.cwd,
	});
	return { world, provider };
}

const ask = (over: Partial<ModelRequest> = {}): ModelRequest => ({
	model: 'sonnet',
	messages: [
		{ role: 'system', text: 'Be brief' },
		{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] },
	],
	signal: new AbortController().signal,
	...over,
});

async function all(stream: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
	const events: ModelEvent[] = [];
	for await (const event of stream) events.push(event);
	return events;
}

describe('the Claude CLI as a provider', { timeout: 60_000 }, () => {
	test('answers in pieces, without tools, with its usage and reported cost, and leaves no process', async () => {
		const { world: at, provider } = await world(() => say('Good day to you', { chunk: 5 }));
		const events = await all(provider.stream(ask()));
		expect(events.map(event => (event.type === 'text' ? event.text : '')).join('')).toBe('Good day to you');
		expect(events[0]).toMatchObject({ type: 'start' });
		expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThan(1);
		const end = events.at(-1);
		expect(end).toMatchObject({ type: 'end', reason: 'stop', usage: { output: expect.any(Number) as number } });
		expect(end?.type === 'end' && (end.reportedUsd ?? 0) > 0).toBe(true);
		const turn = at.api.requests.find(request => request.userText === 'Hello');
		expect(turn?.toolNames).toEqual([]);
		expect(turn?.system).toContain('Be brief');
		expect(at.supervisor.live).toEqual([]);
	});

	test('a refusal of the API is a failure with its code', async () => {
		const { provider } = await world(() => refuse(400, 'prompt is too long: 300000 tokens > 200000 maximum'));
		await expect(all(provider.stream(ask()))).rejects.toMatchObject({ code: 'too-long' });
	});

	test('an abort ends the process', async () => {
		const { world: at, provider } = await world(() => ({ kind: 'hang' }));
		const abort = new AbortController();
		const run = all(provider.stream(ask({ signal: abort.signal })));
		await at.api.waitFor(request => request.userText === 'Hello');
		abort.abort();
		await expect(run).rejects.toBeInstanceOf(CancelledError);
	});

	test('tools are refused before anything is started', async () => {
		const { provider } = await world(() => say('no'));
		const tools = [{ name: 'x', description: '', schema: { type: 'object' } }];
		await expect(all(provider.stream(ask({ tools })))).rejects.toMatchObject({ code: 'no-tools' });
	});
});

test('a conversation becomes one message, and long instructions are no argument', () => {
	const { system, content } = oneShotPrompt({
		messages: [
			{ role: 'system', text: 'x'.repeat(9000) },
			{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
			{ role: 'assistant', text: 'Hello', thinking: '', toolCalls: [] },
			{ role: 'user', parts: [{ type: 'text', text: 'Again' }] },
		],
	});
	expect(system.length).toBeLessThan(200);
	expect(content.map(block => (block.type === 'text' ? block.text.slice(0, 20) : ''))).toEqual([
		`<instructions>\nxxxxx`,
		'The conversation so ',
		'<user>',
		'Hi',
		'</user>',
		'<assistant>',
		'Hello',
		'</assistant>',
		'<user>',
		'Again',
		'</user>',
	]);
});
