import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../base/clock';
import { CancelledError } from '../../base/errors';
import type { CheckResult } from '../service';
import { reachProblem } from './reach';

/** Nobody needs more of a page to know whether a service is well. */
const bodyLimit = 64 * 1024;
const dayMs = 86_400_000;

export interface HttpCheck {
	readonly url: string;
	readonly method: 'GET' | 'HEAD';
	/** Statuses that mean well: single ones; empty for 200 to 399. */
	readonly statuses: readonly number[];
	/** Words that the body must hold. */
	readonly contains: string | null;
	/** A value that the body, as JSON, must have at a path such as `status` or `checks.0.ok`. */
	readonly json: { readonly path: string; readonly equals: unknown } | null;
	/** Fewer days until the certificate ends are a degraded service. */
	readonly certificateDays: number;
	readonly timeoutMs: number;
	/** Where names may lead; absent: anywhere. */
	readonly lookup?: LookupFunction;
}

interface Answer {
	readonly status: number;
	readonly body: string;
	readonly isCut: boolean;
	/** When the certificate ends, milliseconds since 1970. */
	readonly validTo: number | null;
}

/** Asks a web server. Redirects are answers, not followed; the whole of it takes no longer than its limit. */
export async function checkHttp(check: HttpCheck, clock: Clock, signal: AbortSignal): Promise<CheckResult> {
	const started = clock.monotonic();
	const late = new AbortController();
	const timer = clock.after(check.timeoutMs, () => late.abort());
	try {
		const answer = await ask(check, AbortSignal.any([signal, late.signal]));
		const latencyMs = Math.round(clock.monotonic() - started);
		return { ...judge(check, answer, clock.now()), latencyMs };
	} catch (error) {
		if (signal.aborted) throw new CancelledError();
		const text = late.signal.aborted
			? `It did not finish an answer within ${seconds(check.timeoutMs)}.`
			: reachProblem(error, new URL(check.url).host);
		return { outcome: 'down', text, latencyMs: null };
	} finally {
		timer.dispose();
	}
}

function judge(check: HttpCheck, answer: Answer, now: number): Omit<CheckResult, 'latencyMs'> {
	const { status, validTo } = answer;
	const isWanted = check.statuses.length === 0 ? status >= 200 && status < 400 : check.statuses.includes(status);
	if (!isWanted) {
		const wanted = check.statuses.length === 0 ? '200 to 399' : check.statuses.join(' or ');
		return { outcome: 'down', text: `It answered with status ${status}, not ${wanted}.` };
	}
	const wrong = bodyProblem(check, answer);
	if (wrong !== null) return { outcome: 'down', text: wrong };
	if (validTo !== null) {
		const days = Math.floor((validTo - now) / dayMs);
		if (days < check.certificateDays) {
			const text =
				days < 0 ? 'Its certificate has ended.' : `Its certificate ends in ${days === 1 ? '1 day' : `${days} days`}.`;
			return { outcome: 'impaired', text };
		}
	}
	return { outcome: 'up', text: `It answered with status ${status}.` };
}

function bodyProblem({ contains, json }: HttpCheck, { body, isCut }: Answer): string | null {
	const cut = isCut ? ' (only the first 64 KB are read)' : '';
	if (contains !== null && !body.includes(contains)) return `Its answer does not hold “${contains}”${cut}.`;
	if (json === null) return null;
	let value: unknown;
	try {
		value = JSON.parse(body);
	} catch {
		return `Its answer is no JSON${cut}.`;
	}
	const found = valueAt(value, json.path);
	if (JSON.stringify(found) === JSON.stringify(json.equals)) return null;
	const is = found === undefined ? 'nothing' : JSON.stringify(found).slice(0, 80);
	return `Its answer has ${is} at ${json.path}, not ${JSON.stringify(json.equals)}.`;
}

/** The value at a path of names and numbers joined by dots. */
function valueAt(value: unknown, path: string): unknown {
	let current = value;
	for (const step of path.split('.')) {
		if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
		current = (current as Record<string, unknown>)[step];
	}
	return current;
}

function ask(check: HttpCheck, signal: AbortSignal): Promise<Answer> {
	const isRead = check.contains !== null || check.json !== null;
	return new Promise((resolve, reject) => {
		const url = new URL(check.url);
		const call = (url.protocol === 'https:' ? https : http).request(url, {
			method: check.method,
			headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'Quarterdeck (health check)' },
			agent: false,
			signal,
			...(check.lookup && { lookup: check.lookup }),
		});
		// Also after the answer: what is cut off complains.
		call.on('error', reject);
		call.once('response', response => {
			const status = response.statusCode ?? 0;
			const validTo = certificateEnd(response.socket);
			const done = (body: string, isCut: boolean): void => {
				resolve({ status, body, isCut, validTo });
				call.destroy();
			};
			response.on('error', reject);
			if (!isRead) return done('', false);
			const chunks: Buffer[] = [];
			let size = 0;
			response.on('data', (chunk: Buffer) => {
				chunks.push(chunk);
				size += chunk.length;
				if (size >= bodyLimit) done(textOf(chunks), true);
			});
			response.once('end', () => done(textOf(chunks), false));
		});
		call.end();
	});
}

function textOf(chunks: readonly Buffer[]): string {
	return Buffer.concat(chunks).subarray(0, bodyLimit).toString('utf8');
}

function certificateEnd(socket: unknown): number | null {
	const tls = socket as Partial<TLSSocket>;
	const end = Date.parse(tls.getPeerCertificate?.().valid_to ?? '');
	return Number.isNaN(end) ? null : end;
}

/** `10 seconds`, `0.5 seconds`. */
export function seconds(ms: number): string {
	return ms === 1000 ? '1 second' : `${ms / 1000} seconds`;
}
