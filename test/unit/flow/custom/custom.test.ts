import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../../src/core/base/clock';
import { ExpectedError } from '../../../../src/core/base/errors';
import type { Json } from '../../../../src/core/base/json';
import { describeFile } from '../../../../src/core/flow/custom/customFile';
import { CustomNodes } from '../../../../src/core/flow/custom/customNodes';
import { customNode } from '../../../../src/core/flow/custom/customNode';
import {
	customPath,
	newCustomNode,
	nodeName,
	readNodeForm,
	type NewNodeForm,
} from '../../../../src/core/flow/custom/newNode';
import { customSources } from '../../../../src/core/flow/custom/sources';
import { runSingleNode } from '../../../../src/core/flow/custom/tryNode';
import { sourcesOf, usedParts } from '../../../../src/core/flow/custom/usedParts';
import { describeToNode } from '../../../../src/core/flow/custom/writeNode';
import { emptyFlow, type Flow } from '../../../../src/core/flow/model/flow';
import type { FlowModelRequest, NodeContext } from '../../../../src/core/flow/nodes/context';
import { paramsSchema } from '../../../../src/core/flow/nodes/paramMeta';
import type { NodeType } from '../../../../src/core/flow/nodes/nodeType';
import { customNodesTree, type CustomNodeRow } from '../../../../src/core/flow/views/customNodesTree';
import type { LedgerEvent } from '../../../../src/core/ledger/events';
import type { ToolOutcome } from '../../../../src/core/tools/toolRunner';
import { useSandbox } from '../sandbox/support';

const makeSandbox = useSandbox();
const { signal } = new AbortController();

const wordCount = `export default {
	type: 'word-count', title: 'Word count', help: 'Counts words. Example: none.',
	params: { type: 'object', properties: { least: { type: 'integer', default: 1, minimum: 0, title: 'At least', pattern: '(a+)+$' } } },
	ports: { inputs: ['text'], outputs: [{ name: 'count', kind: 'number' }, 'tooFew'] },
	run({ text }, { least }, context) {
		const count = String(text).split(/\\s+/).filter(Boolean).length;
		context.log('counted', count);
		return count < least ? { tooFew: true } : { count };
	},
}`;

function context(more: Partial<NodeContext> = {}): {
	readonly context: NodeContext;
	readonly log: string[];
	readonly calls: unknown[];
} {
	const log: string[] = [];
	const calls: unknown[] = [];
	const fake: Partial<NodeContext> = {
		node: 'n',
		attempt: 1,
		idempotencyKey: 'k',
		signal,
		log: text => void log.push(text),
		secret: async name => Promise.resolve(`value of ${name}`),
		callTool: async (name, input) => {
			calls.push([name, input]);
			const value: Json =
				name === 'quarterdeck_http_request'
					? { url: 'u', status: 200, headers: { 'X-A': '1' }, text: '{"a":1}' }
					: 'text of the file';
			return Promise.resolve<ToolOutcome>({
				id: '',
				name,
				status: 'done',
				content: [],
				isError: false,
				fullText: '',
				diff: null,
				input,
				value,
				verdict: null,
				decision: null,
				isStop: false,
				ranMs: 0,
			});
		},
		...more,
	};
	return { context: fake as NodeContext, log, calls };
}

async function load(
	source: string,
	granted: readonly string[] = [],
): Promise<NodeType<Readonly<Record<string, Json>>>> {
	const sandbox = makeSandbox();
	const file = await describeFile(sandbox, '.quarterdeck/nodes/a.js', source, signal);
	return customNode(file, { sandbox, grants: { granted: hash => (hash === file.hash ? granted : []) } });
}

test('a file becomes a node type like any other', async () => {
	const node = await load(wordCount);
	expect(node).toMatchObject({
		type: 'custom.word-count',
		title: 'Word count',
		category: 'Custom',
		effects: 'pure',
		summary: 'Counts words.',
	});
	expect(node.ports).toMatchObject({
		inputs: [{ name: 'text', kind: 'any', title: 'Text' }],
		outputs: [
			{ name: 'count', kind: 'number' },
			{ name: 'tooFew', title: 'Too few' },
		],
	});
	expect(paramsSchema(node as NodeType)).toMatchObject({
		properties: { least: { type: 'integer', default: 1, title: 'At least' } },
	});
	expect(JSON.stringify(paramsSchema(node as NodeType))).not.toContain('(a+)+');
	const { context: given, log } = context();
	expect(await node.run?.({ text: 'one two three' }, { least: 1 }, given)).toEqual({ count: 3 });
	expect(await node.run?.({ text: '' }, { least: 1 }, given)).toEqual({ tooFew: true });
	expect(await node.run?.({ text: false }, { least: 0 }, given)).toEqual({ count: 1 });
	expect(log).toEqual(['counted 3', 'counted 0', 'counted 1']);
});

test('a file without ports takes one value and gives one', async () => {
	const node = await load('export default { type: "a", title: "A", run: ({ input }) => input }');
	for (const value of [0, '', false, null, [1], { a: 1 }]) {
		expect(await node.run?.({ input: value }, {}, context().context)).toEqual({ output: value });
	}
	expect(await node.run?.({}, {}, context().context)).toEqual({});
});

test.each([
	['export default 1', 'export default { type'],
	['const a = 1', 'export default { type'],
	['export default { type: "a", title: "A" }', 'needs a function “run'],
	['export default { type: "A b", title: "A", run() {} }', '“type”: a type is made of'],
	['export default { type: "a", title: "A", capabilities: ["process"], run() {} }', 'a capability is “fetch”'],
	['export default { type: "a", title: "A", ports: { inputs: ["x", "x"] }, run() {} }', 'twice'],
	[
		'export default { type: "a", title: "A", params: { type: "object", properties: 3 }, run() {} }',
		'“params.properties”',
	],
	['export default { type: "a", title: "A", params: { type: "string" }, run() {} }', '“params.type”'],
	[
		'export default { type: "a", title: "A", params: { type: "object", properties: { a: { $ref: "nowhere" } } }, run() {} }',
		'“params” is not a JSON schema',
	],
	['import fs from "node:fs"; export default { type: "a", title: "A", run() {} }', 'The script'],
	['export default {\n\ttype: "a",,\n}', 'cannot be read in a.js, line 2'],
	['\n\nthrow new Error("at once")', 'in a.js, line 3: at once'],
	['while (true);', 'computed for longer than 1 s'],
	['await new Promise(() => {}); export default {}', 'waits for a promise'],
	['export default { get type() { while (true); }, title: "A", run() {} }', 'computed for longer than 1 s'],
	['export default await fetch("https://a.example")', 'is a capability that this script does not have'],
	['export default { type: "a", title: "x".repeat(1e6), run() {} }', 'up to 200000 are passed on'],
])('%s is refused with a reason', async (source, reason) => {
	await expect(load(source)).rejects.toThrow(reason);
});

test('what a file reaches was declared and granted, and passes the gate', async () => {
	const source = `export default {
		type: 'a', title: 'A', capabilities: ['fetch', 'files', 'secret:key'],
		async run(inputs, params, { fetch, files, secret }) {
			const answer = await fetch('https://a.example', { method: 'POST', body: 'b' });
			let other = ''; try { await secret('other') } catch (error) { other = error.message }
			return [answer.ok, answer.headers.get('x-a'), await answer.json(), await files.read('a.txt'), await secret('key'), other];
		},
	}`;
	const { context: given, calls } = context();
	await expect((await load(source, ['fetch'])).run?.({}, {}, given)).rejects.toThrow(
		'asks for “files”, “secret:key”, which you have not granted to this version of a.js',
	);
	expect(calls).toEqual([]);
	const node = await load(source, ['fetch', 'files', 'secret:key']);
	expect(node.effects).toBe('writes');
	expect(await node.run?.({}, {}, given)).toEqual({
		output: [true, '1', { a: 1 }, 'text of the file', 'value of key', expect.stringContaining('“other”')],
	});
	expect(calls).toEqual([
		['quarterdeck_http_request', { url: 'https://a.example', method: 'POST', headers: {}, body: 'b' }],
		['quarterdeck_read_file', { file_path: 'a.txt' }],
	]);
});

test('outputs that are none of the node’s are told', async () => {
	const node = await load(
		'export default { type: "a", title: "A", ports: { outputs: ["x"] }, run: ({ input }) => input }',
	);
	await expect(node.run?.({ input: 1 }, {}, context().context)).rejects.toThrow(
		'must return an object of its outputs: “x”',
	);
	await expect(node.run?.({ input: { y: 1 } }, {}, context().context)).rejects.toThrow('returned “y”');
});

test('files come, change and go; each is described once', async () => {
	const sandbox = makeSandbox();
	let described = 0;
	const granted = new Map<string, readonly string[]>();
	const nodes = new CustomNodes({
		sandbox: {
			run: async (program, options) => {
				described += 1;
				return sandbox.run(program, options);
			},
		},
		grants: { granted: hash => granted.get(hash) ?? [] },
	});
	onTestFinished(() => nodes.dispose());
	const path = '.quarterdeck/nodes/word-count.js';
	const other = { path: '.quarterdeck/nodes/broken.js', text: 'export default {\n  oops oops\n}' };
	await nodes.update([{ path, text: wordCount }, other], signal);
	expect(nodes.types.map(type => type.type)).toEqual(['custom.word-count']);
	expect(nodes.problems).toMatchObject([{ path: other.path, line: 2 }]);
	const [view] = nodes.views;
	expect([
		nodes.stateOf('custom.word-count', view?.hash),
		nodes.stateOf('custom.broken'),
		nodes.stateOf('custom.gone'),
	]).toEqual(['ready', 'broken', 'missing']);
	await nodes.update([{ path, text: wordCount }], signal);
	expect(described).toBe(2);
	const changed = wordCount.replace('ports:', "capabilities: ['fetch'], ports:");
	await nodes.update(
		[
			{ path, text: changed },
			{ path: '.quarterdeck/nodes/second.js', text: wordCount },
		],
		signal,
	);
	expect(nodes.stateOf('custom.word-count', view?.hash)).toBe('changed');
	expect(nodes.stateOf('custom.word-count')).toBe('not-granted');
	expect(nodes.views).toMatchObject([{ missing: ['fetch'] }]);
	expect(nodes.problems).toMatchObject([{ message: 'The file of the type “word-count” is word-count.js.' }]);
	granted.set(nodes.views[0]?.hash ?? '', ['fetch']);
	expect(nodes.stateOf('custom.word-count')).toBe('ready');
	expect(nodes.types[0]?.revision).not.toBe(view?.hash);
});

/** Runs a source as a flow does, with the permissions that are named. */
async function trial(
	source: string,
	wish: { inputs?: Record<string, Json>; params?: Record<string, Json>; granted?: readonly string[] } = {},
): Promise<Awaited<ReturnType<typeof runSingleNode>> & { readonly events: readonly LedgerEvent[] }> {
	const sandbox = makeSandbox();
	const file = await describeFile(sandbox, '.quarterdeck/nodes/a.js', source, signal);
	const type = customNode(file, { sandbox, grants: { granted: () => wish.granted ?? [] } }) as NodeType;
	const events: LedgerEvent[] = [];
	const deps = {
		services: { secret: (name: string) => Promise.resolve(`value of ${name}`) },
		clock: systemClock,
		append: (event: LedgerEvent) => void events.push(event),
		cwd: '/home/ada/shop',
		limits: {},
	};
	const { inputs = {}, params = {} } = wish;
	return { ...(await runSingleNode(deps, { type, title: 'Test of A', inputs, params, signal })), events };
}

const form: NewNodeForm = {
	title: 'It\'s "mine"',
	summary: 'Passes on.\\n',
	inputs: [{ name: 'text', kind: 'text' }],
	outputs: [{ name: 'result', kind: 'any' }],
	params: [
		{ name: 'least', title: 'At least', type: 'number' },
		{ name: 'isLoud', title: '', type: 'boolean' },
	],
	servers: ['api.example.com', '*.example.org'],
	secrets: ['a'],
	files: true,
};

test('a new node runs as it is', async () => {
	const source = newCustomNode(form);
	const file = await describeFile(makeSandbox(), customPath(nodeName(form)), source, signal);
	expect(file).toMatchObject({
		path: '.quarterdeck/nodes/its-mine.js',
		description: {
			type: 'its-mine',
			title: 'It\'s "mine"',
			capabilities: ['fetch:api.example.com', 'fetch:*.example.org', 'files', 'secret:a'],
			params: { properties: { least: { type: 'number', title: 'At least' }, isLoud: { type: 'boolean' } } },
		},
	});
	const granted = file.description.capabilities;
	expect(await trial(source, { inputs: { text: 'x' }, granted })).toMatchObject({
		isOk: true,
		outputs: { result: 'x' },
		log: ['It\'s "mine" runs'],
	});
	expect(await trial(source, { inputs: { text: 'x' } })).toMatchObject({
		isOk: false,
		message: expect.stringContaining('which you have not granted') as string,
	});
	expect(() => customPath('../evil')).toThrow(ExpectedError);
});

test('a form that would make no node is refused with a sentence', () => {
	expect(readNodeForm({ title: 'A' })).toMatchObject({ inputs: [{ name: 'input', kind: 'any' }], files: false });
	const twice = [form.inputs[0], form.inputs[0]];
	expect(() => readNodeForm({ ...form, inputs: twice })).toThrow('There are two of the input “text”');
	expect(() => readNodeForm({ ...form, servers: ['*.*'] })).toThrow('“*.*” is no name of a server');
	expect(() => readNodeForm({ ...form, outputs: [] })).toThrow('outputs');
	expect(() => readNodeForm({ ...form, params: [{ name: 'a b' }] })).toThrow('params.0.name');
	expect(() => readNodeForm('no')).toThrow(ExpectedError);
});

test('a node reaches the servers that it names, and no other', async () => {
	const source = `export default {
		type: 'a', title: 'A', capabilities: ['fetch:api.example.com', 'fetch:*.example.org'],
		run: async ({ input }, params, { fetch }) => (await fetch(input)).status,
	}`;
	const granted = ['fetch:api.example.com', 'fetch:*.example.org'];
	const node = await load(source, granted);
	expect(node.effects).toBe('writes');
	const { context: given, calls } = context();
	const value = { url: 'https://api.example.com/moved', status: 200, headers: {}, text: '' };
	const answering = {
		...given,
		callTool: async (...call: Parameters<NodeContext['callTool']>) => ({ ...(await given.callTool(...call)), value }),
	};
	for (const url of ['https://api.example.com/a', 'https://a.example.org', 'https://API.example.com'])
		expect(await node.run?.({ input: url }, {}, answering)).toEqual({ output: 200 });
	for (const url of [
		'https://example.com',
		'https://api.example.com.evil.example',
		'https://example.org',
		'no address',
	])
		await expect(node.run?.({ input: url }, {}, answering)).rejects.toThrow('is not on a server');
	expect(calls).toHaveLength(3);
	// What a server sends on to is checked as well.
	value.url = 'https://evil.example';
	await expect(node.run?.({ input: 'https://api.example.com' }, {}, answering)).rejects.toThrow('evil.example');
});

test('a trial tells what went wrong and where, and is in the ledger', async () => {
	const source =
		'export default {\n\ttype: "a", title: "A",\n\trun() {\n\t\tconsole.log("before");\n\t\tnull.a;\n\t},\n}';
	const failed = await trial(source);
	expect(failed).toMatchObject({
		isOk: false,
		log: ['before'],
		message: expect.stringContaining('in a.js, line 5') as string,
	});
	expect(failed.events.map(({ type }) => type)).toEqual(
		expect.arrayContaining(['execution.started', 'step.started', 'execution.ended']),
	);
	expect(await trial(wordCount, { params: { least: 'x' } })).toMatchObject({
		isOk: false,
		message: expect.stringContaining('least') as string,
	});
	expect(await trial(wordCount, { inputs: { text: 'one two' }, params: { least: 0 } })).toMatchObject({
		isOk: true,
		outputs: { count: 2 },
	});
});

test('a model writes a node; what is none goes back to it with the reason', async () => {
	const types = readFileSync(resolve(import.meta.dirname, '../../../../media/nodes/quarterdeck.d.ts.txt'), 'utf8');
	const requests: FlowModelRequest[] = [];
	const answers = [
		{ text: 'no JSON' },
		{ text: '', object: { name: 'word-count', source: 'export default {', explanation: '' } },
		{ text: '', object: { name: 'word-count', source: wordCount, explanation: 'It counts.' } },
	];
	const deps = {
		sandbox: makeSandbox(),
		types,
		model: 'a/b',
		ask: async (request: FlowModelRequest) => {
			requests.push(request);
			return Promise.resolve(answers[requests.length - 1] ?? { text: 'no' });
		},
	};
	const written = await describeToNode(deps, 'count the words', signal);
	expect(written).toMatchObject({
		explanation: 'It counts.',
		file: { path: '.quarterdeck/nodes/word-count.js', source: wordCount },
	});
	expect(JSON.stringify(requests[2]?.messages)).toContain('That is not usable: The script cannot be read');
	expect(requests[0]?.format?.name).toBe('custom_node');
	await expect(describeToNode(deps, 'again', signal)).rejects.toThrow('no usable node in 3 attempts');
});

test.each([
	['a loop', 'run() { for (;;); }', 'script-timeout'],
	['a loop in a getter of what it gives', 'run: () => ({ get output() { for (;;); } })', 'script-timeout'],
	['a bomb', 'run() { const all = []; for (;;) all.push(new Array(1e5).fill(1)); }', 'script-(?:memory|timeout)'],
	[
		'a flood',
		'async run() { const go = () => { Promise.resolve().then(go); Promise.resolve().then(go); }; go(); await new Promise(() => {}); }',
		'script-',
	],
	['a wait', 'async run() { await new Promise(() => {}); }', 'script-stuck'],
	['a circle', 'run() { const a = {}; a.a = a; return a; }', 'script-output'],
	[
		'a probe',
		'run: () => [typeof process, typeof require, this?.constructor?.constructor?.("return typeof process")()]',
		'gave',
	],
	['an escape', 'run: () => ({}).constructor.constructor("return this.process ?? 0")()', 'gave'],
	[
		'a polluted prototype',
		'run() { Object.prototype.polluted = 1; Array.prototype.map = () => { throw 1 }; return [1]; }',
		'gave',
	],
	['an import', 'async run() { return await import("node:fs"); }', 'script-failed'],
	['a capability that was not declared', 'run: (i, p, { files }) => files.read("/etc/passwd")', 'script-failed'],
	['a secret of another name', 'run: (i, p, { secret }) => secret("other")', 'script-failed'],
])('a hostile node: %s', { timeout: 60_000 }, async (_, run, outcome) => {
	const node = await load(`export default { type: 'a', title: 'A', ${run} }`);
	const ended = await Promise.resolve(node.run?.({ input: 1 }, {}, context().context)).then(
		value => `gave ${JSON.stringify(value)}`,
		(error: unknown) => (ExpectedError.is(error) ? error.code : String(error)),
	);
	expect(ended).toMatch(new RegExp(`^${outcome}`, 'u'));
	expect(ended).not.toMatch(/"object"|"function"|version/u);
	expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
	const other = await load('export default { type: "b", title: "B", run: ({ input }) => [input].map(x => x + 1) }');
	expect(await other.run?.({ input: 1 }, {}, context().context)).toEqual({ output: [2] });
});

test('a file that describes itself otherwise each time reaches only what it was granted as it was seen', async () => {
	const source = `let first = true;
		export default {
			type: 'a', title: 'A',
			get capabilities() { return Math.random() > 2 ? ['files'] : []; },
			run: (inputs, params, { files }) => files.read('a.txt'),
		};`;
	const { context: given, calls } = context();
	await expect((await load(source, ['files', 'fetch'])).run?.({}, {}, given)).rejects.toThrow('is a capability');
	expect(calls).toEqual([]);
});

test('what a flow is made of is found through its sub-flows, in a circle too', async () => {
	const flow = (type: string, path?: string): Flow => ({
		...emptyFlow('a', 'A'),
		nodes: { a: { type }, ...(path === undefined ? {} : { b: { type: 'flow.call@1', params: { path } } }) },
	});
	const flows: Record<string, Flow> = {
		'a.flow.json': flow('custom.word-count@1', 'b.flow.json'),
		'b.flow.json': flow('custom.other@1', 'a.flow.json'),
	};
	const { types, flows: found } = await usedParts(flow('log@1', 'a.flow.json'), path => Promise.resolve(flows[path]));
	expect([...types].sort()).toEqual(['custom.other', 'custom.word-count', 'flow.call', 'log']);
	expect(Object.keys(found).sort()).toEqual(['a.flow.json', 'b.flow.json']);
	const sources = ['word-count', 'unused'].map(name => ({ path: `.quarterdeck/nodes/${name}.js`, text: '' }));
	expect(sourcesOf(types, sources).map(({ path }) => path)).toEqual(['.quarterdeck/nodes/word-count.js']);
	expect((await usedParts(flow('log@1', 'gone.flow.json'), () => Promise.resolve(undefined))).flows).toEqual({});
});

test('files are listed with their texts, and what is no file is left out', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'qd-nodes-'));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	expect(await customSources(folder)).toEqual([]);
	const at = join(folder, '.quarterdeck', 'nodes');
	mkdirSync(join(at, 'folder.js'), { recursive: true });
	writeFileSync(join(at, 'b.js'), 'two');
	writeFileSync(join(at, 'a.js'), 'öne');
	writeFileSync(join(at, 'quarterdeck.d.ts'), 'types');
	writeFileSync(join(at, 'huge.js'), 'x'.repeat(3_000_000));
	const sources = await customSources(folder);
	expect(sources.map(({ path }) => path)).toEqual(['a', 'b', 'huge'].map(name => `.quarterdeck/nodes/${name}.js`));
	expect(sources.slice(0, 2).map(({ text }) => text)).toEqual(['öne', 'two']);
	expect(sources[2]?.text.length).toBeLessThan(2_100_000);
	await expect(describeFile(makeSandbox(), 'huge.js', sources[2]?.text ?? '', signal)).rejects.toThrow(
		'larger than 500 KB',
	);
});

test('the view lists nodes with what they may reach', () => {
	const row = { uri: 'file:///home/ada/shop/.quarterdeck/nodes/a.js', path: '.quarterdeck/nodes/a.js', problem: null };
	const told = (more: Partial<CustomNodeRow>): readonly (string | undefined)[] => {
		const all = { ...row, title: 'A', capabilities: [], missing: [], ...more };
		const [group] = customNodesTree([all]);
		const [node] = group?.children ?? [];
		return [node?.label, node?.description, node?.contextValue];
	};
	expect(customNodesTree([])).toEqual([]);
	expect(told({})).toEqual(['A', '', 'customNode ready']);
	expect(told({ capabilities: ['files'], missing: ['files'] })).toEqual([
		'A',
		'asks for permission',
		'customNode ready asks',
	]);
	expect(told({ capabilities: ['files'] })).toEqual(['A', 'may reach files', 'customNode ready granted']);
	expect(told({ title: null })).toEqual(['a.js', 'not read in Restricted Mode', 'customNode']);
	expect(told({ title: null, problem: 'It is none.' })).toEqual(['a.js', 'no node now', 'customNode']);
});
