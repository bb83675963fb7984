import { ClientCredentialsProvider, PrivateKeyJwtProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js';
import type { OAuthClientProvider, OAuthDiscoveryState } from '@modelcontextprotocol/sdk/client/auth.js';
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import type {
	OAuthClientInformationMixed,
	OAuthClientMetadata,
	OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js';
import { ExpectedError } from '../../base/errors';
import type { McpAuthConfig } from '../definition';
import { isObject } from '../jsonText';

type UnattendedAuth = Exclude<McpAuthConfig, { readonly type: 'authorization_code' }>;

/**
 * Proves who we are without a person. The secret goes only to the issuer that the definition names; without one the SDK
 * binds it to the first authorization server that accepts it.
 */
export function unattendedProvider(config: UnattendedAuth, name: string, fetchFn: FetchLike): OAuthClientProvider {
	const common = {
		clientId: config.clientId,
		clientName: name,
		...(config.scope === undefined ? {} : { scope: config.scope }),
		...(config.issuer === undefined ? {} : { expectedIssuer: config.issuer }),
	};
	if (config.type === 'cross_app') return new CrossAppProvider(config, name, fetchFn);
	if (config.type === 'client_credentials')
		return new ClientCredentialsProvider({ ...common, clientSecret: config.clientSecret });
	const { privateKey, algorithm = 'ES256' } = config;
	return new PrivateKeyJwtProvider({ ...common, privateKey, algorithm });
}

const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const idJag = 'urn:ietf:params:oauth:token-type:id-jag';
const idToken = 'urn:ietf:params:oauth:token-type:id_token';

/**
 * Cross-app access: the identity provider, which knows the person already, gives an assertion for exactly this
 * authorization server and this resource, and the authorization server takes it in place of a sign-in.
 */
class CrossAppProvider implements OAuthClientProvider {
	readonly redirectUrl = undefined;
	readonly clientMetadata: OAuthClientMetadata;
	readonly #config: Extract<McpAuthConfig, { type: 'cross_app' }>;
	readonly #fetch: FetchLike;
	#client: OAuthClientInformationMixed;
	#tokens: OAuthTokens | undefined;
	#discovery: OAuthDiscoveryState | undefined;

	constructor(config: Extract<McpAuthConfig, { type: 'cross_app' }>, name: string, fetchFn: FetchLike) {
		this.#config = config;
		this.#fetch = fetchFn;
		const { clientId, clientSecret, issuer, scope } = config;
		this.#client = {
			client_id: clientId,
			...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
			...(issuer === undefined ? {} : { issuer }),
		};
		this.clientMetadata = {
			client_name: name,
			redirect_uris: [],
			grant_types: [jwtBearer],
			token_endpoint_auth_method: clientSecret === undefined ? 'none' : 'client_secret_basic',
			...(scope === undefined ? {} : { scope }),
		};
	}

	clientInformation(): OAuthClientInformationMixed {
		return this.#client;
	}

	saveClientInformation(client: OAuthClientInformationMixed): void {
		this.#client = client;
	}

	tokens(): OAuthTokens | undefined {
		return this.#tokens;
	}

	saveTokens(tokens: OAuthTokens): void {
		this.#tokens = tokens;
	}

	saveDiscoveryState(state: OAuthDiscoveryState): void {
		this.#discovery = state;
	}

	redirectToAuthorization(): void {
		throw new ExpectedError('mcp.auth', 'This server is signed in to through the identity provider only.');
	}

	saveCodeVerifier(): void {
		// No code is exchanged on this way.
	}

	codeVerifier(): string {
		throw new ExpectedError('mcp.auth', 'This server is signed in to through the identity provider only.');
	}

	async prepareTokenRequest(scope?: string): Promise<URLSearchParams> {
		const params = new URLSearchParams({ grant_type: jwtBearer, assertion: await this.#assertion(scope) });
		if (scope !== undefined) params.set('scope', scope);
		return params;
	}

	async #assertion(scope: string | undefined): Promise<string> {
		const discovery = this.#discovery;
		const resource = discovery?.resourceMetadata?.resource;
		if (discovery === undefined || resource === undefined)
			throw new ExpectedError(
				'mcp.auth',
				'The server does not say which resource it is, which cross-app access needs.',
			);
		const { idpTokenEndpoint, idpClientId, idpIdToken } = this.#config;
		const body = new URLSearchParams({
			grant_type: tokenExchange,
			requested_token_type: idJag,
			subject_token: idpIdToken,
			subject_token_type: idToken,
			audience: discovery.authorizationServerMetadata?.issuer ?? discovery.authorizationServerUrl,
			resource,
			client_id: idpClientId,
			...(scope === undefined ? {} : { scope }),
		});
		const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' };
		const response = await this.#fetch(idpTokenEndpoint, { method: 'POST', headers, body, redirect: 'error' });
		const answer: unknown = await response.json().catch(() => undefined);
		const fields = isObject(answer) ? answer : {};
		if (response.ok && typeof fields['access_token'] === 'string') return fields['access_token'];
		const told = fields['error_description'] ?? fields['error'];
		const reason = typeof told === 'string' ? told : `HTTP ${response.status}`;
		throw new ExpectedError('mcp.auth', `The identity provider did not vouch for this server: ${reason}.`);
	}
}
