import { describe, expect, onTestFinished, test } from 'vitest';
import { OpenAiCompatibleProvider, type OpenAiCompatibleOptions } from '../../../src/core/providers/openaiCompatible';
import { findPreset } from '../../../src/core/providers/presets';
import type { ModelEvent, ModelRequest, ProviderError } from '../../../src/core/providers/provider';
import { refusals } from '../../fakes/openai/errors';
import { FakeOpenAi, type FakeOpenAiOptions } from '../../fakes/openai/server';
import { inTurn } from '../../fakes/modelReply';
import { providerContract, type ProviderCase } from './contract';

const models = ['gpt-4.1', 'gpt-5'];
const errors: ProviderCase['errors'] = [
	{ code: 'wrong-key', says: /does not accept the key.*Incorrect API key/, reply: refusals.wrongKey },
	{ code: 'no-model', says: /has no model 'gpt/, reply: refusals.noModel },
	{ code: 'no-quota', says: /no credit left/, reply: refusals.noQuota },
	{ code: 'no-quota', says: /Insufficient credits/, reply: refusals.noCredit },
	{ code: 'rate-limited', says: /too many requests/, reply: refusals.rateLimited },
	{ code: 'rate-limited', says: /too many requests/, reply: refusals.googleRate },
	{ code: 'too-long', says: /longer than .* can read/, reply: refusals.tooLong },
	{ code: 'too-long', says: /longer than/, reply: refusals.llamaCppTooLong },
	{ code: 'filtered', says: /content rules/, reply: refusals.filtered },
	{ code: 'overloaded', says: /overloaded/, reply: refusals.overloaded },
	{ code: 'overloaded', says: /Loading model/, reply: refusals.loading },
	{ code: 'overloaded', says: /fault of its own\.$/, reply: refusals.proxyPage },
	{ code: 'no-tools', says: /cannot call tools/, reply: refusals.noTools },
	{ code: 'no-tools', says: /cannot call tools/, reply: refusals.vllmNoTools },
	{ code: 'no-images', says: /cannot read pictures/, reply: refusals.noImages },
	{ code: 'wrong-key', says: /API key not valid/, reply: refusals.googleKey },
	{
		code: 'overloaded',
		says: /It says: The server had an error/,
		reply: { text: ['Hel'], fault: { type: 'error', message: 'The server had an error' } },
	},
];

type Extra = Partial<OpenAiCompatibleOptions>;

async function world(fakeOptions: FakeOpenAiOptions = {}, extra: Extra = {}, silenceMs?: number) {
	const fake = await FakeOpenAi.start({ models, key: 'sk-good', ...fakeOptions });
	onTestFinished(() => fake.stop());
	const provider = new OpenAiCompatibleProvider({
		id: 'openai',
		label: 'OpenAI',
		preset: findPreset('openai'),
		baseUrl: fake.url,
		key: async () => 'sk-good',
		...(silenceMs === undefined ? {} : { silence: { firstByteMs: silenceMs, gapMs: silenceMs } }),
		...extra,
	});
	return { fake, provider };
}

for (const [name, model] of [
	['Chat Completions', 'gpt-4.1'],
	['Responses', 'gpt-5'],
] as const)
	providerContract({
		name,
		models,
		canThink: true,
		answersBy: 'id',
		invalidArguments: 'call',
		errors,
		async make(options) {
			const { fake, provider } = await world({}, {}, options?.silenceMs);
			return {
				provider,
				model,
				seen: fake.seen,
				respond: responder => fake.respond(responder),
				redirectTo: url => fake.redirectTo(url),
				stop: () => fake.stop(),
			};
		},
	});

const ask = (over: Partial<ModelRequest> = {}): ModelRequest => ({
	model: 'gpt-4.1',
	messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
	signal: new AbortController().signal,
	...over,
});

async function all(stream: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
	const events: ModelEvent[] = [];
	for await (const event of stream) events.push(event);
	return events;
}

const textOf = (events: readonly ModelEvent[]): string =>
	events.map(event => (event.type === 'text' ? event.text : '')).join('');

describe('habits of servers', () => {
	test.each(['reasoning_content', 'reasoning', 'tags', 'parts'] as const)(
		'thinking as %s is told apart',
		async reasoning => {
			const { fake, provider } = await world({ reasoning });
			fake.respond(inTurn({ thinking: ['Let me ', 'see'], text: ['A <think> ', 'tag'] }));
			const events = await all(provider.stream(ask()));
			expect(events.map(event => (event.type === 'thinking' ? event.text : '')).join('')).toBe('Let me see');
			expect(textOf(events)).toBe('A <think> tag');
		},
	);

	test.each(['zero', 'none'] as const)('parallel calls whose index is %s are kept apart', async calls => {
		const { fake, provider } = await world({ calls });
		fake.respond(inTurn({ calls: ['a', 'b'].map(name => ({ name, arguments: { name } })) }));
		const events = await all(provider.stream(ask()));
		expect(events.flatMap(event => (event.type === 'call' ? [[event.call.name, event.call.input]] : []))).toEqual([
			['a', { name: 'a' }],
			['b', { name: 'b' }],
		]);
	});

	test('comments that keep a connection open are no part of the answer', async () => {
		const { provider } = await world({ comment: 'OPENROUTER PROCESSING' });
		expect(textOf(await all(provider.stream(ask())))).toBe('Hello');
	});

	test('what a response cost is taken from the server that says it', async () => {
		const { fake, provider } = await world({ usage: { cost: 0.00125 } }, { preset: findPreset('openrouter') });
		const events = await all(provider.stream(ask()));
		expect(events.at(-1)).toMatchObject({ reportedUsd: 0.00125 });
		expect(fake.seen[0]?.body).toMatchObject({ usage: { include: true } });
	});

	test('the signature of a call goes back with it, and only to the model that signed', async () => {
		const extra = { extra_content: { google: { thought_signature: 'sig' } } };
		const { fake, provider } = await world({ callExtra: extra, calls: 'zero' });
		fake.respond(inTurn({ calls: [{ name: 'look', arguments: {} }] }, { text: ['ok'] }));
		const first = await all(provider.stream(ask()));
		const toolCalls = first.flatMap(event => (event.type === 'call' ? [event.call] : []));
		const opaque = first.flatMap(event => (event.type === 'end' ? [event.opaque] : []))[0];
		const callId = toolCalls[0]?.id ?? '';
		const messages: ModelRequest['messages'] = [
			...ask().messages,
			{ role: 'assistant', text: '', thinking: '', toolCalls, opaque },
			{ role: 'tool', callId, name: 'look', parts: [], isError: false },
		];
		await all(provider.stream(ask({ messages })));
		await all(provider.stream(ask({ messages, model: 'gpt-4.1-mini' })));
		const sent = fake.seen.slice(1).map(({ body }) => JSON.stringify(body).includes('thought_signature'));
		expect(sent).toEqual([true, false]);
	});

	test('ids of calls are the nine characters that Mistral wants, and the same ones for the result', async () => {
		const { fake, provider } = await world({}, { preset: findPreset('mistral') });
		const toolCalls = [{ id: 'call_of_somebody_else', name: 'look', input: {}, rawInput: '{}' }];
		await all(
			provider.stream(
				ask({
					messages: [
						...ask().messages,
						{ role: 'assistant', text: '', thinking: '', toolCalls },
						{ role: 'tool', callId: 'call_of_somebody_else', name: 'look', parts: [], isError: false },
					],
				}),
			),
		);
		expect(fake.seen[0]?.messages[2]?.answers).toMatch(/^[a-z0-9]{9}$/);
		expect(fake.seen[0]?.body).not.toHaveProperty('stream_options');
	});
});

describe('what a server does not know', () => {
	test.each([
		['stream_options', {}],
		['temperature', { temperature: 0.5 }],
		['reasoning_effort', { effort: 'low' }],
	] as const)('%s is left out from then on', async (field, over) => {
		const { fake, provider } = await world({ refuses: [field] }, { preset: findPreset('other') });
		expect(textOf(await all(provider.stream(ask(over))))).toBe('Hello');
		await all(provider.stream(ask(over)));
		expect(fake.paths.length).toBe(3);
	});

	test('a length limit is called by its other name', async () => {
		const { fake, provider } = await world({ refuses: ['max_tokens'] }, { preset: findPreset('other') });
		await all(provider.stream(ask({ maxOutputTokens: 7 })));
		expect(fake.seen[0]?.body).toMatchObject({ max_completion_tokens: 7 });
	});

	test('a schema becomes JSON mode with the schema in words', async () => {
		const { fake, provider } = await world({}, { preset: findPreset('deepseek') });
		await all(provider.stream(ask({ format: { name: 'x', schema: { type: 'object', properties: {} } } })));
		expect(fake.seen[0]?.body).toMatchObject({ response_format: { type: 'json_object' } });
		expect(fake.seen[0]?.messages.at(-1)?.text).toMatch(/JSON schema/);
	});
});

describe('addresses and keys', () => {
	test('a key that must be there and is not is said before anything is sent', async () => {
		const { fake, provider } = await world({}, { key: async () => undefined });
		await expect(all(provider.stream(ask()))).rejects.toMatchObject({
			code: 'no-key',
			actions: [
				{ title: 'Set Key', command: 'quarterdeck.providers.setKey', args: ['openai'] },
				{ title: 'Get a Key' },
			],
		});
		expect(fake.paths).toEqual([]);
	});

	test('a server that wants a key nobody set says so', async () => {
		const { provider } = await world({}, { preset: findPreset('other'), key: async () => undefined });
		await expect(all(provider.stream(ask()))).rejects.toMatchObject({ code: 'no-key' });
	});

	test('nothing of the environment or the machine is sent along', async () => {
		process.env['OPENAI_ORG_ID'] = 'org-secret';
		process.env['OPENAI_CUSTOM_HEADERS'] = 'X-Secret: yes';
		onTestFinished(() => {
			delete process.env['OPENAI_ORG_ID'];
			delete process.env['OPENAI_CUSTOM_HEADERS'];
		});
		const { fake, provider } = await world({}, { headers: { 'X-Own': 'blue' } });
		await all(provider.stream(ask()));
		const { headers } = fake.seen[0] ?? expect.fail('nothing seen');
		expect(headers).toMatchObject({
			authorization: 'Bearer sk-good',
			'x-own': 'blue',
			'user-agent': 'Quarterdeck',
		});
		expect(Object.keys(headers).filter(name => /stainless|openai|secret/.test(name))).toEqual([]);
	});

	test('a header that names the key is the one way that it is sent', async () => {
		const { fake, provider } = await world({ key: '' }, { headers: { 'X-Own': 'key ${key}' } });
		await all(provider.stream(ask()));
		expect([fake.seen[0]?.headers['x-own'], fake.seen[0]?.headers.authorization]).toEqual(['key sk-good', undefined]);
	});

	test('Azure with a version names the deployment in the address; without one it is like OpenAI', async () => {
		const azure = findPreset('azure');
		const { fake, provider } = await world({}, { preset: azure, apiVersion: '2024-10-21', models: ['mine'] });
		const root = fake.url.replace('/v1', '');
		const plain = new OpenAiCompatibleProvider({
			id: 'a',
			label: 'Azure',
			preset: azure,
			baseUrl: root,
			models: ['gpt-4.1'],
			key: async () => 'sk-good',
		});
		const versioned = new OpenAiCompatibleProvider({
			id: 'a',
			label: 'Azure',
			preset: azure,
			baseUrl: root,
			apiVersion: '2024-10-21',
			models: ['mine'],
			key: async () => 'sk-good',
		});
		await all(versioned.stream(ask({ model: 'mine' })));
		await all(plain.stream(ask()));
		expect(fake.paths).toEqual([
			'POST /openai/deployments/mine/chat/completions?api-version=2024-10-21',
			'POST /openai/v1/chat/completions',
		]);
		expect(fake.seen[0]?.headers).toMatchObject({ 'api-key': 'sk-good' });
		expect(fake.seen[0]?.headers.authorization).toBeUndefined();
		expect((await provider.models(new AbortController().signal)).map(({ id }) => id)).toEqual(['mine']);
	});

	test('how long to wait is read from headers and bodies', async () => {
		const { fake, provider } = await world();
		fake.respond(inTurn(refusals.rateLimited, refusals.googleRate));
		const wait = async (): Promise<number | null> =>
			all(provider.stream(ask())).then(
				() => expect.fail('refused'),
				(error: unknown) => (error as ProviderError).retryAfterMs,
			);
		expect([await wait(), await wait()]).toEqual([20_000, 34_000]);
	});
});

describe('model lists', () => {
	const list = async (fake: FakeOpenAiOptions, preset = 'other') => {
		const { provider } = await world(fake, { preset: findPreset(preset) });
		return provider.models(new AbortController().signal);
	};

	test('what does not answer conversations is left out', async () => {
		const all = [
			'gpt-4.1',
			'text-embedding-3-large',
			'whisper-1',
			'tts-1',
			'dall-e-3',
			'omni-moderation-latest',
			'llama-3.3-70b',
		];
		expect((await list({ models: all })).map(({ id }) => id)).toEqual(['gpt-4.1', 'llama-3.3-70b']);
	});

	test.each([
		[
			'OpenRouter',
			{
				id: 'a/b',
				name: 'B',
				context_length: 9,
				architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
				supported_parameters: ['tools', 'structured_outputs'],
			},
			{ contextTokens: 9, label: 'B', abilities: { tools: true, images: true, thinking: false, structured: true } },
		],
		['vLLM', { id: 'q', object: 'model', owned_by: 'vllm', max_model_len: 32_768 }, { contextTokens: 32_768 }],
		['Groq', { id: 'l', object: 'model', active: true, context_window: 131_072 }, { contextTokens: 131_072 }],
		[
			'Mistral',
			{
				id: 'm',
				max_context_length: 5,
				capabilities: { completion_chat: true, function_calling: true, vision: false },
			},
			{ contextTokens: 5, abilities: { tools: true, images: false } },
		],
		['Google', { id: 'models/gemini-2.5-pro', object: 'model' }, { id: 'gemini-2.5-pro' }],
		[
			'llama.cpp',
			{ id: '/models/q.gguf', meta: { n_ctx_train: 40_960, n_params: 8_190_735_360, size: 5e9 } },
			{ contextTokens: 40_960, sizeBytes: 5e9, description: '8.2B' },
		],
	])('%s says more about its models', async (_, entry, expected) => {
		expect(await list({ models: [entry] })).toMatchObject([expected]);
	});

	test('LM Studio and llama.cpp are asked for more on pages of their own', async () => {
		const studio = {
			data: [
				{
					id: 'q',
					type: 'vlm',
					arch: 'qwen3',
					quantization: '4bit',
					state: 'loaded',
					loaded_context_length: 4096,
					max_context_length: 32_768,
					capabilities: ['tool_use'],
				},
				{ id: 'e', type: 'embeddings' },
			],
		};
		expect(await list({ pages: { '/api/v0/models': studio } }, 'lmstudio')).toMatchObject([
			{ id: 'q', contextTokens: 4096, description: 'qwen3, 4bit, loaded', abilities: { tools: true, images: true } },
		]);
		const props = { default_generation_settings: { n_ctx: 8192 }, modalities: { vision: true } };
		expect(await list({ models: ['q'], pages: { '/props': props } }, 'llamacpp')).toMatchObject([
			{ id: 'q', contextTokens: 8192, abilities: { images: true } },
		]);
		expect(await list({ models: ['q'] }, 'lmstudio')).toMatchObject([{ id: 'q', contextTokens: null }]);
	});

	test('a page that is no model list is no empty list', async () => {
		await expect(list({ pages: { '/v1/models': { hello: 'world' } } })).rejects.toMatchObject({ code: 'bad-answer' });
	});

	test('a public list does not stand for a good key', async () => {
		const { fake, provider } = await world({ key: 'sk-good', pages: {} }, { preset: findPreset('openrouter') });
		const health = await provider.health(new AbortController().signal);
		expect([health.isUp, fake.paths]).toEqual([false, ['GET /v1/models', 'GET /v1/key']]);
	});
});
