import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { MessageReply, ReplyBlock } from './reply.ts';

/** The usage object of the Messages API. */
interface WireUsage {
	readonly input_tokens: number;
	readonly output_tokens: number;
	readonly cache_read_input_tokens: number;
	readonly cache_creation_input_tokens: number;
	readonly cache_creation: {
		readonly ephemeral_5m_input_tokens: number;
		readonly ephemeral_1h_input_tokens: number;
	};
	readonly service_tier: 'standard';
}

/** What the answer needs to know about its request. */
export interface ReplyContext {
	readonly model: string;
	readonly messageId: string;
	/** Aborts when the client went away or the server closes. */
	readonly signal: AbortSignal;
	nextToolUseId(): string;
}

/** Sends a reply as the server-sent events of the real API, in its pace. Returns early when the client goes away. */
export async function streamReply(response: ServerResponse, reply: MessageReply, context: ReplyContext): Promise<void> {
	const send = (type: string, data: Record<string, unknown>): void => {
		response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
	};
	response.writeHead(200, {
		'content-type': 'text/event-stream; charset=utf-8',
		'cache-control': 'no-cache',
		'request-id': `req_${context.messageId}`,
	});
	const usage = toWireUsage(reply);
	send('message_start', {
		message: { ...emptyMessage(context), usage: { ...usage, output_tokens: 1 } },
	});
	send('ping', {});
	const last = reply.blocks.length - 1;
	for (const [index, block] of reply.blocks.entries()) {
		send('content_block_start', { index, content_block: startOf(block, context) });
		const deltas = [...deltasOf(block)];
		for (const [at, delta] of deltas.entries()) {
			if (block.delayMs !== undefined) await wait(block.delayMs, undefined, { signal: context.signal });
			if (block.until && at === deltas.length - 1) await Promise.race([block.until, gone(context.signal)]);
			if (context.signal.aborted) return;
			send('content_block_delta', { index, delta });
		}
		if (index === last && reply.ending !== undefined && reply.ending !== 'finish') break;
		send('content_block_stop', { index });
	}
	if (reply.ending === 'hang') return;
	if (reply.ending === 'cut') {
		// Let what was written leave first: a cut is seen in the middle of a message, not before it.
		await wait(20, undefined, { signal: context.signal });
		response.socket?.destroy();
		return;
	}
	send('message_delta', {
		delta: { stop_reason: stopReasonOf(reply), stop_sequence: null },
		usage: { output_tokens: usage.output_tokens },
	});
	send('message_stop', {});
	response.end();
}

function gone(signal: AbortSignal): Promise<unknown> {
	return signal.aborted ? Promise.resolve() : once(signal, 'abort');
}

/** Sends a reply as one JSON object, for requests that do not stream. */
export function sendWhole(response: ServerResponse, reply: MessageReply, context: ReplyContext): void {
	const content = reply.blocks.map(block => {
		if (block.type === 'text') return { type: 'text', text: block.text };
		if (block.type === 'thinking') return { type: 'thinking', thinking: block.text, signature: 'c2NyaXB0ZWQ=' };
		return { type: 'tool_use', id: block.id ?? context.nextToolUseId(), name: block.name, input: block.input };
	});
	response.writeHead(200, { 'content-type': 'application/json', 'request-id': `req_${context.messageId}` });
	const message = { ...emptyMessage(context), content, stop_reason: stopReasonOf(reply), usage: toWireUsage(reply) };
	response.end(JSON.stringify(message));
}

function emptyMessage(context: ReplyContext): Record<string, unknown> {
	return {
		id: context.messageId,
		type: 'message',
		role: 'assistant',
		model: context.model,
		content: [],
		stop_reason: null,
		stop_sequence: null,
	};
}

function startOf(block: ReplyBlock, context: ReplyContext): Record<string, unknown> {
	if (block.type === 'text') return { type: 'text', text: '' };
	if (block.type === 'thinking') return { type: 'thinking', thinking: '', signature: '' };
	return { type: 'tool_use', id: block.id ?? context.nextToolUseId(), name: block.name, input: {} };
}

function* deltasOf(block: ReplyBlock): Generator<Record<string, unknown>> {
	if (block.type === 'text') {
		for (const text of slices(block.text, block.chunk)) yield { type: 'text_delta', text };
	} else if (block.type === 'thinking') {
		for (const thinking of slices(block.text, block.chunk)) yield { type: 'thinking_delta', thinking };
		yield { type: 'signature_delta', signature: 'c2NyaXB0ZWQ=' };
	} else {
		const json = JSON.stringify(block.input);
		for (const part of slices(json, block.chunk)) yield { type: 'input_json_delta', partial_json: part };
	}
}

/** Cuts by whole characters, so that no delta holds half of an emoji. */
function slices(text: string, size: number | undefined): readonly string[] {
	if (size === undefined) return [text];
	const characters = Array.from(text);
	const parts: string[] = [];
	for (let at = 0; at < characters.length; at += size) parts.push(characters.slice(at, at + size).join(''));
	return parts;
}

function stopReasonOf(reply: MessageReply): string {
	return reply.stopReason ?? (reply.blocks.some(block => block.type === 'toolUse') ? 'tool_use' : 'end_turn');
}

function toWireUsage(reply: MessageReply): WireUsage {
	const usage = reply.usage ?? {};
	const write5m = usage.cacheWrite5m ?? 0;
	const write1h = usage.cacheWrite1h ?? 0;
	return {
		input_tokens: usage.input ?? 1200,
		output_tokens: usage.output ?? estimateTokens(reply.blocks),
		cache_read_input_tokens: usage.cacheRead ?? 0,
		cache_creation_input_tokens: write5m + write1h,
		cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
		service_tier: 'standard',
	};
}

function estimateTokens(blocks: readonly ReplyBlock[]): number {
	const length = blocks.reduce(
		(sum, block) => sum + (block.type === 'toolUse' ? JSON.stringify(block.input).length : block.text.length),
		0,
	);
	return Math.max(1, Math.ceil(length / 4));
}
