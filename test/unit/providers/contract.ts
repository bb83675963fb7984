import { describe, expect, onTestFinished, test } from 'vitest';
import { CancelledError } from '../../../src/core/base/errors';
import {
	ProviderError,
	type ModelEvent,
	type ModelMessage,
	type ModelRequest,
	type ModelToolCall,
	type Provider,
	type ProviderErrorCode,
} from '../../../src/core/providers/provider';
import { inTurn, type FakeReply, type Responder, type SeenRequest } from '../../fakes/modelReply';

/** A provider, and the scripted server that it talks to over the real protocol. */
export interface ProviderWorld {
	readonly provider: Provider;
	/** A model that the server has, and that can do everything the protocol can. */
	readonly model: string;
	/** Chat requests so far. */
	readonly seen: readonly SeenRequest[];
	respond(responder: Responder): void;
	/** Answers every request, whatever it asks, with a redirect to this address. */
	redirectTo(url: string): void;
	/** The server ends; its port refuses. */
	stop(): Promise<void>;
}

export interface WorldOptions {
	/** Milliseconds of silence after which the provider gives up. */
	readonly silenceMs?: number;
}

/** How a provider is put to the contract. */
export interface ProviderCase {
	readonly name: string;
	/** Makes a world; it ends with the test (`onTestFinished`). */
	make(options?: WorldOptions): Promise<ProviderWorld>;
	/** Ids that `models()` lists. */
	readonly models: readonly string[];
	readonly canThink: boolean;
	/** What a tool's result is named with: the tool, or the call. */
	readonly answersBy: 'name' | 'id';
	/** What becomes of arguments that are no JSON object: a call to be repaired, or a failure of the server's own. */
	readonly invalidArguments: 'call' | 'bad-answer';
	/** Responses of the real server, and what each one means. */
	readonly errors: readonly { readonly code: ProviderErrorCode; readonly says: RegExp; readonly reply: FakeReply }[];
}

const user = (text: string): ModelMessage => ({ role: 'user', parts: [{ type: 'text', text }] });
const weather = {
	name: 'get_weather',
	description: 'The weather of a city',
	schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
/** A picture of one pixel. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

function request(world: ProviderWorld, over: Partial<ModelRequest> = {}): ModelRequest {
	return { model: world.model, messages: [user('Hello')], signal: new AbortController().signal, ...over };
}

async function all(stream: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
	const events: ModelEvent[] = [];
	for await (const event of stream) events.push(event);
	return events;
}

async function failure(work: Promise<unknown>): Promise<unknown> {
	return work.then(
		value => expect.fail(`expected a failure, got ${JSON.stringify(value)}`),
		(error: unknown) => error,
	);
}

async function providerFailure(work: Promise<unknown>): Promise<ProviderError> {
	const error = await failure(work);
	if (error instanceof ProviderError) return error;
	return expect.fail(`expected a ProviderError, got ${String(error)}`);
}

const joined = (events: readonly ModelEvent[], type: 'text' | 'thinking'): string =>
	events.map(event => (event.type === type ? event.text : '')).join('');
const calls = (events: readonly ModelEvent[]): readonly ModelToolCall[] =>
	events.flatMap(event => (event.type === 'call' ? [event.call] : []));

async function worldWith(kind: ProviderCase, ...replies: readonly FakeReply[]): Promise<ProviderWorld> {
	const world = await kind.make();
	world.respond(inTurn(...replies));
	return world;
}

/** What holds for every provider. Each one's test file calls this once. */
export function providerContract(kind: ProviderCase): void {
	describe(`${kind.name} keeps the contract of providers`, () => {
		describe('answers', () => answers(kind));
		describe('tools', () => tools(kind));
		describe('the end of a stream', () => ends(kind));
		describe('failures', () => failures(kind));
		describe('models and health', () => listing(kind));
	});
}

function answers(kind: ProviderCase): void {
	test('text comes in the pieces that were sent, with one start and one end', async () => {
		const world = await worldWith(kind, { text: ['Hel', 'lo ', 'you'], usage: { input: 12, output: 3 } });
		const events = await all(world.provider.stream(request(world)));
		expect(events.map(({ type }) => type)).toEqual(['start', 'text', 'text', 'text', 'end']);
		expect(joined(events, 'text')).toBe('Hello you');
		expect(events.at(-1)).toMatchObject({
			type: 'end',
			reason: 'stop',
			usage: { input: 12, output: 3, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 },
		});
		expect(world.seen).toMatchObject([{ model: world.model, messages: [{ role: 'user', text: 'Hello' }], tools: [] }]);
	});

	test('the first piece arrives while the rest is still to be written', async () => {
		const world = await worldWith(kind, { text: ['first'], fault: { type: 'silent' } });
		const abort = new AbortController();
		for await (const event of world.provider.stream(request(world, { signal: abort.signal })))
			if (event.type === 'text') {
				expect(event.text).toBe('first');
				break;
			}
		await world.seen[0]?.closed;
	});

	test.runIf(kind.canThink)('thinking is apart from the answer', async () => {
		const world = await worldWith(kind, { thinking: ['Hm, ', 'well'], text: ['Yes'] });
		const events = await all(world.provider.stream(request(world, { effort: 'high' })));
		expect([joined(events, 'thinking'), joined(events, 'text')]).toEqual(['Hm, well', 'Yes']);
	});

	test('a system text and earlier turns are sent along', async () => {
		const world = await worldWith(kind, { text: ['Fine'] });
		const messages: readonly ModelMessage[] = [
			{ role: 'system', text: 'Be brief' },
			user('Hello'),
			{ role: 'assistant', text: 'Hi', thinking: '', toolCalls: [] },
			user('How are you?'),
		];
		await all(world.provider.stream(request(world, { messages })));
		expect(world.seen[0]?.messages.map(({ role, text }) => [role, text])).toEqual([
			[expect.stringMatching(/^(system|developer)$/), 'Be brief'],
			['user', 'Hello'],
			['assistant', 'Hi'],
			['user', 'How are you?'],
		]);
	});

	test('a picture is sent as it is', async () => {
		const world = await worldWith(kind, { text: ['A pixel'] });
		const parts = [
			{ type: 'text', text: 'What is this?' },
			{ type: 'image', mediaType: 'image/png', data: pixel },
		] as const;
		await all(world.provider.stream(request(world, { messages: [{ role: 'user', parts }] })));
		expect(world.seen[0]?.messages).toMatchObject([{ role: 'user', text: 'What is this?', images: [pixel] }]);
	});

	test('an answer is held to a schema', async () => {
		const world = await worldWith(kind, { text: ['{"city":', '"Oslo"}'] });
		const format = { name: 'place', schema: weather.schema };
		const events = await all(world.provider.stream(request(world, { format })));
		expect(JSON.parse(joined(events, 'text'))).toEqual({ city: 'Oslo' });
		expect(world.seen[0]?.schema).toMatchObject({ type: 'object', properties: { city: { type: 'string' } } });
	});

	test('a server that does not count has no usage, not a usage of zero', async () => {
		const world = await worldWith(kind, { text: ['Hi'], usage: null });
		const events = await all(world.provider.stream(request(world)));
		expect(events.at(-1)).toMatchObject({ type: 'end', usage: null });
	});

	test('an answer that hit its limit says so', async () => {
		const world = await worldWith(kind, { text: ['Once upon'], end: 'length' });
		const events = await all(world.provider.stream(request(world, { maxOutputTokens: 2 })));
		expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'length' });
	});

	test('characters and lines cut anywhere arrive whole', async () => {
		const text = 'Grüße 🛳️ 日本語 \u{1F468}\u200D\u{1F469}';
		const world = await worldWith(kind, { text: [text], isTorn: true });
		const events = await all(world.provider.stream(request(world)));
		expect(joined(events, 'text')).toBe(text);
	});
}

function tools(kind: ProviderCase): void {
	test('a call is announced, and comes whole with its input', async () => {
		const world = await worldWith(kind, { calls: [{ name: 'get_weather', arguments: { city: 'Malmö' } }] });
		const events = await all(world.provider.stream(request(world, { tools: [weather] })));
		const [call] = calls(events);
		expect(call).toMatchObject({ name: 'get_weather', input: { city: 'Malmö' } });
		expect(call?.id).toBeTruthy();
		expect(JSON.parse(call?.rawInput ?? '')).toEqual({ city: 'Malmö' });
		expect(events.filter(({ type }) => type === 'callStarted')).toEqual([
			{ type: 'callStarted', id: call?.id, name: 'get_weather' },
		]);
		expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'calls' });
		expect(world.seen[0]?.tools).toEqual(['get_weather']);
	});

	test('parallel calls keep their order and have ids of their own', async () => {
		const cities = ['Oslo', 'Rome', 'Lima'];
		const replies = cities.map(city => ({ name: 'get_weather', arguments: { city } }));
		const world = await worldWith(kind, { text: ['Let me look.'], calls: replies });
		const found = calls(await all(world.provider.stream(request(world, { tools: [weather] }))));
		expect(found.map(({ input }) => input?.['city'])).toEqual(cities);
		expect(new Set(found.map(({ id }) => id)).size).toBe(3);
	});

	test('a call and its result go back to the model', async () => {
		const world = await worldWith(
			kind,
			{ calls: [{ name: 'get_weather', arguments: { city: 'Oslo' } }] },
			{ text: ['It rains.'] },
		);
		const first = await all(world.provider.stream(request(world, { tools: [weather] })));
		const end = first.at(-1);
		const toolCalls = calls(first);
		const id = toolCalls[0]?.id ?? '';
		const messages: readonly ModelMessage[] = [
			user('Hello'),
			{
				role: 'assistant',
				text: joined(first, 'text'),
				thinking: '',
				toolCalls,
				...(end?.type === 'end' && end.opaque !== undefined ? { opaque: end.opaque } : {}),
			},
			{
				role: 'tool',
				callId: id,
				name: 'get_weather',
				parts: [{ type: 'text', text: 'rain, 4 °C' }],
				isError: false,
			},
		];
		const second = await all(world.provider.stream(request(world, { messages, tools: [weather] })));
		expect(joined(second, 'text')).toBe('It rains.');
		expect(world.seen[1]?.messages.slice(1)).toMatchObject([
			{ role: 'assistant', calls: [{ name: 'get_weather', arguments: { city: 'Oslo' } }] },
			{ role: 'tool', text: 'rain, 4 °C', answers: kind.answersBy === 'name' ? 'get_weather' : id },
		]);
	});

	test('the picture in a tool result reaches the model', async () => {
		const world = await worldWith(kind, { text: ['I see.'] });
		const messages: readonly ModelMessage[] = [
			user('Look'),
			{
				role: 'assistant',
				text: '',
				thinking: '',
				toolCalls: [{ id: 'call_1', name: 'look', input: {}, rawInput: '{}' }],
			},
			{
				role: 'tool',
				callId: 'call_1',
				name: 'look',
				parts: [
					{ type: 'text', text: 'done' },
					{ type: 'image', mediaType: 'image/png', data: pixel },
				],
				isError: false,
			},
		];
		await all(world.provider.stream(request(world, { messages, tools: [{ ...weather, name: 'look' }] })));
		expect(world.seen[0]?.messages.flatMap(({ images }) => images ?? [])).toEqual([pixel]);
	});

	test('invalid arguments are never taken for an input', async () => {
		const world = await worldWith(kind, { calls: [{ name: 'get_weather', arguments: '{"city": "Os' }] });
		const run = all(world.provider.stream(request(world, { tools: [weather] })));
		if (kind.invalidArguments === 'call') {
			expect(calls(await run)).toMatchObject([{ name: 'get_weather', input: null, rawInput: '{"city": "Os' }]);
		} else {
			expect((await providerFailure(run)).code).toBe(kind.invalidArguments);
		}
	});
}

function ends(kind: ProviderCase): void {
	test('abort ends the stream with a cancellation and closes the connection', async () => {
		const world = await worldWith(kind, { text: ['one'], fault: { type: 'silent' } });
		const abort = new AbortController();
		const run = (async () => {
			for await (const event of world.provider.stream(request(world, { signal: abort.signal })))
				if (event.type === 'text') abort.abort();
		})();
		expect(await failure(run)).toBeInstanceOf(CancelledError);
		await world.seen[0]?.closed;
	});

	test('abort before the first byte closes the connection too', async () => {
		const world = await kind.make();
		const abort = new AbortController();
		world.respond(() => {
			abort.abort();
			return { fault: { type: 'silent' } };
		});
		expect(await failure(all(world.provider.stream(request(world, { signal: abort.signal }))))).toBeInstanceOf(
			CancelledError,
		);
		await world.seen[0]?.closed;
	});

	test('a signal that is aborted already sends nothing', async () => {
		const world = await worldWith(kind, { text: ['one'] });
		const run = all(world.provider.stream(request(world, { signal: AbortSignal.abort() })));
		expect(await failure(run)).toBeInstanceOf(CancelledError);
		expect(world.seen).toEqual([]);
	});

	test.each([
		['a broken connection', 'cut', 'cut-off'],
		['an end before the end', 'short', 'cut-off'],
		['a line that is no JSON', 'malformed', 'bad-answer'],
	] as const)('%s is told, after what had arrived', async (_, type, code) => {
		const world = await worldWith(kind, { text: ['Hel', 'lo'], fault: { type } });
		const events: ModelEvent[] = [];
		const run = (async () => {
			for await (const event of world.provider.stream(request(world))) events.push(event);
		})();
		expect((await providerFailure(run)).code).toBe(code);
		expect(joined(events, 'text')).toBe('Hello');
		expect(events.some(({ type: kindOf }) => kindOf === 'end')).toBe(false);
	});

	test.each([
		['before the first byte', {}],
		['in the middle', { text: ['Hello'] }],
	])('a server that falls silent %s is given up', async (_, reply) => {
		const world = await kind.make({ silenceMs: 150 });
		world.respond(() => ({ ...reply, fault: { type: 'silent' } }));
		expect((await providerFailure(all(world.provider.stream(request(world))))).code).toBe('timeout');
		await world.seen[0]?.closed;
	});
}

function failures(kind: ProviderCase): void {
	test.each(kind.errors.map(row => [row.code, row.says, row.reply] as const))(
		'%s is told apart: %s',
		async (code, says, reply) => {
			const world = await worldWith(kind, reply);
			const error = await providerFailure(all(world.provider.stream(request(world, { tools: [weather] }))));
			expect([error.code, error.message]).toEqual([code, expect.stringMatching(says)]);
		},
	);

	test('a redirect is refused: neither prompt nor key goes on', async () => {
		const [world, other] = [await kind.make(), await worldWith(kind, { text: ['stolen'] })];
		world.redirectTo('http://127.0.0.1:9/elsewhere');
		const error = await providerFailure(all(world.provider.stream(request(world))));
		expect([error.code, error.message]).toEqual(['redirected', expect.stringContaining('http://127.0.0.1:9')]);
		expect((await providerFailure(world.provider.models(new AbortController().signal))).code).toBe('redirected');
		expect(other.seen).toEqual([]);
	});

	test('a server that is not there is offline', async () => {
		const world = await kind.make();
		await world.stop();
		const error = await providerFailure(all(world.provider.stream(request(world))));
		expect(error.code).toBe('offline');
		expect(error.message).toMatch(/\.$/);
	});
}

function listing(kind: ProviderCase): void {
	test('models are listed', async () => {
		const { provider } = await kind.make();
		const models = await provider.models(new AbortController().signal);
		expect(models.map(({ id }) => id)).toEqual(kind.models);
		for (const model of models) expect(model.label).toBeTruthy();
	});

	test('a failed list is a failure, never an empty list', async () => {
		const world = await kind.make();
		await world.stop();
		expect((await providerFailure(world.provider.models(new AbortController().signal))).code).toBe('offline');
	});

	test('health says what answered, or why nothing did and what to do', async () => {
		const world = await kind.make();
		onTestFinished(() => world.stop());
		const up = await world.provider.health(new AbortController().signal);
		expect(up).toMatchObject({ isUp: true, latencyMs: expect.any(Number) as number });
		expect(up.text).toBeTruthy();
		await world.stop();
		const down = await world.provider.health(new AbortController().signal);
		expect(down).toMatchObject({ isUp: false, latencyMs: null });
		expect(down.text).toMatch(/\.$/);
	});
}
