import type { ServerResponse } from 'node:http';

/** Writes server-sent events, each in a packet of its own, or torn into single bytes. */
export class SseWriter {
	readonly #response: ServerResponse;
	readonly #isTorn: boolean;

	constructor(response: ServerResponse, isTorn: boolean) {
		this.#response = response;
		this.#isTorn = isTorn;
		response.writeHead(200, {
			'content-type': 'text/event-stream; charset=utf-8',
			'cache-control': 'no-cache',
			'x-request-id': 'req_scripted',
		});
	}

	/** One event of Chat Completions, which have no names. */
	async data(value: object | string): Promise<void> {
		await this.raw(`data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`);
	}

	/** One event of Responses, which are named by their type. */
	async event(value: { readonly type: string }): Promise<void> {
		await this.raw(`event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`);
	}

	/** What proxies send so that nobody hangs up. */
	async comment(text: string): Promise<void> {
		await this.raw(`: ${text}\n\n`);
	}

	async raw(text: string): Promise<void> {
		const bytes = Buffer.from(text);
		const step = this.#isTorn ? 1 : bytes.length;
		for (let at = 0; at < bytes.length && !this.#response.destroyed; at += step)
			await new Promise<void>(resolve => this.#response.write(bytes.subarray(at, at + step), () => resolve()));
	}
}

/** Cuts arguments as models write them: a few characters at a time. */
export function fragments(text: string, size = 5): readonly string[] {
	const pieces: string[] = [];
	for (let at = 0; at < text.length; at += size) pieces.push(text.slice(at, at + size));
	return pieces;
}
