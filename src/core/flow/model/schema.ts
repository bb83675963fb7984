import { paramsSchema } from '../nodes/paramMeta';
import type { NodeCatalog, NodeType } from '../nodes/nodeType';
import { flowFormat, groupColours, valueKinds } from './flow';
import { limitBounds } from './limitBounds';

type Schema = Readonly<Record<string, unknown>>;

const slug: Schema = { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$' };
const lines: Schema = {
	description: 'A text of several lines, a line each.',
	type: 'object',
	properties: { $lines: { type: 'array', items: { type: 'string' } } },
	required: ['$lines'],
	additionalProperties: false,
};
const expression: Schema = { description: 'An expression: its value is taken.', type: 'string', pattern: '\\{\\{' };
const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` });

/**
 * The JSON schema of documents, for the text editor: it completes and checks types, their parameters and everything
 * around them. Node types that it does not know may stand in a document, and are not checked.
 */
export function flowSchema(catalog: NodeCatalog): Schema {
	const types = catalog.list().toSorted((a, b) => (a.type < b.type ? -1 : 1));
	const params = new Map(types.map(type => [type, paramsDefinition(type)]));
	return {
		$schema: 'http://json-schema.org/draft-07/schema#',
		title: 'Quarterdeck flow',
		description: 'Nodes that run, and the edges between them.',
		type: 'object',
		required: ['flow', 'id', 'nodes'],
		properties: {
			$schema: { type: 'string' },
			flow: { const: flowFormat, description: 'The format of this document.' },
			id: { ...slug, description: 'Of the flow; its file may be called otherwise.' },
			name: { type: 'string', description: 'What people read.' },
			description: ref('text'),
			inputs: mapOf(ref('input'), 'What a run is given: `{{ flow.name }}`.'),
			limits: ref('limits'),
			nodes: mapOf(ref('node'), 'By id. An id never changes; a node is renamed by its `name`.'),
			edges: {
				description: 'From an output to an input: `fetch.body -> review.input`.',
				type: 'array',
				uniqueItems: true,
				items: {
					type: 'string',
					pattern: '^\\s*[^\\s.]+\\s*\\.\\s*[^\\s.]+\\s*->\\s*[^\\s.]+\\s*\\.\\s*[^\\s.]+\\s*$',
				},
			},
			groups: mapOf(ref('group'), 'Coloured frames around nodes, for people.'),
			layout: mapOf(ref('place'), 'Where nodes stand: [x, y] or [x, y, width, height].'),
		},
		definitions: {
			lines,
			expression,
			text: { anyOf: [{ type: 'string' }, ref('lines')] },
			input: inputSchema,
			limits: limitsSchema(),
			group: groupSchema,
			place: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 4 },
			node: nodeSchema(types),
			...Object.fromEntries([...params].flatMap(([type, { schema, inner }]) => [[paramsName(type), schema], ...inner])),
		},
	};
}

function mapOf(values: Schema, description: string): Schema {
	return { description, type: 'object', propertyNames: slug, additionalProperties: values };
}

function paramsName(type: NodeType): string {
	return `params ${type.type}@${type.version}`;
}

const inputSchema: Schema = {
	type: 'object',
	required: ['type'],
	additionalProperties: false,
	properties: {
		type: { enum: valueKinds },
		description: { type: 'string' },
		default: { description: 'Without one, the input is required.' },
	},
};

const groupSchema: Schema = {
	type: 'object',
	required: ['name', 'nodes'],
	additionalProperties: false,
	properties: {
		name: { type: 'string' },
		color: { enum: [...groupColours] },
		nodes: { type: 'array', items: slug, uniqueItems: true },
	},
};

const limitWords = {
	maxSteps: 'Runs of nodes in one run.',
	maxMinutes: 'Minutes that a run may take.',
	maxTokens: 'Tokens of models in one run.',
	maxCostUsd: 'Dollars that a run may cost. Checked before each call.',
	concurrency: 'Nodes that run at once.',
} as const;

function limitsSchema(): Schema {
	const properties = Object.entries(limitWords).map(([name, description]) => {
		const [minimum, maximum] = limitBounds[name as keyof typeof limitWords];
		return [name, { type: 'number', minimum, maximum, description }];
	});
	return {
		description: 'Upper bounds of one run.',
		type: 'object',
		additionalProperties: false,
		properties: Object.fromEntries(properties),
	};
}

const retrySchema: Schema = {
	description: 'How often a node that fails is tried again.',
	type: 'object',
	required: ['max'],
	additionalProperties: false,
	properties: {
		max: { type: 'integer', minimum: 0, maximum: 100, description: 'Attempts beside the first.' },
		backoff: { enum: ['fixed', 'exponential'] },
		delayMs: { type: 'number', minimum: 0 },
	},
};

function nodeSchema(types: readonly NodeType[]): Schema {
	const names = types.map(type => `${type.type}@${type.version}`);
	return {
		type: 'object',
		required: ['type'],
		properties: {
			type: {
				description: 'What the node does, and in which version of it.',
				anyOf: [
					{ enum: names, enumDescriptions: types.map(type => `${type.title}. ${type.summary}`) },
					{ type: 'string' },
				],
			},
			name: { type: 'string', description: 'What people read; without one, the title of the type.' },
			params: { type: 'object' },
			in: { ...slug, description: 'The container that the node stands in.' },
			retry: retrySchema,
			timeoutMs: { type: 'number', minimum: 1, description: 'Milliseconds for one attempt.' },
			onError: {
				description: 'When the last attempt failed: the run stops, the output `error` is taken, or a value stands in.',
				anyOf: [
					{ enum: ['stop', 'branch'] },
					{
						type: 'object',
						required: ['value'],
						additionalProperties: false,
						properties: { value: { type: 'object' } },
					},
				],
			},
			skip: { enum: ['mute', 'bypass'], description: 'Does not run, or gives its first input on.' },
			cache: { type: 'boolean', description: 'Whether an earlier result with the same inputs is taken.' },
			note: { ...ref('text'), description: 'For people who read the graph.' },
			origin: { type: 'object', description: 'What an import kept of the original.' },
		},
		allOf: types.map(type =>
			when(
				{ required: ['type'], properties: { type: { const: `${type.type}@${type.version}` } } },
				{ properties: { params: ref(paramsName(type)) }, ...(isNeeded(type) ? { required: ['params'] } : {}) },
			),
		),
	};
}

function when(test: Schema, rule: Schema): Schema {
	// oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON schema; the value is no function
	return { if: test, then: rule };
}

function isNeeded(type: NodeType): boolean {
	const { required } = paramsSchema(type);
	return Array.isArray(required) && required.length > 0;
}

/** A type's parameters as a document may write them, and the definitions that they refer to. */
function paramsDefinition(type: NodeType): {
	readonly schema: Schema;
	readonly inner: readonly (readonly [string, Schema])[];
} {
	const { $defs, ...schema } = paramsSchema(type);
	const prefix = `${paramsName(type)} `;
	const inner = isRecord($defs)
		? Object.entries($defs).map(([name, value]) => [prefix + name, loosened(value as Schema, prefix)] as const)
		: [];
	const params = properties(schema, prefix);
	const isOpen = schema['additionalProperties'] !== undefined;
	return { schema: isOpen ? params : { ...params, additionalProperties: false }, inner };
}

const shown = new Set(['title', 'description', 'default', 'examples', 'deprecated']);
const ofParamMeta = new Set(['widget', 'language', 'isAdvanced', 'isRaw', 'id']);

/** A schema whose values may also be written as an expression, and its texts as lines. */
function loosened(schema: Schema, prefix: string): Schema {
	const words = Object.fromEntries(Object.entries(schema).filter(([key]) => shown.has(key)));
	const rules = Object.fromEntries(Object.entries(schema).filter(([key]) => !shown.has(key) && !ofParamMeta.has(key)));
	if (Object.keys(rules).length === 0) return words;
	if (typeof rules['$ref'] === 'string') {
		return { ...words, $ref: rules['$ref'].replace('#/$defs/', `#/definitions/${prefix}`) };
	}
	const isText = rules['type'] === 'string' && rules['enum'] === undefined && rules['const'] === undefined;
	return { ...words, anyOf: [properties(rules, prefix), ref(isText ? 'lines' : 'expression')] };
}

/** The same schema with its parts loosened. */
function properties(schema: Schema, prefix: string): Schema {
	return Object.fromEntries(
		Object.entries(schema)
			.filter(([key]) => !ofParamMeta.has(key))
			.map(([key, value]) => [key, part(key, value, prefix)]),
	);
}

function part(key: string, value: unknown, prefix: string): unknown {
	if (key === 'properties' && isRecord(value)) {
		return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, loosened(inner as Schema, prefix)]));
	}
	if ((key === 'items' || key === 'additionalProperties') && isRecord(value)) return loosened(value, prefix);
	if (['anyOf', 'oneOf', 'allOf', 'prefixItems'].includes(key) && Array.isArray(value)) {
		return value.map(inner => loosened(inner as Schema, prefix));
	}
	return value;
}

function isRecord(value: unknown): value is Schema {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
