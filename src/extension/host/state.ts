import type * as vscode from 'vscode';
import type { ConversationView } from '../../core/chat/items';
import type { StoredDashboards } from '../../core/dashboard/dashboard';
import type { Breakpoint } from '../../core/flow/engine/events';
import type { GrantStore, StoredGrant } from '../../core/safety/grants';

/** What the user allowed a file of `.quarterdeck/nodes`, for exactly one version of it. */
export interface NodeGrant {
	/** `custom.word-count`. */
	readonly type: string;
	readonly path: string;
	readonly capabilities: readonly string[];
	/** Milliseconds since 1970. */
	readonly at: number;
}

/** Small remembered values of this workspace: a getter and an updater per key, and nobody else touches the keys. */
export class WorkspaceState {
	readonly #memento: vscode.Memento;

	constructor(memento: vscode.Memento) {
		this.#memento = memento;
	}

	/** The conversation the chat view showed last. */
	get shownConversation(): string | null {
		return this.#memento.get<string | null>('shownConversation', null);
	}

	async setShownConversation(id: string | null): Promise<void> {
		await this.#memento.update('shownConversation', id);
	}

	/** The model of another provider, or `auto`, that was chosen last. */
	get lastModel(): string | null {
		return this.#memento.get<string | null>('lastModel', null);
	}

	async setLastModel(model: string): Promise<void> {
		await this.#memento.update('lastModel', model);
	}

	/** Unsent text, by conversation. */
	draft(conversation: string): string {
		return this.#drafts[conversation] ?? '';
	}

	async setDraft(conversation: string, text: string): Promise<void> {
		const { [conversation]: _, ...others } = this.#drafts;
		await this.#memento.update('drafts', text === '' ? others : { ...others, [conversation]: text });
	}

	get #drafts(): Readonly<Record<string, string>> {
		return this.#memento.get<Readonly<Record<string, string>>>('drafts', {});
	}

	/** Whether the settings that come with the repository may be used, for the state of their files. */
	get repositoryChoice(): { readonly hash: string; readonly isUsed: boolean } | undefined {
		return this.#memento.get('repositoryChoice');
	}

	async setRepositoryChoice(choice: { readonly hash: string; readonly isUsed: boolean }): Promise<void> {
		await this.#memento.update('repositoryChoice', choice);
	}

	/** Models and commands that the CLI named last, for pickers before it has started. */
	get knownInfo(): Pick<ConversationView, 'models' | 'commands'> {
		return this.#memento.get('knownInfo', { models: [], commands: [] });
	}

	async setKnownInfo(info: Pick<ConversationView, 'models' | 'commands'>): Promise<void> {
		await this.#memento.update('knownInfo', info);
	}

	/** Where runs of a flow stop, by the flow's file. */
	flowBreakpoints(file: string): readonly Breakpoint[] {
		return this.#flowBreakpoints[file] ?? [];
	}

	async setFlowBreakpoints(file: string, breakpoints: readonly Breakpoint[]): Promise<void> {
		const { [file]: _, ...others } = this.#flowBreakpoints;
		await this.#memento.update(
			'flowBreakpoints',
			breakpoints.length === 0 ? others : { ...others, [file]: breakpoints },
		);
	}

	get #flowBreakpoints(): Readonly<Record<string, readonly Breakpoint[]>> {
		return this.#memento.get<Readonly<Record<string, readonly Breakpoint[]>>>('flowBreakpoints', {});
	}

	/** What custom nodes may reach, by the hash of their source. Outside of the repository, which cannot grant itself. */
	get nodeGrants(): Readonly<Record<string, NodeGrant>> {
		return this.#memento.get<Readonly<Record<string, NodeGrant>>>('nodeGrants', {});
	}

	async setNodeGrants(grants: Readonly<Record<string, NodeGrant>>): Promise<void> {
		await this.#memento.update('nodeGrants', grants);
	}

	/** The hashes of the custom nodes that a flow ran with last, by their types. */
	flowNodeVersions(file: string): Readonly<Record<string, string>> {
		return this.#flowNodeVersions[file] ?? {};
	}

	async setFlowNodeVersions(file: string, versions: Readonly<Record<string, string>>): Promise<void> {
		await this.#memento.update('flowNodeVersions', { ...this.#flowNodeVersions, [file]: versions });
	}

	get #flowNodeVersions(): Readonly<Record<string, Readonly<Record<string, string>>>> {
		return this.#memento.get<Readonly<Record<string, Readonly<Record<string, string>>>>>('flowNodeVersions', {});
	}

	/** What the user arranged, as it was kept: whoever reads it checks it. */
	get dashboards(): unknown {
		return this.#memento.get('dashboards');
	}

	async setDashboards(dashboards: StoredDashboards): Promise<void> {
		await this.#memento.update('dashboards', dashboards);
	}

	/** Where the standing permissions of this workspace are kept. */
	readonly grantStore: GrantStore = {
		load: () => this.#memento.get<readonly StoredGrant[]>('grants', []),
		save: grants => void this.#memento.update('grants', grants),
	};
}
