import * as vscode from 'vscode';
import type { Artifact } from '../../core/artifacts/artifact';
import { ExpectedError } from '../../core/base/errors';
import { asId, type ConversationId, type ItemId } from '../../core/base/ids';
import { DisposableStore, MutableDisposable, type Disposable } from '../../core/base/lifecycle';
import type { AttachmentView } from '../../core/chat/items';
import type { Conversation } from '../../core/chat/conversation';
import type { Conversations } from '../../core/chat/conversations';
import { conversationMarkdown } from '../../core/chat/markdown';
import { checkedHandlers } from '../../core/chat/pageChecks';
import {
	isCliObstacle,
	type ChatContract,
	type ChatSnapshot,
	type ModelGroup,
	type Obstacle,
} from '../../core/chat/protocol';
import { serve, type Handlers, type Port, type Server } from '../../core/rpc/rpc';
import type { Decision } from '../../core/safety/approval';
import { redactSecrets } from '../../core/safety/secrets';
import type { Host } from '../host/context';
import type { McpChat } from '../mcp/chatBridge';
import { withoutSecrets } from './attachmentSecrets';
import type { Documents } from './documents';
import type { EditorBridge } from './editorBridge';
import type { Mentions } from './mentions';

/** A conversation that a command asked for while its page was not there, and the row to scroll to. */
export interface Wanted {
	readonly conversation: ConversationId;
	readonly item: ItemId | null;
}

/** What a page needs from the rest of the chat. */
export interface PageDeps {
	readonly host: Host;
	readonly conversations: Conversations;
	readonly editor: EditorBridge;
	readonly mentions: Mentions;
	readonly documents: Documents;
	/** Prompts and resources of MCP servers that run. */
	readonly servers: McpChat;
	readonly obstacle: { readonly current: Obstacle | null; readonly cli: ChatSnapshot['cli'] };
	decide(approval: string, decision: Decision): Promise<void>;
	reviewEdit(approval: string): Promise<void>;
	openTurnDiff(execution: string): Promise<void>;
	applyAsDiff(text: string, language: string): Promise<void>;
	openArtifact(artifact: Artifact): Promise<void>;
	openExecution(execution: string): Promise<void>;
	openInTab(conversation: ConversationId): Promise<void>;
	/** Every model that can be chosen. */
	models(isFresh: boolean): Promise<readonly ModelGroup[]>;
	useModel(conversation: Conversation, model: string): Promise<void>;
	/** What the view was asked to show before this page opened. */
	readonly takeWanted: () => Wanted | undefined;
	/** What was added to the chat before this page opened. */
	readonly takeAttached: () => readonly AttachmentView[];
	/** A prompt was sent. */
	onSent(): void;
	/** The page shows a conversation, or its title changed. */
	onShown(conversation: ConversationId, title: string): void;
}

/** Rows that a page gets when it opens; older ones are fetched as the user scrolls up. */
const firstRows = 200;

/**
 * One open chat page, in the sidebar or in a tab. It shows one conversation at a time and gets only that one's
 * changes.
 */
export class ChatPage implements Disposable {
	readonly #deps: PageDeps;
	readonly #store = new DisposableStore();
	readonly #following = this.#store.add(new MutableDisposable<Disposable>());
	readonly #server: Server<ChatContract>;
	readonly #remembers: boolean;
	#shown: ConversationId | undefined;
	#isOpen = false;

	/** @param fixed the conversation of a tab; the sidebar shows what was shown last */
	constructor(port: Port, deps: PageDeps, fixed: ConversationId | undefined) {
		this.#deps = deps;
		this.#shown = fixed;
		this.#remembers = fixed === undefined;
		this.#server = this.#store.add(serve<ChatContract>(port, checkedHandlers(this.#handlers())));
		this.#store.add(
			deps.conversations.onDidChangeList(() => {
				void deps.conversations.summaries('').then(
					list => this.#server.emit('conversations', list),
					error => deps.host.log.error(error),
				);
			}),
		);
		this.#store.add(deps.editor.onDidChange(context => this.#server.emit('editorContext', context)));
	}

	/** Whether the page has come to life and hears what it is told. */
	get isOpen(): boolean {
		return this.#isOpen;
	}

	/** The page was taken down; it opens again when it is shown. */
	hidden(): void {
		this.#isOpen = false;
	}

	get shown(): ConversationId | undefined {
		return this.#shown;
	}

	/** Asks the page to show a conversation. */
	show(conversation: ConversationId, item: ItemId | null): void {
		this.#server.emit('show', { conversation, item });
	}

	setObstacle(obstacle: Obstacle | null): void {
		this.#server.emit('obstacle', obstacle);
	}

	/** Puts attachments into the composer, which gets the focus. */
	attach(attachments: readonly AttachmentView[]): void {
		this.#server.emit('attach', { attachments });
		this.focusComposer();
	}

	focusComposer(): void {
		this.#server.emit('focusComposer', null);
	}

	dispose(): void {
		this.#store.dispose();
	}

	#handlers(): Handlers<ChatContract> {
		return { ...this.#conversationHandlers(), ...this.#turnHandlers(), ...this.#editorHandlers() };
	}

	#conversationHandlers() {
		const { conversations } = this.#deps;
		return {
			open: ({ conversation }) => this.#open(conversation),
			earlier: async ({ conversation, before, count }) => (await this.#get(conversation)).history.before(before, count),
			conversations: ({ text }) => conversations.summaries(text),
			create: async () => this.#follow(await conversations.create()),
			rename: async ({ conversation, title }) => (await this.#get(conversation)).rename(title),
			archive: ({ conversation }) => conversations.archive(conversation),
			fork: async ({ conversation, item }) => this.#follow(await conversations.fork(conversation, item)),
			exportMarkdown: async ({ conversation }) => this.exportMarkdown(await this.#get(conversation)),
			openInTab: ({ conversation }) => this.#deps.openInTab(conversation),
			saveDraft: ({ conversation, text }) => this.#deps.host.state.setDraft(conversation, text),
			promptHistory: ({ limit }) => conversations.promptHistory(limit),
		} satisfies Partial<Handlers<ChatContract>>;
	}

	#turnHandlers() {
		return {
			send: async ({ conversation, text, attachments }) => {
				const asked = await this.#get(conversation);
				this.#refuseObstacle(asked);
				const prompt = await this.#deps.servers.prompt(text);
				const all = [...attachments, ...(prompt?.attachments ?? [])];
				const item = asked.send(prompt?.text ?? text, await withoutSecrets(this.#deps.host, all, asked.project));
				this.#deps.onSent();
				await this.#deps.host.state.setDraft(conversation, '');
				return { item };
			},
			stop: async ({ conversation }) => (await this.#get(conversation)).stop(),
			editQueued: async ({ conversation, item, text }) => (await this.#get(conversation)).editQueued(item, text),
			sendQueued: async ({ conversation }) => (await this.#get(conversation)).sendQueued(),
			retry: async ({ conversation, item, text }) => {
				this.#refuseObstacle(await this.#get(conversation));
				await this.#deps.conversations.retry(conversation, item, text);
			},
			restoreFiles: async ({ conversation, item, isDryRun }) =>
				(await this.#get(conversation)).restoreFiles(item, isDryRun),
			decide: ({ approval, decision }) => this.#deps.decide(approval, decision),
			reviewEdit: ({ approval }) => this.#deps.reviewEdit(approval),
			details: async ({ conversation }) => (await this.#get(conversation)).details(),
			models: ({ isFresh }) => this.#deps.models(isFresh),
			setModel: async ({ conversation, model }) => this.#deps.useModel(await this.#get(conversation), model),
			setMode: async ({ conversation, mode }) => (await this.#get(conversation)).setMode(mode),
			setEffort: async ({ conversation, effort }) => (await this.#get(conversation)).setEffort(effort),
			fullText: async ({ conversation, item, part, offset, length }) => {
				const text = (await this.#get(conversation)).history.fullText(item, part);
				return { text: text.slice(offset, offset + length), total: text.length };
			},
			openTurnDiff: ({ execution }) => this.#deps.openTurnDiff(execution),
			openExecution: ({ execution }) => this.#deps.openExecution(execution),
			runAction: ({ action }) => this.#deps.host.commands.run(action.command, action.args),
		} satisfies Partial<Handlers<ChatContract>>;
	}

	#editorHandlers() {
		const { documents, editor, mentions } = this.#deps;
		return {
			mentions: async ({ text, limit }) => {
				const resources = this.#deps.servers.resources(text, 5);
				return [...(await mentions.find(text, limit - resources.length)), ...resources];
			},
			attachResource: ({ server, uri }) => this.#deps.servers.read(server, uri),
			attachUris: ({ uris }) => editor.attachUris(uris),
			attachPaths: ({ paths }) => editor.attachUris(paths.map(path => vscode.Uri.file(path).toString())),
			attachData: ({ name, bytes }) => documents.fromBytes(name, bytes),
			pickFiles: () => editor.pickFiles(),
			copy: async ({ text }) => {
				await vscode.env.clipboard.writeText(text);
			},
			insertAtCursor: ({ text }) => editor.insertAtCursor(text),
			openArtifact: ({ text, language }) => this.#deps.openArtifact({ text, language: language.toLowerCase() }),
			openAsFile: ({ text, language }) => editor.openAsFile(text, language),
			applyAsDiff: ({ text, language }) => this.#deps.applyAsDiff(text, language),
			openFile: ({ path, line }) => editor.openFile(path, line),
			openInEditor: async ({ conversation, item, part }) => {
				const text = (await this.#get(conversation)).history.fullText(item, part);
				await editor.openAsFile(text, part === 'input' ? 'json' : 'plaintext');
			},
			openLink: ({ href }) => editor.openLink(href),
		} satisfies Partial<Handlers<ChatContract>>;
	}

	/** What a command asked to see comes before what the page had in mind. */
	async #open(conversation: ConversationId | null): Promise<ChatSnapshot> {
		const wanted = this.#deps.takeWanted();
		const snapshot = await this.#follow(await this.#find(wanted?.conversation ?? conversation));
		const { item } = wanted ?? {};
		this.#isOpen = true;
		const attached = this.#deps.takeAttached();
		// After the answer, when the page has its rows.
		if (wanted && item) this.#deps.host.clock.after(0, () => this.show(wanted.conversation, item));
		if (attached.length > 0) this.#deps.host.clock.after(0, () => this.attach(attached));
		return snapshot;
	}

	async #find(wanted: ConversationId | null): Promise<Conversation> {
		const { conversations, host } = this.#deps;
		const remembered = host.state.shownConversation;
		const id = wanted ?? this.#shown ?? (remembered === null ? undefined : asId<ConversationId>(remembered));
		const found = id === undefined ? undefined : await conversations.open(id);
		return found ?? (await conversations.latestOrNew());
	}

	async #get(id: ConversationId): Promise<Conversation> {
		const conversation = await this.#deps.conversations.open(id);
		if (!conversation)
			throw new ExpectedError('no-conversation', 'This conversation is no longer in the ledger. Start a new one.');
		return conversation;
	}

	async #follow(conversation: Conversation): Promise<ChatSnapshot> {
		this.#shown = conversation.id;
		const deps = this.#deps;
		this.#following.value = conversation.onDidChange(batch => {
			this.#server.emit('changed', { conversation: conversation.id, ...batch });
			if (batch.view?.title !== undefined) deps.onShown(conversation.id, batch.view.title);
		});
		deps.onShown(conversation.id, conversation.view.title);
		if (this.#remembers) await this.#deps.host.state.setShownConversation(conversation.id);
		this.#server.emit('editorContext', this.#deps.editor.current);
		return {
			...conversation.snapshot(firstRows),
			draft: this.#deps.host.state.draft(conversation.id),
			obstacle: this.#deps.obstacle.current,
			cli: this.#deps.obstacle.cli,
			root: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? null,
		};
	}

	#refuseObstacle(conversation: Conversation): void {
		const obstacle = this.#deps.obstacle.current;
		const isInTheWay = obstacle && !(isCliObstacle(obstacle) && conversation.view.provider !== 'claude');
		if (obstacle && isInTheWay) throw new ExpectedError(obstacle.code, obstacle.title, { actions: obstacle.actions });
	}

	/** Writes a conversation to a Markdown file that the user names. */
	async exportMarkdown(conversation: Conversation): Promise<void> {
		const { title } = conversation.view;
		const name = title.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '');
		const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
		const target = await vscode.window.showSaveDialog({
			filters: { Markdown: ['md'] },
			...(folder ? { defaultUri: vscode.Uri.joinPath(folder, `${name || 'conversation'}.md`) } : {}),
		});
		if (!target) return;
		const { text } = redactSecrets(conversationMarkdown(title, await conversation.history.all()));
		await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
		await vscode.window.showTextDocument(target);
	}
}
