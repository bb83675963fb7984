import * as vscode from 'vscode';
import type { ConversationId, MemoryId } from '../../core/base/ids';
import { Owner } from '../../core/base/lifecycle';
import type { LearnedFact } from '../../core/chat/preamble';
import type { Ledger } from '../../core/ledger/queries';
import { Learner, type Exchange } from '../../core/memory/learner';
import { Memory, type MemoryChange } from '../../core/memory/memory';
import { recall, type Recalled } from '../../core/memory/recall';
import { modelRefText, parseModelRef, type Provider } from '../../core/providers/provider';
import type { Host } from '../host/context';
import { unlinked } from '../host/unlinked';

export interface MemoryServiceDeps {
	readonly host: Host;
	readonly ledger: Ledger;
	/** A configured provider by its id; rejects where there is none, with what to do. */
	readonly provider: (id: string) => Promise<Provider>;
}

/** Memory as the host's features use it: given to prompts, learned from answers, undone from a notification. */
export class MemoryService extends Owner {
	readonly memory: Memory;
	readonly #deps: MemoryServiceDeps;
	readonly #learner: Learner;
	readonly #stopping = new AbortController();
	/** Facts that a conversation's session was given, so that it reads each once. */
	readonly #given = new Map<ConversationId, Set<MemoryId>>();
	#lastChange: MemoryChange | undefined;

	constructor(deps: MemoryServiceDeps) {
		super();
		this.#deps = deps;
		const { host, ledger } = deps;
		this.memory = this.own(new Memory({ ledger, clock: host.clock }));
		this.own(this.memory.onDidChange(change => (this.#lastChange = change)));
		this.own({ dispose: () => this.#stopping.abort() });
		this.#learner = new Learner({ memory: this.memory, log: host.log, model: () => this.#learnerModel() });
	}

	/** The last change that was made in this window. */
	get lastChange(): MemoryChange | undefined {
		return this.#lastChange;
	}

	/** What learns from conversations, as the user chose it; `null` while that is switched off. */
	get learner(): string | null {
		const { settings } = this.#deps.host;
		const model = settings.get('memory.model').trim();
		return settings.get('memory.learn') && model !== '' ? modelRefText(parseModelRef(model)) : null;
	}

	/** What the model should know before this prompt; `null` when memory is switched off or has nothing new. */
	async recall(conversation: ConversationId, project: string, prompt: string): Promise<Recalled | null> {
		const { settings } = this.#deps.host;
		if (!settings.get('memory.give')) return null;
		const given = this.#given.get(conversation) ?? new Set<MemoryId>();
		const budget = settings.get('memory.tokenBudget');
		const recalled = await recall(this.memory, { prompt, project, conversation, budget, given });
		if (!recalled) return null;
		this.#given.set(conversation, given);
		for (const { id } of recalled.facts) given.add(id);
		await this.memory.used(recalled.facts);
		return recalled;
	}

	/** A session of this conversation began afresh, or its context was cleared: it knows nothing of what it was given. */
	forgetGiven(conversation: ConversationId): void {
		this.#given.delete(conversation);
	}

	/** Learns from an exchange, where the user wants that, and shows what is new: in its conversation while that is open. */
	async learn(exchange: Exchange, show: (fact: LearnedFact) => boolean): Promise<void> {
		if (this.learner === null) return;
		const facts = await this.#learner.learn(exchange, this.#stopping.signal);
		for (const fact of facts) if (!show(fact)) void this.#show(fact.text, fact.id);
	}

	async #show(text: string, id: MemoryId): Promise<void> {
		const picked = await vscode.window.showInformationMessage(unlinked(`Remembered: ${text}`), 'Undo', 'Open Memory');
		if (picked === 'Undo') await this.memory.forget([id]);
		if (picked === 'Open Memory') await vscode.commands.executeCommand('quarterdeck.memory.open');
	}

	async #learnerModel(): Promise<{ readonly provider: Provider; readonly model: string } | null> {
		const { learner } = this;
		if (learner === null) return null;
		const { provider: id, model } = parseModelRef(learner);
		return { provider: await this.#deps.provider(id), model };
	}
}
