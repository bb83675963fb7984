import { createHash, randomBytes } from 'node:crypto';
import type { OAuthClientProvider, OAuthDiscoveryState } from '@modelcontextprotocol/sdk/client/auth.js';
import type {
	OAuthClientInformationMixed,
	OAuthClientMetadata,
	OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js';
import { ExpectedError } from '../../base/errors';
import type { McpAuthConfig } from '../definition';
import type { AuthStore } from './stored';

export interface PersonAuthOptions {
	readonly store: AuthStore;
	/** Our name, as the authorization server shows it to the person. */
	readonly clientName: string;
	readonly clientMetadataUrl: string | undefined;
	/** A client that was registered by hand. */
	readonly config: Extract<McpAuthConfig, { readonly type: 'authorization_code' }> | null;
	readonly now: () => number;
}

/**
 * A sign-in by a person. The SDK asks this provider for what it needs; where the person must act, it is left with an
 * address (`pending`), the browser goes there, and the code it comes back with is read by `codeOf`.
 */
export class PersonAuth implements OAuthClientProvider {
	readonly clientMetadataUrl?: string;
	readonly #options: PersonAuthOptions;
	/** Several calls may find at once that they need a sign-in: each brings its own, and one of them is used. */
	#verifiers: readonly string[] = [];
	#verifier: string | undefined;
	#pending: URL | undefined;
	#redirectUrl: string;
	#dropped: string | undefined;
	/** Who was asked, as it calls itself. */
	#issuer: string | undefined;
	#needsMoreRights = false;

	constructor(options: PersonAuthOptions) {
		this.#options = options;
		const { clientMetadataUrl, store } = options;
		if (clientMetadataUrl !== undefined) this.clientMetadataUrl = clientMetadataUrl;
		// Without any the SDK would take us for a client without a person. No browser is sent anywhere with this one.
		this.#redirectUrl = store.value.redirectUrl ?? 'http://127.0.0.1/';
	}

	get clientMetadata(): OAuthClientMetadata {
		const { config, clientName } = this.#options;
		return {
			client_name: clientName,
			redirect_uris: [this.redirectUrl],
			grant_types: ['authorization_code', 'refresh_token'],
			response_types: ['code'],
			token_endpoint_auth_method: config?.clientSecret === undefined ? 'none' : 'client_secret_basic',
			...(config?.scope === undefined ? {} : { scope: config.scope }),
		};
	}

	get redirectUrl(): string {
		return this.#redirectUrl;
	}

	/** Where the browser comes back to, this time. Known only once a person is about to sign in. */
	comeBackTo(redirectUrl: string): void {
		this.#redirectUrl = redirectUrl;
	}

	/** Where the browser has to go; `undefined` when no person is needed. */
	get pending(): URL | undefined {
		return this.#pending;
	}

	get accessToken(): string | undefined {
		return this.#options.store.value.tokens?.access_token;
	}

	/** There is a way to renew the access token without a person. */
	get canRenew(): boolean {
		return this.#options.store.value.tokens?.refresh_token !== undefined;
	}

	/** The access token has ended, or does so in a moment. */
	get isExpired(): boolean {
		const { expiresAt } = this.#options.store.value;
		if (this.accessToken !== undefined && this.accessToken === this.#dropped) return true;
		return expiresAt !== undefined && this.#options.now() > expiresAt - 30_000;
	}

	/** The server no longer takes this token, whatever it said of its end. */
	dropAccess(token: string): void {
		this.#dropped = token;
	}

	/** Another window may have renewed the tokens. */
	reload(): Promise<void> {
		return this.#options.store.reload();
	}

	/** The server wants rights that the tokens do not have: renewing them would not help. */
	wantMoreRights(): void {
		this.#needsMoreRights = true;
	}

	state(): string {
		return randomBytes(24).toString('base64url');
	}

	clientInformation(): OAuthClientInformationMixed | undefined {
		const { config, store } = this.#options;
		if (config !== null) {
			const { clientId, clientSecret, issuer } = config;
			return {
				client_id: clientId,
				...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
				...(issuer === undefined ? {} : { issuer }),
			};
		}
		// A client that was registered for another address would be refused there.
		return store.value.redirectUrl === this.#redirectUrl ? store.value.client : undefined;
	}

	async saveClientInformation(client: OAuthClientInformationMixed): Promise<void> {
		if (this.#options.config !== null) return;
		await this.#options.store.update({ client, redirectUrl: this.#redirectUrl });
	}

	tokens(): OAuthTokens | undefined {
		const { tokens } = this.#options.store.value;
		if (tokens === undefined || !this.#needsMoreRights) return tokens;
		const { refresh_token: _unused, ...rest } = tokens;
		return rest;
	}

	async saveTokens(tokens: OAuthTokens): Promise<void> {
		this.#needsMoreRights = false;
		this.#pending = undefined;
		const { expires_in: seconds } = tokens;
		const expiresAt = seconds === undefined ? undefined : this.#options.now() + seconds * 1000;
		await this.#options.store.update({ tokens, expiresAt });
	}

	redirectToAuthorization(url: URL): void {
		this.#pending = url;
	}

	saveDiscoveryState(state: OAuthDiscoveryState): void {
		this.#issuer = state.authorizationServerMetadata?.issuer;
	}

	saveCodeVerifier(verifier: string): void {
		this.#verifiers = [...this.#verifiers.slice(-9), verifier];
	}

	codeVerifier(): string {
		if (this.#verifier === undefined) throw new ExpectedError('mcp.auth', 'The sign-in was not begun here.');
		return this.#verifier;
	}

	async invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): Promise<void> {
		const { store } = this.#options;
		if (scope === 'all') await store.update({ client: undefined, tokens: undefined, expiresAt: undefined });
		if (scope === 'client') await store.update({ client: undefined });
		if (scope === 'tokens') await store.update({ tokens: undefined, expiresAt: undefined });
	}

	/**
	 * The code in the address that the browser came back with. An answer to another sign-in is refused.
	 * @param sent where the browser was sent
	 */
	codeOf(returned: URL, sent: URL): string {
		const fields = returned.searchParams;
		const state = sent.searchParams.get('state');
		if (state === null || fields.get('state') !== state)
			throw new ExpectedError('mcp.auth', 'The browser came back with the answer to another sign-in. Try again.');
		const issuer = fields.get('iss');
		if (issuer !== null && this.#issuer !== undefined && plain(issuer) !== plain(this.#issuer))
			throw new ExpectedError('mcp.auth', `The answer came from ${issuer}, which is not who was asked. Try again.`);
		const error = fields.get('error');
		if (error !== null)
			throw new ExpectedError('mcp.auth', `The sign-in was refused: ${fields.get('error_description') ?? error}.`);
		const code = fields.get('code');
		if (code === null) throw new ExpectedError('mcp.auth', 'The browser came back without a code. Try again.');
		const challenge = sent.searchParams.get('code_challenge');
		this.#verifier = this.#verifiers.find(verifier => challengeOf(verifier) === challenge);
		return code;
	}
}

function challengeOf(verifier: string): string {
	return createHash('sha256').update(verifier).digest('base64url');
}

function plain(address: string): string {
	return (URL.canParse(address) ? new URL(address).href : address).replace(/\/$/, '');
}
