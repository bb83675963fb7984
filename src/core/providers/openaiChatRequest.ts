import type OpenAI from 'openai';
import type { ModelMessage, ModelRequest, ModelToolCall } from './provider';
import type { Refusal } from './openaiLearned';
import type { ProviderQuirks } from './presets';

type Body = OpenAI.Chat.Completions.ChatCompletionCreateParamsStreaming;
type Message = OpenAI.Chat.Completions.ChatCompletionMessageParam;

/** What one response of Chat Completions left to be sent back. */
export interface ChatOpaque {
	readonly kind: 'chat';
	readonly model: string;
	/** OpenRouter's account of the reasoning, signatures included. */
	readonly reasoningDetails?: readonly unknown[];
	/** Google's signature of a call, by call id. */
	readonly extraContent?: Readonly<Record<string, unknown>>;
}

/** A request and which of its optional parts it holds. */
export interface ChatRequest {
	readonly api: 'chat';
	readonly body: Body;
	readonly sent: ReadonlySet<Refusal>;
}

/** Writes a request of Chat Completions, without what this model's server was found to refuse. */
export function toChatRequest(
	request: ModelRequest,
	quirks: ProviderQuirks,
	refused: ReadonlySet<Refusal>,
): ChatRequest {
	const sent = new Set<Refusal>();
	const format = formatOf(request, quirks, refused, sent);
	const body: Record<string, unknown> = {
		model: request.model,
		stream: true,
		messages: [...toMessages(request.messages, request.model, quirks), ...format.messages],
		...format.fields,
	};
	const offer = (refusal: Refusal, fields: Record<string, unknown>): void => {
		if (refused.has(refusal)) return;
		sent.add(refusal);
		Object.assign(body, fields);
	};
	if (quirks.usageInStream !== 'always') offer('streamOptions', { stream_options: { include_usage: true } });
	if (quirks.reportsCost) body['usage'] = { include: true };
	if (request.tools && request.tools.length > 0)
		body['tools'] = request.tools.map(({ name, description, schema }) => ({
			type: 'function',
			function: { name, description, parameters: schema },
		}));
	if (request.temperature !== undefined) offer('temperature', { temperature: request.temperature });
	if (request.effort !== undefined)
		offer(
			'effort',
			quirks.effort === 'reasoning' ? { reasoning: { effort: request.effort } } : { reasoning_effort: request.effort },
		);
	if (request.maxOutputTokens !== undefined) {
		const isNew = (quirks.maxTokens === 'max_completion_tokens') !== refused.has('maxTokensName');
		body[isNew ? 'max_completion_tokens' : 'max_tokens'] = request.maxOutputTokens;
		sent.add('maxTokensName');
	}
	// The package's type does not know what other servers than OpenAI's take.
	return { api: 'chat', body: body as unknown as Body, sent };
}

/** A schema where the server takes one, else JSON mode, else words; the words always say the schema. */
function formatOf(
	{ format }: ModelRequest,
	quirks: ProviderQuirks,
	refused: ReadonlySet<Refusal>,
	sent: Set<Refusal>,
): { readonly fields: Record<string, unknown>; readonly messages: readonly Message[] } {
	if (!format) return { fields: {}, messages: [] };
	if (quirks.structured !== 'json_object' && !refused.has('jsonSchema')) {
		sent.add('jsonSchema');
		const { name, schema } = format;
		const json = { name, schema, strict: fitsStrict(schema) };
		return { fields: { response_format: { type: 'json_schema', json_schema: json } }, messages: [] };
	}
	const words = `Answer with one JSON object and nothing else. It fits this JSON schema:\n${JSON.stringify(format.schema)}`;
	const messages: Message[] = [{ role: 'system', content: words }];
	if (refused.has('jsonObject')) return { fields: {}, messages };
	sent.add('jsonObject');
	return { fields: { response_format: { type: 'json_object' } }, messages };
}

/** Whether OpenAI's strict mode takes the schema: every object closed, and every property required. */
export function fitsStrict(schema: unknown): boolean {
	if (typeof schema !== 'object' || schema === null) return true;
	if (Array.isArray(schema)) return schema.every(fitsStrict);
	const node = schema as Record<string, unknown>;
	const properties = node['properties'];
	if (typeof properties === 'object' && properties !== null) {
		const required = Array.isArray(node['required']) ? (node['required'] as unknown[]) : [];
		if (node['additionalProperties'] !== false) return false;
		if (Object.keys(properties).some(key => !required.includes(key))) return false;
		if (!Object.values(properties).every(fitsStrict)) return false;
	} else if (node['type'] === 'object') return false;
	return [node['items'], node['anyOf'], node['$defs']].every(part =>
		part !== undefined && typeof part === 'object' && !Array.isArray(part) && part === node['$defs']
			? Object.values(part as object).every(fitsStrict)
			: fitsStrict(part),
	);
}

function toMessages(messages: readonly ModelMessage[], model: string, quirks: ProviderQuirks): Message[] {
	const result: Message[] = [];
	let images: Message[] = [];
	const lastUser = messages.findLastIndex(message => message.role === 'user');
	const idOf = (id: string): string => (quirks.callIds === 'nine' ? nineCharacters(id) : id);
	messages.forEach((message, index) => {
		if (message.role === 'tool') {
			result.push({ role: 'tool', tool_call_id: idOf(message.callId), content: textOf(message) });
			images.push(...imagesOf(message));
			return;
		}
		// Results of calls stand together; the images among them, which a result cannot hold, come after all of them.
		result.push(...images);
		images = [];
		if (message.role === 'system') result.push({ role: 'system', content: message.text });
		else if (message.role === 'user') result.push({ role: 'user', content: userContent(message.parts) });
		else result.push(...assistant(message, { model, quirks, idOf, isInTurn: index > lastUser }));
	});
	return [...result, ...images];
}

type Parts = Extract<ModelMessage, { role: 'user' }>['parts'];

function userContent(parts: Parts): Extract<Message, { role: 'user' }>['content'] {
	// Many servers' templates take only a string where there is nothing but text.
	if (parts.every(part => part.type === 'text')) return parts.map(part => part.text).join('\n\n');
	return parts.map(part =>
		part.type === 'text'
			? { type: 'text', text: part.text }
			: { type: 'image_url', image_url: { url: `data:${part.mediaType};base64,${part.data}` } },
	);
}

interface AssistantContext {
	readonly model: string;
	readonly quirks: ProviderQuirks;
	readonly idOf: (id: string) => string;
	/** After the last prompt: while its tools run, some servers want the reasoning back. */
	readonly isInTurn: boolean;
}

function assistant(message: Extract<ModelMessage, { role: 'assistant' }>, context: AssistantContext): Message[] {
	const { text, toolCalls } = message;
	if (text === '' && toolCalls.length === 0) return [];
	const opaque = chatOpaque(message.opaque, context.model);
	const calls = toolCalls.map(call => toolCall(call, context.idOf(call.id), opaque?.extraContent?.[call.id]));
	const fields: Record<string, unknown> = {
		role: 'assistant',
		content: text === '' && calls.length > 0 ? null : text,
		...(calls.length > 0 ? { tool_calls: calls } : {}),
		...(opaque?.reasoningDetails ? { reasoning_details: opaque.reasoningDetails } : {}),
	};
	const back = context.quirks.reasoningBack;
	if (back && context.isInTurn && message.thinking !== '') fields[back] = message.thinking;
	return [fields as unknown as Message];
}

function toolCall(call: ModelToolCall, id: string, extra: unknown): Record<string, unknown> {
	// Some servers parse the arguments again and fail as a whole when they are no object.
	const written = call.input === null ? JSON.stringify({ invalid: call.rawInput }) : call.rawInput || '{}';
	return {
		id,
		type: 'function',
		function: { name: call.name, arguments: written },
		...(extra === undefined ? {} : { extra_content: extra }),
	};
}

function chatOpaque(opaque: unknown, model: string): ChatOpaque | undefined {
	const known = opaque as ChatOpaque | undefined;
	return known?.kind === 'chat' && known.model === model ? known : undefined;
}

/** The text of a tool's result. A result without text says so: some servers refuse an empty one. */
export function textOf({ parts, isError }: Extract<ModelMessage, { role: 'tool' }>): string {
	const text = parts.map(part => (part.type === 'text' ? part.text : '[an image, which follows]')).join('\n');
	return text === '' ? (isError ? 'It failed without a message.' : '(no output)') : text;
}

function imagesOf({ parts, name }: Extract<ModelMessage, { role: 'tool' }>): Message[] {
	const images = parts.filter(part => part.type === 'image');
	if (images.length === 0) return [];
	return [{ role: 'user', content: userContent([{ type: 'text', text: `Images that ${name} gave:` }, ...images]) }];
}

/** The same nine characters for the same id, as Mistral wants them of calls that others began. */
function nineCharacters(id: string): string {
	if (/^[a-zA-Z0-9]{9}$/.test(id)) return id;
	let hash = 0xcbf29ce484222325n;
	for (const character of id)
		hash = BigInt.asUintN(64, (hash ^ BigInt(character.codePointAt(0) ?? 0)) * 0x100000001b3n);
	return hash.toString(36).padStart(13, '0').slice(-9);
}
