import { ExpectedError, errorText } from '../base/errors';
import { asId, newId, type ConversationId, type ExecutionId, type ItemId, type StepId } from '../base/ids';
import { Owner } from '../base/lifecycle';
import type { CostBasis, NanoDollars } from '../base/money';
import type { SessionStart } from '../claude/session';
import type { ApprovalView } from '../safety/approval';
import type { ApprovalEnd } from '../safety/approvals';
import {
	approvalPatch,
	budgetError,
	emptyView,
	permissionCall,
	restoredText,
	untitled,
	type ConversationRecord,
} from './conversationParts';
import type { CallOrigin, ConversationDeps, ConversationGate } from './deps';
import { History } from './history';
import { ItemStore, type StoredItem } from './itemStore';
import type { AttachmentView, ConversationView, Effort, PermissionMode, UserItem } from './items';
import { conversationMarkdown } from './markdown';
import { notice } from './notices';
import { promptContent, titleFromPrompt } from './prompt';
import type { ChatSnapshot, RestorePreview } from './protocol';
import { changedFile } from './toolText';
import { SessionHolder } from './sessionHolder';
import type { TurnOrigin } from './turn';
import { TurnRunner } from './turnRunner';

/** Characters of an older conversation that are handed on when the CLI has lost its own copy. */
const handOnLimit = 40_000;

/** One conversation with Claude: its rows, its queue, its session and its turns. */
export class Conversation extends Owner {
	readonly id: ConversationId;
	readonly onDidChange: ItemStore['onDidChange'];
	readonly history: History;
	readonly #deps: ConversationDeps;
	readonly #items: ItemStore;
	readonly #runner: TurnRunner;
	readonly #project: string;
	#view: ConversationView;
	readonly #holder: SessionHolder;
	readonly #gate: ConversationGate;
	#pendingApprovals = 0;
	/** What earlier turns cost. */
	#paid: NanoDollars | null;
	/** Sent before the next prompt, when the CLI has lost what came before. */
	#handOn: string | null = null;

	constructor(record: ConversationRecord, deps: ConversationDeps, start?: SessionStart) {
		super();
		this.id = record.id;
		this.#deps = deps;
		this.#project = record.project;
		this.#paid = record.cost;
		this.#items = this.own(new ItemStore(record.id, deps.append, deps.clock));
		this.onDidChange = this.#items.onDidChange;
		this.history = new History(record.id, this.#items, deps.ledger);
		this.#view = emptyView(record);
		this.#gate = this.own(
			deps.newGate({
				cwd: record.project,
				origin: toolUse => this.#callOrigin(toolUse),
				turnStartedAt: () => this.#runner.turn?.startedAt ?? deps.clock.now(),
			}),
		);
		this.#runner = new TurnRunner(deps, this.#items, {
			toolEnded: toolUse => this.#gate.onResult(toolUse),
			origin: (trigger, title) => this.#origin(trigger, title),
			view: patch => this.#patch(patch),
			turnEnded: () => this.#turnEnded(),
			sessionChanged: session => this.#holder.remember(session),
			cost: (cost, basis) => this.#showCost(cost, basis),
		});
		const resume: SessionStart | null = record.session === null ? null : { kind: 'resume', id: record.session };
		this.#holder = this.own(this.#newHolder(start ?? resume));
	}

	get view(): ConversationView {
		return this.#view;
	}

	/** The CLI's session, to fork or to hand to a copy. */
	get session(): string | null {
		return this.#holder.session;
	}

	get project(): string {
		return this.#project;
	}

	get isBusy(): boolean {
		return this.#runner.turn !== undefined;
	}

	get execution(): ExecutionId | undefined {
		return this.#runner.turn?.execution;
	}

	/** Takes the rows that the journal has. Rows that a killed window left unfinished are settled. */
	load(rows: readonly StoredItem[], earlier: number): void {
		this.#items.load(rows, earlier);
		this.#runner.rows.settle('stopped');
		this.#items.flush();
	}

	/** The newest rows and everything else a page needs. */
	snapshot(count: number): Pick<ChatSnapshot, 'conversation' | 'items' | 'earlier' | 'sequence'> {
		return { conversation: this.#view, ...this.history.newest(count) };
	}

	stored(): readonly StoredItem[] {
		return this.#items.stored();
	}

	/** Sends a prompt, or queues it while a turn runs. Returns its row. */
	send(text: string, attachments: readonly AttachmentView[]): ItemId {
		if (text.trim() === '' && attachments.length === 0)
			throw new ExpectedError('empty-prompt', 'Write a message, or attach something, before you send.');
		const item: UserItem = {
			id: newId<ItemId>(),
			at: this.#deps.clock.now(),
			parent: null,
			kind: 'user',
			text,
			attachments,
			state: this.isBusy ? 'queued' : 'sent',
		};
		this.#items.add(item);
		if (this.#view.title === untitled && text.trim() !== '') this.rename(titleFromPrompt(text));
		if (item.state === 'sent') void this.#run(item);
		return item.id;
	}

	/** Changes a queued prompt; `null` drops it. One that a closed window left behind is sent when nothing runs. */
	editQueued(id: ItemId, text: string | null): void {
		const item = this.#items.get(id);
		if (item?.kind !== 'user' || item.state !== 'queued')
			throw new ExpectedError('not-queued', 'This message was sent already.');
		if (text === null) return this.#items.remove(id);
		this.#items.replace({ ...item, text });
		if (!this.isBusy) this.#sendNext();
	}

	/**
	 * Drops everything from a user item on and sends its text again, in a fork of the session that ends before it. The
	 * caller keeps a copy of what is dropped.
	 */
	async restartFrom(id: ItemId, text: string): Promise<void> {
		const item = this.#items.get(id);
		if (item?.kind !== 'user') throw new ExpectedError('not-a-prompt', 'Only a message of yours can be sent again.');
		const order = this.#items.order(id) ?? 0;
		const rows = this.#items.stored();
		const before = rows.findLast(row => row.order < order && row.item.kind === 'turn');
		const session = this.#holder.session;
		const at = before?.item.kind === 'turn' ? before.item.lastMessage : null;
		await this.#holder.restart(
			at === null || session === null ? null : { kind: 'fork', id: globalThis.crypto.randomUUID(), from: session, at },
		);
		for (const row of rows) if (row.order >= order) this.#items.remove(row.item.id);
		this.send(text, item.attachments);
	}

	/** Stops the running turn. Queued prompts stay. */
	async stop(): Promise<void> {
		if (!this.isBusy) return;
		this.#runner.markInterrupting();
		this.#patch({ activity: 'Stopping' });
		const session = this.#holder.live;
		if (!session) return;
		try {
			await session.interrupt();
		} catch (error) {
			this.#deps.log.warn(`interrupt failed, ending the process: ${errorText(error)}`);
			await session.stop();
		}
	}

	/** Ends the process and keeps the conversation: the next prompt resumes it. */
	closeSession(): Promise<void> {
		return this.#holder.close();
	}

	rename(title: string): void {
		const trimmed = title.trim();
		if (trimmed === '') throw new ExpectedError('empty-title', 'A conversation needs a title.');
		this.#patch({ title: trimmed });
		this.#deps.append({ type: 'conversation.changed', conversation: this.id, title: trimmed });
		this.#holder.live?.rename(trimmed).catch(error => this.#deps.log.debug(errorText(error)));
	}

	async setModel(model: string): Promise<void> {
		await this.#holder.live?.setModel(model === 'default' ? undefined : model);
		this.#patch({ model });
		this.#saveOptions();
	}

	async setMode(mode: PermissionMode): Promise<void> {
		await this.#holder.live?.setMode(mode);
		this.#patch({ mode });
		this.#saveOptions();
	}

	async setEffort(effort: Effort): Promise<void> {
		await this.#holder.live?.setEffort(effort === 'default' ? undefined : effort);
		this.#patch({ effort });
		this.#saveOptions();
	}

	/** Puts files back to what they were before a message, or says what that would change. */
	async restoreFiles(id: ItemId, isDryRun: boolean): Promise<RestorePreview> {
		if (this.isBusy) throw new ExpectedError('busy', 'Stop the running turn before you restore files.');
		const session = await this.#holder.ensure();
		const result = await session.rewindFiles(id, isDryRun);
		if (!isDryRun && result.canRewind)
			this.#items.add(notice(this.#deps.clock.now(), restoredText(result.filesChanged)));
		const { canRewind, error, filesChanged, insertions, deletions } = result;
		return { canRestore: canRewind, reason: error, files: filesChanged, insertions, deletions };
	}

	/** A call waits for a person: shown on its row, and the conversation waits. */
	approvalAdded(view: ApprovalView): void {
		this.#pendingApprovals++;
		const step = view.step === null ? null : asId<ItemId>(view.step);
		if (step !== null) this.#runner.rows.patchTool(step, { approval: view, state: 'waiting' });
		this.#runner.turn?.stepStarted({
			step: asId<StepId>(view.id),
			parent: view.step,
			kind: 'approval',
			name: view.tier,
			title: view.effect.split('\n', 1)[0] ?? view.tool,
			input: view.effect,
		});
		this.#runner.turn?.setStatus('waiting');
		this.#patch({ status: 'waiting', activity: 'Waiting for you' });
	}

	/** A pending call was decided, or ended by itself. */
	approvalEnded(end: ApprovalEnd): void {
		this.#pendingApprovals = Math.max(0, this.#pendingApprovals - 1);
		const { view, outcome, decision } = end;
		const patch = approvalPatch(end);
		if (view.step !== null) this.#runner.rows.patchTool(asId<ItemId>(view.step), patch);
		this.#runner.turn?.stepEnded(asId<StepId>(view.id), {
			status: outcome === 'allowed' ? 'succeeded' : outcome === 'refused' ? 'refused' : 'stopped',
			output: decision?.outcome === 'refuse' ? decision.reason : patch.decision,
		});
		if (this.#pendingApprovals > 0 || !this.isBusy) return;
		this.#runner.turn?.setStatus('running');
		this.#patch({ status: 'running', activity: null });
	}

	async #run(item: UserItem): Promise<void> {
		const turn = this.#runner.begin(this.#origin('user', item.text.split('\n', 1)[0] || 'Image'));
		const isLive = this.#holder.live !== undefined;
		this.#patch({ status: isLive ? 'running' : 'starting', activity: isLive ? null : 'Starting Claude' });
		try {
			const remaining = await this.#deps.remainingBudget();
			if (remaining !== null && remaining <= 0) throw budgetError();
			const session = await this.#holder.ensure();
			if (this.#runner.turn !== turn) return;
			this.#deps.onUse(this.id, true);
			this.#patch({ status: 'running', activity: 'Waiting for the model' });
			session.costs.begin();
			session.send(this.#content(item), item.id);
		} catch (error) {
			if (this.#runner.turn === turn) this.#runner.fail(error);
		}
	}

	#newHolder(start: SessionStart | null): SessionHolder {
		return new SessionHolder(
			{
				deps: this.#deps,
				conversation: this.id,
				cwd: this.#project,
				choices: () => this.#view,
				view: patch => this.#patch(patch),
				onLost: () => this.#prepareHandOn(),
				onAttach: session => this.#runner.attach(session),
				handlers: {
					onMessage: message => this.#runner.onMessage(message),
					onUsage: () => this.#runner.onUsage(),
					onHook: async call => {
						await this.#recordBefore(call.toolName, call.input);
						return this.#gate.onHook(call);
					},
					onPermission: request => this.#gate.onPermission(permissionCall(request), request.signal),
					onGarbage: line => this.#deps.log.debug(`The CLI wrote a line that is not JSON (${line.length} characters)`),
					onExit: exit => {
						this.#gate.dispose();
						this.#runner.onExit(exit);
					},
				},
			},
			start,
		);
	}

	/** The CLI deletes old transcripts by itself. Ours is complete, so its text is handed on to a new session. */
	async #prepareHandOn(): Promise<void> {
		const past = (await this.history.all()).filter(item => item.kind === 'user' || item.kind === 'text').slice(0, -1);
		this.#handOn = conversationMarkdown(this.#view.title, past).slice(-handOnLimit);
		this.#items.add(
			notice(this.#deps.clock.now(), {
				level: 'warning',
				code: 'session-missing',
				text: 'Claude no longer has its own record of this conversation. A new session was given the text of what came before.',
			}),
		);
	}

	#content(item: UserItem): ReturnType<typeof promptContent> {
		const handOn = this.#handOn;
		this.#handOn = null;
		const content = promptContent(item.text, item.attachments);
		if (handOn === null) return content;
		const before = { type: 'text' as const, text: `<earlier_conversation>\n${handOn}\n</earlier_conversation>` };
		return [before, ...(typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content)];
	}

	async #recordBefore(tool: string, input: Readonly<Record<string, unknown>>): Promise<void> {
		const file = changedFile(tool, input);
		const execution = this.execution;
		if (file === undefined || execution === undefined) return;
		await this.#deps.changes.beforeTool(execution, file).catch(error => this.#deps.log.warn(errorText(error)));
	}

	#showCost(cost: NanoDollars | null, basis: CostBasis | null): void {
		if (cost === null && basis === null) return;
		this.#patch({ cost: (this.#paid ?? 0) + (cost ?? 0), basis });
	}

	#turnEnded(): void {
		this.#deps.onUse(this.id, false);
		this.#paid = this.#view.cost;
		this.#pendingApprovals = 0;
		this.#patch({ status: 'idle' });
		this.#holder.showContext();
		queueMicrotask(() => this.#sendNext());
	}

	#sendNext(): void {
		if (this.isBusy || this.isDisposed) return;
		const next = this.#items.items.find(item => item.kind === 'user' && item.state === 'queued');
		if (next?.kind !== 'user') return;
		// It moves to the end: what it answers to is everything above it.
		this.#items.remove(next.id);
		const sent: UserItem = { ...next, id: newId<ItemId>(), at: this.#deps.clock.now(), state: 'sent' };
		this.#items.add(sent);
		void this.#run(sent);
	}

	#callOrigin(toolUse: string): CallOrigin {
		return {
			conversation: this.id,
			asker: this.#view.title,
			execution: this.execution ?? null,
			step: asId<StepId>(toolUse),
		};
	}

	#origin(trigger: TurnOrigin['trigger'], title: string): TurnOrigin {
		const { provider, model } = this.#view;
		const known = model === 'default' ? null : model;
		return { conversation: this.id, project: this.#project, provider, model: known, title, trigger };
	}

	#saveOptions(): void {
		const { model, mode, effort } = this.#view;
		const options = JSON.stringify({ model, mode, effort });
		this.#deps.append({ type: 'conversation.changed', conversation: this.id, options });
	}

	#patch(patch: Partial<ConversationView>): void {
		this.#view = { ...this.#view, ...patch };
		this.#items.patchView(patch);
	}
}
