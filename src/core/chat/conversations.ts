import { Lazy } from '../base/async';
import { ExpectedError, errorText } from '../base/errors';
import { Emitter } from '../base/event';
import { newId, type ConversationId, type ExecutionId, type ItemId } from '../base/ids';
import { DisposableStore, Owner } from '../base/lifecycle';
import type { ConversationRow } from '../ledger/queries';
import type { Approvals } from '../safety/approvals';
import type { Grants } from '../safety/grants';
import { Conversation } from './conversation';
import { recordOf, untitled, type ConversationRecord } from './conversationParts';
import type { SessionSummary } from '../claude/history/protocol';
import type { ConversationDeps, SessionHistory } from './deps';
import { importedRows } from './imported';
import { recoverCosts } from './recovery';
import type { StoredItem } from './itemStore';
import type { ChatItem, ConversationSummary, Effort, PermissionMode } from './items';

/** Rows that are read when a conversation is opened; older ones are read on demand. */
const firstRows = 300;

export interface ConversationDefaults {
	readonly model: string;
	readonly mode: PermissionMode;
	readonly effort: Effort;
}

export interface ConversationsPorts extends ConversationDeps {
	readonly history: SessionHistory;
	readonly approvals: Approvals;
	readonly grants: Pick<Grants, 'endConversation'>;
	/** Absolute path of the folder that new conversations work in; throws `ExpectedError` when none is open. */
	project(): string;
	defaults(): ConversationDefaults;
}

/** Every conversation of this window's workspace: those that are open, and the list of all. */
export class Conversations extends Owner {
	readonly #ports: ConversationsPorts;
	readonly #open = new Map<ConversationId, Lazy<Conversation | undefined>>();
	readonly #live = new Map<ConversationId, Conversation>();
	readonly #changed = this.own(new Emitter<void>());
	/** A conversation came, went, or changed its title or state. */
	readonly onDidChangeList = this.#changed.event;

	constructor(ports: ConversationsPorts) {
		super();
		this.#ports = ports;
		this.own(
			ports.approvals.onDidAdd(view => {
				if (view.conversation !== null) this.#live.get(view.conversation)?.approvalAdded(view);
			}),
		);
		this.own(
			ports.approvals.onDidEnd(end => {
				if (end.view.conversation !== null) this.#live.get(end.view.conversation)?.approvalEnded(end);
			}),
		);
	}

	/** Conversations that are open in this window. */
	get live(): readonly Conversation[] {
		return [...this.#live.values()];
	}

	/** The conversation whose running turn is this execution, if this window runs it. */
	byExecution(execution: ExecutionId): Conversation | undefined {
		return this.live.find(conversation => conversation.execution === execution);
	}

	/** Opens a stored conversation; `undefined` when the ledger has none of that id. */
	open(id: ConversationId): Promise<Conversation | undefined> {
		const known = this.#open.get(id);
		if (known) return known.get();
		const opening = new Lazy(() => this.#load(id));
		this.#open.set(id, opening);
		return opening.get();
	}

	/** A new conversation. It is stored with its first message. */
	create(): Promise<Conversation> {
		const record: ConversationRecord = {
			id: newId<ConversationId>(),
			title: untitled,
			project: this.#ports.project(),
			session: null,
			cost: null,
			...this.#ports.defaults(),
		};
		this.#declare(record);
		return Promise.resolve(this.#adopt(new Conversation(record, this.#ports)));
	}

	/** What the view shows when it has nothing to remember: an unused conversation, or a new one. */
	async latestOrNew(): Promise<Conversation> {
		const rows = await this.#rows();
		const latest = rows[0];
		const found = latest ? await this.open(latest.id) : undefined;
		return found ?? this.create();
	}

	/** The conversations of this workspace, newest first; those whose title contains `text`. */
	async summaries(text: string): Promise<readonly ConversationSummary[]> {
		const wanted = text.trim().toLowerCase();
		return (await this.#rows())
			.filter(row => row.itemCount > 0 || this.#live.get(row.id)?.isBusy === true)
			.filter(row => row.title.toLowerCase().includes(wanted))
			.map(row => {
				const view = this.#live.get(row.id)?.view;
				return {
					id: row.id,
					title: view?.title ?? row.title,
					status: view?.status ?? 'idle',
					updatedAt: row.updatedAt,
					cost: view?.cost ?? null,
				};
			});
	}

	/** Takes a conversation off the list. Its executions and costs stay. */
	async archive(id: ConversationId): Promise<void> {
		const conversation = await this.open(id);
		if (conversation?.isBusy)
			throw new ExpectedError('busy', 'Stop the running turn before you archive the conversation.');
		await conversation?.closeSession();
		this.#ports.grants.endConversation(id);
		this.#ports.append({ type: 'conversation.changed', conversation: id, isArchived: true });
		this.#forget(id);
	}

	/** A new conversation that begins with everything up to the end of the turn that holds `item`. */
	async fork(id: ConversationId, item: ItemId): Promise<Conversation> {
		const source = await this.#get(id);
		await source.history.all();
		const rows = source.stored();
		const at = rows.findIndex(row => row.item.id === item);
		const turn = rows.findIndex((row, index) => index >= at && row.item.kind === 'turn');
		const upTo = rows.slice(0, turn < 0 ? rows.length : turn + 1);
		const last = upTo.findLast(row => row.item.kind === 'turn')?.item;
		const from = source.session;
		const message = last?.kind === 'turn' ? last.lastMessage : null;
		const record = this.#copyOf(source, `${source.view.title} (fork)`, null);
		const start =
			from === null
				? undefined
				: {
						kind: 'fork' as const,
						id: globalThis.crypto.randomUUID(),
						from,
						...(message === null ? {} : { at: message }),
					};
		return this.#copyRows(record, upTo, start);
	}

	/** Sessions of this folder that were begun outside, in a terminal for example. */
	async foreignSessions(): Promise<readonly SessionSummary[]> {
		const own = new Set((await this.#rows(true)).map(row => row.session));
		const all = await this.#ports.history.sessions(this.#ports.project());
		return all.filter(session => !own.has(session.id));
	}

	/** Continues a session that was begun outside: its rows are copied, and its next prompt resumes it. */
	async importSession({ id, title }: SessionSummary): Promise<Conversation> {
		const project = this.#ports.project();
		const found = await this.#ports.history.conversation(project, id);
		if (!found) throw new ExpectedError('no-session', 'Claude no longer has this session.');
		const record = { id: newId<ConversationId>(), title, project, session: id, cost: null, ...this.#ports.defaults() };
		return this.#copyRows(record, importedRows(found.messages, this.#ports.clock), undefined);
	}

	/** Sends a message again from where it stood. What came after it is kept as a conversation of its own. */
	async retry(id: ConversationId, item: ItemId, text: string): Promise<void> {
		const source = await this.#get(id);
		if (source.isBusy)
			throw new ExpectedError('busy', 'Stop the running turn before you send an earlier message again.');
		await source.history.all();
		const rows = source.stored();
		const record = this.#copyOf(source, `${source.view.title} (before the edit)`, source.session);
		this.#copyRows(record, rows, undefined);
		await source.restartFrom(item, text);
	}

	/** Earlier prompts of this workspace, newest first. */
	async promptHistory(limit: number): Promise<readonly string[]> {
		const prompts: string[] = [];
		for (const row of (await this.#rows()).slice(0, 10)) {
			const conversation = await this.open(row.id);
			const items = conversation?.stored() ?? [];
			for (const { item } of items.toReversed()) if (item.kind === 'user' && item.text !== '') prompts.push(item.text);
		}
		return [...new Set(prompts)].slice(0, limit);
	}

	/** Ends every process. Resolves when none is left. */
	async closeAll(): Promise<void> {
		await Promise.all(this.live.map(conversation => conversation.closeSession()));
	}

	override dispose(): void {
		super.dispose();
		for (const conversation of this.#live.values()) conversation.dispose();
		this.#live.clear();
	}

	async #get(id: ConversationId): Promise<Conversation> {
		const conversation = await this.open(id);
		if (!conversation) throw new ExpectedError('no-conversation', 'This conversation is no longer in the ledger.');
		return conversation;
	}

	async #load(id: ConversationId): Promise<Conversation | undefined> {
		const { ledger } = this.#ports;
		const row = await ledger.query('conversation', { id });
		if (!row) return undefined;
		const { items, earlier } = await ledger.query('items', { conversation: id, limit: firstRows });
		const stored = items.map(({ order, body }) => ({ order, item: JSON.parse(body) as ChatItem }));
		const executions = await ledger.query('executions', { conversation: id, limit: 100_000 });
		const costs = executions.flatMap(execution => (execution.cost === null ? [] : [execution.cost]));
		const { session } = row;
		recoverCosts(
			{ conversation: id, cwd: row.project ?? this.#ports.project(), session, rows: stored, executions },
			this.#ports,
			this.#ports.history,
		).catch((error: unknown) => this.#ports.log.warn(errorText(error)));
		const cost = costs.length === 0 ? null : costs.reduce((sum, value) => sum + value, 0);
		const record = recordOf(row, this.#ports.defaults(), cost, () => this.#ports.project());
		const conversation = this.#adopt(new Conversation(record, this.#ports));
		conversation.load(stored, earlier);
		return conversation;
	}

	#adopt(conversation: Conversation): Conversation {
		const lifetime = new DisposableStore();
		this.#live.set(conversation.id, conversation);
		this.#open.set(conversation.id, new Lazy<Conversation | undefined>(() => Promise.resolve(conversation)));
		lifetime.add(
			conversation.onDidChange(({ view }) => {
				if (view?.status !== undefined || view?.title !== undefined) this.#changed.fire();
			}),
		);
		this.own(lifetime);
		return conversation;
	}

	#forget(id: ConversationId): void {
		this.#live.get(id)?.dispose();
		this.#live.delete(id);
		this.#open.delete(id);
		this.#changed.fire();
	}

	#declare({ id, title, project, session, model, mode, effort }: ConversationRecord): void {
		const options = JSON.stringify({ model, mode, effort });
		const provider = 'claude';
		this.#ports.append({ type: 'conversation.changed', conversation: id, title, project, provider, session, options });
	}

	#copyOf(source: Conversation, title: string, session: string | null): ConversationRecord {
		const { model, mode, effort } = source.view;
		const id = newId<ConversationId>();
		return { id, title, project: source.project, session, model, mode, effort, cost: null };
	}

	#copyRows(
		record: ConversationRecord,
		rows: readonly StoredItem[],
		start: ConstructorParameters<typeof Conversation>[2],
	): Conversation {
		this.#declare(record);
		for (const { item, order } of rows)
			this.#ports.append({
				type: 'conversation.item',
				conversation: record.id,
				item: item.id,
				order,
				body: JSON.stringify(item),
			});
		const copy = this.#adopt(new Conversation(record, this.#ports, start));
		copy.load(rows, 0);
		this.#changed.fire();
		return copy;
	}

	#rows(withArchived = false): Promise<readonly ConversationRow[]> {
		let project: string | undefined;
		try {
			project = this.#ports.project();
		} catch (error) {
			// Without a folder every conversation is listed: they can still be read.
			if (!(error instanceof ExpectedError)) throw error;
		}
		return this.#ports.ledger.query('conversations', { withArchived, ...(project === undefined ? {} : { project }) });
	}
}
