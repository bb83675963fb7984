import type { Json } from '../../../base/json';
import { slugOf } from '../../model/slugs';
import { isObject, listAt, numberAt, objectAt, set, textAt, type JsonObject } from '../json';
import { conditionOf } from './conditions';
import { asExpression } from './expressions';
import type { Mapping, Translation } from './mapping';
import { agentMappings } from './agentNodes';
import { cronOf, everyOf } from './schedule';

const value = { inputs: ['value'], outputs: ['value'] } as const;
const list = { inputs: ['items'], outputs: ['items'] } as const;

function trigger(type: string, outputs: readonly string[], params: Mapping['params'] = () => ({})): Mapping {
	return { type, inputs: [], outputs, params };
}

const ruleName = (rule: JsonObject, index: number): string => {
	const key = textAt(rule, 'outputKey');
	return key === '' ? `case${index + 1}` : slugOf(key, `case${index + 1}`);
};

function switchRules(parameters: JsonObject): readonly JsonObject[] {
	const rules = objectAt(parameters, 'rules');
	return listAt(rules, Array.isArray(rules['values']) ? 'values' : 'rules').filter(isObject);
}

function switchPorts(parameters: JsonObject): readonly string[] {
	return [...switchRules(parameters).map(ruleName), 'default'];
}

function assignments({ parameters, value: translate }: Translation): readonly Json[] {
	const modern = listAt(parameters, 'assignments', 'assignments').filter(isObject);
	const old = Object.values(objectAt(parameters, 'values')).flatMap(entries => listAt(entries).filter(isObject));
	const middle = listAt(parameters, 'fields', 'values').filter(isObject);
	const fields = [...modern, ...old, ...middle];
	return fields.map(field => {
		const given = field['value'] ?? field[textAt(field, 'type')] ?? null;
		const translated = translate(given) ?? '';
		return { name: textAt(field, 'name'), value: typed(translated, textAt(field, 'type')) };
	});
}

/** Numbers and objects stand as texts in n8n's forms. */
function typed(given: Json, type: string): Json {
	if (typeof given !== 'string' || given.includes('{{')) return given;
	if (type.startsWith('number') && given.trim() !== '' && !Number.isNaN(Number(given))) return Number(given);
	if (type.startsWith('boolean')) return given === 'true';
	if (!/^(?:object|array)/u.test(type)) return given;
	try {
		return JSON.parse(given) as Json;
	} catch {
		return given;
	}
}

function pairs(source: JsonObject, x: Translation): JsonObject | undefined {
	const entries = listAt(source, 'parameters').filter(isObject);
	if (entries.length === 0) return undefined;
	return Object.fromEntries(entries.map(entry => [textAt(entry, 'name'), x.text(entry['value'])]));
}

function httpBody(x: Translation): JsonObject {
	const { parameters } = x;
	if (parameters['sendBody'] !== true) return {};
	const type = textAt(parameters, 'contentType', 'json');
	const bodyType = { json: 'json', 'form-urlencoded': 'form', raw: 'text' }[type];
	if (bodyType === undefined) x.flag(`A body as “${type}” is sent as JSON here.`);
	if (type === 'raw') return { bodyType: 'text', body: x.text(parameters['body']) };
	const written = type === 'json' && textAt(parameters, 'specifyBody', 'keypair') === 'json';
	if (!written)
		return set({ bodyType: bodyType ?? 'json', body: pairs(objectAt(parameters, 'bodyParameters'), x) ?? {} });
	const body = x.value(parameters['jsonBody']) ?? '';
	return { bodyType: 'json', body: typed(body, 'object') };
}

const authKinds: Readonly<Record<string, string>> = {
	httpHeaderAuth: 'apiKey',
	httpBasicAuth: 'basic',
	oAuth2Api: 'bearer',
};

function httpParams(x: Translation): JsonObject {
	const { parameters } = x;
	const secret = x.secret();
	const kind = textAt(parameters, 'genericAuthType') || textAt(parameters, 'nodeCredentialType');
	const timeout = numberAt(objectAt(parameters, 'options'), 'timeout');
	return set({
		method: textAt(parameters, 'method', textAt(parameters, 'requestMethod', 'GET')),
		url: x.text(parameters['url']),
		query: parameters['sendQuery'] === true ? pairs(objectAt(parameters, 'queryParameters'), x) : undefined,
		headers: parameters['sendHeaders'] === true ? pairs(objectAt(parameters, 'headerParameters'), x) : undefined,
		...httpBody(x),
		...(secret === '' ? {} : { auth: authKinds[kind] ?? 'bearer', secret }),
		timeoutSeconds: timeout === undefined ? undefined : Math.max(1, Math.min(600, Math.ceil(timeout / 1000))),
	});
}

export const codeBegin = '// the code of n8n begins here';
export const codeEnd = '// the code of n8n ends here';

/** n8n's names around its code. What they cannot stand for throws a sentence. */
function codeWithNames(code: string, isEach: boolean): string {
	return `const $json = input.value ?? {};
const items = (Array.isArray($json) ? $json : [$json]).map(json => ({ json }));
const $input = { all: () => items, first: () => items[0], last: () => items.at(-1), item: items[0] };
const $ = name => { throw new Error('This code reads the node “' + name + '”: connect it to an input of this node.'); };
const run = async () => {
${codeBegin}
${code}
${codeEnd}
};
const result = await run();
const plain = entry => (entry !== null && typeof entry === 'object' && 'json' in entry ? entry.json : entry);
return Array.isArray(result) ? ${isEach ? 'result.map(plain)' : '(result.length === 1 ? plain(result[0]) : result.map(plain))'} : plain(result);`;
}

const mergeModes: Readonly<Record<string, string>> = {
	append: 'list',
	combine: 'object',
	chooseBranch: 'first',
	passThrough: 'first',
	mergeByPosition: 'object',
};

function waitFor({ parameters }: Translation): string | undefined {
	if (textAt(parameters, 'resume', 'timeInterval') !== 'timeInterval') return undefined;
	const unit = { seconds: 's', minutes: 'min', hours: 'h', days: 'd' }[textAt(parameters, 'unit', 'hours')];
	return `${numberAt(parameters, 'amount') ?? 1} ${unit ?? 'h'}`;
}

const colors = ['yellow', 'yellow', 'orange', 'red', 'green', 'blue', 'purple', 'yellow'] as const;

/** Every kind of n8n's nodes that has a counterpart here. */
export const n8nMappings: Readonly<Record<string, Mapping>> = {
	manualTrigger: trigger('trigger.manual@1', ['at']),
	executeWorkflowTrigger: trigger('trigger.manual@1', ['at']),
	scheduleTrigger: trigger('trigger.schedule@1', ['at'], x => {
		const every = everyOf(x.parameters);
		if (every !== undefined) return { every };
		const cron = cronOf(x.parameters);
		return cron === undefined ? undefined : { cron };
	}),
	webhook: trigger('trigger.webhook@1', ['body'], x => ({
		path: slugOf(textAt(x.parameters, 'path'), 'webhook'),
		method: textAt(x.parameters, 'httpMethod', 'GET'),
		...(textAt(x.parameters, 'responseMode') === 'lastNode' ? { answer: 'output' } : {}),
	})),
	chatTrigger: trigger('trigger.webhook@1', ['body'], () => ({ path: 'chat', method: 'POST' })),
	formTrigger: trigger('trigger.webhook@1', ['body'], x => ({
		path: slugOf(textAt(x.parameters, 'path'), 'form'),
		method: 'POST',
	})),
	if: {
		type: 'control.if@1',
		inputs: ['value'],
		outputs: ['true', 'false'],
		params: ({ parameters, scope }) => ({
			condition: conditionOf(parameters['conditions'], textAt(parameters, 'combineOperation', 'and'), scope),
		}),
	},
	switch: {
		type: 'control.switch@1',
		inputs: ['value'],
		outputs: switchPorts,
		params({ parameters, scope }) {
			if (textAt(parameters, 'mode', 'rules') !== 'rules') return undefined;
			const left = asExpression(parameters['value1'], scope);
			const cases = switchRules(parameters).map((rule, index) => {
				const isOld = rule['conditions'] === undefined;
				const right = asExpression(rule['value2'], scope);
				return {
					name: ruleName(rule, index),
					when: isOld ? `${left} === ${right}` : conditionOf(rule['conditions'], 'and', scope),
				};
			});
			return set({
				cases,
				matches: objectAt(parameters, 'options')['allMatchingOutputs'] === true ? 'all' : undefined,
			});
		},
	},
	filter: {
		type: 'data.filter@1',
		inputs: ['items'],
		outputs: ['items', 'rest'],
		json: 'item',
		params: ({ parameters, scope }) => ({ condition: conditionOf(parameters['conditions'], 'and', scope) }),
	},
	merge: {
		type: 'control.merge@1',
		inputs: ['values'],
		outputs: ['value'],
		params({ parameters, flag }) {
			const mode = textAt(parameters, 'mode', 'append');
			const known = mergeModes[mode];
			if (mode === 'combine' && textAt(parameters, 'combineBy', 'combineByFields') === 'combineByFields')
				flag('n8n joins entries by a field; here the objects are put into one.');
			return known === undefined ? undefined : { mode: known };
		},
	},
	set: {
		type: 'data.set@1',
		...value,
		params(x) {
			const { parameters } = x;
			if (textAt(parameters, 'mode', 'manual') === 'raw') return undefined;
			const isKeeping =
				parameters['includeOtherFields'] ?? (x.node.version < 3 ? parameters['keepOnlySet'] !== true : false);
			return set({ fields: assignments(x), isOnlyThese: isKeeping === true ? undefined : true });
		},
	},
	editFields: { type: 'data.set@1', ...value, params: x => ({ fields: assignments(x) }) },
	code: {
		type: 'code.javascript@1',
		inputs: ['value'],
		outputs: ['result'],
		params({ parameters }) {
			if (textAt(parameters, 'language', 'javaScript') !== 'javaScript') return undefined;
			return { code: codeWithNames(textAt(parameters, 'jsCode'), textAt(parameters, 'mode') === 'runOnceForEachItem') };
		},
	},
	httpRequest: { type: 'http.request@1', inputs: ['after'], outputs: ['body'], params: httpParams },
	wait: {
		type: 'control.delay@1',
		...value,
		params(x) {
			const time = waitFor(x);
			return time === undefined ? undefined : { for: time };
		},
	},
	executeWorkflow: {
		type: 'flow.call@1',
		inputs: ['after'],
		outputs: ['result'],
		params({ parameters, value: translate, flag }) {
			const id = objectAt(parameters, 'workflowId');
			const name = textAt(id, 'cachedResultName') || textAt(id, 'value') || textAt(parameters, 'workflowId');
			if (name === '') return undefined;
			flag(
				`It runs the workflow “${name}”: import that one too, as ${slugOf(name)}.flow.json, and connect its outputs.`,
			);
			const values = translate(objectAt(parameters, 'workflowInputs')['value'] ?? {});
			return set({
				path: `${slugOf(name)}.flow.json`,
				values: isObject(values) && Object.keys(values).length > 0 ? values : undefined,
			});
		},
	},
	respondToWebhook: {
		type: 'flow.output@1',
		inputs: ['value'],
		outputs: [],
		params: ({ node }) => ({ name: slugOf(node.name, 'response') }),
	},
	stopAndError: {
		type: 'control.fail@1',
		inputs: ['value'],
		outputs: [],
		params: ({ parameters, text }) => ({ message: text(parameters['errorMessage']) || 'Stopped.' }),
	},
	noOp: { type: 'control.pass@1', ...value, params: () => ({}) },
	limit: {
		type: 'data.limit@1',
		...list,
		params: ({ parameters }) =>
			set({
				most: numberAt(parameters, 'maxItems') ?? 1,
				from: textAt(parameters, 'keep') === 'lastItems' ? 'end' : undefined,
			}),
	},
	sort: {
		type: 'data.sort@1',
		...list,
		params({ parameters, drop }) {
			const [first, ...more] = listAt(parameters, 'sortFieldsUi', 'sortField').filter(isObject);
			if (!first) return undefined;
			if (more.length > 0) drop('Only the first field counts for the order.');
			return set({
				by: member('item', textAt(first, 'fieldName')),
				direction: textAt(first, 'order') === 'descending' ? 'down' : undefined,
			});
		},
	},
	removeDuplicates: {
		type: 'data.unique@1',
		...list,
		params({ parameters }) {
			const fields = textAt(parameters, 'fieldsToCompare')
				.split(',')
				.map(field => field.trim())
				.filter(field => field !== '');
			if (fields.length === 0) return {};
			return {
				by:
					fields.length === 1
						? member('item', fields[0] ?? '')
						: `[${fields.map(field => member('item', field)).join(', ')}]`,
			};
		},
	},
	aggregate: {
		type: 'json.query@1',
		inputs: ['value'],
		outputs: ['value'],
		params({ parameters }) {
			if (textAt(parameters, 'aggregate') === 'aggregateAllItemData')
				return { query: `{${textAt(parameters, 'destinationFieldName', 'data')}: @}` };
			const fields = listAt(parameters, 'fieldsToAggregate', 'fieldToAggregate')
				.filter(isObject)
				.map(field => textAt(field, 'fieldToAggregate'));
			return fields.length === 0
				? undefined
				: {
						query: `{${fields.map(field => `${JSON.stringify(field.split('.').at(-1) ?? field)}: [].${field}`).join(', ')}}`,
					};
		},
	},
	splitOut: {
		type: 'json.query@1',
		inputs: ['value'],
		outputs: ['value'],
		params({ parameters, flag }) {
			const field = textAt(parameters, 'fieldToSplitOut');
			if (field === '' || field.includes(',') || field.startsWith('=')) return undefined;
			flag('n8n runs what follows once for each entry: put it into a Map or For Each.');
			return {
				query: field
					.split('.')
					.map(part => (/^[A-Za-z_]\w*$/u.test(part) ? part : JSON.stringify(part)))
					.join('.'),
			};
		},
	},
	executeCommand: {
		type: 'shell.command@1',
		inputs: ['value'],
		outputs: ['output'],
		params: ({ parameters, text }) => ({ command: text(parameters['command']) }),
	},
	readWriteFile: {
		type: 'file.read@1',
		inputs: ['after'],
		outputs: ['text'],
		params({ parameters, text }) {
			return textAt(parameters, 'operation', 'read') === 'read'
				? { path: text(parameters['fileSelector']) }
				: undefined;
		},
	},
	stickyNote: {
		type: 'note@1',
		inputs: [],
		outputs: [],
		params: ({ parameters }) =>
			set({ text: textAt(parameters, 'content'), color: colors[numberAt(parameters, 'color') ?? 1] ?? 'yellow' }),
	},
	...agentMappings,
};

/** `item.user.name`, with brackets where a name needs them. */
function member(base: string, path: string): string {
	return path
		.split('.')
		.filter(part => part !== '')
		.reduce(
			(at, part) => (/^[A-Za-z_$][\w$]*$/u.test(part) ? `${at}.${part}` : `${at}[${JSON.stringify(part)}]`),
			base,
		);
}
