import type * as vscode from 'vscode';
import type { McpChoice, McpChoices } from '../../core/mcp/ports';

const choicesKey = 'mcp.choices';
const samplingKey = 'mcp.samplingAllowed';
const portKey = 'mcp.signInPort';

/** What the user decided about MCP servers, on this machine and for all its windows. */
export class McpMemory implements McpChoices {
	readonly #memento: vscode.Memento;

	constructor(memento: vscode.Memento) {
		this.#memento = memento;
	}

	get(serverId: string): McpChoice {
		return this.#choices[serverId] ?? {};
	}

	async set(serverId: string, choice: McpChoice): Promise<void> {
		await this.#memento.update(choicesKey, { ...this.#choices, [serverId]: choice });
	}

	/** The server was removed: if it comes back, it is asked about anew. */
	async forget(serverId: string): Promise<void> {
		const { [serverId]: _, ...others } = this.#choices;
		await this.#memento.update(choicesKey, others);
		await this.setSampling(serverId, undefined);
	}

	get #choices(): Readonly<Record<string, McpChoice>> {
		return this.#memento.get<Readonly<Record<string, McpChoice>>>(choicesKey, {});
	}

	/** The model that a server may ask without a question each time; `undefined` when it is asked about. */
	sampling(serverId: string): string | undefined {
		return this.#memento.get<Readonly<Record<string, string>>>(samplingKey, {})[serverId];
	}

	async setSampling(serverId: string, model: string | undefined): Promise<void> {
		const { [serverId]: _, ...others } = this.#memento.get<Readonly<Record<string, string>>>(samplingKey, {});
		await this.#memento.update(samplingKey, model === undefined ? others : { ...others, [serverId]: model });
	}

	/** The port on which sign-ins came back last, so that clients which were registered with it stay valid. */
	get signInPort(): number {
		return this.#memento.get<number>(portKey, 0);
	}

	async setSignInPort(port: number): Promise<void> {
		await this.#memento.update(portKey, port);
	}
}
