import type { Json } from '../../../base/json';
import { nodeReference, plainText } from '../flowBuilder';
import { listAt, numberAt, set, textAt, type JsonObject } from '../json';
import type { NodeId } from '../../model/flow';

/** One node of ClaraVerse. */
export interface ClaraNode {
	readonly id: string;
	readonly type: string;
	readonly name: string;
	readonly data: JsonObject;
	readonly raw: JsonObject;
	/** Names of ports by their ids, as the node itself lists them. */
	readonly portNames: Readonly<Record<string, string>>;
	readonly x: number;
	readonly y: number;
}

export interface ClaraTranslation {
	readonly node: ClaraNode;
	/** A value of the node's form. `0`, '' and false are values. */
	readonly data: JsonObject;
	/** Whether an edge comes into the port. */
	readonly has: (port: string) => boolean;
	/** What an edge brings to a port, as an expression; `undefined` without one. */
	readonly from: (port: string) => string | undefined;
	readonly flag: (text: string) => void;
	readonly drop: (text: string) => void;
	/** An input of the flow, by the name it got. */
	readonly input: (name: string, type: 'text' | 'number' | 'any', value: Json | undefined) => string;
}

export interface ClaraMapping {
	readonly type: string;
	/** Our input ports by theirs; `null`: it is read by an expression, and the edge only orders. */
	readonly inputs: Readonly<Record<string, string | null>>;
	readonly outputs: Readonly<Record<string, string>>;
	params(x: ClaraTranslation): JsonObject;
}

const any = (port: string): Readonly<Record<string, string>> => ({ [port]: port });

/** Everything else of ClaraVerse was a default of its form. */
function model(x: ClaraTranslation): JsonObject {
	const { data } = x;
	const provider = providerOf(x);
	const name = textAt(data, 'model') || textAt(data, 'textModel');
	return set({
		model: name === '' ? undefined : `${provider}/${name}`,
		temperature: numberAt(data, 'temperature'),
		maxTokens: numberAt(data, 'maxTokens'),
	});
}

function providerOf({ data, flag }: ClaraTranslation): string {
	const named = textAt(data, 'provider');
	if (named === 'ollama' || named === 'openrouter' || named === 'openai') return named;
	const address = textAt(data, 'apiBaseUrl');
	if (/openrouter\.ai/u.test(address)) return 'openrouter';
	if (/11434/u.test(address)) return 'ollama';
	if (address === '' || /api\.openai\.com/u.test(address)) return 'openai';
	flag(`Its model is served at ${address}: add that server to your providers, and choose it here.`);
	return 'custom';
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const authKinds: Readonly<Record<string, string>> = {
	apiKey: 'apiKey',
	bearer: 'bearer',
	basic: 'basic',
	custom: 'custom',
};

function requestParams(x: ClaraTranslation): JsonObject {
	const { data, flag } = x;
	const auth = authKinds[textAt(data, 'authType')];
	if (auth !== undefined || x.has('auth'))
		flag('Its key was part of the flow: keep it as a secret and name that here.');
	const timeout = numberAt(data, 'timeout');
	const method = textAt(data, 'method', 'GET');
	const response = { text: 'text', json: 'json', binary: 'base64' }[textAt(data, 'responseType')];
	return set({
		method: methods.includes(method) ? method : 'GET',
		url: textAt(data, 'url') === '' ? undefined : plainText(textAt(data, 'url')),
		retries: Math.min(10, numberAt(data, 'retries') ?? 0),
		timeoutSeconds: timeout === undefined ? undefined : Math.max(1, Math.min(600, Math.ceil(timeout / 1000))),
		responseType: response,
		auth,
	});
}

/** JavaScript over `input`, as our expressions write it. */
function condition(x: ClaraTranslation): string {
	const written = textAt(x.data, 'expression', 'input > 0');
	return written.replaceAll(/(?<![\w.$'"`])(?:input|value)(?![\w$'"`])/gu, 'input.value');
}

function prompt(x: ClaraTranslation, ...ports: readonly string[]): string | undefined {
	const parts = ports.flatMap(port => x.from(port) ?? []).map(expression => `{{ ${expression} }}`);
	return parts.length === 0 ? undefined : parts.join('\n\n');
}

/** The nodes of ClaraVerse that work here. Those for images, speech and notebooks are kept. */
export const claraMappings: Readonly<Record<string, ClaraMapping>> = {
	input: {
		type: 'flow.input@1',
		inputs: {},
		outputs: { output: 'value' },
		params(x) {
			const { data, node } = x;
			const type =
				({ text: 'text', number: 'number', json: 'any' } as const)[textAt(data, 'inputType', 'text')] ?? 'any';
			const value = data['value'] ?? data['defaultValue'];
			const isNumber = type === 'number' && typeof value === 'string' && value.trim() !== '';
			return { name: x.input(textAt(data, 'label') || node.name, type, isNumber ? Number(value) : value) };
		},
	},
	output: {
		type: 'flow.output@1',
		inputs: { input: 'value' },
		outputs: {},
		params: ({ data, node }) => {
			const format = textAt(data, 'format');
			return set({
				name: textAt(data, 'outputLabel') || node.name,
				format: format === 'text' || format === 'json' ? format : undefined,
			});
		},
	},
	'static-text': {
		type: 'text.static@1',
		inputs: {},
		outputs: { text: 'text', output: 'text' },
		params: ({ data }) => ({ text: plainText(textAt(data, 'text')) }),
	},
	'combine-text': {
		type: 'text.template@1',
		inputs: { text1: 'text1', text2: 'text2' },
		outputs: { combined: 'text', output: 'text' },
		params({ data }) {
			const [mode, separator] = [textAt(data, 'combineMode', 'concat'), textAt(data, 'separator')];
			const space = data['addSpaces'] === false ? '' : ' ';
			const [one, two] = ['{{ input.text1 }}', '{{ input.text2 }}'];
			const between = plainText(separator);
			if (mode === 'prefix') return { template: `${between}${one}${space}${two}` };
			if (mode === 'suffix') return { template: `${one}${space}${two}${between}` };
			return { template: `${one}${mode === 'separator' ? between : space}${two}` };
		},
	},
	'json-parse': {
		type: 'json.parse@1',
		inputs: { input: 'text', json: 'text' },
		outputs: { output: 'value', parsed: 'value' },
		params: ({ data }) =>
			set({
				field: textAt(data, 'extractField') || textAt(data, 'field') || undefined,
				whenInvalid: data['failOnError'] === true ? undefined : 'null',
			}),
	},
	'if-else': {
		type: 'control.if@1',
		inputs: { input: 'value' },
		outputs: { true: 'true', false: 'false' },
		params: x => {
			const other = (key: string): Json | undefined =>
				textAt(x.data, key) === '' ? undefined : plainText(textAt(x.data, key));
			x.flag('Only the side that is taken runs here; in ClaraVerse both did.');
			return set({ condition: condition(x), whenTrue: other('trueValue'), whenFalse: other('falseValue') });
		},
	},
	'api-request': {
		type: 'http.request@1',
		inputs: { url: 'url', body: 'body', headers: 'headers', params: 'query', auth: 'after' },
		outputs: { data: 'body', status: 'status', headers: 'headers', success: 'isOk', metadata: 'url' },
		params: requestParams,
	},
	llm: {
		type: 'llm.chat@1',
		inputs: { system: 'system', user: 'prompt', context: 'context', memory: 'memory', image: 'image' },
		outputs: { response: 'text', output: 'text', usage: 'usage' },
		params: model,
	},
	'structured-llm': {
		type: 'llm.structured@1',
		inputs: { prompt: 'prompt', jsonExample: 'example', context: 'context' },
		outputs: { jsonOutput: 'object', rawResponse: 'text', usage: 'usage' },
		params: model,
	},
	'agent-executor': {
		type: 'agent.loop@1',
		inputs: { instructions: 'prompt', context: 'context', attachments: null },
		outputs: { result: 'text', toolResults: 'calls', executionLog: 'calls', success: 'isDone', metadata: 'turns' },
		params(x) {
			const { data, flag } = x;
			const servers = listAt(data, 'enabledMCPServers').filter((name): name is string => typeof name === 'string');
			for (const server of servers) flag(`It uses the MCP server “${server}”: add it to your servers under that name.`);
			const most = numberAt(data, 'maxToolCalls');
			const files = prompt(x, 'attachments');
			return set({
				instructions: files,
				tools: servers.length === 0 ? undefined : servers.map(name => `mcp__${name}__*`),
				maxToolCalls: most,
				...model(x),
			});
		},
	},
	'image-input': {
		type: 'file.read@1',
		inputs: {},
		outputs: { base64: 'image', image: 'image', metadata: 'path' },
		params: x => {
			x.flag('An image is read from a file of the workspace here: name it.');
			return set({ path: textAt(x.data, 'fileName') || undefined });
		},
	},
	'pdf-input': {
		type: 'document.read@1',
		inputs: {},
		outputs: { text: 'text', content: 'text', metadata: 'detail' },
		params: x => {
			x.flag('A PDF is read from a file of the workspace here: name it.');
			return set({ path: textAt(x.data, 'fileName') || undefined });
		},
	},
	'file-upload': {
		type: 'file.upload@1',
		inputs: {},
		outputs: { content: 'content', metadata: 'metadata' },
		params: x => {
			const format = { base64: 'base64', dataurl: 'dataUrl', text: 'text' }[textAt(x.data, 'outputFormat')];
			return set({ path: `{{ flow.${x.input(x.node.name, 'text', undefined)} }}`, format });
		},
	},
	// An older set of definitions, still found in saved flows.
	'trigger-manual': { type: 'trigger.manual@1', inputs: {}, outputs: any('at'), params: () => ({}) },
};

/** Old names of the same nodes. */
export const claraAliases: Readonly<Record<string, string>> = {
	'ai-llm-chat': 'llm',
	'ai-text-generation': 'llm',
	'util-http-request': 'api-request',
	'util-json-parser': 'json-parse',
	'logic-if-else': 'if-else',
};

/** How an expression names what a node gives at a port. */
export function outputReference(id: NodeId, port: string): string {
	return nodeReference(id, port);
}
