import type { ImagePart, ModelMessage, ModelRequest, TextPart } from '../providers/provider';
import type { ContentBlock } from './messages';

/** Windows takes command lines of 32,767 characters; the system prompt is one argument of it. */
const longestArgument = 8000;
const plain = 'You answer one request of a program. Give the answer itself, without a word about it.';

/** A request as what one session of the CLI is told: a system prompt, and everything else in one message. */
export function oneShotPrompt({ messages, format }: Pick<ModelRequest, 'messages' | 'format'>): {
	readonly system: string;
	readonly content: readonly ContentBlock[];
} {
	const system = messages.flatMap(message => (message.role === 'system' ? [message.text] : []));
	if (format)
		system.push(
			`Answer with one JSON object and nothing else, without a code fence. It fits this JSON schema:\n${JSON.stringify(format.schema)}`,
		);
	const text = system.length > 0 ? system.join('\n\n') : plain;
	const talk = messages.filter(message => message.role !== 'system');
	const isShort = text.length <= longestArgument;
	const content = talk.length === 1 && talk[0]?.role === 'user' ? talk[0].parts.map(block) : transcript(talk);
	return {
		system: isShort ? text : plain,
		content: isShort ? content : [{ type: 'text', text: `<instructions>\n${text}\n</instructions>` }, ...content],
	};
}

function transcript(messages: readonly ModelMessage[]): readonly ContentBlock[] {
	const blocks: ContentBlock[] = [
		{ type: 'text', text: 'The conversation so far. Answer its last message, as the assistant.' },
	];
	for (const message of messages) {
		if (message.role === 'system') continue;
		const parts: readonly (TextPart | ImagePart)[] =
			message.role === 'assistant' ? [{ type: 'text', text: message.text }] : message.parts;
		const name = message.role === 'tool' ? `result of ${message.name}` : message.role;
		blocks.push({ type: 'text', text: `<${name}>` }, ...parts.map(block), { type: 'text', text: `</${name}>` });
	}
	return blocks;
}

function block(part: TextPart | ImagePart): ContentBlock {
	if (part.type === 'text') return { type: 'text', text: part.text };
	return { type: 'image', source: { type: 'base64', media_type: part.mediaType, data: part.data } };
}
