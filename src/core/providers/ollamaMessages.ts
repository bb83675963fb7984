import type { ChatRequest, Message, Tool } from 'ollama/browser';
import type { ImagePart, ModelMessage, ModelRequest, TextPart } from './provider';

/** A conversation in Ollama's words. */
export function ollamaMessages(messages: readonly ModelMessage[]): Message[] {
	const out: Message[] = [];
	let pictures: string[] = [];
	// Templates drop pictures of tool results, and a turn between two results would confuse them: after the last one.
	const flush = (): void => {
		if (pictures.length > 0) out.push({ role: 'user', content: 'Pictures of the results above:', images: pictures });
		pictures = [];
	};
	for (const message of messages) {
		if (message.role !== 'tool') flush();
		if (message.role === 'system') out.push({ role: 'system', content: message.text });
		else if (message.role === 'assistant') out.push(assistantMessage(message));
		else {
			const images = imagesOf(message.parts);
			const content = textOf(message.parts);
			if (message.role === 'user') out.push({ role: 'user', content, ...(images.length > 0 ? { images } : {}) });
			else {
				out.push({ role: 'tool', content: message.isError ? `Error: ${content}` : content, tool_name: message.name });
				pictures.push(...images);
			}
		}
	}
	flush();
	return out;
}

function assistantMessage(message: Extract<ModelMessage, { role: 'assistant' }>): Message {
	const calls = message.toolCalls.map(call => ({ function: { name: call.name, arguments: call.input ?? {} } }));
	return {
		role: 'assistant',
		content: message.text,
		// Models that think want to see, while a turn's tools run, why they called them.
		...(message.thinking !== '' && calls.length > 0 ? { thinking: message.thinking } : {}),
		...(calls.length > 0 ? { tool_calls: calls } : {}),
	};
}

function textOf(parts: readonly (TextPart | ImagePart)[]): string {
	return parts
		.filter(part => part.type === 'text')
		.map(({ text }) => text)
		.join('\n');
}

function imagesOf(parts: readonly (TextPart | ImagePart)[]): string[] {
	return parts.filter(part => part.type === 'image').map(({ data }) => data);
}

export function hasImages(messages: readonly ModelMessage[]): boolean {
	return messages.some(
		message =>
			(message.role === 'user' || message.role === 'tool') && message.parts.some(({ type }) => type === 'image'),
	);
}

/** Everything of a request but its window and its thinking. */
export function ollamaRequest(request: ModelRequest): ChatRequest & { stream: true } {
	const tools = request.tools?.map(({ name, description, schema }): Tool => ({
		type: 'function',
		function: { name, description, parameters: schema },
	}));
	return {
		model: request.model,
		messages: ollamaMessages(request.messages),
		stream: true,
		...(tools && tools.length > 0 ? { tools } : {}),
		...(request.format ? { format: request.format.schema } : {}),
	};
}

const tokensPerPicture = 1_500;
const smallest = 8_192;

/**
 * How large a window a request needs. Ollama's own default is a few thousand tokens, and it silently forgets the
 * beginning of what is longer: the instructions. Powers of two, because another size makes it load the model again.
 */
export function neededWindow(request: ModelRequest): number {
	const pictures = request.messages.reduce(
		(sum, message) => sum + ('parts' in message ? imagesOf(message.parts).length : 0),
		0,
	);
	const text = JSON.stringify(request.messages, (key, value: unknown) => (key === 'data' ? '' : value));
	const tools = JSON.stringify(request.tools ?? []);
	const prompt = (text.length + tools.length) / 3 + pictures * tokensPerPicture;
	const needed = prompt + (request.maxOutputTokens ?? 2_048);
	let window = smallest;
	while (window < needed) window *= 2;
	return window;
}
