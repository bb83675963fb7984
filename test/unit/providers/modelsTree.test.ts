import { describe, expect, test } from 'vitest';
import type { ProviderModel } from '../../../src/core/providers/provider';
import { checkProvider, type ProviderState } from '../../../src/core/providers/providerState';
import { modelsTree } from '../../../src/core/providers/views/modelsTree';
import type { ViewNode } from '../../../src/core/ledger/views/viewNode';

const model: ProviderModel = {
	id: 'qwen3:4b',
	label: 'qwen3:4b',
	description: 'qwen3, 4.0B',
	abilities: { tools: true, images: false, thinking: true, structured: null },
	contextTokens: 262_144,
	sizeBytes: 2_620_788_019,
	vramBytes: null,
};

const state = (over: Partial<ProviderState> = {}): ProviderState => ({
	id: 'ollama',
	label: 'Ollama',
	origin: 'found',
	isLocal: true,
	baseUrl: 'http://127.0.0.1:11434',
	takesKey: false,
	canPull: true,
	health: { isUp: true, text: 'Ollama 0.9.6, 1 model', latencyMs: 3, actions: [] },
	models: [model],
	modelsProblem: null,
	isChecking: false,
	...over,
});

const rows = (...states: ProviderState[]): readonly ViewNode[] => modelsTree({ states, problems: [] });
const short = (node: ViewNode | undefined): unknown =>
	node && [node.label, node.description, node.icon?.id, node.contextValue];

describe('the tree of models', () => {
	test('a provider that is up says how fast and how many, and lists its models', () => {
		const [row] = rows(state());
		expect(short(row)).toEqual([
			'Ollama',
			'up · 3 ms · 1 model · found on this machine',
			'pass-filled',
			'provider found pull',
		]);
		expect(row?.isExpanded).toBe(true);
		expect(row?.children?.map(short)).toEqual([['qwen3:4b', '256k context · 2.6 GB', 'symbol-misc', 'model']]);
		expect(row?.children?.[0]?.id).toBe('model:ollama/qwen3:4b');
		expect(row?.children?.[0]?.tooltip).toContain('calls tools, reads no pictures, thinks.');
	});

	test.each([
		[2_100_000_000, '256k context · 2.6 GB · loaded, 2.1 GB on the GPU'],
		[0, '256k context · 2.6 GB · loaded, on the CPU'],
	])('a loaded model says where it is', (vramBytes, description) => {
		const [row] = rows(state({ models: [{ ...model, vramBytes }] }));
		expect(row?.children?.[0]?.description).toBe(description);
	});

	test('what is down says why in full and offers what helps', () => {
		const actions = [
			{ title: 'Set Key', command: 'quarterdeck.providers.setKey', args: ['openai'] },
			{ title: 'Get a Key', command: 'quarterdeck.openUrl', args: ['https://example.com'] },
		];
		const health = { isUp: false, text: 'OpenAI needs a key, and none is set.', latencyMs: null, actions };
		const [row] = rows(
			state({
				id: 'openai',
				label: 'OpenAI',
				origin: 'configured',
				isLocal: false,
				takesKey: true,
				canPull: false,
				health,
				models: null,
			}),
		);
		expect(short(row)).toEqual(['OpenAI', 'needs a key, and none is set.', 'key', 'provider configured key']);
		expect(row?.tooltip).toContain('OpenAI needs a key');
		expect(row?.children?.map(child => [child.label, child.command])).toEqual([
			['Set Key', { id: 'quarterdeck.providers.runAction', args: ['quarterdeck.providers.setKey', 'openai'] }],
			['Get a Key', { id: 'quarterdeck.providers.runAction', args: ['quarterdeck.openUrl', 'https://example.com'] }],
		]);
	});

	test('a loaded model of Ollama says until when, and can be unloaded', () => {
		const loaded = (loadedUntil: number | null) => ({ ...model, vramBytes: 5, loadedUntil });
		const row = (of: typeof model, canPull = true) => rows(state({ models: [of], canPull }))[0]?.children?.[0];
		expect(row(loaded(Date.now() + 300_000))?.tooltip).toMatch(/In memory until \d/);
		expect(row(loaded(null))?.tooltip).toContain('until you unload it');
		expect(row(loaded(Date.now() + 1e13))?.tooltip).toContain('until you unload it');
		expect([row(loaded(null))?.contextValue, row(loaded(null), false)?.contextValue, row(model)?.contextValue]).toEqual(
			['model loaded', 'model', 'model'],
		);
	});

	test('a server that ran here before and does not now is said to be down, without alarm', () => {
		const health = { isUp: false, text: 'Ollama is not running at http://x.', latencyMs: null, actions: [] };
		const [row] = rows(state({ label: 'Ollama', origin: 'found', health, models: null }));
		expect(row?.description).toBe('is not running at http://x. · ran here before');
		expect(row?.icon).toEqual({ id: 'circle-slash', color: null });
	});

	test('no models, models that could not be listed, and nothing asked yet are three different things', () => {
		expect(rows(state({ models: [] }))[0]?.children?.map(child => child.label)).toEqual(['No models']);
		expect(rows(state({ models: null, modelsProblem: 'It sent a page.' }))[0]?.children?.map(short)).toEqual([
			['The models could not be listed', 'It sent a page.', 'warning', ''],
		]);
		const [unasked] = rows(state({ health: null, models: null }));
		expect([unasked?.description, unasked?.children]).toEqual(['not asked yet', []]);
	});

	test('a server cannot draw links or pictures into a tooltip', () => {
		const evil = '![x](https://evil.example/p.png)';
		const [row] = rows(state({ label: evil, models: [{ ...model, id: evil, label: evil, description: evil }] }));
		expect(`${row?.tooltip}${row?.children?.[0]?.tooltip}`).not.toContain('](http');
	});

	test('an entry of the settings that cannot be used leads there', () => {
		const [row] = modelsTree({ states: [], problems: [{ index: 2, text: "The provider 'x' has no 'baseUrl'." }] });
		expect(row?.command?.id).toBe('workbench.action.openSettings');
		expect(row?.description).toContain('baseUrl');
	});

	test('an unencrypted way to another machine is said', () => {
		const [row] = rows(state({ isLocal: false, baseUrl: 'http://192.168.1.5:11434' }));
		expect(row?.tooltip).toContain('not encrypted');
	});
});

test('a check that lists no models says why, and one that is down lists none', async () => {
	const provider = {
		id: 'x',
		label: 'X',
		isLocal: true,
		stream: () => expect.fail('not asked'),
		models: () => Promise.reject(new Error('It sent a page.')),
		health: () => Promise.resolve({ isUp: true, text: 'X', latencyMs: 1, actions: [] }),
	};
	const { signal } = new AbortController();
	expect(await checkProvider(provider, signal)).toMatchObject({ models: null, modelsProblem: 'It sent a page.' });
	const down = { isUp: false, text: 'X is gone.', latencyMs: null, actions: [] };
	expect(await checkProvider({ ...provider, health: () => Promise.resolve(down) }, signal)).toEqual({
		health: down,
		models: null,
		modelsProblem: null,
	});
});
