import { expect, test } from 'vitest';
import { CancelledError } from '../../../src/core/base/errors';
import type { ModelEvent, ModelRequest } from '../../../src/core/providers/provider';
import { VsCodeProvider } from '../../../src/extension/providers/vscodeLm';
import { fakeLanguageModels, languageModelError, parts } from '../../fakes/languageModels';

const ask = (over: Partial<ModelRequest> = {}): ModelRequest => ({
	model: 'copilot/gpt-x',
	messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
	signal: new AbortController().signal,
	...over,
});

async function all(stream: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
	const events: ModelEvent[] = [];
	for await (const event of stream) events.push(event);
	return events;
}

test('text and calls arrive as parts, with a count of tokens and no invented cost', async () => {
	const { api, asked } = fakeLanguageModels(['gpt-x'], () => parts('Hel', 'lo', { call: 'look', input: { a: 1 } }));
	const tools = [{ name: 'look', description: 'Looks', schema: { type: 'object' } }];
	const events = await all(new VsCodeProvider(api).stream(ask({ tools })));
	expect(events).toEqual([
		{ type: 'start', model: 'gpt-x' },
		{ type: 'text', text: 'Hel' },
		{ type: 'text', text: 'lo' },
		{ type: 'callStarted', id: 'call_1', name: 'look' },
		{ type: 'call', call: { id: 'call_1', name: 'look', input: { a: 1 }, rawInput: '{"a":1}' } },
		{
			type: 'end',
			reason: 'calls',
			usage: { input: 2, output: 3, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 },
			reportedUsd: null,
		},
	]);
	expect(asked[0]?.options.tools).toEqual([{ name: 'look', description: 'Looks', inputSchema: { type: 'object' } }]);
});

test('instructions, calls and results are sent in the parts that the editor has', async () => {
	const { api, asked } = fakeLanguageModels(['gpt-x'], () => parts('ok'));
	const call = { id: 'call_7', name: 'look', input: { a: 1 }, rawInput: '{"a":1}' };
	await all(
		new VsCodeProvider(api).stream(
			ask({
				messages: [
					{ role: 'system', text: 'Be brief' },
					{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] },
					{ role: 'assistant', text: 'Let me look', thinking: 'hm', toolCalls: [call] },
					{ role: 'tool', callId: 'call_7', name: 'look', parts: [{ type: 'text', text: 'rain' }], isError: false },
				],
			}),
		),
	);
	expect(asked[0]?.messages).toMatchObject([
		{ role: 1, content: 'Be brief' },
		{ role: 1, content: [{ value: 'Hello' }] },
		{ role: 2, content: [{ value: 'Let me look' }, { callId: 'call_7', name: 'look', input: { a: 1 } }] },
		{ role: 1, content: [{ callId: 'call_7', content: [{ value: 'rain' }] }] },
	]);
});

test('an id that the conversation has already becomes another one', async () => {
	const { api } = fakeLanguageModels(['gpt-x'], () => parts({ call: 'look', input: {} }));
	const toolCalls = [{ id: 'call_1', name: 'look', input: {}, rawInput: '{}' }];
	const events = await all(
		new VsCodeProvider(api).stream(ask({ messages: [{ role: 'assistant', text: '', thinking: '', toolCalls }] })),
	);
	expect(events.find(({ type }) => type === 'call')).not.toMatchObject({ call: { id: 'call_1' } });
});

test('an abort ends the wait, also of a model that does not look at its token', async () => {
	const { api, asked } = fakeLanguageModels(['gpt-x'], async function* () {
		yield* parts('one');
		await new Promise(() => undefined);
	});
	const abort = new AbortController();
	const run = (async () => {
		for await (const event of new VsCodeProvider(api).stream(ask({ signal: abort.signal })))
			if (event.type === 'text') abort.abort();
	})();
	await expect(run).rejects.toBeInstanceOf(CancelledError);
	expect(asked[0]?.token.isCancellationRequested).toBe(true);
});

test.each([
	['NoPermissions', 'The user said no', 'wrong-key'],
	['NotFound', 'gone', 'no-model'],
	['Blocked', 'You have exhausted your premium request quota', 'no-quota'],
	['Blocked', 'Response got filtered', 'filtered'],
	['Unknown', 'Request Failed: 400 {"message":"prompt token count of 9000 exceeds the limit of 8000"}', 'too-long'],
	['Unknown', 'Sorry, you have been rate-limited.', 'rate-limited'],
	['Unknown', 'something else', 'cut-off'],
])('%s (%s) is told as %s', async (code, message, expected) => {
	const { api } = fakeLanguageModels(['gpt-x'], () => Promise.reject(languageModelError(code, message)));
	await expect(all(new VsCodeProvider(api).stream(ask()))).rejects.toMatchObject({ code: expected });
});

test('a picture is refused where the editor takes none', async () => {
	const { api } = fakeLanguageModels(['gpt-x'], () => parts('ok'));
	const messages = [{ role: 'user', parts: [{ type: 'image', mediaType: 'image/png', data: 'AA==' }] }] as const;
	await expect(all(new VsCodeProvider(api).stream(ask({ messages })))).rejects.toMatchObject({ code: 'no-images' });
});

test('models, health, and a model that is not there', async () => {
	const signal = new AbortController().signal;
	const { api } = fakeLanguageModels(['gpt-x'], () => parts('ok'));
	const provider = new VsCodeProvider(api);
	expect(await provider.models(signal)).toMatchObject([
		{ id: 'copilot/gpt-x', label: 'GPT-X', contextTokens: 8000, abilities: { images: false } },
	]);
	expect(await provider.health(signal)).toMatchObject({ isUp: true, text: 'VS Code, 1 model' });
	await expect(all(provider.stream(ask({ model: 'copilot/other' })))).rejects.toMatchObject({ code: 'no-model' });
	const none = new VsCodeProvider(fakeLanguageModels([], () => parts()).api);
	expect(await none.health(signal)).toMatchObject({ isUp: false, actions: [{ title: 'Set Up Copilot' }] });
});
