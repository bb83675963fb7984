import { posix } from 'node:path';
import { unknownMark } from './words';

/** What a command reads on its standard input. */
export type Stdin =
	| { readonly kind: 'none' }
	/** Known text: a here-document or the output of `echo`. */
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'file'; readonly path: string }
	/** The output of other commands, named here. */
	| { readonly kind: 'pipe'; readonly from: readonly string[] };

/** What a line wrote to a file before it may run that. */
export interface Written {
	readonly text: string | undefined;
	readonly isFetched: boolean;
}

/** Whether a program brings data from other machines. */
export function isFetcher(name: string): boolean {
	return /(?:^|\/)(?:curl|wget|wget2|aria2c|http|https|xh|nc|ncat|netcat|socat|lynx|scp|sftp|ssh|ftp|rclone)$/u.test(
		name,
	);
}

export const noStdin: Stdin = { kind: 'none' };

const manyValues = 8;

/** What every shell knows when it starts. */
export function startValues(home: string, cwd: string): ReadonlyMap<string, readonly string[]> {
	return new Map([
		['HOME', [home]],
		['USERPROFILE', [home]],
		['IFS', [' ']],
		['TMPDIR', ['/tmp']],
		['OLDPWD', [cwd]],
	]);
}

/** Where a shell stands: its folder, its variables, its functions. All that could be true at once is kept. */
export class ShellScope {
	/** The folders the shell may be in; empty when it could be anywhere. */
	cwds: readonly string[];
	/** Whether words are split at other characters than usual: then no variable's value tells the words. */
	isSplitChanged = false;
	/** Whether programs may come from somewhere else than usual. */
	isPathChanged = false;
	readonly functions: Set<string>;
	readonly aliases = new Map<string, string>();
	/** Inside the definition of a function. */
	isFunctionBody = false;
	readonly #values: Map<string, readonly string[] | null>;
	/** Shared by all scopes of a line: a subshell writes the same files. */
	#written = new Map<string, Written>();
	#choice: ReadonlyMap<string, string> = new Map();

	constructor(
		cwds: readonly string[],
		values: ReadonlyMap<string, readonly string[] | null> = new Map(),
		functions: ReadonlySet<string> = new Set(),
	) {
		this.cwds = cwds;
		this.#values = new Map(values);
		this.functions = new Set(functions);
	}

	/** A copy for a subshell: what happens there stays there. */
	fork(): ShellScope {
		const copy = new ShellScope(this.cwds, this.#values, this.functions);
		for (const [name, line] of this.aliases) copy.aliases.set(name, line);
		copy.isFunctionBody = this.isFunctionBody;
		copy.isPathChanged = this.isPathChanged;
		copy.isSplitChanged = this.isSplitChanged;
		copy.#choice = this.#choice;
		copy.#written = this.#written;
		return copy;
	}

	/** The value of a variable in the reading that is looked at now. */
	value(name: string): string | undefined {
		if (this.isSplitChanged) return undefined;
		const chosen = this.#choice.get(name);
		if (chosen !== undefined) return chosen;
		if (name === 'PWD' && !this.#values.has('PWD')) return this.cwds.length === 1 ? this.cwds[0] : undefined;
		const values = this.#values.get(name);
		return values?.length === 1 ? values[0] : undefined;
	}

	/** Remembers that the line wrote a file; what was fetched stays fetched. */
	noteWritten(path: string, what: Written): void {
		const key = fileKey(path);
		const before = this.#written.get(key);
		if (before) this.#written.set(key, { text: undefined, isFetched: before.isFetched || what.isFetched });
		else this.#written.set(key, what);
	}

	/** What the line itself wrote to a file, if it did. */
	written(path: string): Written | undefined {
		return this.#written.get(fileKey(path));
	}

	/** Remembers one more possible value; `undefined` is a value that nobody knows. */
	assign(name: string, value: string | undefined): void {
		const known = this.#values.get(name);
		if (value === undefined || value.includes(unknownMark) || known === null) this.#values.set(name, null);
		else if (!known) this.#values.set(name, [value]);
		else if (!known.includes(value)) {
			this.#values.set(name, known.length >= manyValues ? null : [...known, value]);
		}
	}

	/** Forgets what was known of a variable and gives it these values, as `for` does. */
	bind(name: string, values: readonly string[]): void {
		const isKnown = values.length > 0 && values.length <= 32 && !values.some(value => value.includes(unknownMark));
		const before = this.#values.get(name);
		this.#values.set(name, isKnown && before !== null ? [...new Set([...(before ?? []), ...values])] : null);
	}

	/** Calls `look` for each combination of the values that the named variables may have. */
	forEachReading(names: readonly string[], look: () => void): void {
		const several = [...new Set(names)].filter(
			name => (this.#values.get(name)?.length ?? 0) > 1 && !this.#choice.has(name),
		);
		const combinations = several.reduce((count, name) => count * (this.#values.get(name)?.length ?? 1), 1);
		// Too many readings: those variables then count as not known, which is judged more strictly.
		if (several.length === 0 || combinations > 64) return look();
		const outer = this.#choice;
		const visit = (index: number, choice: ReadonlyMap<string, string>): void => {
			const name = several[index];
			if (name === undefined) {
				this.#choice = choice;
				look();
				return;
			}
			for (const value of this.#values.get(name) ?? []) visit(index + 1, new Map([...choice, [name, value]]));
		};
		visit(0, outer);
		this.#choice = outer;
	}

	/** Changes folder; when the change may fail or be skipped, the old folder stays possible. */
	changeFolder(folder: string | undefined, isCertain: boolean): void {
		if (folder === undefined || this.cwds.length === 0) {
			if (folder?.startsWith('/') || /^[a-z]:/iu.test(folder ?? '')) this.cwds = [folder ?? ''];
			else this.cwds = [];
			return;
		}
		const next = this.cwds.map(cwd =>
			posix.isAbsolute(folder) || /^[a-z]:/iu.test(folder) ? folder : `${cwd}/${folder}`,
		);
		const all = [...new Set(isCertain ? next : [...this.cwds, ...next])];
		this.cwds = all.length > manyValues ? [] : all;
	}
}

/** Files are told apart by their last name only: which folder a line is in may not be certain. */
function fileKey(path: string): string {
	return path.slice(path.lastIndexOf('/') + 1);
}
