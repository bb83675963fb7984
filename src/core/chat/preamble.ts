import { errorText } from '../base/errors';
import type { ConversationId, MemoryId } from '../base/ids';
import type { Logger } from '../base/logger';
import type { AttachmentView, ChatItem } from './items';
import type { NoticeText } from './notices';
import { earlierText, promptContent } from './prompt';

/** A fact that was new in a conversation. */
export interface LearnedFact {
	readonly id: MemoryId;
	readonly text: string;
}

/** What the memory does for conversations. */
export interface ConversationMemory {
	/** What a model should know before it reads a prompt, each fact once a session; `null` for nothing new. */
	recall(
		conversation: ConversationId,
		project: string,
		prompt: string,
	): Promise<{ readonly text: string; readonly facts: readonly { readonly text: string }[] } | null>;
	/** The conversation's session began afresh: it knows nothing of what it was given. */
	restarted(conversation: ConversationId): void;
	/**
	 * Learns from an exchange, where the user wants that. Nobody waits for it.
	 * @param show tells the user of each new fact; `false` when the conversation is closed by then
	 */
	learn(
		exchange: {
			readonly conversation: ConversationId;
			readonly project: string;
			readonly prompt: string;
			readonly answer: string;
		},
		show: (fact: LearnedFact) => boolean,
	): void;
}

/** What a preamble needs of a conversation's surroundings. */
export interface PreambleDeps {
	/** Absent where there is no memory. */
	readonly memory?: ConversationMemory;
	readonly log: Logger;
}

/**
 * What goes before a prompt: the text of an earlier session, and what the memory knows. A memory that fails never holds
 * up a prompt.
 */
export class Preamble {
	readonly #conversation: ConversationId;
	readonly #project: string;
	readonly #deps: PreambleDeps;
	readonly #tell: (note: NoticeText) => boolean;
	/** Text of what came before, when the session does not have it. */
	#handOn: string | null = null;
	#remembered: string | null = null;

	/** @param tell shows the user what the model is given and what was learned; `false` when nobody sees it any more */
	constructor(conversation: ConversationId, project: string, deps: PreambleDeps, tell: (note: NoticeText) => boolean) {
		this.#conversation = conversation;
		this.#project = project;
		this.#deps = deps;
		this.#tell = tell;
	}

	get hasHandOn(): boolean {
		return this.#handOn !== null;
	}

	/** Gives the next prompt the text of what came before; `null` takes that back. */
	handOn(text: string | null): void {
		this.#handOn = text;
		// A session that begins afresh knows nothing of what it was given.
		if (text !== null) this.#deps.memory?.restarted(this.#conversation);
	}

	/** Looks up what fits a prompt, and tells the user what the model is given. */
	async prepare(prompt: string): Promise<void> {
		const { memory, log } = this.#deps;
		// A command must stay at the beginning of what is sent.
		if (!memory || prompt.startsWith('/')) return;
		try {
			const recalled = await memory.recall(this.#conversation, this.#project, prompt);
			if (!recalled) return;
			this.#remembered = recalled.text;
			const { length } = recalled.facts;
			this.#tell({
				level: 'info',
				code: 'memory',
				text: length === 1 ? '1 fact from memory was given.' : `${length} facts from memory were given.`,
				details: recalled.facts.map(({ text }) => text).join('\n'),
				actions: [{ title: 'Open Memory', command: 'quarterdeck.memory.open' }],
			});
		} catch (error) {
			log.warn(`The memory could not be asked: ${errorText(error)}`);
		}
	}

	/** A prompt's content with everything that goes before it, which is said once. */
	content(text: string, attachments: readonly AttachmentView[]): ReturnType<typeof promptContent> {
		const before = [this.#handOn === null ? null : earlierText(this.#handOn), this.#remembered];
		this.#handOn = null;
		this.#remembered = null;
		return promptContent(
			text,
			attachments,
			before.filter(part => part !== null),
		);
	}

	/** The turn went well: what was said in it may hold something to remember. */
	learnFrom(items: readonly ChatItem[]): void {
		const { memory } = this.#deps;
		if (!memory) return;
		const from = items.findLastIndex(item => item.kind === 'user' && item.state === 'sent');
		const asked = items[from];
		if (asked?.kind !== 'user') return;
		const answer = items
			.slice(from + 1)
			.flatMap(item => (item.kind === 'text' && item.parent === null ? [item.text] : []))
			.join('\n\n');
		const exchange = { conversation: this.#conversation, project: this.#project, prompt: asked.text, answer };
		memory.learn(exchange, fact => this.#tell(learnedText(fact)));
	}
}

function learnedText({ id, text }: LearnedFact): NoticeText {
	return {
		level: 'info',
		code: 'learned',
		text: `Remembered: ${text}`,
		actions: [
			{ title: 'Undo', command: 'quarterdeck.memory.forget', args: [id] },
			{ title: 'Open Memory', command: 'quarterdeck.memory.open' },
		],
	};
}
