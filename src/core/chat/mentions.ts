import { go, prepare } from 'fuzzysort';

/** Something that can be named after `@`. */
export interface Mentionable {
	/** What is shown and searched: a path relative to the workspace, or a symbol's name. */
	readonly label: string;
	readonly detail: string;
}

export interface Ranked<T extends Mentionable> {
	readonly candidate: T;
	/** Indexes of the label's matched characters. */
	readonly matches: readonly number[];
}

/** A list prepared once for many searches. */
export class MentionIndex<T extends Mentionable> {
	readonly #prepared: readonly { readonly candidate: T; readonly target: ReturnType<typeof prepare> }[];

	constructor(candidates: readonly T[]) {
		this.#prepared = candidates.map(candidate => ({ candidate, target: prepare(candidate.label) }));
	}

	get size(): number {
		return this.#prepared.length;
	}

	/** The best matches of `text`, best first. */
	find(text: string, limit: number): readonly Ranked<T>[] {
		const found = go(text, this.#prepared, { key: 'target', limit });
		return found.map(result => ({ candidate: result.obj.candidate, matches: [...result.indexes] }));
	}
}
