import { lookup as systemLookup } from 'node:dns/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { CancelledError, ExpectedError, errorText } from '../../base/errors';
import { isLocalName, isPublicAddress } from './addresses';

export interface FetchLimits {
	/** Bytes after decompression. */
	readonly bytes: number;
	readonly ms: number;
	readonly redirects: number;
}

export interface FetchPorts {
	/** All addresses of a name. */
	readonly lookup: (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;
	/** Whether a connection to this address is allowed; replaced where the user named the server. */
	readonly isAllowed: (address: string) => boolean;
	/** What we call ourselves. */
	readonly agent: string;
}

/** What is asked of a server, where that is more than a page. */
export interface FetchAsk {
	readonly method: string;
	readonly body?: string;
}

export interface FetchedBody {
	/** The address that answered, after redirects. */
	readonly url: string;
	readonly status: number;
	readonly contentType: string;
	/** Names in small letters. */
	readonly headers: Readonly<Record<string, string>>;
	readonly bytes: Buffer;
	/** More came than the limit allows. */
	readonly isCut: boolean;
}

export type FetchErrorCode =
	'redirected' | 'bad-address' | 'private-address' | 'not-found' | 'unreachable' | 'too-many-redirects' | 'timeout';

export const pageLimits: FetchLimits = { bytes: 5_000_000, ms: 30_000, redirects: 5 };

/** The ports of this machine: only public addresses. */
export function publicPorts(version: string): FetchPorts {
	return { lookup: host => systemLookup(host, { all: true }), isAllowed: isPublicAddress, agent: agentName(version) };
}

/** What we call ourselves on the web. */
export function agentName(version: string): string {
	return `Quarterdeck/${version} (VS Code extension)`;
}

/**
 * Gets an address and follows its redirects. Every hop is checked anew: its name is resolved once, all its addresses must
 * be allowed, and the connection goes to the very address that was checked, so that no name server can answer differently
 * the second time.
 */
export async function guardedFetch(
	address: string,
	ports: FetchPorts,
	limits: FetchLimits,
	signal: AbortSignal,
	headers: Readonly<Record<string, string>> = {},
	ask?: FetchAsk,
): Promise<FetchedBody> {
	const late = AbortSignal.timeout(limits.ms);
	const both = AbortSignal.any([signal, late]);
	try {
		let url = checkedUrl(address);
		const { origin } = url;
		let asked = ask ?? { method: 'GET' };
		for (let hop = 0; hop <= limits.redirects; hop++) {
			const pinned = await pinnedAddress(url, ports);
			both.throwIfAborted();
			// Headers of ours (a key) are for the server that was asked, not for where it sends us.
			const own = hop === 0 || (ask !== undefined && url.origin === origin) ? headers : {};
			const sent = { headers: { 'user-agent': ports.agent, ...own }, ask: asked };
			const answer = await request(url, pinned, sent, limits.bytes, both);
			if (answer.location === undefined) return { url: url.href, ...answer.body };
			url = checkedUrl(new URL(answer.location, url).href);
			asked = afterRedirect(asked, answer.body.status, url, origin);
		}
		throw failure('too-many-redirects', `${address} sends from one address to the next without an end.`);
	} catch (error) {
		if (signal.aborted) throw new CancelledError();
		if (late.aborted) throw failure('timeout', `${address} did not answer within ${limits.ms / 1000} seconds.`);
		if (ExpectedError.is(error)) throw error;
		throw failure('unreachable', `${address} could not be reached: ${errorText(error)}`);
	}
}

/** As browsers do it; what was to be sent is sent to no other server than the one that was named. */
function afterRedirect(ask: FetchAsk, status: number, url: URL, origin: string): FetchAsk {
	const isLooking = ask.method === 'GET' || ask.method === 'HEAD';
	if (isLooking) return ask;
	if (status === 303 || ((status === 301 || status === 302) && ask.method === 'POST')) return { method: 'GET' };
	if (url.origin === origin) return ask;
	throw failure(
		'redirected',
		`The server wants the request to go to ${url.origin}. Send it there yourself if that is right.`,
	);
}

function checkedUrl(address: string): URL {
	const url = URL.canParse(address) ? new URL(address) : undefined;
	if (!url) throw failure('bad-address', `${address} is no web address.`);
	if (url.protocol !== 'https:' && url.protocol !== 'http:') {
		throw failure('bad-address', `Only http and https addresses can be fetched, not ${url.protocol}`);
	}
	if (url.username !== '' || url.password !== '') {
		throw failure('bad-address', 'Addresses with a user name or password in them are not fetched.');
	}
	return url;
}

async function pinnedAddress(
	url: URL,
	ports: FetchPorts,
): Promise<{ readonly address: string; readonly family: number }> {
	const host = url.hostname.replace(/^\[|\]$/gu, '');
	const literal = isIP(host);
	const found = literal === 0 ? await resolved(host, ports) : [{ address: host, family: literal }];
	// One private address among several is enough: which of them is used would be chance.
	const closed = found.find(({ address }) => !ports.isAllowed(address));
	// A name of this network that leads out of it is a trick.
	const isNamedLocal = literal === 0 && isLocalName(host) && found.some(({ address }) => isPublicAddress(address));
	if (closed || isNamedLocal) {
		const what = closed && closed.address !== host ? `${host} (${closed.address})` : host;
		throw failure(
			'private-address',
			`${what} is not on the public internet; this tool does not reach into private networks.`,
		);
	}
	const [first] = found;
	if (!first) throw failure('not-found', `${host} has no address.`);
	return first;
}

async function resolved(
	host: string,
	ports: FetchPorts,
): Promise<readonly { readonly address: string; readonly family: number }[]> {
	try {
		return await ports.lookup(host);
	} catch (error) {
		throw failure('not-found', `${host} was not found: ${errorText(error)}`);
	}
}

interface Answer {
	readonly location?: string;
	readonly body: Omit<FetchedBody, 'url'>;
}

function request(
	url: URL,
	pinned: { readonly address: string; readonly family: number },
	{ headers, ask }: { readonly headers: Readonly<Record<string, string>>; readonly ask: FetchAsk },
	limit: number,
	signal: AbortSignal,
): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const call = (url.protocol === 'https:' ? https : http).request(url, {
			headers: {
				accept: 'text/html,application/xhtml+xml,text/*;q=0.9,application/json;q=0.9,*/*;q=0.1',
				'accept-encoding': 'gzip, br, deflate',
				...headers,
			},
			method: ask.method,
			signal,
			agent: false,
			lookup: (_host, options, done) => {
				if (options.all === true) done(null, [pinned]);
				else done(null, pinned.address, pinned.family);
			},
		});
		call.once('socket', socket => {
			const check = (): void => {
				// A proxy that was put in between would look names up by itself, and then nothing is pinned.
				if (samePlace(socket.remoteAddress, pinned.address)) return;
				call.destroy(
					new Error('a proxy stands between, through which private addresses cannot be told from public ones'),
				);
			};
			if (socket.connecting) socket.once('connect', check);
			else check();
		});
		call.once('error', reject);
		call.once('response', response => {
			const status = response.statusCode ?? 0;
			const { location } = response.headers;
			if (status >= 300 && status < 400 && location !== undefined) {
				response.destroy();
				const nothing = { contentType: '', headers: {}, bytes: Buffer.alloc(0), isCut: false };
				resolve({ location, body: { status, ...nothing } });
				return;
			}
			const contentType = response.headers['content-type'] ?? '';
			collect(decompressed(response), limit).then(
				body => {
					call.destroy();
					resolve({ body: { status, contentType, headers: headersOf(response), ...body } });
				},
				(error: unknown) => {
					call.destroy();
					reject(error instanceof Error ? error : new Error(errorText(error)));
				},
			);
		});
		call.end(ask.body);
	});
}

function headersOf(response: http.IncomingMessage): Readonly<Record<string, string>> {
	return Object.fromEntries(
		Object.entries(response.headers).map(([name, value]) => [
			name,
			Array.isArray(value) ? value.join(', ') : (value ?? ''),
		]),
	);
}

function samePlace(remote: string | undefined, pinned: string): boolean {
	return (
		remote === undefined ||
		remote.replace(/^::ffff:/iu, '') === pinned.replace(/^::ffff:/iu, '') ||
		sameSix(remote, pinned)
	);
}

function sameSix(left: string, right: string): boolean {
	if (isIP(left) !== 6 || isIP(right) !== 6) return false;
	return new URL(`http://[${left}]`).hostname === new URL(`http://[${right}]`).hostname;
}

function decompressed(response: http.IncomingMessage): Readable {
	const encoding = response.headers['content-encoding']?.toLowerCase();
	const unpack =
		encoding === 'gzip' || encoding === 'x-gzip'
			? createGunzip()
			: encoding === 'br'
				? createBrotliDecompress()
				: encoding === 'deflate'
					? createInflate()
					: undefined;
	if (!unpack) return response;
	response.once('error', error => unpack.destroy(error));
	return response.pipe(unpack);
}

/** Reads as much as is allowed; a page that unpacks to gigabytes is left where the limit is reached. */
async function collect(stream: Readable, limit: number): Promise<{ readonly bytes: Buffer; readonly isCut: boolean }> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of stream as AsyncIterable<Buffer>) {
		chunks.push(chunk);
		size += chunk.length;
		if (size > limit) {
			stream.destroy();
			return { bytes: Buffer.concat(chunks).subarray(0, limit), isCut: true };
		}
	}
	return { bytes: Buffer.concat(chunks), isCut: false };
}

function failure(code: FetchErrorCode, message: string): ExpectedError<FetchErrorCode> {
	return new ExpectedError(code, message);
}
