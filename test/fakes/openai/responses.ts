import type { ServerResponse } from 'node:http';
import type { FakeReply, SeenMessage } from '../modelReply';
import { fragments, SseWriter } from './sse';

interface WireItem {
	readonly type?: string;
	readonly role?: string;
	readonly content?: string | readonly WirePart[];
	readonly call_id?: string;
	readonly name?: string;
	readonly arguments?: string;
	readonly output?: string | readonly WirePart[];
	readonly encrypted_content?: string;
}

interface WirePart {
	readonly type: string;
	readonly text?: string;
	readonly image_url?: string;
}

/** The input of a request, with its instructions first. Reasoning is taken back only as it was given. */
export function seenResponses(body: Readonly<Record<string, unknown>>): readonly SeenMessage[] {
	const { instructions, input } = body;
	if (!Array.isArray(input)) throw new Error('input is no list');
	const open = new Set<string>();
	const messages = (input as readonly WireItem[]).flatMap((item): SeenMessage[] => {
		if (item.type === 'reasoning') {
			if (item.encrypted_content !== 'sealed') throw new Error('reasoning that was not given so');
			return [];
		}
		if (item.type === 'function_call') {
			open.add(item.call_id ?? '');
			const call = { name: item.name ?? '', arguments: JSON.parse(item.arguments ?? '{}') as unknown };
			return [{ role: 'assistant', text: '', calls: [call] }];
		}
		if (item.type === 'function_call_output') {
			if (!open.delete(item.call_id ?? '')) throw new Error(`no call before the result of ${item.call_id}`);
			return [{ role: 'tool', ...partsOf(item.output), answers: item.call_id ?? '' }];
		}
		return [{ role: item.role ?? '', ...partsOf(item.content) }];
	});
	if (open.size > 0) throw new Error(`calls without a result: ${[...open].join(', ')}`);
	return typeof instructions === 'string' ? [{ role: 'system', text: instructions }, ...messages] : messages;
}

function partsOf(content: string | readonly WirePart[] = ''): {
	readonly text: string;
	readonly images?: readonly string[];
} {
	if (typeof content === 'string') return { text: content };
	const images = content.flatMap(({ image_url: url }) => (url === undefined ? [] : [url.replace(/^data:[^,]*,/, '')]));
	return { text: content.map(({ text = '' }) => text).join(''), ...(images.length > 0 ? { images } : {}) };
}

/** Writes an answer as OpenAI's Responses API does: every item is added, grows by deltas, and is done. */
export async function writeResponses(response: ServerResponse, model: string, reply: FakeReply): Promise<void> {
	const { fault } = reply;
	const isEmpty = !reply.text && !reply.thinking && !reply.calls;
	if (fault?.type === 'silent' && isEmpty) return;
	const events = new ResponseEvents(new SseWriter(response, reply.isTorn === true), model);
	await events.begin();
	if (reply.thinking) await events.reasoning(reply.thinking);
	if (reply.text) await events.message(reply.text, fault !== undefined);
	for (const call of reply.calls ?? []) await events.call(call.name, call.arguments);
	if (fault?.type === 'silent') return;
	if (fault?.type === 'cut') return void response.destroy();
	if (fault?.type === 'malformed') await events.sse.raw('event: response.output_text.delta\ndata: {"type": oops\n\n');
	if (fault?.type === 'error') await events.failed(fault.message);
	if (!fault) await events.end(reply);
	response.end();
}

class ResponseEvents {
	readonly sse: SseWriter;
	readonly #model: string;
	readonly #output: object[] = [];
	readonly #salt = Math.random().toString(36).slice(2, 8);
	#sequence = 0;

	constructor(sse: SseWriter, model: string) {
		this.sse = sse;
		this.#model = model;
	}

	async begin(): Promise<void> {
		await this.#send('response.created', { response: this.#response('in_progress') });
		await this.#send('response.in_progress', { response: this.#response('in_progress') });
	}

	async reasoning(pieces: readonly string[]): Promise<void> {
		const [index, id] = this.#next('rs');
		await this.#send('response.output_item.added', {
			output_index: index,
			item: { id, type: 'reasoning', summary: [] },
		});
		const at = { item_id: id, output_index: index, summary_index: 0 };
		await this.#send('response.reasoning_summary_part.added', { ...at, part: { type: 'summary_text', text: '' } });
		for (const delta of pieces) await this.#send('response.reasoning_summary_text.delta', { ...at, delta });
		const text = pieces.join('');
		await this.#send('response.reasoning_summary_text.done', { ...at, text });
		await this.#send('response.reasoning_summary_part.done', { ...at, part: { type: 'summary_text', text } });
		await this.#done(index, {
			id,
			type: 'reasoning',
			summary: [{ type: 'summary_text', text }],
			encrypted_content: 'sealed',
		});
	}

	async message(pieces: readonly string[], isCut: boolean): Promise<void> {
		const [index, id] = this.#next('msg');
		const item = { id, type: 'message', role: 'assistant' };
		await this.#send('response.output_item.added', {
			output_index: index,
			item: { ...item, status: 'in_progress', content: [] },
		});
		const at = { item_id: id, output_index: index, content_index: 0 };
		await this.#send('response.content_part.added', {
			...at,
			part: { type: 'output_text', text: '', annotations: [] },
		});
		for (const delta of pieces) await this.#send('response.output_text.delta', { ...at, delta, logprobs: [] });
		if (isCut) return;
		const part = { type: 'output_text', text: pieces.join(''), annotations: [] };
		await this.#send('response.output_text.done', { ...at, text: part.text, logprobs: [] });
		await this.#send('response.content_part.done', { ...at, part });
		await this.#done(index, { ...item, status: 'completed', content: [part] });
	}

	async call(name: string, input: Readonly<Record<string, unknown>> | string): Promise<void> {
		const [index, id] = this.#next('fc');
		const text = typeof input === 'string' ? input : JSON.stringify(input);
		const item = { id, type: 'function_call', call_id: `call_${id}`, name };
		await this.#send('response.output_item.added', {
			output_index: index,
			item: { ...item, status: 'in_progress', arguments: '' },
		});
		const at = { item_id: id, output_index: index };
		for (const delta of fragments(text)) await this.#send('response.function_call_arguments.delta', { ...at, delta });
		await this.#send('response.function_call_arguments.done', { ...at, arguments: text });
		await this.#done(index, { ...item, status: 'completed', arguments: text });
	}

	async failed(message: string): Promise<void> {
		const response = { ...this.#response('failed'), error: { code: 'server_error', message } };
		await this.#send('response.failed', { response });
	}

	async end({ usage, end }: FakeReply): Promise<void> {
		const counts = usage === undefined ? { input: 10, output: 5 } : usage;
		const used = counts && {
			input_tokens: counts.input,
			input_tokens_details: { cached_tokens: 0 },
			output_tokens: counts.output,
			output_tokens_details: { reasoning_tokens: 0 },
			total_tokens: counts.input + counts.output,
		};
		const isShort = end === 'length';
		const details = isShort ? { reason: 'max_output_tokens' } : null;
		const response = {
			...this.#response(isShort ? 'incomplete' : 'completed'),
			usage: used,
			incomplete_details: details,
		};
		await this.#send(isShort ? 'response.incomplete' : 'response.completed', { response });
	}

	#next(kind: string): readonly [number, string] {
		return [this.#output.length, `${kind}_${this.#salt}_${this.#output.length}`];
	}

	async #done(index: number, item: object): Promise<void> {
		this.#output.push(item);
		await this.#send('response.output_item.done', { output_index: index, item });
	}

	async #send(type: string, fields: object): Promise<void> {
		const event = { type, sequence_number: this.#sequence++, ...fields };
		await this.sse.event(event);
	}

	#response(status: string): object {
		return {
			id: `resp_${this.#salt}`,
			object: 'response',
			created_at: 1_760_000_000,
			status,
			error: null,
			incomplete_details: null,
			instructions: null,
			model: this.#model,
			output: this.#output,
			parallel_tool_calls: true,
			store: false,
			usage: null,
		};
	}
}
