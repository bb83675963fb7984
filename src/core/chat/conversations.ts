import { Lazy } from '../base/async';
import { ExpectedError, errorText } from '../base/errors';
import { Emitter } from '../base/event';
import { newId, type ConversationId, type ExecutionId, type ItemId } from '../base/ids';
import { MutableDisposable, Owner, type Disposable } from '../base/lifecycle';
import type { SessionSummary } from '../claude/history/protocol';
import type { ConversationRow, ExecutionRow, Ledger } from '../ledger/queries';
import type { Approvals } from '../safety/approvals';
import type { Grants } from '../safety/grants';
import { Conversation } from './conversation';
import {
	infoView,
	recordOf,
	untitled,
	type ConversationChoices,
	type ConversationRecord,
	type KnownInfo,
} from './conversationParts';
import { fork, importSession, keepAsIs, type CopyPorts } from './copies';
import type { ConversationDeps, SessionHistory } from './deps';
import type { ConversationSummary } from './items';
import { withInterruptedMark } from './interrupted';
import type { StoredItem } from './itemStore';
import { recoverCosts } from './recovery';
import {
	decidedElsewhere,
	paidFor,
	readConversation,
	readOnlyReason,
	statusOf,
	type StoredConversation,
} from './stored';

/** A conversation that another window works on is looked at this often, milliseconds: that window may be killed. */
const lookAgainMs = 5_000;

export interface ConversationsPorts extends Omit<ConversationDeps, 'ledger' | 'onInfo'> {
	readonly ledger: Pick<Ledger, 'query' | 'onDidChange'>;
	readonly history: SessionHistory;
	readonly approvals: Approvals;
	readonly grants: Pick<Grants, 'endConversation'>;
	/** Keeps what a session said of models and commands, for the pickers of the next window. */
	readonly onInfo: ConversationDeps['onInfo'];
	/** Absolute path of the folder that new conversations work in; throws `ExpectedError` when none is open. */
	readonly project: () => string;
	readonly defaults: () => ConversationChoices;
}

/** Every conversation of this window's workspace: those that are open, and the list of all. */
export class Conversations extends Owner {
	readonly #ports: ConversationsPorts;
	readonly #deps: ConversationDeps;
	readonly #open = new Map<ConversationId, Lazy<Conversation | undefined>>();
	readonly #live = new Map<ConversationId, Conversation>();
	readonly #changed = this.own(new Emitter<void>());
	readonly #looking = this.own(new MutableDisposable<Disposable>());
	/** A conversation came, went, or changed its title or state. */
	readonly onDidChangeList = this.#changed.event;
	readonly #copies: CopyPorts;

	constructor(ports: ConversationsPorts) {
		super();
		this.#ports = ports;
		this.#deps = {
			...ports,
			onInfo: info => {
				ports.onInfo(info);
				this.#showInfo({ ...infoView(info.models, info.commands), prompts: ports.knownInfo().prompts ?? [] });
			},
		};
		this.#copies = { clock: ports.clock, append: ports.append, adopt: (record, rows) => this.#adoptCopy(record, rows) };
		const of = (id: ConversationId | null): Conversation | undefined => (id === null ? undefined : this.#live.get(id));
		this.own(ports.approvals.onDidAdd(view => of(view.conversation)?.approvals.added(view)));
		this.own(ports.approvals.onDidEnd(end => of(end.view.conversation)?.approvals.ended(end)));
		this.own(
			ports.ledger.onDidChange(change => {
				for (const id of change.conversations) this.#look(id);
				if (change.conversations.length > 0) this.#changed.fire();
			}),
		);
	}

	/** What is known of models and commands is something else now: every open conversation shows it. */
	refreshInfo(): void {
		this.#showInfo(this.#deps.knownInfo());
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

	/** A new conversation. The ledger is told with its first message. */
	create(): Promise<Conversation> {
		const place = { project: this.#ports.project(), ...this.#ports.defaults() };
		const plan = { kind: 'new' } as const;
		const record = { id: newId<ConversationId>(), title: untitled, plan, cost: null, basis: null, ...place };
		return Promise.resolve(this.#adopt(new Conversation(record, this.#deps, false)));
	}

	/** What the view shows when it has nothing to remember: the newest conversation, or a new one. */
	async latestOrNew(): Promise<Conversation> {
		const [latest] = await this.#rows();
		const found = latest ? await this.open(latest.id) : undefined;
		return found ?? this.create();
	}

	/** The conversations of this workspace, newest first; those whose title contains `text`. */
	async summaries(text: string): Promise<readonly ConversationSummary[]> {
		const wanted = text.trim().toLowerCase();
		const [rows, newest] = await Promise.all([this.#rows(), this.#newestTurns()]);
		return rows
			.filter(row => row.itemCount > 0 && row.title.toLowerCase().includes(wanted))
			.map(row => {
				const view = this.#live.get(row.id)?.view;
				return {
					id: row.id,
					title: view?.title ?? row.title,
					status: view && view.readOnly === null && view.status !== 'idle' ? view.status : statusOf(newest.get(row.id)),
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
		conversation?.dispose();
		this.#live.delete(id);
		this.#open.delete(id);
		this.#changed.fire();
	}

	/** A new conversation that begins with everything up to the end of the turn that holds `item`. */
	async fork(id: ConversationId, item: ItemId): Promise<Conversation> {
		return fork(await this.#get(id), item, this.#copies);
	}

	/** Sends a message again from where it stood. What came after it is kept as a conversation of its own. */
	async retry(id: ConversationId, item: ItemId, text: string): Promise<void> {
		const source = await this.#get(id);
		if (source.isBusy)
			throw new ExpectedError('busy', 'Stop the running turn before you send an earlier message again.');
		await keepAsIs(source, this.#copies);
		await source.restartFrom(item, text);
	}

	/** Sessions of this folder that were begun outside, in a terminal for example. */
	async foreignSessions(): Promise<readonly SessionSummary[]> {
		const own = new Set((await this.#rows(true)).map(row => row.session));
		const all = await this.#ports.history.sessions(this.#ports.project());
		return all.filter(session => !own.has(session.id));
	}

	/** Continues a session that was begun outside. */
	async importSession(session: SessionSummary): Promise<Conversation> {
		const place = { project: this.#ports.project(), ...this.#ports.defaults() };
		const found = await this.#ports.history.conversation(place.project, session.id);
		if (!found) throw new ExpectedError('no-session', 'Claude no longer has this session.');
		return importSession(session, found.messages, place, this.#copies);
	}

	/** Earlier prompts of this workspace, newest first. */
	async promptHistory(limit: number): Promise<readonly string[]> {
		const prompts: string[] = [];
		for (const { id } of (await this.#rows()).slice(0, 10)) {
			const { items } = await this.#ports.ledger.query('items', { conversation: id, limit: 200 });
			for (const { body } of items.toReversed()) {
				const item = JSON.parse(body) as { readonly kind: string; readonly text?: string };
				if (item.kind === 'user' && item.text) prompts.push(item.text);
			}
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
		const stored = await readConversation(this.#ports.ledger, id);
		if (!stored) return undefined;
		const { row, earlier, executions } = stored;
		const { defaults, project } = this.#ports;
		const record = recordOf(row, defaults(), paidFor(executions), project);
		const conversation = this.#adopt(new Conversation(record, this.#deps, true));
		const readOnly = this.#readOnly(stored);
		const rows = this.#rowsToShow(stored, readOnly);
		conversation.load(rows, earlier, readOnly);
		if (readOnly !== null) this.#lookLater();
		const cutOff = { cwd: record.project, session: row.session, rows, executions };
		recoverCosts(cutOff, this.#ports, this.#ports.history).catch((error: unknown) =>
			this.#ports.log.warn(errorText(error)),
		);
		return conversation;
	}

	#showInfo(info: KnownInfo): void {
		for (const conversation of this.live) conversation.setInfo(info);
	}

	#readOnly({ executions }: StoredConversation): string | null {
		return readOnlyReason(executions, execution => this.byExecution(execution) !== undefined);
	}

	#rowsToShow(stored: StoredConversation, readOnly: string | null): readonly StoredItem[] {
		return readOnly === null ? withInterruptedMark(stored, this.#ports) : decidedElsewhere(stored.rows);
	}

	/** Another window may have changed an open conversation: its rows are read again where their number says so. */
	#look(id: ConversationId): void {
		const conversation = this.#live.get(id);
		if (!conversation || conversation.isBusy) return;
		const look = async (): Promise<void> => {
			const row = await this.#ports.ledger.query('conversation', { id });
			const isSame = row?.itemCount === conversation.rowCount && conversation.view.readOnly === null;
			if (!row || isSame || conversation.isBusy) return;
			const stored = await readConversation(this.#ports.ledger, id);
			if (!stored || conversation.isBusy || this.#live.get(id) !== conversation) return;
			const readOnly = this.#readOnly(stored);
			conversation.refresh(this.#rowsToShow(stored, readOnly), stored.earlier, readOnly);
			if (readOnly !== null) this.#lookLater();
		};
		look().catch((error: unknown) => this.#ports.log.warn(errorText(error)));
	}

	#lookLater(): void {
		this.#looking.value = this.#ports.clock.after(lookAgainMs, () => {
			for (const { id, view } of this.live) if (view.readOnly !== null) this.#look(id);
		});
	}

	#adopt(conversation: Conversation): Conversation {
		this.#live.set(conversation.id, conversation);
		this.#open.set(conversation.id, new Lazy<Conversation | undefined>(() => Promise.resolve(conversation)));
		// It ends with the conversation's own emitter.
		conversation.onDidChange(({ view }) => {
			if (view?.status !== undefined || view?.title !== undefined) this.#changed.fire();
		});
		return conversation;
	}

	#adoptCopy(record: ConversationRecord, rows: Parameters<CopyPorts['adopt']>[1]): Conversation {
		const copy = this.#adopt(new Conversation(record, this.#deps, false));
		copy.declare();
		copy.load(rows, 0);
		this.#changed.fire();
		return copy;
	}

	async #newestTurns(): Promise<ReadonlyMap<ConversationId, ExecutionRow>> {
		const executions = await this.#ports.ledger.query('executions', { kinds: ['chat'], limit: 500 });
		const newest = new Map<ConversationId, ExecutionRow>();
		for (const execution of executions)
			if (execution.conversation !== null && !newest.has(execution.conversation))
				newest.set(execution.conversation, execution);
		return newest;
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
