import { describe, expect, test } from 'vitest';
import type { ModelEvent, ModelMessage, ModelRequest } from '../../../src/core/providers/provider';
import { everything, type FakeModel } from '../../fakes/ollama/server';
import { ollamaWorld } from './ollamaWorld';
import { heard, ManualClock, requestFor } from './scripted';

const signal = new AbortController().signal;
const tool = { name: 'look', description: 'Looks', schema: { type: 'object', properties: {} } };
const picture = { type: 'image', mediaType: 'image/png', data: 'AAAA' } as const;

async function asked(models: readonly FakeModel[], over: Partial<ModelRequest> = {}, options = {}) {
	const world = await ollamaWorld(options, { models });
	const events = await heard(world.provider.stream(requestFor(models[0]?.name ?? 'gone', over)));
	return { ...world, events, body: world.server.seen[0]?.body ?? {} };
}

async function codeOf(run: Promise<unknown>): Promise<unknown> {
	return run.catch((error: unknown) => error);
}

describe('models', () => {
	test('are listed with what they can do, their window, size and GPU memory', async () => {
		const { provider } = await ollamaWorld(
			{ contextTokens: 65_536 },
			{
				models: [
					{ ...everything, vramBytes: 3_000_000_000 },
					{ name: 'llama3.2:latest', capabilities: ['completion', 'tools'], contextLength: 8_192 },
					{ name: 'old:7b' },
					{ name: 'nomic-embed-text:latest', capabilities: ['embedding'] },
					{ name: 'gpt-oss:120b-cloud', capabilities: ['completion', 'tools', 'thinking'], contextLength: 131_072 },
				],
			},
		);
		expect(await provider.models(signal)).toEqual([
			{
				id: 'qwen3:4b',
				label: 'qwen3:4b',
				description: 'qwen3 · 4.0B · Q4_K_M',
				abilities: { tools: true, images: true, thinking: true, structured: true },
				contextTokens: 65_536,
				sizeBytes: 2_620_788_019,
				vramBytes: 3_000_000_000,
				loadedUntil: Date.parse('2035-06-04T21:38:31.837Z'),
			},
			{
				id: 'llama3.2:latest',
				label: 'llama3.2',
				description: 'llama · 3.2B · Q4_K_M',
				abilities: { tools: true, images: false, thinking: false, structured: true },
				contextTokens: 8_192,
				sizeBytes: 2_019_393_189,
				vramBytes: null,
			},
			expect.objectContaining({
				id: 'old:7b',
				abilities: { tools: null, images: null, thinking: null, structured: true },
			}),
			expect.objectContaining({
				id: 'gpt-oss:120b-cloud',
				description: "llama · 3.2B · Q4_K_M · runs in Ollama's cloud",
				contextTokens: 131_072,
				sizeBytes: null,
				isRemote: true,
			}),
		]);
	});

	test('are looked at once, and again when a model was replaced', async () => {
		const { provider, server } = await ollamaWorld();
		const shown = () => server.paths.filter(path => path === 'POST /api/show').length;
		await provider.models(signal);
		await provider.models(signal);
		expect(shown()).toBe(1);
		server.models = [everything, { ...everything, name: 'new:1b' }];
		await provider.models(signal);
		expect(shown()).toBe(2);
	});

	test('in memory are told with what the GPU holds of them, and can be unloaded', async () => {
		const { provider } = await ollamaWorld({}, { models: [{ ...everything, vramBytes: 5 }, { name: 'other' }] });
		expect(await provider.loaded(signal)).toEqual([
			{ model: 'qwen3:4b', sizeBytes: 2_620_788_019, vramBytes: 5, expiresAt: Date.parse('2035-06-04T21:38:31.837Z') },
		]);
		await provider.unload('qwen3:4b', signal);
		expect(await provider.loaded(signal)).toEqual([]);
	});
});

describe('a request', () => {
	test('has a window that its conversation fits in: the server would forget the beginning unseen', async () => {
		const { body, provider, server } = await asked([everything]);
		expect(body).toMatchObject({ options: { num_ctx: 8_192 }, truncate: false, shift: false });
		const messages = [{ role: 'user', parts: [{ type: 'text', text: 'x'.repeat(60_000) }] }] as const;
		await heard(provider.stream(requestFor('qwen3:4b', { messages })));
		await heard(provider.stream(requestFor('qwen3:4b')));
		// Another size would load the model again, so it stays.
		expect(server.seen.map(({ body: sent }) => (sent['options'] as { num_ctx: number }).num_ctx)).toEqual([
			8_192, 32_768, 32_768,
		]);
	});

	test.each([
		['the model’s own window', [{ ...everything, contextLength: 4_096 }], {}, 4_096],
		['what the user set', [everything], { contextTokens: 6_000 }, 6_000],
	])('never asks for more than %s', async (_, models, options, window) => {
		expect((await asked(models, {}, options)).body['options']).toEqual({ num_ctx: window });
	});

	test.each([
		['thinks where the model can', everything, {}, true],
		['does not where it cannot', { name: 'plain', capabilities: ['completion'] }, { effort: 'high' }, undefined],
		['does not where nobody knows', { name: 'old' }, {}, undefined],
		['has an effort for gpt-oss', { ...everything, family: 'gptoss' }, { effort: 'high' }, 'high'],
	] as const)('%s', async (_, model, over, think) => {
		expect((await asked([model], over)).body['think']).toEqual(think);
	});

	test('whose answer begins with the thinking of a model that is not known to think has it told apart', async () => {
		const { provider, server } = await ollamaWorld({}, { models: [{ name: 'old' }] });
		server.respond(() => ({ text: ['<thi', 'nk>Hm', '</think>\n', 'Yes <think>'] }));
		const events: ModelEvent[] = [];
		for await (const event of provider.stream(requestFor('old'))) events.push(event);
		const of = (type: string) =>
			events.map(event => (event.type === type && 'text' in event ? event.text : '')).join('');
		expect([of('thinking'), of('text')]).toEqual(['Hm', 'Yes <think>']);
	});

	test('carries temperature, length, keep-alive and headers; a key is a bearer token', async () => {
		const options = { keepAlive: '30m', headers: { 'X-Team': 'blue' }, key: async () => 'k1' };
		const { body, server } = await asked([everything], { temperature: 0.2, maxOutputTokens: 99 }, options);
		expect(body).toMatchObject({ keep_alive: '30m', options: { temperature: 0.2, num_predict: 99 } });
		expect(server.seen[0]?.headers).toMatchObject({ 'x-team': 'blue', authorization: 'Bearer k1' });
	});

	test('carries the key where a header has a place for it, and only there', async () => {
		const options = { headers: { 'X-Api-Key': '${key}' }, key: async () => 'k1' };
		const { server } = await asked([everything], {}, options);
		expect([server.seen[0]?.headers['x-api-key'], server.seen[0]?.headers['authorization']]).toEqual(['k1', undefined]);
		const without = await asked([everything], {}, { headers: options.headers });
		expect(without.server.seen[0]?.headers['x-api-key']).toBeUndefined();
	});

	test('keeps the thinking before a call, and puts pictures of results after the last of them', async () => {
		const call = (id: string) => ({ id, name: 'look', input: {}, rawInput: '{}' });
		const result = (callId: string, isError: boolean) =>
			({ role: 'tool', callId, name: 'look', isError, parts: [{ type: 'text', text: callId }, picture] }) as const;
		const { server } = await asked([everything], {
			tools: [tool],
			messages: [
				{ role: 'assistant', text: '', thinking: 'Hm', toolCalls: [call('a'), call('b')] },
				result('a', false),
				result('b', true),
			],
		});
		expect(server.seen[0]?.messages).toEqual([
			{
				role: 'assistant',
				text: '',
				thinking: 'Hm',
				calls: [
					{ name: 'look', arguments: {} },
					{ name: 'look', arguments: {} },
				],
			},
			{ role: 'tool', text: 'a', answers: 'look' },
			{ role: 'tool', text: 'Error: b', answers: 'look' },
			{ role: 'user', text: 'Pictures of the results above:', images: ['AAAA', 'AAAA'] },
		]);
	});

	test.each([
		['no-tools', { tools: [tool] }],
		['no-images', { messages: [{ role: 'user', parts: [picture] }] }],
	] as const)('that the model is known not to understand is not sent: %s', async (code, over) => {
		const { server, events } = await asked([{ name: 'plain', capabilities: ['completion'] }], over);
		expect([events, server.seen]).toEqual([[`! ${code}`], []]);
	});

	test('for a model that is not there names it and offers the download', async () => {
		const { provider } = await ollamaWorld();
		expect(await codeOf(provider.stream(requestFor('gone:1b')).next())).toMatchObject({
			code: 'no-model',
			message:
				"Ollama does not have the model 'gone:1b'. Download it, or choose another. It says: model 'gone:1b' not found",
			actions: [{ title: 'Download gone:1b', command: 'quarterdeck.providers.pull', args: ['ollama', 'gone:1b'] }],
		});
	});
});

describe('a download', () => {
	test('tells its progress over all layers, and the model is there then', async () => {
		const { provider } = await ollamaWorld({}, { models: [] });
		const seen: string[] = [];
		for await (const { status, completedBytes, totalBytes } of provider.pull('qwen3:4b', signal))
			seen.push(`${status} ${completedBytes}/${totalBytes}`);
		expect(seen).toEqual([
			'pulling manifest 0/0',
			'pulling aaaa 0/1000',
			'pulling aaaa 400/1000',
			'pulling aaaa 1000/1000',
			'pulling bbbb 1200/1200',
			'verifying sha256 digest 1200/1200',
			'writing manifest 1200/1200',
			'success 1200/1200',
		]);
		expect((await provider.models(signal)).map(({ id }) => id)).toEqual(['qwen3:4b']);
	});

	test.each([
		[
			'an error line',
			() => [{ status: 'pulling manifest' }, { error: 'pull model manifest: file does not exist' }],
			'no-model',
		],
		['an end before success', () => [{ status: 'pulling manifest' }], 'cut-off'],
		['a refusal', () => ({ status: 500, error: 'no space left on device' }), 'overloaded'],
	] as const)('that fails with %s says so', async (_, script, code) => {
		const { provider, server } = await ollamaWorld();
		server.respondToPull(script);
		const run = (async () => {
			for await (const progress of provider.pull('gone', signal)) void progress;
		})();
		expect(await codeOf(run)).toMatchObject({ code });
	});
});

describe('what is no Ollama', () => {
	test('is said by its health, and an empty server offers a download', async () => {
		const { provider, server } = await ollamaWorld({}, { models: [] });
		expect(await provider.health(signal)).toMatchObject({
			isUp: true,
			text: 'Ollama 0.9.6, no models yet',
			actions: [{ title: 'Download a Model' }],
		});
		const other = await ollamaWorld({ baseUrl: `${server.url}/elsewhere` });
		expect(await other.provider.health(signal)).toMatchObject({
			isUp: false,
			text: `What answers at ${server.url}/elsewhere is not Ollama. Is the address right?`,
		});
	});

	test('a server that is not running says how to start it', async () => {
		const { provider, stop, server } = await ollamaWorld();
		const { url } = server;
		await stop();
		expect((await provider.health(signal)).text).toBe(
			`Ollama is not running at ${url} (nothing listens there). Start it with \`ollama serve\` or open its app.`,
		);
	});

	test('an address that ends in /v1 or /api is taken for what is meant', async () => {
		const { server } = await ollamaWorld();
		const { provider } = await ollamaWorld({ baseUrl: `${server.url}/v1/` });
		expect((await provider.health(signal)).isUp).toBe(true);
	});
});

test('a conversation with a tool, told to the server as a function of what it is asked', async () => {
	const { provider, server } = await ollamaWorld();
	server.respond(({ messages }) =>
		messages.at(-1)?.role === 'tool'
			? { text: [`It says: ${messages.at(-1)?.text}`] }
			: { thinking: ['I must look.'], calls: [{ name: 'look', arguments: { at: 'sky' } }] },
	);
	const question: ModelMessage = { role: 'user', parts: [{ type: 'text', text: 'How is the sky?' }] };
	const first: ModelEvent[] = [];
	for await (const event of provider.stream(requestFor('qwen3:4b', { tools: [tool], messages: [question] })))
		first.push(event);
	expect(first.map(({ type }) => type)).toEqual(['start', 'thinking', 'callStarted', 'call', 'end']);
	const toolCalls = first.flatMap(event => (event.type === 'call' ? [event.call] : []));
	const messages: readonly ModelMessage[] = [
		question,
		{ role: 'assistant', text: '', thinking: 'I must look.', toolCalls },
		{
			role: 'tool',
			callId: toolCalls[0]?.id ?? '',
			name: 'look',
			parts: [{ type: 'text', text: 'blue' }],
			isError: false,
		},
	];
	expect(await heard(provider.stream(requestFor('qwen3:4b', { tools: [tool], messages })))).toEqual([
		'start',
		'It says: blue',
		'end',
	]);
});

test('a server that accepts and never answers is told within seconds, not after the minutes that a model may load', async () => {
	const clock = new ManualClock();
	let asked = (): void => undefined;
	const isAsked = new Promise<void>(resolve => (asked = resolve));
	const fetch: typeof globalThis.fetch = (_, init) =>
		new Promise((_resolve, reject) => {
			init?.signal?.addEventListener('abort', () => reject(new Error('ended')));
			asked();
		});
	const { provider } = await ollamaWorld({ clock, fetch });
	const health = provider.health(signal);
	await isAsked;
	clock.advance(15_000);
	expect(await health).toMatchObject({ isUp: false, text: expect.stringContaining('nothing for 15 seconds') });
});
