import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { isObject } from '../jsonText';
import type { McpSecrets } from '../ports';

/** What is kept of one server's sign-in. */
export interface StoredAuth {
	readonly client?: OAuthClientInformationMixed;
	readonly tokens?: OAuthTokens;
	/** Milliseconds since 1970 when the access token ends; absent when the server did not say. */
	readonly expiresAt?: number;
	/** Where the registered client may be sent back to. */
	readonly redirectUrl?: string;
	/** The address that the tokens are for: those of another server are never sent. */
	readonly resource: string;
}

/** Tokens of one server: read once, written at each change. */
export class AuthStore {
	readonly #secrets: McpSecrets;
	readonly #serverId: string;
	readonly #resource: string;
	#value: StoredAuth;

	static async open(secrets: McpSecrets, serverId: string, resource: string): Promise<AuthStore> {
		return new AuthStore(secrets, serverId, resource, parse(await secrets.get(serverId), resource));
	}

	private constructor(secrets: McpSecrets, serverId: string, resource: string, value: StoredAuth) {
		this.#secrets = secrets;
		this.#serverId = serverId;
		this.#resource = resource;
		this.#value = value;
	}

	get value(): StoredAuth {
		return this.#value;
	}

	async reload(): Promise<void> {
		this.#value = parse(await this.#secrets.get(this.#serverId), this.#resource);
	}

	/** Changes what is kept; a field that is `undefined` is forgotten. */
	async update(change: { readonly [K in keyof StoredAuth]?: StoredAuth[K] | undefined }): Promise<void> {
		const entries = Object.entries({ ...this.#value, ...change }).filter(([, value]) => value !== undefined);
		this.#value = { ...(Object.fromEntries(entries) as Partial<StoredAuth>), resource: this.#resource };
		await this.#secrets.set(this.#serverId, JSON.stringify(this.#value));
	}
}

function parse(text: string | undefined, resource: string): StoredAuth {
	const none = { resource };
	if (text === undefined) return none;
	try {
		const value: unknown = JSON.parse(text);
		// The server's address was changed: what was meant for the old one stays out of the new one's hands.
		return isObject(value) && value['resource'] === resource ? (value as unknown as StoredAuth) : none;
	} catch {
		return none; // Written by something else: the user signs in again.
	}
}
