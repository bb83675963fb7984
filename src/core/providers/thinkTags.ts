/** A piece of an answer, told apart. */
export interface AnswerPiece {
	readonly type: 'text' | 'thinking';
	readonly text: string;
}

const open = '<think>';
const close = '</think>';

/**
 * Takes thinking out of an answer that begins with `<think>`, as servers without a reasoning parser send it. Tags later
 * in the text are text: a model may well write about them.
 */
export class ThinkTags {
	#state: 'start' | 'inside' | 'after' = 'start';
	#held = '';

	push(text: string): AnswerPiece[] {
		if (this.#state === 'after') return [{ type: 'text', text }];
		this.#held += text;
		if (this.#state === 'start') {
			const begun = this.#held.trimStart();
			if (begun.length < open.length && open.startsWith(begun)) return [];
			if (!begun.startsWith(open)) return this.#release('text', 'after');
			this.#state = 'inside';
			this.#held = begun.slice(open.length);
		}
		const end = this.#held.indexOf(close);
		if (end >= 0) {
			const thinking = this.#held.slice(0, end);
			const rest = this.#held.slice(end + close.length).trimStart();
			this.#state = 'after';
			this.#held = '';
			return pieces(['thinking', thinking], ['text', rest]);
		}
		// The end of what is held may be the beginning of the closing tag.
		const keep = partialEnd(this.#held);
		const thinking = this.#held.slice(0, this.#held.length - keep);
		this.#held = this.#held.slice(this.#held.length - keep);
		return pieces(['thinking', thinking]);
	}

	/** What is still held when the answer has ended. */
	end(): AnswerPiece[] {
		return this.#release(this.#state === 'inside' ? 'thinking' : 'text', 'after');
	}

	#release(type: AnswerPiece['type'], next: 'after'): AnswerPiece[] {
		const text = this.#held;
		this.#held = '';
		this.#state = next;
		return pieces([type, text]);
	}
}

function partialEnd(text: string): number {
	for (let length = Math.min(close.length - 1, text.length); length > 0; length--)
		if (close.startsWith(text.slice(text.length - length))) return length;
	return 0;
}

function pieces(...all: readonly [AnswerPiece['type'], string][]): AnswerPiece[] {
	return all.filter(([, text]) => text !== '').map(([type, text]) => ({ type, text }));
}
