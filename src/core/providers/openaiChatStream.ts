import type OpenAI from 'openai';
import { ProviderError, type ModelEvent, type ModelRequest } from './provider';
import type { ChatOpaque } from './openaiChatRequest';
import { fromChatUsage, type ChatUsage } from './openaiUsage';
import { ThinkTags } from './thinkTags';
import { CallIds, toolCallOf } from './toolCall';

/** A chunk as servers send it: OpenAI's fields, and what others add. */
interface Chunk {
	readonly model?: string;
	readonly choices?: readonly Choice[] | null;
	readonly usage?: ChatUsage | null;
	readonly x_groq?: { readonly usage?: ChatUsage } | null;
}

interface Choice {
	readonly delta?: Delta | null;
	readonly finish_reason?: string | null;
}

interface Delta {
	readonly content?: string | readonly ContentPart[] | null;
	readonly refusal?: string | null;
	readonly reasoning_content?: string | null;
	readonly reasoning?: string | null;
	readonly reasoning_details?: readonly unknown[] | null;
	readonly tool_calls?: readonly CallDelta[] | null;
}

/** Mistral sends thinking as parts of the content. */
interface ContentPart {
	readonly type?: string;
	readonly text?: string;
	readonly thinking?: string | readonly ContentPart[];
}

interface CallDelta {
	readonly index?: number | null;
	readonly id?: string | null;
	readonly function?: { readonly name?: string | null; readonly arguments?: unknown } | null;
	readonly extra_content?: unknown;
}

interface OpenCall {
	readonly id: string;
	/** What the server called it, to know it again. */
	readonly given: string;
	name: string;
	text: string;
}

/** Reads a stream of Chat Completions. Rejects with `cut-off` when it ends before the answer does. */
export async function* readChatStream(
	stream: AsyncIterable<OpenAI.Chat.Completions.ChatCompletionChunk>,
	request: ModelRequest,
	label: string,
): AsyncGenerator<ModelEvent> {
	const reader = new ChatReader(request);
	for await (const chunk of stream) yield* reader.read(chunk);
	yield* reader.end(label);
}

class ChatReader {
	readonly #request: ModelRequest;
	readonly #ids: CallIds;
	readonly #tags = new ThinkTags();
	readonly #calls: OpenCall[] = [];
	readonly #byIndex = new Map<number, OpenCall>();
	readonly #extra: Record<string, unknown> = {};
	readonly #details: unknown[] = [];
	#hasStarted = false;
	#wasRefused = false;
	#finish: string | null = null;
	#usage: ChatUsage | null = null;

	constructor(request: ModelRequest) {
		this.#request = request;
		this.#ids = new CallIds(request.messages);
	}

	*read(chunk: Chunk): Generator<ModelEvent> {
		if (!this.#hasStarted) {
			this.#hasStarted = true;
			yield { type: 'start', model: chunk.model || this.#request.model };
		}
		this.#usage = chunk.usage ?? chunk.x_groq?.usage ?? this.#usage;
		// With `include_usage` the last chunk has no choices at all.
		const choice = chunk.choices?.[0];
		if (!choice) return;
		if (choice.delta) yield* this.#delta(choice.delta);
		if (choice.finish_reason) this.#finish = choice.finish_reason;
	}

	*end(label: string): Generator<ModelEvent> {
		yield* this.#tags.end();
		if (this.#finish === null) throw new ProviderError('cut-off', `${label} broke off its answer.`);
		if (this.#finish === 'error') throw new ProviderError('cut-off', `${label} ended its answer with a fault.`);
		for (const { id, name, text } of this.#calls) yield { type: 'call', call: toolCallOf(id, name, text) };
		const opaque = this.#opaque();
		yield {
			type: 'end',
			reason: this.#reason(this.#finish),
			usage: this.#usage ? fromChatUsage(this.#usage) : null,
			reportedUsd: typeof this.#usage?.cost === 'number' ? this.#usage.cost : null,
			...(opaque ? { opaque } : {}),
		};
	}

	*#delta(delta: Delta): Generator<ModelEvent> {
		const thinking = delta.reasoning_content || delta.reasoning;
		if (thinking) yield { type: 'thinking', text: thinking };
		if (delta.reasoning_details) this.#details.push(...delta.reasoning_details);
		if (typeof delta.content === 'string') {
			if (delta.content !== '') yield* this.#tags.push(delta.content);
		} else if (delta.content) yield* contentParts(delta.content);
		if (delta.refusal) {
			this.#wasRefused = true;
			yield { type: 'text', text: delta.refusal };
		}
		for (const call of delta.tool_calls ?? []) yield* this.#call(call);
	}

	*#call(delta: CallDelta): Generator<ModelEvent> {
		const given = delta.id ?? '';
		let call = this.#find(delta.index, given, delta.function?.name ?? '');
		if (!call) {
			call = { id: this.#ids.take(given), given, name: '', text: '' };
			this.#calls.push(call);
			this.#byIndex.set(delta.index ?? this.#calls.length - 1, call);
		}
		// Some servers repeat the name with every piece.
		if (call.name === '' && delta.function?.name) {
			call.name = delta.function.name;
			yield { type: 'callStarted', id: call.id, name: call.name };
		}
		call.text += argumentsText(delta.function?.arguments);
		if (delta.extra_content !== undefined) this.#extra[call.id] = delta.extra_content;
	}

	/** The call that a piece goes on with. Some servers give every call the index 0, and some give none at all. */
	#find(index: number | null | undefined, given: string, name: string): OpenCall | undefined {
		const isOther = (call: OpenCall): boolean => given !== '' && call.given !== '' && call.given !== given;
		if (typeof index === 'number') {
			const call = this.#byIndex.get(index);
			return call && isOther(call) ? this.#calls.find(other => other.given === given) : call;
		}
		const last = this.#calls.at(-1);
		const beginsAnew = given === '' && name !== '' && last?.name !== '' && isComplete(last?.text ?? '');
		return last && (isOther(last) || beginsAnew)
			? this.#calls.find(other => given !== '' && other.given === given)
			: last;
	}

	#reason(finish: string): Extract<ModelEvent, { type: 'end' }>['reason'] {
		if (finish === 'content_filter' || this.#wasRefused) return 'filtered';
		if (finish === 'length' || finish === 'max_tokens') return 'length';
		return this.#calls.length > 0 ? 'calls' : 'stop';
	}

	#opaque(): ChatOpaque | undefined {
		const hasExtra = Object.keys(this.#extra).length > 0;
		if (this.#details.length === 0 && !hasExtra) return undefined;
		return {
			kind: 'chat',
			model: this.#request.model,
			...(this.#details.length > 0 ? { reasoningDetails: joinDetails(this.#details) } : {}),
			...(hasExtra ? { extraContent: this.#extra } : {}),
		};
	}
}

function* contentParts(parts: readonly ContentPart[]): Generator<ModelEvent> {
	for (const part of parts) {
		if (part.type === 'thinking') {
			const { thinking } = part;
			const text = typeof thinking === 'string' ? thinking : (thinking ?? []).map(inner => inner.text ?? '').join('');
			if (text !== '') yield { type: 'thinking', text };
		} else if (part.text) yield { type: 'text', text: part.text };
	}
}

/** Arguments are text in pieces; a few servers send the object itself. */
function argumentsText(value: unknown): string {
	if (typeof value === 'string') return value;
	return value === null || value === undefined ? '' : JSON.stringify(value);
}

function isComplete(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

/** Reasoning comes in pieces of one entry; it is sent back as whole entries, as it is documented. */
function joinDetails(details: readonly unknown[]): readonly unknown[] {
	const joined: Record<string, unknown>[] = [];
	for (const detail of details as readonly Record<string, unknown>[]) {
		const last = joined.at(-1);
		if (!last || last['type'] !== detail['type'] || last['index'] !== detail['index']) {
			joined.push({ ...detail });
			continue;
		}
		for (const [key, value] of Object.entries(detail)) {
			const isText = key === 'text' || key === 'summary' || key === 'data';
			const before = last[key];
			if (isText && typeof value === 'string') last[key] = (typeof before === 'string' ? before : '') + value;
			else if (value !== null && value !== undefined) last[key] = value;
		}
	}
	return joined;
}
