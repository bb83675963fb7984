import { UriTemplate } from '@modelcontextprotocol/sdk/shared/uriTemplate.js';
import { isObject, type JsonObject } from './jsonText';
import type {
	McpPromptView,
	McpResourceTemplateView,
	McpResourceView,
	McpToolAnnotations,
	McpToolText,
	McpToolView,
} from './protocol';

/** A tool as its server tells it, before it has a name among all tools. */
export interface ServerTool extends Omit<McpToolView, 'qualifiedName' | 'trust' | 'isEnabled'> {
	/** It can only be called as a task. */
	readonly needsTask: boolean;
}
export type ServerResource = Omit<McpResourceView, 'isSubscribed'>;

const anything: JsonObject = { type: 'object', properties: {} };

/** Characters without a shape of their own, but for line breaks, tabs and the joiners of scripts and emoji. */
const hiddenPattern = /(?![\t\n\r\u200C\u200D])[\p{Cf}\p{Co}\p{Cc}]/gu;

/** A model reads characters that a person cannot see: a description may hold no orders in them. */
function withoutHidden<T>(given: T): T {
	if (typeof given === 'string') return given.replaceAll(hiddenPattern, '') as T;
	if (Array.isArray(given)) return given.map(withoutHidden) as T;
	if (!isObject(given)) return given;
	const entries = Object.entries(given).map(([key, value]) => [key, withoutHidden(value)] as const);
	return Object.fromEntries(entries) as T;
}

/** Reads one entry of `tools/list`. A schema that is none is replaced by one that takes anything, and said so. */
export function toTool(given: unknown): ServerTool | undefined {
	if (!isObject(given) || typeof given['name'] !== 'string' || given['name'] === '') return undefined;
	const annotations = toAnnotations(given['annotations']);
	const input = withoutHidden(given['inputSchema']);
	const schemaProblem = problemOf(input);
	return {
		name: given['name'],
		title: withoutHidden(textOf(given['title']) || annotations.title || given['name']),
		description: withoutHidden(textOf(given['description'])),
		schema: schemaProblem === null ? withType(input as JsonObject) : anything,
		schemaProblem,
		outputSchema: isObject(given['outputSchema']) ? given['outputSchema'] : null,
		annotations,
		needsTask: isObject(given['execution']) && given['execution']['taskSupport'] === 'required',
	};
}

function problemOf(schema: unknown): string | null {
	if (schema === undefined || schema === null)
		return 'The server gives no schema for its input; anything is passed on.';
	if (!isObject(schema)) return 'The schema of its input is no object; anything is passed on.';
	const { type, properties, required } = schema;
	if (type !== undefined && type !== 'object')
		return `The schema of its input is of type ${JSON.stringify(type)}, not “object”; anything is passed on.`;
	if (properties !== undefined && !isObject(properties))
		return 'The schema of its input has “properties” that are no object; anything is passed on.';
	if (required !== undefined && !(Array.isArray(required) && required.every(name => typeof name === 'string')))
		return 'The schema of its input has a “required” that is no list of names; anything is passed on.';
	const bad = Object.entries(properties ?? {}).find(([, value]) => !isObject(value) && typeof value !== 'boolean');
	return bad === undefined ? null : `The schema of its input is wrong at “${bad[0]}”; anything is passed on.`;
}

/** Models refuse a schema without its type, and some refuse one without properties. */
function withType(schema: JsonObject): JsonObject {
	return { ...schema, type: 'object', properties: schema['properties'] ?? {} };
}

function toAnnotations(given: unknown): McpToolAnnotations {
	if (!isObject(given)) return {};
	const names = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'] as const;
	const hints = names.flatMap(name => (typeof given[name] === 'boolean' ? [[name, given[name]] as const] : []));
	return {
		...(typeof given['title'] === 'string' ? { title: given['title'] } : {}),
		...(Object.fromEntries(hints) as Partial<Record<(typeof names)[number], boolean>>),
	};
}

/** Reads one entry of `resources/list`. */
export function toResource(given: unknown): ServerResource | undefined {
	if (!isObject(given) || typeof given['uri'] !== 'string') return undefined;
	const name = textOf(given['name']) || given['uri'];
	return {
		uri: given['uri'],
		name,
		title: textOf(given['title']) || name,
		description: textOf(given['description']),
		mimeType: typeof given['mimeType'] === 'string' ? given['mimeType'] : null,
		size: typeof given['size'] === 'number' ? given['size'] : null,
	};
}

/** Reads one entry of `resources/templates/list`. */
export function toTemplate(given: unknown): McpResourceTemplateView | undefined {
	if (!isObject(given) || typeof given['uriTemplate'] !== 'string') return undefined;
	const { uriTemplate } = given;
	const name = textOf(given['name']) || uriTemplate;
	return {
		uriTemplate,
		name,
		title: textOf(given['title']) || name,
		description: textOf(given['description']),
		mimeType: typeof given['mimeType'] === 'string' ? given['mimeType'] : null,
		variables: variablesOf(uriTemplate),
	};
}

function variablesOf(template: string): readonly string[] {
	try {
		return new UriTemplate(template).variableNames;
	} catch {
		return []; // Not a template by the standard; it is shown, and used as it stands.
	}
}

/** Reads one entry of `prompts/list`. */
export function toPrompt(given: unknown): McpPromptView | undefined {
	if (!isObject(given) || typeof given['name'] !== 'string') return undefined;
	const list = Array.isArray(given['arguments']) ? given['arguments'].filter(isObject) : [];
	return {
		name: given['name'],
		title: textOf(given['title']) || given['name'],
		description: textOf(given['description']),
		arguments: list
			.filter(argument => typeof argument['name'] === 'string')
			.map(argument => ({
				name: String(argument['name']),
				description: textOf(argument['description']),
				isRequired: argument['required'] === true,
			})),
	};
}

function textOf(given: unknown): string {
	return typeof given === 'string' ? given : '';
}

/** All of a tool that reaches a model or a decision, in a form that compares. */
export function toolText(tool: ServerTool): McpToolText {
	return {
		title: tool.title,
		description: tool.description,
		schema: sortedJson({ input: tool.schema, ...(tool.outputSchema ? { output: tool.outputSchema } : {}) }),
		annotations: sortedJson(tool.annotations),
	};
}

/** Indented JSON with sorted keys: the same meaning is the same text. */
export function sortedJson(value: unknown): string {
	return JSON.stringify(value, (_, item: unknown) => (isObject(item) ? sorted(item) : item), 2);
}

function sorted(item: JsonObject): JsonObject {
	return Object.fromEntries(Object.entries(item).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
