import { CancelledError, ExpectedError, errorText } from '../base/errors';
import { Emitter } from '../base/event';
import { Owner, toDisposable } from '../base/lifecycle';
import { oneLine } from '../ledger/views/viewNode';
import { parseModelRef, type ModelMessage, type Provider } from '../providers/provider';
import { recordAnswer, type AnswerRun, type RecordPorts, type Used } from '../providers/recorded';
import type { QuickAsk, QuickTurn } from './topics/quickChat';

/** So much of an exchange is kept, and given to the model. */
const mostTurns = 40;
const longestAnswer = 60_000;

export interface QuickChatPorts extends RecordPorts {
	/** Rejects with a sentence when there is no such provider. */
	provider(id: string): Promise<Provider>;
	/** Rejects when the budgets leave nothing. */
	checkBudget(): Promise<void>;
	readonly project: string | null;
}

/** A short exchange with a model, without tools. It lives as long as the window; what it costs is in the ledger. */
export class QuickChat extends Owner {
	readonly #ports: QuickChatPorts;
	readonly #changed = this.own(new Emitter<void>());
	readonly onDidChange = this.#changed.event;
	#turns: readonly QuickTurn[] = [];
	#running: AbortController | undefined;

	constructor(ports: QuickChatPorts) {
		super();
		this.#ports = ports;
		this.own(toDisposable(() => this.stop()));
	}

	get turns(): readonly QuickTurn[] {
		return this.#turns;
	}

	get isBusy(): boolean {
		return this.#running !== undefined;
	}

	stop(): void {
		this.#running?.abort();
	}

	clear(): void {
		this.stop();
		// What still comes of it belongs to nobody.
		this.#running = undefined;
		this.#set([]);
	}

	/** Asks, and resolves when the answer is whole or has failed, which its turn says. */
	async ask({ model, text, system }: QuickAsk): Promise<void> {
		if (this.isBusy) throw new ExpectedError('busy', 'An answer is on its way: stop it, or wait for its end.');
		if (text.trim() === '') throw new ExpectedError('empty', 'Write what you want to ask.');
		const running = (this.#running = new AbortController());
		const before = this.#turns;
		const asked: QuickTurn = { who: 'user', text, state: 'done', error: null };
		const show = (answer: Omit<QuickTurn, 'who'>): void => {
			if (this.#running === running) this.#set([...before, asked, { who: 'model', ...answer }]);
		};
		let answer = '';
		show({ text: answer, state: 'streaming', error: null });
		try {
			await this.#ports.checkBudget();
			const ref = parseModelRef(model);
			const provider = await this.#ports.provider(ref.provider);
			const messages = messagesOf(system, [...before, asked]);
			const { signal } = running;
			const read = async (): Promise<Used> => {
				for await (const event of provider.stream({ model: ref.model, messages, signal })) {
					if (event.type === 'text') {
						answer = `${answer}${event.text}`.slice(0, longestAnswer);
						show({ text: answer, state: 'streaming', error: null });
					}
					if (event.type === 'end') return event;
				}
				throw new ExpectedError('cut-off', 'The answer ended before it was complete.');
			};
			await recordAnswer(this.#ports, this.#run(text, ref), read, signal);
			show({ text: answer, state: 'done', error: null });
		} catch (error) {
			const isStopped = running.signal.aborted || error instanceof CancelledError;
			show({ text: answer, state: isStopped ? 'stopped' : 'failed', error: isStopped ? null : errorText(error) });
		} finally {
			if (this.#running === running) {
				this.#running = undefined;
				this.#changed.fire();
			}
		}
	}

	#run(text: string, ref: AnswerRun['ref']): AnswerRun {
		const { project } = this.#ports;
		const title = oneLine(text, 80);
		return { kind: 'chat', title, trigger: 'user', agent: 'quick chat', project, conversation: null, ref };
	}

	#set(turns: readonly QuickTurn[]): void {
		this.#turns = turns.slice(-mostTurns);
		this.#changed.fire();
	}
}

function messagesOf(system: string, turns: readonly QuickTurn[]): readonly ModelMessage[] {
	const said = turns.flatMap((turn): readonly ModelMessage[] => {
		if (turn.who === 'user') return [{ role: 'user', parts: [{ type: 'text', text: turn.text }] }];
		// What failed before its first word is nothing that the model said.
		return turn.text === '' ? [] : [{ role: 'assistant', text: turn.text, thinking: '', toolCalls: [] }];
	});
	return system.trim() === '' ? said : [{ role: 'system', text: system }, ...said];
}
