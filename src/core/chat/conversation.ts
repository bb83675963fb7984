import { ExpectedError, errorText } from '../base/errors';
import { asId, type ConversationId, type ExecutionId, type ItemId, type StepId } from '../base/ids';
import { Owner } from '../base/lifecycle';
import type { CostBasis, NanoDollars } from '../base/money';
import { ApprovalRows } from './approvalRows';
import {
	budgetError,
	emptyView,
	handOnText,
	lostNotice,
	optionsText,
	permissionCall,
	restoredText,
	untitled,
	type ConversationRecord,
	type KnownInfo,
	type SessionPlan,
} from './conversationParts';
import type { CallOrigin, ConversationDeps, ConversationGate } from './deps';
import { detailsOf } from './details';
import { History } from './history';
import { ItemStore, type StoredItem } from './itemStore';
import type { AttachmentView, ConversationView, Effort, PermissionMode, UserItem } from './items';
import { notice } from './notices';
import { promptContent, titleFromPrompt } from './prompt';
import { PromptQueue } from './promptQueue';
import type { ChatSnapshot, RestorePreview, SessionDetails } from './protocol';
import { SessionHolder } from './sessionHolder';
import type { TurnOrigin, TurnStatus } from './turn';
import { TurnRunner } from './turnRunner';

/** One conversation with Claude: its rows, its queue, its session and its turns. */
export class Conversation extends Owner {
	readonly id: ConversationId;
	readonly onDidChange: ItemStore['onDidChange'];
	readonly history: History;
	readonly project: string;
	readonly approvals: ApprovalRows;
	readonly #deps: ConversationDeps;
	readonly #items: ItemStore;
	readonly #queue: PromptQueue;
	readonly #runner: TurnRunner;
	readonly #holder: SessionHolder;
	readonly #gate: ConversationGate;
	#view: ConversationView;
	/** What earlier turns cost. */
	#paid: NanoDollars | null;
	/** Whether the ledger knows the conversation; a new one is told with its first message. */
	#isDeclared: boolean;
	/** Sent before the next prompt, when the CLI does not have what came before. */
	#handOn: string | null = null;

	constructor(record: ConversationRecord, deps: ConversationDeps, isDeclared: boolean) {
		super();
		this.id = record.id;
		this.project = record.project;
		this.#deps = deps;
		this.#paid = record.cost;
		this.#isDeclared = isDeclared;
		this.#items = this.own(new ItemStore(record.id, deps.append, deps.clock));
		this.onDidChange = this.#items.onDidChange;
		this.history = new History(record.id, this.#items, deps.ledger);
		this.#queue = new PromptQueue(this.#items, deps.clock);
		this.#view = emptyView(record, deps.knownInfo());
		this.#gate = this.own(
			deps.newGate({
				cwd: record.project,
				origin: toolUse => this.#callOrigin(toolUse),
				turnStartedAt: () => this.#runner.turn?.startedAt ?? deps.clock.now(),
			}),
		);
		this.#runner = this.#newRunner();
		this.approvals = new ApprovalRows(this.#runner, patch => this.#patch(patch));
		this.#holder = this.own(this.#newHolder(record.plan));
	}

	get view(): ConversationView {
		return this.#view;
	}

	/** How its next session begins, to fork or to hand to a copy. */
	get plan(): SessionPlan {
		return this.#holder.plan;
	}

	get isBusy(): boolean {
		return this.#runner.turn !== undefined;
	}

	get execution(): ExecutionId | undefined {
		return this.#runner.turn?.execution;
	}

	/**
	 * Takes the rows that the journal has.
	 * @param readOnly set when another window runs its turn; else rows that a killed window left unfinished are settled
	 */
	load(rows: readonly StoredItem[], earlier: number, readOnly: string | null = null): void {
		this.#items.load(rows, earlier);
		this.#settle(readOnly);
		this.#items.flush();
	}

	/** Takes what another window has changed meanwhile. */
	refresh(rows: readonly StoredItem[], earlier: number, readOnly: string | null): void {
		if (this.isBusy) return;
		this.#items.sync(rows, earlier);
		this.#settle(readOnly);
	}

	/** How many rows there are, those in the journal alone included. */
	get rowCount(): number {
		return this.#items.earlier + this.#items.size;
	}

	/** The newest rows and everything else a page needs. */
	snapshot(count: number): Pick<ChatSnapshot, 'conversation' | 'items' | 'earlier' | 'sequence'> {
		return { conversation: this.#view, ...this.history.newest(count) };
	}

	stored(): readonly StoredItem[] {
		return this.#items.stored();
	}

	/** Tells the ledger of the conversation, once. */
	declare(): void {
		if (this.#isDeclared) return;
		this.#isDeclared = true;
		const { title, provider } = this.#view;
		const project = this.project;
		this.#deps.append({ type: 'conversation.changed', conversation: this.id, title, project, provider });
		this.#savePlan(this.#holder.plan);
	}

	/** Sends a prompt, or queues it while a turn runs. Returns its row. */
	send(text: string, attachments: readonly AttachmentView[]): ItemId {
		if (this.#view.readOnly !== null) throw new ExpectedError('read-only', this.#view.readOnly);
		this.declare();
		const item = this.#queue.add(text, attachments, this.isBusy ? 'queued' : 'sent');
		if (this.#view.title === untitled && text.trim() !== '') this.rename(titleFromPrompt(text));
		if (item.state === 'sent') void this.#run(item);
		return item.id;
	}

	/** Changes a queued prompt; `null` drops it. */
	editQueued(id: ItemId, text: string | null): void {
		this.#queue.edit(id, text);
		if (this.#queue.next === undefined) this.#holdQueue(false);
	}

	/** Sends what a turn that failed or was stopped left in the queue. */
	sendQueued(): void {
		this.#holdQueue(false);
		this.#sendNext();
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
		const before = rows.filter(row => row.order < order);
		const turn = before.findLast(row => row.item.kind === 'turn')?.item;
		const at = turn?.kind === 'turn' ? turn.lastMessage : null;
		const { plan } = this.#holder;
		const canFork = plan.kind === 'resume' && at !== null;
		await this.#holder.restart(canFork ? { kind: 'fork', from: plan.id, at } : { kind: 'new' });
		for (const row of rows) if (row.order >= order) this.#items.remove(row.item.id);
		if (!canFork && before.length > 0)
			this.handOn(
				handOnText(
					this.#view.title,
					before.map(row => row.item),
				),
			);
		this.send(text, item.attachments);
	}

	/** Gives the next prompt the text of what came before, because the CLI's session does not have it. */
	handOn(text: string): void {
		this.#handOn = text;
	}

	/** Stops the running turn, also one whose CLI is still starting. Queued prompts stay. */
	async stop(): Promise<void> {
		if (!this.isBusy) return;
		this.#runner.markInterrupting();
		this.#patch({ activity: 'Stopping' });
		const session = this.#holder.live;
		if (!session) return this.#runner.stopBeforeStart();
		try {
			await session.interrupt();
		} catch (error) {
			this.#deps.log.warn(`interrupt failed, ending the process: ${errorText(error)}`);
			await this.#holder.close();
		}
	}

	/** Ends the process and keeps the conversation: the next prompt resumes it. */
	closeSession(): Promise<void> {
		return this.#holder.close();
	}

	rename(title: string): void {
		const trimmed = title.trim();
		if (trimmed === '') throw new ExpectedError('empty-title', 'A conversation needs a title.');
		this.declare();
		this.#patch({ title: trimmed });
		this.#deps.append({ type: 'conversation.changed', conversation: this.id, title: trimmed });
		this.#holder.live?.rename(trimmed).catch(error => this.#deps.log.debug(errorText(error)));
	}

	async setModel(model: string): Promise<void> {
		await this.#holder.live?.setModel(model === 'default' ? undefined : model);
		this.#choose({ model });
	}

	async setMode(mode: PermissionMode): Promise<void> {
		await this.#holder.live?.setMode(mode);
		this.#choose({ mode });
	}

	async setEffort(effort: Effort): Promise<void> {
		await this.#holder.live?.setEffort(effort === 'default' ? undefined : effort);
		this.#choose({ effort });
	}

	/** Models and commands that some session has named. */
	setInfo(info: KnownInfo): void {
		this.#patch(info);
	}

	/** What the live session says of its context, limits and servers; `null` while none runs. */
	async details(): Promise<SessionDetails | null> {
		const session = this.#holder.live;
		return session ? detailsOf(session) : null;
	}

	/** Puts files back to what they were before a message, or says what that would change. */
	async restoreFiles(id: ItemId, isDryRun: boolean): Promise<RestorePreview> {
		if (this.isBusy) throw new ExpectedError('busy', 'Stop the running turn before you restore files.');
		const session = await this.#holder.ensure(await this.#deps.remainingBudget());
		const result = await session.rewindFiles(id, isDryRun);
		if (!isDryRun && result.canRewind)
			this.#items.add(notice(this.#deps.clock.now(), restoredText(result.filesChanged)));
		const { canRewind, error, filesChanged, insertions, deletions } = result;
		return { canRestore: canRewind, reason: error, files: filesChanged, insertions, deletions };
	}

	async #run(item: UserItem): Promise<void> {
		const turn = this.#runner.begin(this.#origin('user', item.text.split('\n', 1)[0] || 'Image'));
		const isLive = this.#holder.live !== undefined;
		this.#patch({ status: isLive ? 'running' : 'starting', activity: isLive ? null : 'Starting Claude' });
		try {
			const remaining = await this.#deps.remainingBudget();
			if (remaining !== null && remaining <= 0) throw budgetError();
			const session = await this.#holder.ensure(remaining);
			// The prompt is on disk before the model reads it.
			await this.#deps.settled();
			if (this.#runner.turn !== turn) return;
			this.#patch({ status: 'running', activity: 'Waiting for the model' });
			session.costs.begin();
			session.send(promptContent(item.text, item.attachments, this.#handOn), item.id);
			this.#handOn = null;
		} catch (error) {
			if (this.#runner.turn === turn) this.#runner.fail(error);
		}
	}

	#newRunner(): TurnRunner {
		return new TurnRunner(this.#deps, this.#items, {
			toolEnded: toolUse => this.#gate.onResult(toolUse),
			origin: (trigger, title) => this.#origin(trigger, title),
			view: patch => this.#patch(patch),
			turnBegan: () => this.#deps.onUse(this.id, true),
			turnEnded: status => this.#turnEnded(status),
			budgetUsedUp: () => void this.#holder.close(),
			sessionChanged: session => this.#holder.remember(session),
			cost: (cost, basis) => this.#showCost(cost, basis),
		});
	}

	#newHolder(plan: SessionPlan): SessionHolder {
		return new SessionHolder(
			{
				deps: this.#deps,
				conversation: this.id,
				cwd: this.project,
				choices: () => this.#view,
				view: patch => this.#patch(patch),
				onLost: () => this.#prepareHandOn(),
				onAttach: session => this.#runner.attach(session),
				onPlan: next => this.#savePlan(next),
				handlers: {
					onMessage: message => this.#runner.onMessage(message),
					onUsage: () => this.#runner.onUsage(),
					onHook: async call => {
						await this.#runner.beforeTool(call.toolName, call.input);
						return this.#gate.onHook(call);
					},
					onPermission: async request => {
						const verdict = await this.#gate.onPermission(permissionCall(request), request.signal);
						// Who allowed what is on disk before the tool runs.
						await this.#deps.settled();
						return verdict;
					},
					onGarbage: line => this.#deps.log.debug(`The CLI wrote a line that is not JSON (${line.length} characters)`),
					onExit: exit => {
						this.#gate.dispose();
						this.#runner.onExit(exit);
					},
				},
			},
			plan,
		);
	}

	/** The CLI deletes old transcripts by itself. Ours is complete, so its text is handed on to a new session. */
	async #prepareHandOn(): Promise<void> {
		const past = (await this.history.all()).slice(0, -1);
		this.handOn(handOnText(this.#view.title, past));
		this.#items.add(notice(this.#deps.clock.now(), lostNotice));
	}

	#showCost(cost: NanoDollars | null, basis: CostBasis | null): void {
		if (cost === null && basis === null) return;
		this.#patch({ cost: (this.#paid ?? 0) + (cost ?? 0), basis });
	}

	#turnEnded(status: TurnStatus): void {
		this.#deps.onUse(this.id, false);
		this.#paid = this.#view.cost;
		this.approvals.reset();
		this.#patch({ status: status === 'failed' ? 'failed' : 'idle' });
		this.#holder.showContext();
		this.#holdQueue(status !== 'succeeded' && this.#queue.next !== undefined);
		queueMicrotask(() => this.#sendNext());
	}

	#sendNext(): void {
		if (this.isBusy || this.isDisposed || this.#queue.isHeld) return;
		const next = this.#queue.take();
		if (next) void this.#run(next);
	}

	#holdQueue(isHeld: boolean): void {
		this.#queue.isHeld = isHeld;
		if (this.#view.isQueueHeld !== isHeld) this.#patch({ isQueueHeld: isHeld });
	}

	#settle(readOnly: string | null): void {
		if (readOnly === null) this.#runner.rows.settle('stopped');
		if (this.#view.readOnly !== readOnly) this.#patch({ readOnly, status: readOnly === null ? 'idle' : 'running' });
		this.#holdQueue(readOnly === null && this.#queue.next !== undefined);
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
		return { conversation: this.id, project: this.project, provider, model: known, title, trigger };
	}

	#choose(choice: Partial<Pick<ConversationView, 'model' | 'mode' | 'effort'>>): void {
		this.#patch(choice);
		this.#savePlan(this.#holder.plan);
	}

	#savePlan(plan: SessionPlan): void {
		if (!this.#isDeclared) return;
		const session = plan.kind === 'resume' ? plan.id : null;
		const options = optionsText(this.#view, plan);
		this.#deps.append({ type: 'conversation.changed', conversation: this.id, session, options });
	}

	#patch(patch: Partial<ConversationView>): void {
		this.#view = { ...this.#view, ...patch };
		this.#items.patchView(patch);
	}
}
