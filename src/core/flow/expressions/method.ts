import type { Json } from '../../base/json';
import type { Budget } from './budget';
import { Lambda, isList, kindOf, typeError, type Argument, type Value } from './values';

/** A function of texts, lists or numbers. `signature` is what completion shows. */
export interface Method {
	readonly signature: string;
	readonly does: string;
	readonly returns: 'text' | 'number' | 'boolean' | 'list' | 'item' | 'any';
}

export interface KnownMethod<Target> extends Method {
	readonly run: (target: Target, args: Arguments, budget: Budget) => Value;
}

/** Reads the arguments of one call. */
export class Arguments {
	readonly #all: readonly Argument[];
	readonly #name: string;

	constructor(all: readonly Argument[], name: string) {
		this.#all = all;
		this.#name = name;
	}

	get count(): number {
		return this.#all.length;
	}

	value(index: number): Value {
		const value = this.#all[index];
		if (value instanceof Lambda) throw typeError(`\`${this.#name}\` takes no function there.`);
		return value;
	}

	values(): readonly Value[] {
		return this.#all.map((_, index) => this.value(index));
	}

	text(index: number): string {
		const value = this.value(index);
		if (typeof value !== 'string') throw typeError(`\`${this.#name}\` needs a text, not ${kindOf(value)}.`);
		return value;
	}

	maybeText(index: number): string | undefined {
		return this.value(index) === undefined ? undefined : this.text(index);
	}

	number(index: number): number {
		const value = this.value(index);
		const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
		if (typeof number !== 'number' || Number.isNaN(number)) {
			throw typeError(`\`${this.#name}\` needs a number, not ${kindOf(value)}.`);
		}
		return number;
	}

	maybeNumber(index: number): number | undefined {
		return this.value(index) === undefined ? undefined : this.number(index);
	}

	list(index: number): readonly Json[] {
		const value = this.value(index);
		if (!isList(value)) throw typeError(`\`${this.#name}\` needs a list, not ${kindOf(value)}.`);
		return value;
	}

	lambda(index: number): Lambda {
		const value = this.#all[index];
		if (!(value instanceof Lambda)) throw typeError(`\`${this.#name}\` needs a function: \`item => …\`.`);
		return value;
	}

	maybeLambda(index: number): Lambda | undefined {
		return this.#all[index] === undefined ? undefined : this.lambda(index);
	}
}

/** Makes a table whose rows are short to write. */
export function methodTable<Target>(
	methods: Readonly<
		Record<
			string,
			readonly [signature: string, does: string, returns: Method['returns'], run: KnownMethod<Target>['run']]
		>
	>,
): ReadonlyMap<string, KnownMethod<Target>> {
	return new Map(
		Object.entries(methods).map(([name, [signature, does, returns, run]]) => [name, { signature, does, returns, run }]),
	);
}
