import type OpenAI from 'openai';
import { fitsStrict, textOf } from './openaiChatRequest';
import type { Refusal } from './openaiLearned';
import type { ModelMessage, ModelRequest } from './provider';

type Body = OpenAI.Responses.ResponseCreateParamsStreaming;
type Item = OpenAI.Responses.ResponseInputItem;
type InputParts = Extract<ModelMessage, { role: 'user' }>['parts'];

/** The items of one response of the Responses API, to be sent back as they came: reasoning is encrypted in them. */
export interface ResponsesOpaque {
	readonly kind: 'responses';
	readonly model: string;
	readonly items: readonly unknown[];
}

export interface ResponsesRequest {
	readonly api: 'responses';
	readonly body: Body;
	readonly sent: ReadonlySet<Refusal>;
}

/** Models of OpenAI that think before they answer: only they know reasoning, and they know no temperature. */
export function isReasoningModel(model: string): boolean {
	const name = model.slice(model.lastIndexOf('/') + 1);
	return /^(?:o\d|gpt-(?:[5-9]|\d\d)|codex|computer-use)/i.test(name) && !/-chat/i.test(name);
}

/** Writes a request of the Responses API. Nothing is stored at the server: the conversation is ours. */
export function toResponsesRequest(request: ModelRequest, refused: ReadonlySet<Refusal>): ResponsesRequest {
	const sent = new Set<Refusal>();
	const { model, messages, tools, format } = request;
	const system = messages.filter(message => message.role === 'system').map(message => message.text);
	const body: Record<string, unknown> = { model, stream: true, store: false, input: toItems(messages, model) };
	if (system.length > 0) body['instructions'] = system.join('\n\n');
	if (tools && tools.length > 0)
		body['tools'] = tools.map(({ name, description, schema }) => ({
			type: 'function',
			name,
			description,
			parameters: schema,
			strict: false,
		}));
	if (format)
		body['text'] = {
			format: {
				type: 'json_schema',
				name: format.name,
				schema: format.schema,
				strict: fitsStrict(format.schema),
			},
		};
	if (request.maxOutputTokens !== undefined) body['max_output_tokens'] = request.maxOutputTokens;
	if (isReasoningModel(model)) Object.assign(body, reasoning(request, refused, sent));
	else if (request.temperature !== undefined && !refused.has('temperature')) {
		sent.add('temperature');
		body['temperature'] = request.temperature;
	}
	return { api: 'responses', body: body as unknown as Body, sent };
}

function reasoning(
	{ effort }: ModelRequest,
	refused: ReadonlySet<Refusal>,
	sent: Set<Refusal>,
): Readonly<Record<string, unknown>> {
	const wish: Record<string, unknown> = {};
	// Summaries are for organisations that OpenAI has verified.
	if (!refused.has('summary')) {
		sent.add('summary');
		wish['summary'] = 'auto';
	}
	if (effort !== undefined && !refused.has('effort')) {
		sent.add('effort');
		wish['effort'] = effort;
	}
	const fields: Record<string, unknown> = Object.keys(wish).length > 0 ? { reasoning: wish } : {};
	if (refused.has('encryptedReasoning')) return fields;
	sent.add('encryptedReasoning');
	return { ...fields, include: ['reasoning.encrypted_content'] };
}

function toItems(messages: readonly ModelMessage[], model: string): Item[] {
	return messages.flatMap((message): Item[] => {
		if (message.role === 'system') return [];
		if (message.role === 'user') return [{ role: 'user', content: inputParts(message.parts) }];
		if (message.role === 'tool') return [toolOutput(message)];
		const opaque = message.opaque as ResponsesOpaque | undefined;
		if (opaque?.kind === 'responses' && opaque.model === model) return opaque.items as Item[];
		const calls = message.toolCalls.map((call): Item => ({
			type: 'function_call',
			call_id: call.id,
			name: call.name,
			arguments: call.rawInput || '{}',
		}));
		return message.text === '' ? calls : [{ role: 'assistant', content: message.text }, ...calls];
	});
}

function inputParts(parts: InputParts): OpenAI.Responses.ResponseInputMessageContentList {
	return parts.map(part =>
		part.type === 'text'
			? { type: 'input_text', text: part.text }
			: { type: 'input_image', detail: 'auto', image_url: `data:${part.mediaType};base64,${part.data}` },
	);
}

function toolOutput(message: Extract<ModelMessage, { role: 'tool' }>): Item {
	const hasImages = message.parts.some(part => part.type === 'image');
	const output = hasImages ? inputParts(message.parts) : textOf(message);
	return { type: 'function_call_output', call_id: message.callId, output };
}
