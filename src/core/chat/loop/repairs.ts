import { ExpectedError } from '../../base/errors';
import type { ModelToolCall } from '../../providers/provider';
import { goOnAction } from './limits';

/** The same wrong call, so many times, is no mistake that another try mends. */
const mostSame = 3;
/** Responses in a row with nothing but wrong calls. */
const mostInARow = 5;
const mostInATurn = 25;
/** The same right call with the same result, so many times in a row. */
const mostRepeats = 8;

/** Watches a turn for a model that is stuck. Each method throws when the turn should end. */
export class RepairGuard {
	readonly #wrong = new Map<string, number>();
	#total = 0;
	#row = 0;
	#last = '';
	#repeats = 0;

	/** Takes what became of the calls of one response. */
	look(
		calls: readonly { readonly call: ModelToolCall; readonly isWrong: boolean; readonly result: string }[],
		model: string,
	): void {
		for (const { call, isWrong } of calls) {
			if (!isWrong) continue;
			const key = `${call.name}\n${call.rawInput}`;
			const same = (this.#wrong.get(key) ?? 0) + 1;
			this.#wrong.set(key, same);
			this.#total++;
			if (same >= mostSame)
				throw stuck(`${model} made the same wrong call of ${short(call.name)} ${same} times, so the turn was ended.`);
		}
		if (this.#total >= mostInATurn)
			throw stuck(`${model} made ${this.#total} wrong tool calls in this turn, so it was ended.`);
		this.#row = calls.length > 0 && calls.every(({ isWrong }) => isWrong) ? this.#row + 1 : 0;
		if (this.#row >= mostInARow)
			throw stuck(`${model} called tools wrongly ${this.#row} times in a row, so the turn was ended.`);
		this.#lookForRepeats(calls, model);
	}

	#lookForRepeats(calls: readonly { readonly call: ModelToolCall; readonly result: string }[], model: string): void {
		const key = JSON.stringify(calls.map(({ call, result }) => [call.name, call.rawInput, result]));
		this.#repeats = key === this.#last ? this.#repeats + 1 : 1;
		this.#last = key;
		if (this.#repeats >= mostRepeats)
			throw stuck(
				`${model} made the same call of ${short(calls[0]?.call.name ?? '')} ${this.#repeats} times with the same result, so the turn was ended.`,
			);
	}
}

function short(name: string): string {
	return `“${name.length > 60 ? `${name.slice(0, 59)}…` : name}”`;
}

function stuck(text: string): ExpectedError<'stuck'> {
	return new ExpectedError('stuck', `${text} Say it in another way, or choose a model that is better with tools.`, {
		actions: [goOnAction],
	});
}
