import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Json } from '../base/json';
import type { ToolContent, ToolResult } from '../tools/tool';
import { checkInput } from '../tools/inputCheck';
import { isObject, type JsonObject } from './jsonText';

/** Reads the result of a call as tolerantly as can be: what is malformed becomes text instead of a failure. */
export function toCallResult(given: JsonObject): CallToolResult {
	const { content, structuredContent, isError, _meta: meta, toolResult } = given;
	// `toolResult` is what servers of 2024 answered with.
	const list = Array.isArray(content) ? content : toolResult === undefined ? [] : [toolResult];
	return {
		content: list.map(toPart),
		isError: isError === true,
		...(isObject(structuredContent) ? { structuredContent } : {}),
		...(isObject(meta) ? { _meta: meta } : {}),
	};
}

type Part = CallToolResult['content'][number];

function toPart(given: unknown): Part {
	if (!isObject(given)) return { type: 'text', text: typeof given === 'string' ? given : JSON.stringify(given) };
	const { type, text, data, mimeType, resource, uri } = given;
	const isMedia = typeof data === 'string' && typeof mimeType === 'string';
	const isSound =
		(type === 'text' && typeof text === 'string') ||
		((type === 'image' || type === 'audio') && isMedia) ||
		(type === 'resource' && isObject(resource) && typeof resource['uri'] === 'string') ||
		(type === 'resource_link' && typeof uri === 'string');
	return isSound ? (given as unknown as Part) : { type: 'text', text: JSON.stringify(given) };
}

/**
 * A server's result as a model gets it. Whatever it says is data of that server; the tool runner marks it as such.
 * @param outputSchema what the server promised of its structured content
 */
export function toToolResult(result: CallToolResult, outputSchema: JsonObject | null): ToolResult {
	const parts = result.content.map(toContent);
	const { structuredContent } = result;
	const text = parts.map(part => (part.type === 'text' ? part.text : '')).join('\n');
	const structured = structuredContent === undefined ? undefined : JSON.stringify(structuredContent, null, 2);
	const extra: ToolContent[] = [];
	// Servers repeat structured content as text for clients that do not know it.
	if (structured !== undefined && !repeats(text, structuredContent)) extra.push({ type: 'text', text: structured });
	if (structuredContent !== undefined && outputSchema !== null && !(result.isError ?? false)) {
		const check = checkInput(outputSchema, structuredContent, false);
		if (!check.isValid)
			extra.push({ type: 'text', text: `[The result is not what the tool promises: ${check.problem}]` });
	}
	const content = [...parts, ...extra];
	return {
		content: content.length > 0 ? content : [{ type: 'text', text: '[no content]' }],
		isError: result.isError ?? false,
		...(structuredContent === undefined ? {} : { value: structuredContent as Json }),
	};
}

function repeats(text: string, structured: unknown): boolean {
	const values = isObject(structured) ? Object.values(structured) : [];
	if (values.length === 1 && values[0] === text) return true;
	try {
		return JSON.stringify(JSON.parse(text)) === JSON.stringify(structured);
	} catch {
		return false; // The text is no JSON, and so something else.
	}
}

function toContent(part: Part): ToolContent {
	switch (part.type) {
		case 'text':
			return { type: 'text', text: part.text };
		case 'image':
			return { type: 'image', mediaType: part.mimeType, data: part.data };
		case 'audio':
			return { type: 'text', text: `[audio, ${part.mimeType}, ${sizeOf(part.data)}]` };
		case 'resource_link':
			return { type: 'text', text: `[resource ${part.title ?? part.name}: ${part.uri}${typeOf(part.mimeType)}]` };
		case 'resource': {
			const { uri, mimeType } = part.resource;
			if ('text' in part.resource) return { type: 'text', text: `[resource ${uri}]\n${part.resource.text}` };
			const { blob } = part.resource;
			if (mimeType?.startsWith('image/') === true) return { type: 'image', mediaType: mimeType, data: blob };
			return { type: 'text', text: `[resource ${uri}${typeOf(mimeType)}, ${sizeOf(blob)}]` };
		}
		default:
			return { type: 'text', text: JSON.stringify(part) };
	}
}

function typeOf(mimeType: string | undefined): string {
	return mimeType === undefined ? '' : `, ${mimeType}`;
}

function sizeOf(base64: string): string {
	return `${Math.floor((base64.length * 3) / 4).toLocaleString('en')} bytes`;
}
