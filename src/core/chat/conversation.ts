import { ExpectedError, errorText } from '../base/errors';
import { asId, newId, type ConversationId, type ExecutionId, type ItemId, type StepId } from '../base/ids';
import { Owner } from '../base/lifecycle';
import type { CostBasis, NanoDollars } from '../base/money';
import { familyOfModel, type AgentSession } from './agentSession';
import { AnsweringModel } from './answeringModel';
import { ApprovalRows } from './approvalRows';
import {
	budgetError,
	emptyView,
	handOnText,
	checkMode,
	choiceOf,
	goOnPrompt,
	handOnNotice,
	infoFor,
	optionsText,
	restoredText,
	turnOrigin,
	untitled,
	type ConversationRecord,
	type KnownInfo,
	type SessionPlan,
} from './conversationParts';
import { askSession, newHolder } from './conversationSession';
import type { CallOrigin, ConversationDeps, ConversationGate } from './deps';
import { detailsOf } from './details';
import { forkPoint } from './forkPoint';
import { History } from './history';
import { ItemStore, type StoredItem } from './itemStore';
import type { AttachmentView, ConversationView, Effort, PermissionMode, UserItem } from './items';
import { notice } from './notices';
import { Preamble } from './preamble';
import { titleFromPrompt } from './prompt';
import { PromptQueue } from './promptQueue';
import type { ChatSnapshot, RestorePreview, SessionDetails } from './protocol';
import { restorePreview } from './review/restore';
import type { SessionHolder } from './sessionHolder';
import { visibleDirections } from '../safety/visible';
import { readOnlyPatch } from './stored';
import type { TurnOrigin, TurnStatus } from './turn';
import { TurnRunner } from './turnRunner';

/** One conversation: its rows, its queue, its session and its turns. */
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
	readonly #preamble: Preamble;
	readonly #model: AnsweringModel;
	#view: ConversationView;
	/** What earlier turns cost. */
	#paid: NanoDollars | null;
	/** Whether the ledger knows the conversation; a new one is told with its first message. */
	#isDeclared: boolean;

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
		const parts = { conversation: this.id, deps, items: this.#items, runner: this.#runner };
		this.#preamble = new Preamble(this.id, this.project, deps, note => !this.isDisposed && this.#runner.tell(note));
		this.#model = new AnsweringModel({ ...parts, view: patch => this.#patch(patch) }, record.model);
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
		const { plan, handOn } = forkPoint(this.#view.title, before, this.#holder.plan);
		await this.#holder.restart(plan);
		for (const row of rows) if (row.order >= order) this.#items.remove(row.item.id);
		this.#preamble.handOn(handOn);
		this.send(text, item.attachments);
	}

	/** Gives the next prompt the text of what came before, because the CLI's session does not have it. */
	handOn(text: string): void {
		this.#preamble.handOn(text);
	}

	/** Stops the running turn, also one whose CLI is still starting. Queued prompts stay. */
	async stop(): Promise<void> {
		if (!this.isBusy) return;
		this.#runner.markInterrupting();
		this.#patch({ activity: 'Stopping' });
		if (!this.#holder.live) return this.#runner.stopBeforeStart();
		await this.#holder.interrupt();
	}

	/** Ends the process and keeps the conversation: the next prompt resumes it. */
	closeSession(): Promise<void> {
		return this.#holder.close();
	}

	rename(title: string): void {
		const trimmed = visibleDirections(title.trim());
		if (trimmed === '') throw new ExpectedError('empty-title', 'A conversation needs a title.');
		this.declare();
		this.#patch({ title: trimmed });
		this.#deps.append({ type: 'conversation.changed', conversation: this.id, title: trimmed });
		this.#holder.live?.rename(trimmed).catch(error => this.#deps.log.debug(errorText(error)));
	}

	/** Takes another model; one of another family is given the text of what came before with the next prompt. */
	async setModel(model: string): Promise<void> {
		await this.#holder.setModel(model);
		this.#choose(choiceOf(this.#view, model, this.#deps.knownInfo()));
		this.#model.choose(model);
	}

	async setMode(mode: PermissionMode): Promise<void> {
		checkMode(this.#view.model, mode);
		await this.#holder.setMode(mode);
		this.#choose({ mode });
	}

	async setEffort(effort: Effort): Promise<void> {
		await this.#holder.live?.setEffort(effort === 'default' ? undefined : effort);
		this.#choose({ effort });
	}

	/** Models and commands that some session has named. */
	setInfo(info: KnownInfo): void {
		this.#patch(infoFor(this.#view.model, info));
	}

	/** What the live session says of its context, limits and servers; `null` while none runs. */
	async details(): Promise<SessionDetails | null> {
		return this.#holder.live ? detailsOf(this.#holder.live) : null;
	}

	/** Puts files back to what they were before a message, or says what that would change. */
	async restoreFiles(id: ItemId, isDryRun: boolean): Promise<RestorePreview> {
		if (this.isBusy) throw new ExpectedError('busy', 'Stop the running turn before you restore files.');
		await this.history.all();
		const preview = await restorePreview(id, isDryRun, this.#items.items, this.#deps, async () =>
			this.#holder.ensure(await this.#deps.remainingBudget()),
		);
		if (!isDryRun && preview.canRestore) this.#items.add(notice(this.#deps.clock.now(), restoredText(preview.files)));
		return preview;
	}

	/** Goes on from where the last turn broke off, where the session can. */
	async goOn(): Promise<void> {
		if (this.isBusy || this.#view.readOnly !== null) return;
		if (familyOfModel(this.#model.current) === 'cli') return void this.send(goOnPrompt, []);
		await this.#runTurn('Gone on', null, session => {
			// A session that was begun afresh has nothing to go on from but the text that it is given.
			if (!this.#preamble.hasHandOn && session.goOn) session.goOn();
			else this.#say(session, goOnPrompt, [], newId<ItemId>());
		});
	}

	#run(item: UserItem): Promise<void> {
		const title = item.text.split('\n', 1)[0] || 'Image';
		return this.#runTurn(title, item, session => this.#say(session, item.text, item.attachments, item.id));
	}

	#say(session: AgentSession, text: string, attachments: readonly AttachmentView[], id: ItemId): void {
		session.send(this.#preamble.content(text, attachments), id);
	}

	async #runTurn(title: string, item: UserItem | null, ask: (session: AgentSession) => void): Promise<void> {
		const turn = this.#runner.begin(this.#origin('user', title));
		const isLive = this.#holder.live !== undefined;
		this.#patch({ status: isLive ? 'running' : 'starting', activity: isLive ? null : 'Starting' });
		try {
			const remaining = await this.#deps.remainingBudget();
			if (remaining !== null && remaining <= 0) throw budgetError(await this.#deps.budgetText());
			if (item) await this.#model.route(item);
			if (item) await this.#preamble.prepare(item.text);
			const [deps, runner, holder] = [this.#deps, this.#runner, this.#holder];
			await askSession({ deps, runner, holder, view: patch => this.#patch(patch) }, { turn, remaining, isLive, ask });
		} catch (error) {
			if (this.#runner.turn === turn) this.#runner.fail(error);
		}
	}

	#newRunner(): TurnRunner {
		return new TurnRunner(
			this.#deps,
			this.#items,
			{
				toolEnded: toolUse => this.#gate.onResult(toolUse),
				origin: (trigger, title) => this.#origin(trigger, title),
				view: patch => this.#patch(patch),
				turnBegan: () => this.#deps.onUse(this.id, true),
				turnEnded: status => this.#turnEnded(status),
				budgetUsedUp: () => void this.#holder.close(),
				sessionChanged: session => this.#holder.remember(session),
				cost: (cost, basis) => this.#showCost(cost, basis),
			},
			this.project,
		);
	}

	#newHolder(plan: SessionPlan): SessionHolder {
		return newHolder(
			{
				id: this.id,
				cwd: this.project,
				deps: this.#deps,
				runner: this.#runner,
				gate: this.#gate,
				choices: () => ({ ...this.#view, model: this.#model.current }),
				origin: toolUse => this.#callOrigin(toolUse),
				view: patch => this.#patch(patch),
				onLost: why => this.#prepareHandOn(why),
				onPlan: next => this.#savePlan(next),
			},
			plan,
		);
	}

	/**
	 * The CLI deletes old transcripts by itself, and another family of models has none of this conversation. Ours is
	 * complete, so its text is handed on to a new session.
	 */
	async #prepareHandOn(why: 'missing' | 'switched'): Promise<void> {
		const past = (await this.history.all()).slice(0, -1);
		if (past.length === 0) return;
		this.handOn(handOnText(this.#view.title, past));
		this.#runner.tell(handOnNotice(why, this.#model.current));
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
		if (status === 'succeeded') this.#preamble.learnFrom(this.#items.items);
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
		const patch = readOnlyPatch(this.#view, readOnly, this.#items.items);
		if (patch) this.#patch(patch);
		this.#holdQueue(readOnly === null && this.#queue.next !== undefined);
	}

	#callOrigin(toolUse: string): CallOrigin {
		const { id, execution = null } = this;
		return { conversation: id, asker: this.#view.title, execution, step: asId<StepId>(toolUse) };
	}

	#origin(trigger: TurnOrigin['trigger'], title: string): TurnOrigin {
		return turnOrigin(this.#view, this.project, trigger, title);
	}

	#choose(choice: Partial<ConversationView>): void {
		this.#patch(choice);
		this.#savePlan(this.#holder.plan);
	}

	#savePlan(plan: SessionPlan): void {
		if (!this.#isDeclared) return;
		const session = plan.kind === 'resume' ? plan.id : null;
		const options = optionsText(this.#view, plan);
		const { provider } = this.#view;
		this.#deps.append({ type: 'conversation.changed', conversation: this.id, session, options, provider });
	}

	#patch(patch: Partial<ConversationView>): void {
		this.#view = { ...this.#view, ...patch };
		this.#items.patchView(patch);
	}
}
