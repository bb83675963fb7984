import type { ContentBlock, GetPromptResult, ReadResourceResult } from '@modelcontextprotocol/sdk/types.js';
import type { McpPromptView } from './protocol';

/** Something to go with a prompt: a text with a name, or an image that models take. */
export type PromptPart =
	| { readonly kind: 'text'; readonly label: string; readonly text: string }
	| { readonly kind: 'image'; readonly label: string; readonly mediaType: ImageType; readonly data: string };

type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';

/** What a server's prompt becomes in a conversation: what the user says, and what goes with it. */
export interface PromptInput {
	readonly text: string;
	readonly parts: readonly PromptPart[];
}

/** `/server:prompt`, as it is offered and typed; blanks would end it. */
export function promptCommand(server: string, prompt: Pick<McpPromptView, 'name'>): string {
	return `${server}:${prompt.name}`.replaceAll(/\s+/g, '-');
}

/** `<city> [units]`: what the command wants to know. */
export function argumentHint(prompt: Pick<McpPromptView, 'arguments'>): string {
	return prompt.arguments.map(({ name, isRequired }) => (isRequired ? `<${name}>` : `[${name}]`)).join(' ');
}

/** Turns the messages of a prompt into one message of the user. */
export function promptInput(result: GetPromptResult): PromptInput {
	const isDialogue = result.messages.some(({ role }) => role === 'assistant');
	const parts: PromptPart[] = [];
	const texts = result.messages.flatMap(({ role, content }) => {
		if (content.type !== 'text') {
			parts.push(partOf(content));
			return [];
		}
		if (!isDialogue) return [content.text];
		return [`${role === 'user' ? 'User' : 'Assistant'}: ${content.text}`];
	});
	return { text: texts.join('\n\n'), parts };
}

/** What a resource holds, to be attached. */
export function resourceParts(label: string, result: ReadResourceResult): readonly PromptPart[] {
	return result.contents.map(content => contentPart(content.uri === '' ? label : content.uri, content));
}

function partOf(content: Exclude<ContentBlock, { type: 'text' }>): PromptPart {
	if (content.type === 'image') return imagePart('Image', content.mimeType, content.data);
	if (content.type === 'resource') return contentPart(content.resource.uri, content.resource);
	if (content.type === 'resource_link') return { kind: 'text', label: content.name, text: content.uri };
	return { kind: 'text', label: content.type, text: `(${content.type}, which is not sent to models)` };
}

function contentPart(label: string, content: ReadResourceResult['contents'][number]): PromptPart {
	if ('text' in content) return { kind: 'text', label, text: content.text };
	return imagePart(label, content.mimeType ?? '', content.blob);
}

function imagePart(label: string, mimeType: string, data: string): PromptPart {
	const known: readonly ImageType[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
	const mediaType = known.find(each => each === mimeType);
	if (mediaType) return { kind: 'image', label, mediaType, data };
	return { kind: 'text', label, text: `(${mimeType === '' ? 'binary data' : mimeType}, which is not sent to models)` };
}
