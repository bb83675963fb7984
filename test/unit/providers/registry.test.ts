import { describe, expect, onTestFinished, test } from 'vitest';
import { noUsage } from '../../../src/core/ledger/events';
import { readConfigs } from '../../../src/core/providers/config';
import type { EnergyMeter } from '../../../src/core/providers/energy';
import { OllamaProvider } from '../../../src/core/providers/ollama';
import { OpenAiCompatibleProvider } from '../../../src/core/providers/openaiCompatible';
import { modelRefText, parseModelRef, ProviderError, type ProviderModel } from '../../../src/core/providers/provider';
import { Providers, type ProvidersPorts } from '../../../src/core/providers/registry';
import { FakeOllama } from '../../fakes/ollama/server';
import { fails, heard, ManualClock, requestFor, says, ScriptedProvider } from './scripted';

const signal = new AbortController().signal;
const ollama = (id: string, baseUrl?: string) => ({ id, kind: 'ollama', ...(baseUrl ? { baseUrl } : {}) }) as const;

function world(over: Partial<ProvidersPorts> = {}) {
	const clock = new ManualClock();
	const made: string[] = [];
	const providers = new Providers({
		clock,
		secret: async () => undefined,
		prices: () => ({}),
		chain: () => [],
		make: async config => {
			made.push(config.id);
			return new ScriptedProvider(config.id, [says(config.id)]);
		},
		...over,
	});
	onTestFinished(() => providers.dispose());
	let changes = 0;
	const listening = providers.onDidChange(() => changes++);
	onTestFinished(() => listening.dispose());
	return { providers, clock, made, changes: () => changes };
}

const ids = (providers: Providers) => providers.list().map(({ id }) => id);

describe('the setting', () => {
	test.each([
		[{ id: 'Big Box', kind: 'ollama' }, "The provider 'Big Box' cannot be used: 'id' is not made of small letters"],
		[{ id: 'claude', kind: 'openai' }, 'is taken by Quarterdeck itself'],
		[{ id: 'a', kind: 'ollama', baseUrl: 'ftp://x' }, "'baseUrl' is no address that begins with http"],
		[{ id: 'a', kind: 'ollama', baseUrl: 'http://me:secret@x' }, 'holds no name, password or query'],
		[{ id: 'a', kind: 'ollama', headers: { 'x y': '1' } }, 'is no name of a header'],
		[{ id: 'a', kind: 'ollama', headers: { x: 'a\r\nb: c' } }, 'holds a line break'],
		[{ id: 'a', kind: 'ollama', headers: { 'X-Api-Key': 'abc' } }, 'would hold a secret'],
		[{ id: 'a', kind: 'openai', preset: 'nobody' }, "'preset'"],
		[{ id: 'a', kind: 'openai' }, "has no 'baseUrl'"],
		[{ id: 'a', kind: 'ollama', key: 'sk-1' }, "'key' does not belong into settings"],
		[{ id: 'a', kind: 'ollama', colour: 1 }, "'colour' is unknown"],
		[{ id: 'a', kind: 'telepathy' }, "'kind' is not valid"],
		['nonsense', 'The provider cannot be used: it is not valid.'],
	])('what is wrong with %j is said', (entry, text) => {
		const { configs, problems } = readConfigs([entry]);
		expect([configs, problems.map(problem => problem.text)]).toEqual([[], [expect.stringContaining(text)]]);
	});

	test('one wrong entry does not take the others with it, and the first of two counts', () => {
		const { providers } = world();
		const problems = providers.configure([ollama('a'), { id: 'b' }, ollama('a', 'http://far:1'), ollama('c')]);
		expect(ids(providers)).toEqual(['a', 'c']);
		expect(problems.map(({ index }) => index)).toEqual([1, 2]);
	});

	test('nothing is made before it is asked, and what did not change stays as it is', async () => {
		const { providers, made, changes } = world();
		providers.configure([ollama('a'), ollama('b', 'http://far:1')]);
		const [a, b] = providers.list();
		expect([made, changes()]).toEqual([[], 1]);
		expect(await heard(providers.get('a').stream(requestFor()))).toEqual(['start', 'a', 'end']);
		providers.configure([ollama('a'), ollama('b', 'http://far:2')]);
		expect(providers.find('a')).toBe(a);
		expect(providers.find('b')).not.toBe(b);
		await providers.get('a').health(signal);
		expect([made, changes()]).toEqual([['a'], 2]);
	});

	test('makes the real adapters, with the key of their id', async () => {
		const server = await FakeOllama.start({ key: 'k-far' });
		onTestFinished(() => server.stop());
		const clock = new ManualClock();
		const secret = async (id: string) => `k-${id}`;
		const providers = new Providers({ clock, secret, prices: () => ({}), chain: () => [] });
		onTestFinished(() => providers.dispose());
		providers.configure([ollama('far', server.url), { id: 'or', kind: 'openai', preset: 'openrouter' }]);
		expect(await providers.adapter('far')).toBeInstanceOf(OllamaProvider);
		expect(await providers.adapter('or')).toBeInstanceOf(OpenAiCompatibleProvider);
		expect((await providers.get('far').health(signal)).text).toBe('Ollama 0.9.6, 1 model');
	});
});

describe('what was found', () => {
	test('is there until the settings name it themselves, by id or by address', () => {
		const { providers, changes } = world();
		providers.offerFound([ollama('ollama', 'http://127.0.0.1:11434'), ollama('other', 'http://127.0.0.1:5')]);
		expect([ids(providers), providers.isFound('ollama'), changes()]).toEqual([['ollama', 'other'], true, 1]);
		providers.offerFound([ollama('ollama', 'http://127.0.0.1:11434'), ollama('other', 'http://127.0.0.1:5')]);
		expect(changes()).toBe(1);
		providers.configure([ollama('mine', 'http://localhost:11434'), ollama('other', 'http://far:1')]);
		expect([ids(providers), providers.isFound('other')]).toEqual([['mine', 'other'], false]);
		providers.configure([]);
		expect(ids(providers)).toEqual(['ollama', 'other']);
	});

	test('a provider of the host comes and goes, and keeps its id', async () => {
		const { providers } = world();
		const added = providers.add(new ScriptedProvider('vscode', [says('Hi')]));
		expect(() => providers.add(new ScriptedProvider('vscode', []))).toThrow('already');
		expect(ids(providers)).toEqual(['vscode']);
		expect(await providers.adapter('vscode')).toBeInstanceOf(ScriptedProvider);
		added.dispose();
		expect(ids(providers)).toEqual([]);
	});
});

describe('models', () => {
	const model = (id: string) => ({ id, label: id }) as ProviderModel;

	test('of all, each with its state: a failure is not an empty list', async () => {
		const { providers } = world();
		const [good, empty, bad] = ['good', 'empty', 'bad'].map(id => new ScriptedProvider(id, []));
		good!.models = async () => [model('x')];
		bad!.models = async () => {
			throw new ProviderError('offline', 'Nothing listens there.');
		};
		for (const provider of [good!, empty!, bad!]) providers.add(provider);
		const all = await providers.models(signal);
		expect(all.map(one => [one.provider.id, one.state === 'ready' ? one.models.length : one.error.code])).toEqual([
			['good', 1],
			['empty', 0],
			['bad', 'offline'],
		]);
	});

	test('are asked for once by all who want them, and anew after five minutes, a failure or a change', async () => {
		const { providers, clock } = world();
		let asked = 0;
		const provider = new ScriptedProvider('far', []);
		provider.models = async () => {
			if (++asked === 1) throw new ProviderError('offline', 'No.');
			return [model('x:latest')];
		};
		providers.add(provider);
		const ref = parseModelRef('far/x');
		await expect(providers.model(ref, signal)).rejects.toThrow('No.');
		expect(
			(await Promise.all([providers.model(ref, signal), providers.model(ref, signal)])).map(found => found?.id),
		).toEqual(['x:latest', 'x:latest']);
		expect(await providers.model(parseModelRef('far/y'), signal)).toBeNull();
		expect(asked).toBe(2);
		clock.advance(5 * 60_000);
		await providers.models(signal);
		providers.forget('far');
		await providers.models(signal);
		await providers.models(signal, true);
		expect(asked).toBe(5);
	});

	test('one who stops waiting does not end it for the others', async () => {
		const { providers } = world();
		const provider = new ScriptedProvider('far', []);
		provider.models = async () => [model('x')];
		providers.add(provider);
		const abort = new AbortController();
		const [gone, stays] = [providers.models(abort.signal), providers.models(signal)];
		abort.abort();
		await expect(gone).rejects.toThrow('Cancelled');
		expect(await stays).toMatchObject([{ state: 'ready' }]);
	});
});

test('a provider of the host is asked again as the others are', async () => {
	const { providers, clock } = world();
	clock.skipWaits();
	providers.add(new ScriptedProvider('vscode', [fails('overloaded'), says('Hi')]));
	expect(await heard(providers.get('vscode').stream(requestFor()))).toEqual(['start', 'Hi', 'end']);
});

test('an unknown provider is a sentence with a next step', () => {
	const { providers } = world();
	expect(() => providers.resolve(parseModelRef('gone/x'))).toThrow("There is no provider 'gone'.");
});

test('the fallback chain leaves out what is not set up, and the model itself', () => {
	const chain = ['a/one', 'gone/two', 'a/two', 'a/two'].map(parseModelRef);
	const { providers } = world({ chain: () => chain });
	providers.configure([ollama('a')]);
	expect(providers.fallbacks(parseModelRef('a/one')).map(modelRefText)).toEqual(['a/two']);
});

test('prices: the own machine is free, a known service is priced, the rest is unpriced', () => {
	const { providers } = world({ prices: () => ({ 'far/x': { input: 1, output: 1 } }) });
	providers.configure([
		ollama('here'),
		ollama('far', 'http://far:11434'),
		{ id: 'gpt', kind: 'openai', preset: 'openai' },
		{ id: 'proxy', kind: 'openai', preset: 'openai', baseUrl: 'https://proxy.example/v1' },
	]);
	const cost = (text: string) => providers.price(parseModelRef(text), { ...noUsage, input: 1_000_000 });
	expect(
		['here/x', 'here/gpt-oss:120b-cloud', 'far/x', 'far/y', 'gpt/gpt-4.1', 'proxy/gpt-4.1', 'gone/x'].map(cost),
	).toEqual([
		{ cost: 0, basis: 'reported' },
		{ cost: null, basis: 'unpriced' },
		{ cost: 1_000_000_000, basis: 'priced' },
		{ cost: null, basis: 'unpriced' },
		{ cost: 2_000_000_000, basis: 'priced' },
		{ cost: null, basis: 'unpriced' },
		{ cost: null, basis: 'unpriced' },
	]);
});

test('what an answer took of the GPU is told for a model that runs on this machine, and for no other', async () => {
	const energy: EnergyMeter = { begin: () => ({ joules: 40.4, dispose: () => undefined }) };
	const usage = { ...noUsage, output: 5 };
	const { providers, clock } = world({
		energy,
		make: async config => {
			const provider = new ScriptedProvider(config.id, []);
			provider.stream = async function* () {
				yield { type: 'end', reason: 'stop', usage, reportedUsd: null };
			};
			return provider;
		},
	});
	clock.skipWaits();
	providers.configure([ollama('here'), ollama('far', 'http://far:11434')]);
	const used = async (id: string, name: string): Promise<number | undefined> => {
		let joules: number | undefined;
		for await (const event of providers.get(id).stream(requestFor(name)))
			if (event.type === 'end') joules = event.usage?.gpuJoules;
		return joules;
	};
	expect(await used('here', 'x')).toBe(40);
	expect(await used('here', 'gpt-oss:120b-cloud')).toBeUndefined();
	expect(await used('far', 'x')).toBeUndefined();
});
