import type { ServerResponse } from 'node:http';
import type { FakeReply, SeenMessage } from '../modelReply';
import { fragments, SseWriter } from './sse';

/** How a server that speaks Chat Completions departs from OpenAI's own. */
export interface ChatHabits {
	/** Where it puts thinking. */
	readonly reasoning?: 'reasoning_content' | 'reasoning' | 'tags' | 'parts';
	/** A comment before the first event, as OpenRouter sends while it waits. */
	readonly comment?: string;
	/** Each call in one piece, all with the index 0, as Google sends them; or without any index. */
	readonly calls?: 'zero' | 'none';
	/** Added to the usage, such as OpenRouter's `cost`. */
	readonly usage?: object;
	/** Added to each call, such as Google's signature. */
	readonly callExtra?: object;
}

interface WireMessage {
	readonly role: string;
	readonly content?: string | null | readonly WirePart[];
	readonly tool_calls?: readonly {
		readonly id: string;
		readonly function: { readonly name: string; readonly arguments: string };
	}[];
	readonly tool_call_id?: string;
	readonly reasoning_content?: string;
}

interface WirePart {
	readonly type: string;
	readonly text?: string;
	readonly image_url?: { readonly url: string };
}

/** The messages of a request. What OpenAI would refuse, this refuses: results must follow the calls they answer. */
export function seenChat(raw: unknown): readonly SeenMessage[] {
	if (!Array.isArray(raw)) throw new Error('messages is no list');
	const messages = raw as readonly WireMessage[];
	checkOrder(messages);
	return messages.map(message => {
		const { role, content, tool_calls: calls, tool_call_id: answers, reasoning_content: thinking } = message;
		if (!['system', 'developer', 'user', 'assistant', 'tool'].includes(role)) throw new Error(`no role: ${role}`);
		const parts: readonly WirePart[] =
			typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
		const images = parts.flatMap(({ image_url: image }) => (image ? [image.url.replace(/^data:[^,]*,/, '')] : []));
		return {
			role,
			text: parts.map(({ text = '' }) => text).join(''),
			...(images.length > 0 ? { images } : {}),
			...(thinking === undefined ? {} : { thinking }),
			...(calls
				? {
						calls: calls.map(({ function: { name, arguments: text } }) => ({
							name,
							arguments: JSON.parse(text) as unknown,
						})),
					}
				: {}),
			...(answers === undefined ? {} : { answers }),
		};
	});
}

function checkOrder(messages: readonly WireMessage[]): void {
	let open = new Set<string>();
	for (const { role, tool_calls: calls, tool_call_id: id } of messages) {
		if (role === 'tool') {
			if (!open.delete(id ?? '')) throw new Error(`no call before the result of ${id}`);
			continue;
		}
		if (open.size > 0) throw new Error(`calls without a result: ${[...open].join(', ')}`);
		open = new Set(calls?.map(call => call.id));
	}
}

/** Writes an answer as OpenAI does: the role first, calls in fragments by index, the end, then the usage alone. */
export async function writeChat(
	response: ServerResponse,
	request: { readonly model: string; readonly body: Readonly<Record<string, unknown>> },
	reply: FakeReply,
	habits: ChatHabits,
): Promise<void> {
	const { fault } = reply;
	const chunks = chunksOf(reply, habits);
	if (fault?.type === 'silent' && chunks.length === 0) return;
	const sse = new SseWriter(response, reply.isTorn === true);
	const wantsUsage =
		(request.body['stream_options'] as { include_usage?: boolean } | undefined)?.include_usage === true;
	const chunk = (choices: readonly object[], usage: object | null = null): object => ({
		id: 'chatcmpl-scripted',
		object: 'chat.completion.chunk',
		created: 1_760_000_000,
		model: request.model,
		service_tier: 'default',
		system_fingerprint: 'fp_scripted',
		choices,
		...(wantsUsage ? { usage } : {}),
	});
	const delta = (content: object, finish: string | null = null): object =>
		chunk([{ index: 0, delta: content, logprobs: null, finish_reason: finish }]);
	if (habits.comment !== undefined) await sse.comment(habits.comment);
	await sse.data(delta({ role: 'assistant', content: '', refusal: null }));
	for (const content of chunks) await sse.data(delta(content));
	if (fault?.type === 'silent') return;
	if (fault?.type === 'cut') return void response.destroy();
	if (fault?.type === 'malformed') await sse.raw('data: {"id": oops\n\n');
	if (fault?.type === 'error')
		await sse.data({ error: { message: fault.message, type: 'server_error', param: null, code: null } });
	if (!fault) {
		await sse.data(delta({}, reply.end ?? (reply.calls ? 'tool_calls' : 'stop')));
		const counts = reply.usage === undefined ? { input: 10, output: 5 } : reply.usage;
		if (wantsUsage && counts) await sse.data(chunk([], { ...usageOf(counts), ...habits.usage }));
		await sse.data('[DONE]');
	}
	response.end();
}

function chunksOf(reply: FakeReply, habits: ChatHabits): readonly object[] {
	return [
		...thinkingChunks(reply.thinking ?? [], habits),
		...(reply.text ?? []).map(content => ({ content })),
		...callChunks(reply, habits),
	];
}

function thinkingChunks(
	thinking: readonly string[],
	{ reasoning = 'reasoning_content' }: ChatHabits,
): readonly object[] {
	if (thinking.length === 0) return [];
	if (reasoning === 'tags') return ['<thi', 'nk>', ...thinking, '</thi', 'nk>\n\n'].map(content => ({ content }));
	if (reasoning === 'parts')
		return thinking.map(text => ({ content: [{ type: 'thinking', thinking: [{ type: 'text', text }] }] }));
	return thinking.map(text => ({ content: null, [reasoning]: text }));
}

function callChunks({ calls = [] }: FakeReply, { calls: habit, callExtra }: ChatHabits): readonly object[] {
	return calls.flatMap(({ name, arguments: input }, at): readonly object[] => {
		const text = typeof input === 'string' ? input : JSON.stringify(input);
		const id = `call_${name}_${at}_${Math.random().toString(36).slice(2, 8)}`;
		const index = habit === 'none' ? {} : { index: habit === 'zero' ? 0 : at };
		const whole = { ...index, id, type: 'function', function: { name, arguments: text }, ...callExtra };
		if (habit !== undefined) return [{ tool_calls: [whole] }];
		return [
			{ tool_calls: [{ index: at, id, type: 'function', function: { name, arguments: '' }, ...callExtra }] },
			...fragments(text).map(piece => ({ tool_calls: [{ index: at, function: { arguments: piece } }] })),
		];
	});
}

function usageOf({ input, output }: { readonly input: number; readonly output: number }): object {
	return {
		prompt_tokens: input,
		completion_tokens: output,
		total_tokens: input + output,
		prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
		completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
	};
}
