import type { StepId } from '../../core/base/ids';
import type { ExecutionPageContract } from '../../core/ledger/pageProtocol';
import type { Client } from '../../core/rpc/rpc';
import { failureOf } from './state';

const sliceLength = 64 * 1024;

export interface StepTextSnapshot {
	/** What was read so far; `null` before the first slice. */
	readonly text: string | null;
	readonly total: number;
	/** Why it could not be read, as a sentence. */
	readonly problem: string | null;
}

/** Reads one text of a step, a slice at a time. */
export class StepReader {
	readonly #client: Pick<Client<ExecutionPageContract>, 'call'>;
	readonly #step: StepId;
	readonly #part: 'input' | 'output';
	readonly #listeners = new Set<() => void>();
	#snapshot: StepTextSnapshot = { text: null, total: 0, problem: null };
	#isReading = false;

	constructor(client: Pick<Client<ExecutionPageContract>, 'call'>, step: StepId, part: 'input' | 'output') {
		this.#client = client;
		this.#step = step;
		this.#part = part;
	}

	readonly subscribe = (listener: () => void): (() => void) => {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	};

	readonly snapshot = (): StepTextSnapshot => this.#snapshot;

	/** Reads the next slice. */
	async more(): Promise<void> {
		if (this.#isReading) return;
		this.#isReading = true;
		const before = this.#snapshot.text ?? '';
		const at = { step: this.#step, part: this.#part, offset: before.length, length: sliceLength };
		try {
			const slice = await this.#client.call('stepText', at);
			const text = before + slice.text;
			// An empty slice is the end, whatever was promised.
			this.#publish({ text, total: slice.text === '' ? text.length : slice.total, problem: null });
		} catch (error) {
			this.#publish({ ...this.#snapshot, problem: failureOf(error).text });
		} finally {
			this.#isReading = false;
		}
	}

	#publish(snapshot: StepTextSnapshot): void {
		this.#snapshot = snapshot;
		for (const listener of this.#listeners) listener();
	}
}
