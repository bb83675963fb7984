import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../src/core/base/json';
import { importClara, isClara } from '../../../../src/core/flow/interop/clara/importClara';
import { importFlow } from '../../../../src/core/flow/interop/importFlow';
import { parseFlow } from '../../../../src/core/flow/model/parse';
import { printFlow } from '../../../../src/core/flow/model/print';
import { validateFlow } from '../../../../src/core/flow/model/validate/validate';
import { builtInCatalog, catalogOf } from '../../../../src/core/flow/nodes/catalog';
import type { NodeType } from '../../../../src/core/flow/nodes/nodeType';
import { customNode } from '../../../../src/core/flow/custom/customNode';
import { describeFile } from '../../../../src/core/flow/custom/customFile';
import { FlowRun } from '../../../../src/core/flow/engine/flowRun';
import { expressionEngine } from '../../../../src/core/flow/expressions/engine';
import { useSandbox } from '../sandbox/support';

type Data = Record<string, Json>;
let count = 0;

/** A node as ClaraVerse saves it, from the documented shape. */
function node(
	id: string,
	type: string,
	data: Data = {},
	name = id,
	ports: { inputs?: readonly string[]; outputs?: readonly string[] } = {},
): Data {
	count += 1;
	const list = (names: readonly string[] | undefined, side: string): Json =>
		(names ?? []).map(port => ({ id: port, name: port, type: side, dataType: 'any' }));
	return {
		id,
		type,
		name,
		position: { x: count * 40, y: 100 },
		data,
		inputs: list(ports.inputs, 'input'),
		outputs: list(ports.outputs, 'output'),
		metadata: { version: '1.0.0' },
	};
}

let edges = 0;
const connect = (...lines: readonly string[]): Json =>
	lines.map(line => {
		const [, sourceNodeId = '', sourcePortId = '', targetNodeId = '', targetPortId = ''] =
			/^(\S+)\.(\S+) -> (\S+)\.(\S+)$/.exec(line) ?? [];
		return { id: `c${++edges}`, sourceNodeId, sourcePortId, targetNodeId, targetPortId };
	});

const flow = (name: string, nodes: readonly Data[], connections: Json, more: Data = {}): Data => ({
	id: 'f',
	name,
	nodes,
	connections,
	variables: [],
	settings: { name, version: '1.0.0', retryPolicy: { maxRetries: 3 } },
	createdAt: '2025-01-01',
	updatedAt: '2025-01-02',
	version: '1.0.0',
	...more,
});

const custom = {
	id: 'word-counter',
	type: 'word-counter',
	name: 'Word Counter',
	category: 'text',
	description: 'Counts words.',
	inputs: [{ id: 'in-1', name: 'Long Text', type: 'input', dataType: 'string', required: true }],
	outputs: [{ id: 'out-1', name: 'Word Count', type: 'output', dataType: 'number' }],
	properties: [{ id: 'least', name: 'Least', type: 'number', defaultValue: 2, validation: { min: 1 } }],
	executionCode:
		'async function execute(inputs, properties, context) { const words = inputs.long_text.split(" ").filter(w => w.length >= (properties.least ?? 1)); context.log("counted", words.length); return { word_count: words.length }; }',
};

const fixtures: Readonly<Record<string, Data>> = {
	'bare, with text': flow(
		'Greeting',
		[
			node('i', 'input', { inputType: 'text', value: 'You', label: 'Who' }),
			node('t', 'static-text', { text: 'Hello {{ plain }}' }),
			node('c', 'combine-text', { combineMode: 'separator', separator: ', ' }),
			node('o', 'output', { outputLabel: 'Result' }),
		],
		connect('t.text -> c.text1', 'i.output -> c.text2', 'c.combined -> o.input'),
	),
	'wrapped, with models': {
		format: 'clara-native',
		version: '1.0.0',
		flow: flow(
			'Models',
			[
				node('p', 'input', { label: 'Prompt' }),
				node('l', 'llm', {
					apiBaseUrl: 'https://api.openai.com/v1',
					apiKey: 'sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCD',
					model: 'gpt-4o',
					temperature: 0,
					maxTokens: 500,
				}),
				node('s', 'structured-llm', { model: 'gpt-4o-mini' }),
				node('j', 'static-text', { text: '{"a": 1}' }),
				node('a', 'agent-executor', {
					provider: 'ollama',
					textModel: 'llama3.2',
					enabledMCPServers: ['github'],
					maxToolCalls: 3,
				}),
				node('o', 'output'),
			],
			connect(
				'p.output -> l.user',
				'l.response -> s.prompt',
				'j.text -> s.jsonExample',
				's.rawResponse -> a.instructions',
				'a.result -> o.input',
			),
		),
		customNodes: [],
		metadata: { exportedAt: '2025', exportedBy: 'me', hasCustomNodes: false },
	},
	'a decision and a request': flow(
		'Decide',
		[
			node('n', 'input', { inputType: 'number', value: 0, label: 'Count' }),
			node('d', 'if-else', { expression: 'input > 3', trueValue: 'large' }),
			node('r', 'api-request', {
				url: 'https://example.com',
				method: 'POST',
				timeout: 5000,
				retries: 2,
				authType: 'bearer',
			}),
			node('q', 'json-parse', { extractField: 'items.0' }),
			node('o', 'output', { format: 'json' }),
			node('x', 'output', { outputLabel: 'Small' }),
		],
		connect(
			'n.output -> d.input',
			'd.true -> r.body',
			'r.data -> q.input',
			'q.output -> o.input',
			'd.false -> x.input',
		),
	),
	'what does not exist here yet': flow(
		'Media',
		[
			node('w', 'whisper-transcription', { model: 'whisper-1', apiKey: 'sk-abcdefghijklmnopqrstuvwxyz0123456789abcd' }),
			node('f', 'file-upload', { outputFormat: 'base64' }),
			node('s', 'text-to-speech', { voice: 'af', speed: 1 }),
			node('n', 'notebook-chat', { selectedNotebook: 'n1', top_k: 60 }),
			node('o', 'output'),
		],
		connect('f.content -> w.audioData', 'w.text -> n.query', 'n.answer -> s.text', 's.audioUrl -> o.input'),
		{ schedule: { enabled: true, interval: 'daily', time: '08:00' } },
	),
	'custom nodes': {
		format: 'clara-sdk',
		version: '1.0.0',
		flow: flow(
			'Custom',
			[
				node('t', 'static-text', { text: 'one three five a b' }),
				node('k', 'word-counter', { least: 3 }, 'Counter'),
				node('o', 'output', { outputLabel: 'count' }),
			],
			connect('t.text -> k.in-1', 'k.out-1 -> o.input'),
		),
		customNodes: [custom],
	},
	'ports with ids of their own': flow(
		'Ids',
		[
			{
				...node('t', 'static-text', { text: 'x' }),
				outputs: [{ id: 'port-77', name: 'Text', type: 'output', dataType: 'string' }],
			},
			{ ...node('o', 'output'), inputs: [{ id: 'port-78', name: 'Input', type: 'input', dataType: 'any' }] },
		],
		connect('t.port-77 -> o.port-78'),
	),
	documents: flow(
		'Documents',
		[
			node('p', 'pdf-input', { maxPages: 5, fileName: 'a.pdf' }),
			node('i', 'image-input', { fileName: 'a.png' }),
			node('l', 'llm', { model: 'gpt-4o' }),
			node('o', 'output'),
		],
		connect('p.text -> l.context', 'i.base64 -> l.image', 'l.response -> o.input'),
	),
};

const newSandbox = useSandbox();
const world = { flow: () => undefined, tool: () => undefined };

describe('flows of ClaraVerse', () => {
	test.each(Object.entries(fixtures))('%s', (title, given) => {
		expect(isClara(given)).toBe(true);
		const { flow: imported, report } = importClara(given);
		const text = printFlow(imported);
		const parsed = parseFlow(text);
		expect(parsed.problems).toEqual([]);
		expect(printFlow(parsed.flow!)).toBe(text);
		expect(text).not.toMatch(/sk-(?:proj-)?abc/);
		// Every node of theirs is there, with all that it held but its keys.
		const nodes = ((given['flow'] ?? given) as { nodes: readonly Data[] }).nodes;
		const origins: readonly unknown[] = Object.values(imported.nodes).map(each => each.origin?.['clara']);
		for (const { id, data } of nodes) {
			const { apiKey: _key, ...rest } = data as Data;
			expect(origins.find(each => (each as { id: unknown }).id === id)).toMatchObject({ data: rest });
		}
		const flagged = new Set(report.lines.filter(({ kind }) => kind === 'flagged').map(line => line.node));
		const errors = validateFlow(imported, builtInCatalog, world).filter(
			({ severity, node: id, code }) => severity === 'error' && code !== 'unknown-type' && !flagged.has(id),
		);
		expect({ title, errors: errors.map(({ message }) => message) }).toEqual({ title, errors: [] });
	});

	test('the 18 kinds are either translated or kept, never lost', () => {
		const kinds = [
			'input',
			'output',
			'static-text',
			'combine-text',
			'json-parse',
			'if-else',
			'api-request',
			'llm',
			'structured-llm',
			'agent-executor',
			'whisper-transcription',
			'text-to-speech',
			'comfyui-image-gen',
			'image-input',
			'pdf-input',
			'file-upload',
			'notebook-writer',
			'notebook-chat',
		];
		const { flow: imported, report } = importClara(
			flow(
				'All',
				kinds.map(kind => node(kind, kind)),
				[],
			),
		);
		const kept = Object.values(imported.nodes)
			.filter(({ type }) => type === 'import.kept@1')
			.map(({ params }) => params?.['original']);
		expect(kept.map(String).toSorted()).toEqual([
			'comfyui-image-gen',
			'notebook-chat',
			'notebook-writer',
			'text-to-speech',
			'whisper-transcription',
		]);
		expect(report.lines.filter(({ kind }) => kind === 'translated')).toHaveLength(13);
	});

	test('values that are 0, empty or false stay what they are', () => {
		const { flow: models } = importClara(fixtures['wrapped, with models']!);
		expect(models.nodes['l']).toMatchObject({
			type: 'llm.chat@1',
			params: { model: 'openai/gpt-4o', temperature: 0, maxTokens: 500 },
		});
		expect(models.nodes['a']).toMatchObject({
			params: { model: 'ollama/llama3.2', tools: ['mcp__github__*'], maxToolCalls: 3 },
		});
		const { flow: decide } = importClara(fixtures['a decision and a request']!);
		expect(decide.inputs['count']).toEqual({ type: 'number', default: 0 });
		expect(decide.nodes['d']?.params).toEqual({ condition: 'input.value > 3', whenTrue: 'large' });
	});

	test('what it gives is what ClaraVerse gave', async () => {
		const { flow: imported } = importClara(fixtures['bare, with text']!);
		const run = await FlowRun.start({
			flow: imported,
			catalog: builtInCatalog,
			expressions: expressionEngine,
			services: {},
			cwd: '/',
		});
		expect(await run.result).toMatchObject({ status: 'succeeded', outputs: { Result: 'Hello {{ plain }}, You' } });
	});

	test('a custom node becomes a file that the sandbox runs', async () => {
		const { flow: imported, files, report } = importClara(fixtures['custom nodes']!);
		expect(files.map(({ path }) => path)).toEqual(['.quarterdeck/nodes/word-counter.js']);
		expect(report.lines).toContainEqual(
			expect.objectContaining({ kind: 'flagged', text: expect.stringContaining('word-counter.js') as string }),
		);
		const sandbox = newSandbox();
		const file = await describeFile(sandbox, files[0]!.path, files[0]!.text, new AbortController().signal);
		const type = customNode(file, { sandbox, grants: { granted: () => [] } });
		const catalog = catalogOf([...builtInCatalog.list(), type as unknown as NodeType]);
		expect(validateFlow(imported, catalog, world).filter(({ severity }) => severity === 'error')).toEqual([]);
		const run = await FlowRun.start({
			flow: imported,
			catalog,
			expressions: expressionEngine,
			services: {},
			cwd: '/',
		});
		expect(await run.result).toMatchObject({ status: 'succeeded', outputs: { count: 3 } });
	});
});

describe('a Prompt flow', () => {
	const yaml = `
inputs:
  question: { type: string, default: Why? }
outputs:
  answer: { type: string, reference: "\${judge.output}" }
nodes:
- name: fetch
  type: python
  source: { type: code, path: fetch.py }
  inputs: { query: "\${inputs.question}" }
- name: judge
  type: llm
  source: { type: code, path: judge.jinja2 }
  inputs:
    deployment_name: gpt-4
    temperature: 0
    question: "\${inputs.question}"
    context: "\${fetch.output}"
  connection: azure_open_ai
  api: chat
  activate: { when: "\${fetch.output}", is: true }
`;
	test('its prompts, inputs and conditions are ours, its Python is kept', async () => {
		const prompt = 'system:\nYou judge.\n\nuser:\nAbout {{ question }} with {{context}}';
		const { flow: imported, report } = await importFlow(yaml, {
			name: 'judge-it',
			files: { read: path => (path === 'judge.jinja2' ? prompt : undefined) },
		});
		expect(imported.nodes['judge']).toMatchObject({
			type: 'llm.chat@1',
			params: {
				system: 'You judge.',
				prompt: 'About {{ flow.question }} with {{ nodes.fetch.output }}',
				model: 'azure/gpt-4',
				temperature: 0,
			},
		});
		expect(imported.nodes['fetch']).toMatchObject({
			type: 'import.kept@1',
			params: { original: 'python', outputs: ['output'] },
		});
		expect(imported.nodes['when-judge']?.params).toEqual({ condition: 'nodes.fetch.output === true' });
		expect(imported.inputs).toEqual({ question: { type: 'text', default: 'Why?' } });
		expect(report.lines.filter(({ kind }) => kind === 'kept')).toHaveLength(1);
		expect(validateFlow(imported, builtInCatalog, world).filter(({ severity }) => severity === 'error')).toEqual([]);
	});

	test('what is nothing of these is refused with a sentence', async () => {
		const options = { name: 'x', files: { read: () => undefined } };
		await expect(importFlow('{"a": 1}', options)).rejects.toThrow('no flow of ClaraVerse');
		await expect(importFlow('{', options)).rejects.toThrow('no JSON');
		await expect(importFlow('a: [', options)).rejects.toThrow('neither JSON nor YAML');
		await expect(importFlow(JSON.stringify(fixtures['documents']), { ...options, format: 'n8n' })).rejects.toThrow(
			'like one of clara',
		);
	});
});
