import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';

/** What servers on loopback have in common: who may call them, how much they read, how they answer. */

/** The failure of a call, as its caller reads it. */
export class Refusal extends Error {
	constructor(
		readonly status: number,
		message: string,
		readonly headers: Readonly<Record<string, string>> = {},
	) {
		super(message);
	}
}

/** Listens on loopback; 0 is any port that is free. Rejects when it cannot. */
export function listenHere(server: Server, port: number): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
			server.off('error', reject);
			resolve();
		});
	});
}

/** A caller that comes too often, told when to come again. */
export function tooMany(ms: number, text: string): Refusal {
	return new Refusal(429, text, { 'retry-after': `${Math.max(1, Math.ceil(ms / 1000))}` });
}

/** The token of `Authorization: Bearer …`; empty where there is none. */
export function bearerOf({ authorization = '' }: IncomingHttpHeaders): string {
	return /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
}

/** Takes as long for a token that is nearly right as for any other. */
export function isSameSecret(left: string, right: string): boolean {
	return timingSafeEqual(hash('sha256', left, 'buffer'), hash('sha256', right, 'buffer'));
}

/** The whole body; one that is larger than it may be is refused before it is read. */
export function bodyOf(request: IncomingMessage, limit: number): Promise<Buffer> {
	const tooLarge = new Refusal(413, `The body is larger than ${limit / 1024 / 1024} MB.`);
	if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge);
	return new Promise((resolve, reject) => {
		const parts: Buffer[] = [];
		let bytes = 0;
		request.on('data', (part: Buffer) => {
			bytes += part.length;
			// The rest is let through and forgotten, so that the caller gets to read why.
			if (bytes > limit) reject(tooLarge);
			else parts.push(part);
		});
		request.on('end', () => resolve(Buffer.concat(parts)));
		request.on('close', () => reject(new Refusal(400, 'The body was cut off.')));
	});
}

/** Headers of every answer: no cache keeps it, no browser takes it for something else. */
export function answerHeaders(type: string): Readonly<Record<string, string>> {
	return { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
}

export const jsonType = 'application/json; charset=utf-8';

/** Answers with JSON, unless the caller has gone away. */
export function sendJson(
	response: ServerResponse,
	status: number,
	body: unknown,
	headers: Readonly<Record<string, string>> = {},
): void {
	if (response.destroyed) return;
	response.writeHead(status, { ...answerHeaders(jsonType), ...headers });
	response.end(`${JSON.stringify(body)}\n`);
}
