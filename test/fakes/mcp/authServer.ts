import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** An OAuth authorization server in little: registration, codes with PKCE, and refresh tokens that are used once. */
export class FakeAuthServer {
	/** Grant types of the token requests, in order. */
	readonly grants: string[] = [];
	registrations = 0;
	/** Seconds that a token lasts. */
	lifetime = 3600;
	/** What `state` the redirect carries; `undefined` is the one that was sent. */
	forgedState: string | undefined;
	readonly #origin: () => string;
	readonly #codes = new Map<string, { readonly challenge: string; readonly redirect: string }>();
	readonly #access = new Set<string>();
	readonly #refresh = new Set<string>();

	constructor(origin: () => string) {
		this.#origin = origin;
	}

	/** What a person's browser would do with the address: follow the redirect, to where the client waits. */
	async browse(address: URL): Promise<URL | undefined> {
		const location = (await fetch(address, { redirect: 'manual' })).headers.get('location');
		return location === null ? undefined : new URL(location);
	}

	/** No access token is good any more; refresh tokens are. */
	expireAll(): void {
		this.#access.clear();
	}

	revokeAll(): void {
		this.#access.clear();
		this.#refresh.clear();
	}

	/** Answers 401 unless the request brings a good token. */
	refuses(authorization: string | undefined, response: ServerResponse): boolean {
		if (this.#access.has(authorization?.replace('Bearer ', '') ?? '')) return false;
		const metadata = `${this.#origin()}/.well-known/oauth-protected-resource/mcp`;
		response.writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${metadata}"` }).end();
		return true;
	}

	/** Answers what belongs to it; `false` for other paths. */
	async handle(request: IncomingMessage, url: URL, response: ServerResponse): Promise<boolean> {
		const origin = this.#origin();
		const json = (value: unknown, status = 200): true => {
			response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
			return true;
		};
		switch (url.pathname) {
			case '/.well-known/oauth-protected-resource/mcp':
				return json({ resource: `${origin}/mcp`, authorization_servers: [origin] });
			case '/.well-known/oauth-authorization-server':
				return json({
					issuer: origin,
					authorization_endpoint: `${origin}/authorize`,
					token_endpoint: `${origin}/token`,
					registration_endpoint: `${origin}/register`,
					response_types_supported: ['code'],
					code_challenge_methods_supported: ['S256'],
				});
			case '/register':
				this.registrations++;
				return json({ ...(JSON.parse(await text(request)) as object), client_id: randomUUID() }, 201);
			case '/authorize':
				return this.#authorize(url, response);
			case '/token':
				return this.#token(new URLSearchParams(await text(request)), json);
			default:
				return false;
		}
	}

	#authorize({ searchParams }: URL, response: ServerResponse): true {
		const code = randomUUID();
		const redirect = searchParams.get('redirect_uri') ?? '';
		this.#codes.set(code, { challenge: searchParams.get('code_challenge') ?? '', redirect });
		const back = new URL(redirect);
		back.searchParams.set('code', code);
		back.searchParams.set('state', this.forgedState ?? searchParams.get('state') ?? '');
		response.writeHead(302, { location: back.href }).end();
		return true;
	}

	#token(fields: URLSearchParams, json: (value: unknown, status?: number) => true): true {
		const grant = fields.get('grant_type') ?? '';
		this.grants.push(grant);
		const code = this.#codes.get(fields.get('code') ?? '');
		const challenge = createHash('sha256')
			.update(fields.get('code_verifier') ?? '')
			.digest('base64url');
		const isGood =
			grant === 'refresh_token'
				? this.#refresh.delete(fields.get('refresh_token') ?? '')
				: code?.challenge === challenge && code.redirect === fields.get('redirect_uri');
		if (!isGood) return json({ error: 'invalid_grant' }, 400);
		const [access, refresh] = [randomUUID(), randomUUID()];
		this.#access.add(access);
		this.#refresh.add(refresh);
		return json({ access_token: access, refresh_token: refresh, token_type: 'Bearer', expires_in: this.lifetime });
	}
}
