import type { ServerResponse } from 'node:http';
import type { FakeReply, SeenMessage } from '../modelReply';

interface WireMessage {
	readonly role: string;
	readonly content: string;
	readonly images?: readonly string[];
	readonly thinking?: string;
	readonly tool_calls?: readonly { readonly function: { readonly name: string; readonly arguments: unknown } }[];
	readonly tool_name?: string;
}

/** The messages of a chat request. Ollama refuses what is none; so does this. */
export function seenMessages(raw: unknown): readonly SeenMessage[] {
	if (!Array.isArray(raw)) throw new Error('messages is no list');
	return (raw as readonly WireMessage[]).map(
		({ role, content, images, thinking, tool_calls: calls, tool_name: tool }) => {
			if (!['system', 'user', 'assistant', 'tool'].includes(role)) throw new Error(`no role: ${role}`);
			if (calls?.some(call => typeof call.function.arguments !== 'object')) throw new Error('arguments is no object');
			return {
				role,
				text: content,
				...(images ? { images } : {}),
				...(thinking === undefined ? {} : { thinking }),
				...(calls ? { calls: calls.map(call => call.function) } : {}),
				...(tool === undefined ? {} : { answers: tool }),
			};
		},
	);
}

/** Writes an answer as Ollama does: one JSON object a line, each call whole in a line, figures in the last one. */
export async function writeReply(response: ServerResponse, model: string, reply: FakeReply): Promise<void> {
	const { fault } = reply;
	if (fault?.type === 'status') {
		const isText = typeof fault.body === 'string';
		response.writeHead(fault.status, {
			'content-type': isText ? 'text/plain' : 'application/json; charset=utf-8',
			...fault.headers,
		});
		response.end(isText ? fault.body : JSON.stringify(fault.body));
		return;
	}
	await reply.after;
	const lines = linesOf(model, reply);
	// The real server sends no header before its first line.
	if (fault?.type === 'silent' && lines.length === 0) return;
	response.writeHead(200, { 'content-type': 'application/x-ndjson', 'transfer-encoding': 'chunked' });
	for (const line of lines) {
		await send(response, Buffer.from(`${line}\n`), reply.isTorn === true);
		if (response.destroyed) return;
	}
	if (fault?.type === 'silent') return;
	if (fault?.type === 'cut') response.destroy();
	else response.end();
}

async function send(response: ServerResponse, bytes: Buffer, isTorn: boolean): Promise<void> {
	const step = isTorn ? 1 : bytes.length;
	for (let at = 0; at < bytes.length; at += step)
		// Each piece is a chunk of its own once the one before has left.
		await new Promise<void>(resolve => response.write(bytes.subarray(at, at + step), () => resolve()));
}

function linesOf(model: string, reply: FakeReply): readonly string[] {
	const line = (message: object, more: object = { done: false }): string =>
		JSON.stringify({
			model,
			created_at: new Date().toISOString(),
			message: { role: 'assistant', ...message },
			...more,
		});
	const lines = [
		...(reply.thinking ?? []).map(thinking => line({ content: '', thinking })),
		...(reply.text ?? []).map(content => line({ content })),
	];
	for (const [index, { name, arguments: input }] of (reply.calls ?? []).entries()) {
		// What a model wrote is read by the server, and what it cannot read ends the answer.
		if (typeof input === 'string') {
			const error = `error parsing tool call: raw='${input}', err=unexpected end of JSON input`;
			return [...lines, JSON.stringify({ error })];
		}
		lines.push(line({ content: '', tool_calls: [{ function: { index, name, arguments: input } }] }));
	}
	const { fault } = reply;
	if (fault?.type === 'error') return [...lines, JSON.stringify({ error: fault.message })];
	if (fault?.type === 'malformed') return [...lines, '{"model":"m","message":{"content":"oops'];
	if (fault) return lines;
	return [...lines, line({ content: '' }, lastFields(reply))];
}

function lastFields({ usage, end }: FakeReply): object {
	const counts = usage === undefined ? { input: 10, output: 5 } : usage;
	return {
		done: true,
		done_reason: end ?? 'stop',
		total_duration: 4_883_583_458,
		load_duration: 1_334_875,
		...(counts
			? {
					prompt_eval_count: counts.input,
					prompt_eval_duration: 342_546_000,
					eval_count: counts.output,
					eval_duration: 4_535_599_000,
				}
			: {}),
	};
}
