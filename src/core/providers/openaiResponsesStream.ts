import type OpenAI from 'openai';
import { ServerRefusal } from './openaiErrors';
import { fromResponsesUsage } from './openaiUsage';
import type { ResponsesOpaque } from './openaiResponsesRequest';
import { ProviderError, type ModelEvent, type ModelRequest } from './provider';
import { CallIds, toolCallOf } from './toolCall';

type Event = OpenAI.Responses.ResponseStreamEvent;
type OutputItem = OpenAI.Responses.ResponseOutputItem;

/** Reads a stream of the Responses API. Rejects with `cut-off` when it ends before the response does. */
export async function* readResponsesStream(
	stream: AsyncIterable<Event>,
	request: ModelRequest,
	label: string,
): AsyncGenerator<ModelEvent> {
	const reader = new ResponsesReader(request);
	for await (const event of stream) yield* reader.read(event);
	if (!reader.isComplete) throw new ProviderError('cut-off', `${label} broke off its answer.`);
}

class ResponsesReader {
	readonly #request: ModelRequest;
	readonly #ids: CallIds;
	/** By output index: the call's id in our conversation. */
	readonly #callIds = new Map<number, string>();
	readonly #items: OutputItem[] = [];
	#hasCalls = false;
	#wasRefused = false;
	isComplete = false;

	constructor(request: ModelRequest) {
		this.#request = request;
		this.#ids = new CallIds(request.messages);
	}

	*read(event: Event): Generator<ModelEvent> {
		switch (event.type) {
			case 'response.created':
				yield { type: 'start', model: event.response.model || this.#request.model };
				break;
			case 'response.output_text.delta':
				yield { type: 'text', text: event.delta };
				break;
			case 'response.refusal.delta':
				this.#wasRefused = true;
				yield { type: 'text', text: event.delta };
				break;
			case 'response.reasoning_summary_text.delta':
			case 'response.reasoning_text.delta':
				yield { type: 'thinking', text: event.delta };
				break;
			case 'response.reasoning_summary_part.added':
				// Parts of the summary are paragraphs.
				if (event.summary_index > 0) yield { type: 'thinking', text: '\n\n' };
				break;
			case 'response.output_item.added':
				if (event.item.type === 'function_call') {
					const id = this.#ids.take(event.item.call_id);
					this.#callIds.set(event.output_index, id);
					yield { type: 'callStarted', id, name: event.item.name };
				}
				break;
			case 'response.output_item.done':
				yield* this.#item(event.item, event.output_index);
				break;
			case 'response.completed':
			case 'response.incomplete':
				yield this.#end(event.response);
				break;
			case 'response.failed':
				throw new ServerRefusal(undefined, { ...event.response.error });
			case 'error':
				throw new ServerRefusal(undefined, { code: event.code, message: event.message, param: event.param });
			default:
			// Progress of tools that run at the server, and events that are newer than this code.
		}
	}

	*#item(item: OutputItem, index: number): Generator<ModelEvent> {
		if (item.type !== 'function_call') {
			this.#items.push(item);
			return;
		}
		this.#hasCalls = true;
		const id = this.#callIds.get(index) ?? this.#ids.take(item.call_id);
		this.#items.push({ ...item, call_id: id });
		yield { type: 'call', call: toolCallOf(id, item.name, item.arguments) };
	}

	#end(response: OpenAI.Responses.Response): ModelEvent {
		this.isComplete = true;
		const why = response.incomplete_details?.reason;
		const opaque: ResponsesOpaque = { kind: 'responses', model: this.#request.model, items: this.#items };
		return {
			type: 'end',
			reason:
				why === 'content_filter' || this.#wasRefused
					? 'filtered'
					: why === 'max_output_tokens'
						? 'length'
						: this.#hasCalls
							? 'calls'
							: 'stop',
			usage: response.usage ? fromResponsesUsage(response.usage) : null,
			reportedUsd: null,
			// What was cut off cannot be sent back: its last item is incomplete.
			...(why === undefined && this.#items.length > 0 ? { opaque } : {}),
		};
	}
}
