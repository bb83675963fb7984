import type * as vscode from 'vscode';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';

/** Everything that Quarterdeck keeps secret, by name. A name says whose it is and never holds the value. */
export type SecretKey =
	/** A provider's API key. */
	| `provider.${string}.key`
	/** What the user answered to an `${input:…}` of an MCP server. */
	| `mcp.input.${string}`
	/** Tokens and client registration of an MCP server's OAuth, as JSON. */
	| `mcp.oauth.${string}`
	/** What flows use by a name. */
	| `flow.secret.${string}`
	/** What calls a webhook of a flow, by the trigger's key. */
	| `flow.webhook.${string}`
	/** What callers of the stats server bring. */
	| 'stats.token'
	/** Headers of the telemetry export. */
	| 'otlp.headers'
	/** What goes with alerts to the ntfy topic, and to the webhook: each is the other's business in nothing. */
	| 'alerts.ntfy'
	| 'alerts.webhook'
	/** The key of the web search. */
	| 'search.key';

/** The one way to VS Code's SecretStorage. Values are never logged, and an empty one is the same as none. */
export class Secrets extends Owner {
	readonly #storage: vscode.SecretStorage;
	readonly #changed = this.own(new Emitter<SecretKey>());
	/** Fires with the name of what changed, also when another window changed it. */
	readonly onDidChange = this.#changed.event;

	constructor(storage: vscode.SecretStorage) {
		super();
		this.#storage = storage;
		this.own(
			storage.onDidChange(({ key }) => {
				if (isSecretKey(key)) this.#changed.fire(key);
			}),
		);
	}

	async get(key: SecretKey): Promise<string | undefined> {
		return (await this.#storage.get(key)) || undefined;
	}

	async set(key: SecretKey, value: string): Promise<void> {
		if (value === '') await this.delete(key);
		else await this.#storage.store(key, value);
	}

	async delete(key: SecretKey): Promise<void> {
		await this.#storage.delete(key);
	}
}

function isSecretKey(key: string): key is SecretKey {
	return /^(?:search\.key|stats\.token|otlp\.headers|alerts\.(?:ntfy|webhook)|provider\..+\.key|mcp\.(?:input|oauth)\..+|flow\.(?:secret|webhook)\..+)$/.test(
		key,
	);
}
