/** Reads the input of a call that fits its schema. What has another type all the same reads as absent. */
export class Args {
	readonly #input: Readonly<Record<string, unknown>>;

	constructor(input: Readonly<Record<string, unknown>>) {
		this.#input = input;
	}

	text(key: string): string {
		return this.maybeText(key) ?? '';
	}

	maybeText(key: string): string | undefined {
		const value = this.#input[key];
		return typeof value === 'string' ? value : undefined;
	}

	number(key: string, fallback: number): number {
		const value = this.#input[key];
		return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
	}

	flag(key: string): boolean {
		return this.#input[key] === true;
	}

	texts(key: string): readonly string[] {
		const value = this.#input[key];
		return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
	}

	/** A list of objects, each to be read like an input. */
	list(key: string): readonly Args[] {
		const value = this.#input[key];
		if (!Array.isArray(value)) return [];
		return value
			.filter((entry): entry is Record<string, unknown> => typeof entry === 'object' && entry !== null)
			.map(entry => new Args(entry));
	}
}

type Property = Readonly<Record<string, unknown>>;

/** A schema of exactly these arguments. */
export function argumentsSchema(
	properties: Readonly<Record<string, Property>>,
	required: readonly string[] = [],
): Readonly<Record<string, unknown>> {
	return { type: 'object', properties, required: [...required], additionalProperties: false };
}

/** A text argument. */
export function textArgument(description: string, more: Property = {}): Property {
	return { type: 'string', description, ...more };
}

/** A whole number from `minimum` to `maximum`. */
export function countArgument(description: string, minimum: number, maximum: number): Property {
	return { type: 'integer', description, minimum, maximum };
}
