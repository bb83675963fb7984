import type { ContentBlock } from '../../claude/messages';
import type { Usage } from '../../ledger/events';
import {
	modelRefText,
	type ModelEvent,
	type ModelRef,
	type ModelRequest,
	type ModelToolCall,
	type Provider,
} from '../../providers/provider';
import { ProviderError } from '../../providers/provider';
import type { CallStyle } from './modelMessages';
import { apiUsage, type Speaker } from './say';
import { parseStructured, SayStream } from './structured';

/** A call of a response. `row` is unique in the conversation, whatever ids the server gives. */
export interface AnsweredCall {
	readonly row: string;
	readonly call: ModelToolCall;
}

/** One response of a model. */
export interface Answer {
	readonly uuid: string;
	readonly ref: ModelRef;
	readonly text: string;
	readonly thinking: string;
	readonly calls: readonly AnsweredCall[];
	readonly opaque: unknown;
	readonly reason: Extract<ModelEvent, { type: 'end' }>['reason'];
	readonly usage: Usage | null;
	readonly reportedUsd: number | null;
}

/** Nobody needs more calls at once; a model that asks for more is stuck. */
const mostCalls = 40;

interface OpenBlock {
	readonly kind: 'text' | 'thinking';
	readonly index: number;
	text: string;
}

/** Asks a provider once and shows the response while it streams. */
export class Responder {
	readonly uuid: string = globalThis.crypto.randomUUID();
	readonly #id = `msg_${globalThis.crypto.randomUUID()}`;
	readonly #ref: ModelRef;
	readonly #style: CallStyle;
	readonly #speaker: Speaker;
	readonly #say = new SayStream();
	readonly #started = new Map<string, string>();
	readonly #calls: AnsweredCall[] = [];
	#open: OpenBlock | undefined;
	#blocks = 0;
	#isBegun = false;
	#text = '';
	#said = '';
	#thinking = '';

	constructor(ref: ModelRef, style: CallStyle, speaker: Speaker) {
		this.#ref = ref;
		this.#style = style;
		this.#speaker = speaker;
	}

	/** What has arrived of the text, for a turn that is stopped in the middle. */
	get text(): string {
		return this.#style === 'structured' ? this.#said : this.#text;
	}

	get thinking(): string {
		return this.#thinking;
	}

	/** Whether something of it is on the page already. */
	get hasShown(): boolean {
		return this.#isBegun;
	}

	async run(provider: Provider, request: ModelRequest): Promise<Answer> {
		let end: Extract<ModelEvent, { type: 'end' }> | undefined;
		for await (const event of provider.stream(request)) {
			if (event.type === 'end') end = event;
			else this.#take(event);
		}
		if (!end) throw new ProviderError('cut-off', `The answer of ${modelRefText(this.#ref)} ended in the middle.`);
		if (this.#style === 'structured') this.#readStructured();
		this.#closeOpen();
		if (end.usage && this.#isBegun)
			this.#speaker.event({
				type: 'message_delta',
				delta: { stop_reason: end.reason },
				usage: apiUsage(end.usage),
			});
		if (this.#isBegun) this.#speaker.event({ type: 'message_stop' });
		const { reason, usage, reportedUsd, opaque } = end;
		const { uuid, text, thinking } = this;
		return { uuid, ref: this.#ref, text, thinking, calls: this.#calls, opaque, reason, usage, reportedUsd };
	}

	/** Ends the rows of a response that broke off: the calls of it are never run. */
	abandon(): void {
		this.#closeOpen();
		const why = 'Not run: the answer broke off.';
		for (const [id, name] of this.#started) {
			const row = this.#rowOf(id);
			if (!this.#calls.some(call => call.row === row)) this.#block({ type: 'tool_use', id: row, name, input: {} });
			this.#speaker.toolResult(row, [{ type: 'text', text: why }], true);
		}
		if (this.#isBegun) this.#speaker.event({ type: 'message_stop' });
	}

	#take(event: Exclude<ModelEvent, { type: 'end' }>): void {
		if (event.type === 'start') return;
		this.#begin();
		if (event.type === 'text') {
			this.#text += event.text;
			if (this.#style === 'native') this.#grow('text', event.text);
			else this.#saySome(this.#say.push(event.text));
		} else if (event.type === 'thinking') {
			this.#thinking += event.text;
			this.#grow('thinking', event.text);
		} else if (event.type === 'callStarted') this.#startCall(event.id, event.name);
		else this.#call(event.call);
	}

	#begin(): void {
		if (this.#isBegun) return;
		this.#isBegun = true;
		this.#speaker.event({ type: 'message_start', message: { id: this.#id, model: modelRefText(this.#ref) } });
	}

	#saySome(text: string): void {
		if (text === '') return;
		this.#said += text;
		this.#grow('text', text);
	}

	#grow(kind: OpenBlock['kind'], text: string): void {
		if (text === '') return;
		if (this.#open?.kind !== kind) {
			this.#closeOpen();
			this.#open = { kind, index: this.#blocks++, text: '' };
			const block: ContentBlock = kind === 'text' ? { type: 'text', text: '' } : { type: 'thinking', thinking: '' };
			this.#speaker.event({ type: 'content_block_start', index: this.#open.index, content_block: block });
		}
		this.#open.text += text;
		const delta =
			kind === 'text' ? { type: 'text_delta' as const, text } : { type: 'thinking_delta' as const, thinking: text };
		this.#speaker.event({ type: 'content_block_delta', index: this.#open.index, delta });
	}

	#closeOpen(): void {
		const open = this.#open;
		if (!open) return;
		this.#open = undefined;
		this.#block(open.kind === 'text' ? { type: 'text', text: open.text } : { type: 'thinking', thinking: open.text });
		this.#speaker.event({ type: 'content_block_stop', index: open.index });
	}

	#block(block: ContentBlock): void {
		this.#speaker.block({ id: this.#id, model: modelRefText(this.#ref), uuid: this.uuid }, block);
	}

	#startCall(id: string, name: string): void {
		if (this.#started.has(id)) return;
		if (this.#started.size >= mostCalls) throw tooManyCalls(this.#ref);
		this.#closeOpen();
		this.#started.set(id, name);
		const block: ContentBlock = { type: 'tool_use', id: this.#rowOf(id), name, input: {} };
		this.#speaker.event({ type: 'content_block_start', index: this.#blocks++, content_block: block });
	}

	#call(call: ModelToolCall): void {
		// A server that gives two calls one id would have their results mixed up.
		const isTaken = this.#calls.some(other => other.call.id === call.id);
		const own = isTaken ? { ...call, id: `${call.id}_${this.#calls.length}` } : call;
		this.#startCall(own.id, own.name);
		const row = this.#rowOf(own.id);
		this.#calls.push({ row, call: own });
		this.#block({ type: 'tool_use', id: row, name: own.name, input: own.input ?? { arguments: own.rawInput } });
	}

	#readStructured(): void {
		const { say, calls } = parseStructured(this.#text);
		// What was shown while it streamed is the beginning of what is said.
		this.#saySome(say.startsWith(this.#said) ? say.slice(this.#said.length) : '');
		for (const [index, { tool, input }] of calls.entries()) {
			const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
			this.#call({
				id: `call_${index}`,
				name: tool,
				input: isObject ? (input as Readonly<Record<string, unknown>>) : null,
				rawInput: JSON.stringify(input) ?? '',
			});
		}
	}

	#rowOf(id: string): string {
		return `${this.#id}.${id}`;
	}
}

function tooManyCalls(ref: ModelRef): ProviderError {
	return new ProviderError(
		'bad-answer',
		`${modelRefText(ref)} asked for more than ${mostCalls} tool calls at once, so the turn was ended. Try another model, or ask for less.`,
	);
}
