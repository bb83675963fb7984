import * as vscode from 'vscode';
import type { Lazy } from '../../core/base/async';
import { ExpectedError } from '../../core/base/errors';
import { asId, type ApprovalId, type ConversationId, type ExecutionId, type ItemId } from '../../core/base/ids';
import { Owner } from '../../core/base/lifecycle';
import type { AttachmentView } from '../../core/chat/items';
import type { Conversation } from '../../core/chat/conversation';
import type { Conversations } from '../../core/chat/conversations';
import type { ConversationSummary } from '../../core/chat/items';
import type { Approvals } from '../../core/safety/approvals';
import type { Obstacles } from '../claude/obstacles';
import { askText } from '../host/askText';
import { setContext } from '../host/commands';
import type { Host } from '../host/context';
import { viewIds } from '../host/ids';
import type { WebviewPort } from '../host/webviewHost';
import { Documents } from './documents';
import { EditorBridge, selectionOf } from './editorBridge';
import type { Loops } from './loops';
import type { McpChat } from '../mcp/chatBridge';
import { Mentions } from './mentions';
import { pickModel } from './modelPick';
import { editRules, explainChoice, explainedMessage, WhyDocuments } from './routing';
import { ChatPage, type PageDeps, type Wanted } from './page';
import type { ConnectedPage } from './view';

export interface ChatDeps extends Pick<
	PageDeps,
	'decide' | 'reviewEdit' | 'openTurnDiff' | 'applyAsDiff' | 'openArtifact' | 'openExecution'
> {
	readonly host: Host;
	readonly conversations: Conversations;
	readonly approvals: Approvals;
	readonly obstacles: Obstacles;
	readonly loops: Lazy<Loops>;
	/** Prompts and resources of MCP servers that run. */
	readonly servers: McpChat;
	openTab(conversation: ConversationId, title: string): Promise<void>;
}

/** The open pages of the chat and what commands do with them. Made when the first page opens. */
export class Chat extends Owner {
	readonly #deps: ChatDeps;
	readonly #documents: Documents;
	readonly #editor: EditorBridge;
	readonly #mentions = this.own(new Mentions());
	readonly #why = this.own(new WhyDocuments());
	#wanted: Wanted | undefined;
	/** What was added while no page was open. */
	readonly #attached: AttachmentView[] = [];
	readonly #pages = new Set<{ readonly page: ChatPage; readonly place: 'sidebar' | 'tab'; isVisible(): boolean }>();

	constructor(deps: ChatDeps) {
		super();
		this.#deps = deps;
		this.#documents = new Documents(deps.host);
		this.#editor = this.own(new EditorBridge(this.#documents));
		this.own(deps.obstacles.onDidChange(obstacle => this.#eachPage(page => page.setObstacle(obstacle))));
	}

	get isAnyVisible(): boolean {
		return [...this.#pages].some(entry => entry.isVisible());
	}

	/** Joins a page that VS Code opened. */
	async connect(
		port: WebviewPort,
		place: 'sidebar' | 'tab',
		conversation: ConversationId | undefined,
		isVisible: () => boolean,
		onShown: PageDeps['onShown'],
	): Promise<ConnectedPage> {
		await this.#deps.obstacles.check();
		const { obstacles } = this.#deps;
		const page = new ChatPage(
			port,
			{
				...this.#deps,
				editor: this.#editor,
				mentions: this.#mentions,
				documents: this.#documents,
				servers: this.#deps.servers,
				obstacle: {
					get current() {
						return obstacles.current;
					},
					get cli() {
						return obstacles.cli ? { version: obstacles.cli.version, path: obstacles.cli.path } : null;
					},
				},
				openInTab: id => this.openInTab(id),
				models: async isFresh => (await this.#deps.loops.get()).groups(isFresh),
				useModel: (conversation, model) => this.#useModel(conversation, model),
				onSent: () => setContext('quarterdeck.hasAsked', true),
				onShown,
				takeWanted: () => (place === 'sidebar' ? this.#takeWanted() : undefined),
				takeAttached: () => (place === 'sidebar' ? this.#takeAttached() : []),
			},
			conversation,
		);
		const entry = { page, place, isVisible };
		this.#pages.add(entry);
		return {
			hidden: () => page.hidden(),
			dispose: () => {
				this.#pages.delete(entry);
				page.dispose();
			},
		};
	}

	/** Brings the chat to the front and shows a conversation in it. */
	async reveal(conversation: ConversationId, approval?: ApprovalId): Promise<void> {
		const shown = [...this.#pages].find(entry => entry.page.shown === conversation && entry.isVisible());
		const step = approval === undefined ? null : (this.#deps.approvals.find(approval)?.step ?? null);
		const item = step === null ? null : asId<ItemId>(step);
		if (shown) return shown.page.show(conversation, item);
		const sidebar = [...this.#pages].find(entry => entry.place === 'sidebar' && entry.isVisible());
		// The page of a hidden view is gone, and an event to it would be lost: it asks when it opens.
		if (!sidebar) this.#wanted = { conversation, item };
		await vscode.commands.executeCommand(`${viewIds.chat}.focus`);
		sidebar?.page.show(conversation, item);
	}

	#takeWanted(): Wanted | undefined {
		const wanted = this.#wanted;
		this.#wanted = undefined;
		return wanted;
	}

	isInView(conversation: ConversationId): boolean {
		return [...this.#pages].some(entry => entry.page.shown === conversation && entry.isVisible());
	}

	async stopExecution(execution: ExecutionId): Promise<void> {
		await this.#deps.conversations.byExecution(execution)?.stop();
	}

	isRunningHere(execution: ExecutionId): boolean {
		return this.#deps.conversations.byExecution(execution) !== undefined;
	}

	/** Opens a conversation as an editor tab. */
	async openInTab(id: ConversationId): Promise<void> {
		const conversation = await this.#deps.conversations.open(id);
		await this.#deps.openTab(id, conversation?.view.title ?? 'Chat');
	}

	/** Starts a conversation and shows it in the view. */
	async create(): Promise<void> {
		const conversation = await this.#deps.conversations.create();
		await this.reveal(conversation.id);
		this.#sidebar()?.focusComposer();
	}

	/** Lets the user pick a conversation, by title. */
	async pick(): Promise<void> {
		const list = await this.#deps.conversations.summaries('');
		if (list.length === 0) {
			void vscode.window.showInformationMessage('There are no conversations in this workspace yet.');
			return;
		}
		const picked = await vscode.window.showQuickPick(
			list.map(summary => ({ label: summary.title, description: statusText(summary), id: summary.id })),
			{ placeHolder: 'Switch to a conversation', matchOnDescription: true },
		);
		if (picked) await this.reveal(picked.id);
	}

	/** Lets the user pick a session that was begun outside, and goes on with it here. */
	async continueSession(): Promise<void> {
		const sessions = await this.#deps.conversations.foreignSessions();
		if (sessions.length === 0) {
			void vscode.window.showInformationMessage('Claude has no sessions of this folder that are not here already.');
			return;
		}
		const picked = await vscode.window.showQuickPick(
			sessions.map(session => ({
				label: session.title,
				description: new Date(session.updatedAt).toLocaleString(),
				session,
			})),
			{ placeHolder: 'Continue a session from the terminal', matchOnDescription: true },
		);
		if (picked) await this.reveal((await this.#deps.conversations.importSession(picked.session)).id);
	}

	async renameShown(): Promise<void> {
		const conversation = await this.#shown();
		const title = await askText({
			prompt: 'Title of the conversation',
			value: conversation.view.title,
		});
		if (title !== undefined) conversation.rename(title);
	}

	async openShownInTab(): Promise<void> {
		await this.openInTab((await this.#shown()).id);
	}

	/** Sends what was sent last once more: the prompt that something outside the model refused. */
	async sendShownAgain(): Promise<void> {
		const conversation = await this.#shown();
		const last = conversation.stored().findLast(({ item }) => item.kind === 'user')?.item;
		if (last?.kind !== 'user') throw new ExpectedError('no-prompt', 'Nothing was sent in this conversation yet.');
		conversation.send(last.text, last.attachments);
	}

	async stopShown(): Promise<void> {
		await (await this.#shown()).stop();
	}

	/** Goes on from where the shown conversation broke off. */
	async goOnShown(): Promise<void> {
		await (await this.#shown()).goOn();
	}

	/** Lets the shown conversation answer with another model; without one, the user picks it. */
	async useModel(model?: string): Promise<void> {
		const conversation = await this.#shown();
		const picked =
			model ?? (await pickModel(await (await this.#deps.loops.get()).groups(false), conversation.view.model));
		if (picked !== undefined) await this.#useModel(conversation, picked);
	}

	/** Says why Auto chose a model for the message that `execution` answered, or would choose one for the last message. */
	async explainModel(execution?: string): Promise<void> {
		await explainChoice(this.#routing, explainedMessage(await this.#shown(), execution));
	}

	async editRules(): Promise<void> {
		await editRules(this.#routing, explainedMessage(await this.#shown()).ask);
	}

	get #routing() {
		const { host, loops } = this.#deps;
		return { host, loops: () => loops.get(), documents: this.#why };
	}

	async #useModel(conversation: Conversation, model: string): Promise<void> {
		await conversation.setModel(model);
		if (conversation.view.provider !== 'claude') await this.#deps.host.state.setLastModel(model);
	}

	async exportShown(): Promise<void> {
		const page = this.#current();
		if (page) await page.exportMarkdown(await this.#shown());
	}

	/** Puts the editor's selection into the composer. */
	async addSelection(): Promise<void> {
		const editor = vscode.window.activeTextEditor;
		const label = editor ? vscode.workspace.asRelativePath(editor.document.uri, false) : '';
		const selection = editor ? selectionOf(editor, label) : null;
		if (!selection) throw new ExpectedError('no-selection', 'Select some text in an editor first.');
		await this.#attach([selection]);
	}

	async addFile(uri: vscode.Uri | undefined): Promise<void> {
		const target = uri ?? vscode.window.activeTextEditor?.document.uri;
		if (!target) throw new ExpectedError('no-editor', 'Open a file, or pick one in the Explorer.');
		const { attachments, refused } = await this.#editor.attachUris([target.toString()]);
		if (refused.length > 0) throw new ExpectedError('not-attached', refused.join(' '));
		await this.#attach(attachments);
	}

	async #attach(attachments: readonly AttachmentView[]): Promise<void> {
		const page = this.isAnyVisible ? this.#current() : undefined;
		if (page?.isOpen === true) return page.attach(attachments);
		// A page that is not there yet, or that VS Code took down while it was hidden, asks for them when it opens.
		this.#attached.push(...attachments);
		await vscode.commands.executeCommand(`${viewIds.chat}.focus`);
	}

	#takeAttached(): readonly AttachmentView[] {
		return this.#attached.splice(0);
	}

	async #shown(): Promise<Conversation> {
		const id = this.#current()?.shown;
		const conversation = id === undefined ? undefined : await this.#deps.conversations.open(id);
		if (!conversation) throw new ExpectedError('no-conversation', 'Open the chat first.');
		return conversation;
	}

	/** The page that a command means: the one in view, the sidebar first. */
	#current(): ChatPage | undefined {
		const visible = [...this.#pages].filter(entry => entry.isVisible());
		return (visible.find(entry => entry.place === 'sidebar') ?? visible[0] ?? [...this.#pages][0])?.page;
	}

	#sidebar(): ChatPage | undefined {
		return [...this.#pages].find(entry => entry.place === 'sidebar')?.page;
	}

	#eachPage(run: (page: ChatPage) => void): void {
		for (const { page } of this.#pages) run(page);
	}
}

function statusText(summary: ConversationSummary): string {
	const states = { idle: '', starting: 'starting', running: 'running', waiting: 'waiting for you', failed: 'failed' };
	return states[summary.status];
}
