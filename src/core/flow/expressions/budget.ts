import type { Json } from '../../base/json';
import { ExpressionError } from './errors';

export interface ExpressionLimits {
	/** Operations, and values that functions look at. */
	readonly steps: number;
	/** Characters and entries of all values that are made on the way. */
	readonly size: number;
	readonly depth: number;
}

export const expressionLimits: ExpressionLimits = { steps: 1_000_000, size: 16_000_000, depth: 200 };

/** Counts what an expression costs, so that none can run for ever or fill the memory. */
export class Budget {
	readonly #limits: ExpressionLimits;
	#steps = 0;
	#size = 0;
	#depth = 0;

	constructor(limits: ExpressionLimits = expressionLimits) {
		this.#limits = limits;
	}

	step(count = 1): void {
		this.#steps += count;
		if (this.#steps > this.#limits.steps) {
			throw tooMuch(`The expression takes more than ${this.#limits.steps.toLocaleString('en')} steps.`);
		}
	}

	/** Looking through so many characters. */
	scan(characters: number): void {
		this.step(1 + Math.ceil(characters / 100));
	}

	/** Before a text or list of this length is made. */
	make(length: number): void {
		this.#size += length;
		if (!(this.#size <= this.#limits.size)) {
			throw tooMuch('The expression makes values that are too large. A JavaScript node can work on larger ones.');
		}
		this.step();
	}

	enter(): void {
		this.#depth += 1;
		if (this.#depth > this.#limits.depth) throw tooMuch('The expression is nested too deeply.');
	}

	leave(): void {
		this.#depth -= 1;
	}

	/** Counts a whole value: parts that it holds many times count many times, as they do when it is written down. */
	measure(value: Json | undefined): void {
		if (typeof value === 'string') this.make(value.length);
		else if (typeof value === 'number' && !Number.isFinite(value)) {
			throw new ExpressionError('type', `The result is ${String(value)}, which is no number that can be passed on.`);
		} else if (typeof value === 'object' && value !== null) {
			this.enter();
			if (Array.isArray(value)) {
				this.make(value.length);
				for (const part of value as readonly Json[]) this.measure(part);
			} else {
				for (const [key, part] of Object.entries(value)) {
					this.make(key.length + 1);
					this.measure(part);
				}
			}
			this.leave();
		}
	}
}

function tooMuch(message: string): ExpressionError {
	return new ExpressionError('too-much', message);
}
