import type { Json } from '../../../base/json';
import type { FlowNode, NodeId } from '../../model/flow';
import { isObject, set, type JsonObject } from '../json';
import { codeBegin, codeEnd } from './nodes';
import { ruleOf } from './schedule';

/** One of our nodes as one of n8n's. */
export interface N8nShape {
	readonly type: string;
	readonly version: number;
	readonly parameters: JsonObject;
	/** Our ports by the index of n8n's outputs. */
	readonly outputs: readonly string[];
	/** What n8n's data holds is an object with our ports as names; else it is the value itself. */
	readonly isWrapped?: boolean;
	/** A sentence for what is not the same there. */
	readonly note?: string;
	/** A model that hangs on it by an edge of its own. */
	readonly model?: string;
}

/** How names of ours are written in n8n, at one node. */
export interface N8nNames {
	/** An expression without braces. */
	expression(text: string): string;
	/** A parameter with its `{{ }}`. */
	value(value: Json): Json;
}

const base = 'n8n-nodes-base.';
const langchain = '@n8n/n8n-nodes-langchain.';

function assignments(values: JsonObject): JsonObject {
	const list = Object.entries(values).map(([name, value], index) => ({
		id: `field-${index + 1}`,
		name,
		value: isObject(value) || Array.isArray(value) ? JSON.stringify(value) : value,
		type: typeOf(value),
	}));
	return { assignments: { assignments: list }, options: {} };
}

function typeOf(value: Json): string {
	if (Array.isArray(value)) return 'array';
	if (typeof value === 'number' || typeof value === 'boolean') return typeof value;
	return isObject(value) ? 'object' : 'string';
}

/** Our conditions are expressions: n8n compares what they give with true. */
function condition(expression: string): JsonObject {
	return {
		combinator: 'and',
		options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
		conditions: [
			{
				id: 'condition-1',
				leftValue: `={{ Boolean(${expression}) }}`,
				rightValue: '',
				operator: { type: 'boolean', operation: 'true', singleValue: true },
			},
		],
	};
}

function bare(expression: string): string {
	const sole = /^\{\{([^]*)\}\}$/u.exec(expression.trim());
	return (sole?.[1] ?? expression).trim();
}

type Write = (params: JsonObject, names: N8nNames) => N8nShape;

const text = (value: Json | undefined, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);
const same = (kind: string, version: number, parameters: JsonObject, port = 'value'): N8nShape => ({
	type: base + kind,
	version,
	parameters,
	outputs: [port],
});
const fields = (values: JsonObject): N8nShape => ({
	type: `${base}set`,
	version: 3.4,
	parameters: assignments(values),
	outputs: Object.keys(values),
	isWrapped: true,
});
const rows = (values: Json | undefined, names: N8nNames): JsonObject => ({
	parameters: Object.entries(isObject(values) ? values : {}).map(([name, value]) => ({
		name,
		value: names.value(value),
	})),
});

function http(params: JsonObject, names: N8nNames): N8nShape {
	const { method, url, query, headers, body, bodyType, timeoutSeconds } = params;
	const isJson = bodyType === undefined || bodyType === 'json';
	const written = body === undefined ? undefined : names.value(body);
	const parameters = set({
		method: method ?? 'GET',
		url: names.value(url ?? ''),
		...(query === undefined ? {} : { sendQuery: true, queryParameters: rows(query, names) }),
		...(headers === undefined ? {} : { sendHeaders: true, headerParameters: rows(headers, names) }),
		...(written === undefined
			? {}
			: isJson
				? {
						sendBody: true,
						specifyBody: 'json',
						jsonBody: typeof written === 'string' ? written : JSON.stringify(written),
					}
				: bodyType === 'form'
					? { sendBody: true, contentType: 'form-urlencoded', bodyParameters: rows(body, names) }
					: { sendBody: true, contentType: 'raw', body: written }),
		options: typeof timeoutSeconds === 'number' ? { timeout: timeoutSeconds * 1000 } : {},
	});
	const secret = text(params['secret']);
	return {
		...same('httpRequest', 4.2, parameters, 'body'),
		...(secret === '' ? {} : { note: `It signs in with the secret ${secret}: choose credentials in n8n.` }),
	};
}

function code({ code: source }: JsonObject): N8nShape {
	const written = text(source);
	const [begin, end] = [written.indexOf(codeBegin), written.indexOf(codeEnd)];
	const original =
		begin >= 0 && end > begin ? written.slice(begin + codeBegin.length, end).replace(/^\n|\n$/gu, '') : undefined;
	const jsCode =
		original ??
		`const input = { value: $input.first()?.json };\nconst flow = {};\nconst result = await (async () => {\n${written}\n})();\nreturn [].concat(result).map(json => ({ json: json !== null && typeof json === 'object' ? json : { result: json } }));`;
	return {
		...same('code', 2, { jsCode }, 'result'),
		...(original === undefined ? { note: 'Its code sees only what comes in first.' } : {}),
	};
}

function durationOf(written: string): JsonObject {
	const [, amount = '1', unit = 's'] = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)?/u.exec(written) ?? [];
	if (unit === 'ms') return { amount: Number(amount) / 1000, unit: 'seconds' };
	return {
		amount: Number(amount),
		unit: { s: 'seconds', min: 'minutes', m: 'minutes', h: 'hours', d: 'days' }[unit] ?? 'seconds',
	};
}

function model(params: JsonObject, shape: Omit<N8nShape, 'outputs'>, port = 'text'): N8nShape {
	return { ...shape, outputs: [port], isWrapped: true, model: text(params['model']) };
}

const asked = (prompt: Json | undefined, names: N8nNames): JsonObject => ({
	promptType: 'define',
	text: names.value(prompt ?? ''),
});

/** Our types that n8n has a node for. */
const writers: Readonly<Record<string, Write>> = {
	'trigger.manual': () => same('manualTrigger', 1, {}, 'at'),
	'trigger.schedule': ({ cron, every }) =>
		same('scheduleTrigger', 1.2, { rule: { interval: [ruleOf(text(cron, '0 9 * * 1-5'), text(every))] } }, 'at'),
	'trigger.webhook': ({ path, method, answer }) => {
		const mode = answer === 'output' ? { responseMode: 'lastNode' } : {};
		return same('webhook', 2, { path: text(path), httpMethod: text(method, 'POST'), ...mode, options: {} }, 'body');
	},
	'flow.input': ({ name }, names) => fields({ value: names.value(`{{ flow.${text(name)} }}`) }),
	'flow.output': ({ name }, names) => ({
		...fields({ [text(name, 'output') || 'output']: names.value('{{ input.value }}') }),
		outputs: ['value'],
	}),
	'text.static': (params, names) => fields({ text: names.value(params['text'] ?? '') }),
	'text.template': (params, names) => fields({ text: names.value(params['template'] ?? '') }),
	'data.value': (params, names) => fields({ value: names.value(params['value'] ?? null) }),
	'data.set': (params, names) => {
		const list = Array.isArray(params['fields']) ? (params['fields'] as readonly Json[]).filter(isObject) : [];
		const values = Object.fromEntries(list.map(field => [text(field['name']), names.value(field['value'] ?? null)]));
		return same('set', 3.4, {
			...assignments(values),
			...(params['isOnlyThese'] === true ? {} : { includeOtherFields: true }),
		});
	},
	'control.if': ({ condition: written }, names) => ({
		...same('if', 2.2, { conditions: condition(names.expression(bare(text(written, 'input.value')))), options: {} }),
		outputs: ['true', 'false'],
	}),
	'control.switch': ({ cases, matches }, names) => {
		const list = Array.isArray(cases) ? (cases as readonly Json[]).filter(isObject) : [];
		const values = list.map(entry => ({
			conditions: condition(names.expression(bare(text(entry['when'], 'true')))),
			renameOutput: true,
			outputKey: text(entry['name']),
		}));
		const options = { fallbackOutput: 'extra', ...(matches === 'all' ? { allMatchingOutputs: true } : {}) };
		return {
			...same('switch', 3.2, { rules: { values }, options }),
			outputs: [...list.map(entry => text(entry['name'])), 'default'],
		};
	},
	'control.merge': ({ mode }) =>
		same(
			'merge',
			3,
			mode === 'first'
				? { mode: 'chooseBranch' }
				: mode === 'object'
					? { mode: 'combine', combineBy: 'combineByPosition' }
					: { mode: 'append' },
		),
	'control.delay': params => same('wait', 1.1, durationOf(text(params['for'], '1 s'))),
	'control.pass': () => same('noOp', 1, {}),
	'control.fail': (params, names) => ({
		...same('stopAndError', 1, { errorMessage: names.value(params['message'] ?? '') }),
		outputs: [],
	}),
	'control.forEach': () => ({ ...same('splitInBatches', 3, { options: {} }), outputs: ['results', 'item'] }),
	'control.map': () => ({
		...same('splitInBatches', 3, { options: {} }),
		outputs: ['results', 'item'],
		note: 'n8n works on its entries one after another.',
	}),
	'data.filter': (params, names) => ({
		...same('filter', 2.2, {
			conditions: condition(names.expression(bare(text(params['condition'], 'item')))),
			options: {},
		}),
		outputs: ['items'],
	}),
	'data.limit': ({ most, from }) =>
		same('limit', 1, set({ maxItems: most ?? 10, keep: from === 'end' ? 'lastItems' : undefined }), 'items'),
	'data.sort': ({ by, direction }) =>
		same(
			'sort',
			1,
			{
				sortFieldsUi: {
					sortField: [
						{
							fieldName: text(by, 'item').replace(/^item\.?/u, ''),
							order: direction === 'down' ? 'descending' : 'ascending',
						},
					],
				},
				options: {},
			},
			'items',
		),
	'data.unique': ({ by }) =>
		same(
			'removeDuplicates',
			2,
			by === undefined ? {} : { compare: 'selectedFields', fieldsToCompare: text(by).replace(/^item\.?/u, '') },
			'items',
		),
	'code.javascript': params => code(params),
	'http.request': (params, names) => http(params, names),
	'shell.command': (params, names) => ({
		...same('executeCommand', 1, { command: names.value(params['command'] ?? '') }, 'output'),
		note: 'n8n asks nobody before it runs a command.',
	}),
	'flow.call': ({ path, values }, names) => ({
		...same(
			'executeWorkflow',
			1.2,
			{
				workflowId: { __rl: true, mode: 'list', value: '', cachedResultName: text(path) },
				workflowInputs: { mappingMode: 'defineBelow', value: names.value(values ?? {}) },
				options: {},
			},
			'result',
		),
		note: `Choose the workflow that ${text(path)} became.`,
	}),
	'llm.chat': (params, names) =>
		model(params, {
			type: `${langchain}chainLlm`,
			version: 1.7,
			parameters: { ...asked(params['prompt'], names), ...system(params, names) },
		}),
	'llm.structured': (params, names) =>
		model(
			params,
			{
				type: `${langchain}informationExtractor`,
				version: 1.2,
				parameters: { text: names.value(params['prompt'] ?? ''), ...schema(params) },
			},
			'object',
		),
	'agent.loop': (params, names) =>
		model(params, {
			type: `${langchain}agent`,
			version: 2,
			parameters: {
				...asked(params['instructions'], names),
				options: set({ systemMessage: params['system'] === undefined ? undefined : names.value(params['system']) }),
			},
			...(params['tools'] === undefined ? {} : { note: 'Its tools are not those of n8n: connect others.' }),
		}),
	note: ({ text: content, color }) => ({
		...same(
			'stickyNote',
			1,
			set({
				content: text(content),
				color: { yellow: 1, orange: 2, red: 3, green: 4, blue: 5, purple: 6 }[text(color)],
			}),
		),
		outputs: [],
	}),
};

function system(params: JsonObject, names: N8nNames): JsonObject {
	return params['system'] === undefined
		? {}
		: { messages: { messageValues: [{ message: names.value(params['system']) }] } };
}

function written(value: Json): string {
	return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function schema({ schema: given, example }: JsonObject): JsonObject {
	if (given !== undefined) return { schemaType: 'manual', inputSchema: written(given) };
	return { schemaType: 'fromJson', jsonSchemaExample: written(example ?? {}) };
}

/** The node as n8n has it. What it has no node for becomes a No Operation that says so. */
export function toN8n(id: NodeId, node: FlowNode, names: N8nNames): N8nShape {
	const [type = ''] = node.type.split('@');
	const write = Object.hasOwn(writers, type) ? writers[type] : undefined;
	if (write) return write(node.params ?? {}, names);
	return {
		...same('noOp', 1, {}),
		outputs: [],
		note: `“${node.name ?? id}” (${type}) has no counterpart in n8n and does nothing there.`,
	};
}

const models: Readonly<Record<string, string>> = {
	openai: 'lmChatOpenAi',
	claude: 'lmChatAnthropic',
	ollama: 'lmChatOllama',
	gemini: 'lmChatGoogleGemini',
	groq: 'lmChatGroq',
	mistral: 'lmChatMistralCloud',
	deepseek: 'lmChatDeepSeek',
	openrouter: 'lmChatOpenRouter',
};

/** The node of a model that an agent asks. */
export function modelNode(
	model: string,
	params: JsonObject,
): { readonly type: string; readonly parameters: JsonObject } {
	const at = model.indexOf('/');
	const provider = at < 0 ? 'claude' : model.slice(0, at);
	const name = at < 0 ? model : model.slice(at + 1);
	const options = set({ temperature: params['temperature'], maxTokens: params['maxTokens'] });
	return { type: langchain + (models[provider] ?? 'lmChatOpenAi'), parameters: { model: name, options } };
}
