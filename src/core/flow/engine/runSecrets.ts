import type { Json } from '../../base/json';

/** Shorter ones would be found in everything. */
const shortest = 6;
const mark = /«secret:([^»]+)»/gu;

/**
 * Values of secrets that a run was given. What the run tells, keeps or caches names them instead: `«secret:NAME»`. A
 * resumed run puts the values back.
 */
export class RunSecrets {
	readonly #values = new Map<string, string>();
	#spellings: { readonly text: string; readonly name: string }[] = [];

	/** Takes a value that must not be seen. */
	add(name: string, value: string): void {
		if (value.length < shortest || this.#values.get(name) === value) return;
		this.#values.set(name, value);
		// As it stands, as part of JSON, and as part of a text that quotes JSON.
		const once = JSON.stringify(value).slice(1, -1);
		const twice = JSON.stringify(once).slice(1, -1);
		for (const text of new Set([twice, once, value])) this.#spellings.push({ text, name });
		// The longest first: one secret may be part of another.
		this.#spellings = this.#spellings.toSorted((left, right) => right.text.length - left.text.length);
	}

	get names(): readonly string[] {
		return [...this.#values.keys()];
	}

	hide(text: string): string {
		let hidden = text;
		for (const { text: secret, name } of this.#spellings) {
			if (hidden.includes(secret)) hidden = hidden.replaceAll(secret, `«secret:${name}»`);
		}
		return hidden;
	}

	/** The same for a value; what holds none is given back as it is. */
	hideIn<T>(value: T): T {
		if (this.#values.size === 0) return value;
		const text = JSON.stringify(value);
		const hidden = this.hide(text);
		return hidden === text ? value : (JSON.parse(hidden) as T);
	}

	holds(value: unknown): boolean {
		return this.#values.size > 0 && this.hideIn(value) !== value;
	}

	/** Puts values back where their names stand. A name without a value stays. */
	restore(value: Json): Json {
		const text = JSON.stringify(value);
		if (!text.includes('«secret:')) return value;
		const restored = text.replace(mark, (whole, name: string) => {
			const secret = this.#values.get(name);
			return secret === undefined ? whole : JSON.stringify(secret).slice(1, -1);
		});
		return JSON.parse(restored) as Json;
	}
}
