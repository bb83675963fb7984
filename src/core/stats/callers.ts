import type { IncomingHttpHeaders } from 'node:http';
import { bearerOf, isSameSecret, Refusal } from '../base/localHttp';
import type { RateLimits } from './rateLimit';

/** The subprotocol that a client of the WebSocket names, and what its token stands behind as a second one. */
export const socketProtocol = 'quarterdeck.stats';
const protocolTokenPrefix = 'bearer.';

export interface CallerRules {
	/** `undefined` while nothing listens. */
	port(): number | undefined;
	token(): string;
	/** Web pages that the user lets in, by their origin. */
	allowedOrigins(): readonly string[];
	readonly rates: RateLimits;
}

/**
 * Whether a call is answered at all, decided before anybody looks at what it asks for: it must name this server as its
 * host (a page whose name was pointed at this machine does not), must not come from a web page, must bring the token,
 * and must not come too often.
 */
export class Callers {
	readonly #rules: CallerRules;

	constructor(rules: CallerRules) {
		this.#rules = rules;
	}

	/** @throws `Refusal` */
	check(headers: IncomingHttpHeaders): void {
		this.checkPlace(headers);
		const token = bearerOf(headers) || protocolToken(headers);
		if (!isSameSecret(token, this.#rules.token())) {
			this.#rules.rates.countStranger();
			throw new Refusal(401, 'The call needs the token: use “Stats Server: Copy Token”.', {
				'www-authenticate': 'Bearer',
			});
		}
		this.#rules.rates.count(headers['user-agent'] ?? '');
	}

	/** Host and origin alone: all that a browser's preflight can bring. */
	checkPlace({ host, origin, 'sec-fetch-site': site }: IncomingHttpHeaders): void {
		const port = this.#rules.port();
		const own = ['127.0.0.1', 'localhost', '[::1]'].map(name => `${name}:${port}`);
		if (host === undefined || !own.includes(host.toLowerCase()))
			throw new Refusal(403, `Call this address as http://127.0.0.1:${port}.`);
		// A browser leaves the origin out of some calls, and says then what kind of page makes them.
		const isPage = origin !== undefined || (site !== undefined && site !== 'none');
		if (isPage && !this.isAllowed(origin))
			throw new Refusal(403, 'Web pages are refused. The setting quarterdeck.statsServer.allowedOrigins lets one in.');
	}

	/** Whether the user lets this page in. `null` is the origin of no page in particular, and never one of them. */
	isAllowed(origin: string | undefined): origin is string {
		if (origin === undefined || origin === 'null') return false;
		return this.#rules.allowedOrigins().some(allowed => allowed.replace(/\/$/u, '') === origin);
	}
}

/** A browser's WebSocket can send no header but this one. A token in the address would end in logs: it is not read. */
function protocolToken(headers: IncomingHttpHeaders): string {
	const named = protocolsOf(headers).find(name => name.startsWith(protocolTokenPrefix));
	return named?.slice(protocolTokenPrefix.length) ?? '';
}

/** The subprotocols that a client offers. */
export function protocolsOf({ 'sec-websocket-protocol': protocols = '' }: IncomingHttpHeaders): readonly string[] {
	return protocols.split(',').map(name => name.trim());
}
