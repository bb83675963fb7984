import { logLevels, logLineText, type LogLevel, type LogLine } from '../../../core/ledger/views/executionLog';

export interface LogQuery {
	readonly text: string;
	readonly isRegex: boolean;
	readonly isCaseSensitive: boolean;
}

/** What the view draws from; a new object whenever something of it changed. */
export interface LogSnapshot {
	readonly total: number;
	/** Lines that the levels let through. */
	readonly shown: number;
	/** Matches found so far, as positions among the shown lines. */
	readonly matches: readonly number[];
	readonly isSearching: boolean;
	/** Why the search text is no pattern, as a sentence. */
	readonly problem: string | null;
	readonly levels: ReadonlySet<LogLevel>;
	readonly query: LogQuery;
}

/** Work is cut into slices of this many milliseconds, so that a search never costs a frame. */
const sliceMs = 6;
const publishMs = 60;

export const noQuery: LogQuery = { text: '', isRegex: false, isCaseSensitive: false };

/**
 * All lines of a log with what is filtered and found in them. Filtering and searching run in slices between frames and
 * go on where they were when lines are added, so that a growing log is never gone through again.
 */
export class LogStore {
	readonly #lines: LogLine[] = [];
	readonly #listeners = new Set<() => void>();
	readonly #later: (run: () => void) => void;
	readonly #now: () => number;
	#visible: number[] = [];
	#matches: number[] = [];
	#filtered = 0;
	#searched = 0;
	#levels: ReadonlySet<LogLevel> = new Set(logLevels);
	#query = noQuery;
	#test: ((text: string) => boolean) | null = null;
	#problem: string | null = null;
	#isScheduled = false;
	#publishedAt = -Infinity;
	#snapshot: LogSnapshot;

	constructor(later: (run: () => void) => void = runLater, now: () => number = () => performance.now()) {
		this.#later = later;
		this.#now = now;
		this.#snapshot = this.#take();
	}

	readonly subscribe = (listener: () => void): (() => void) => {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	};

	readonly snapshot = (): LogSnapshot => this.#snapshot;

	/** The line at a position among the shown ones. */
	line(position: number): LogLine | undefined {
		const index = this.#visible[position];
		return index === undefined ? undefined : this.#lines[index];
	}

	append(lines: readonly LogLine[]): void {
		for (const line of lines) this.#lines.push(line);
		this.#schedule();
	}

	setLevels(levels: ReadonlySet<LogLevel>): void {
		this.#levels = levels;
		this.#visible = [];
		this.#filtered = 0;
		this.#restartSearch();
	}

	setQuery(query: LogQuery): void {
		this.#query = query;
		const compiled = compile(query);
		this.#test = compiled.test;
		this.#problem = compiled.problem;
		this.#restartSearch();
	}

	/** The shown lines as text. */
	text(): string {
		return this.#visible.map(index => `${logLineText(this.#lines[index]!)}\n`).join('');
	}

	#restartSearch(): void {
		this.#matches = [];
		this.#searched = 0;
		this.#publish();
		this.#schedule();
	}

	#schedule(): void {
		if (this.#isScheduled) return;
		this.#isScheduled = true;
		this.#later(() => {
			this.#isScheduled = false;
			this.#work();
		});
	}

	#work(): void {
		const end = this.#now() + sliceMs;
		// The time is asked for once in a while only: asking costs as much as a short line.
		for (let count = 0; (count & 127) !== 127 || this.#now() < end; count++) if (!this.#step()) break;
		const isDone = this.#isDone();
		if (isDone || this.#now() - this.#publishedAt >= publishMs) this.#publish();
		if (!isDone) this.#schedule();
	}

	/** Handles one line; false when all are done. Filtering goes first, so that lines appear before matches. */
	#step(): boolean {
		const line = this.#lines[this.#filtered];
		if (line) {
			if (this.#levels.has(line.level)) this.#visible.push(this.#filtered);
			this.#filtered++;
			return true;
		}
		if (!this.#test || this.#searched >= this.#visible.length) return false;
		const { text, source } = this.line(this.#searched)!;
		if (this.#test(text) || (source !== '' && this.#test(source))) this.#matches.push(this.#searched);
		this.#searched++;
		return true;
	}

	#isDone(): boolean {
		return this.#filtered >= this.#lines.length && (!this.#test || this.#searched >= this.#visible.length);
	}

	#publish(): void {
		this.#publishedAt = this.#now();
		this.#snapshot = this.#take();
		for (const listener of this.#listeners) listener();
	}

	#take(): LogSnapshot {
		return {
			total: this.#lines.length,
			shown: this.#visible.length,
			// Not copied: it only grows until the next search, which begins a new list.
			matches: this.#matches,
			isSearching: !this.#isDone(),
			problem: this.#problem,
			levels: this.#levels,
			query: this.#query,
		};
	}
}

/** A test for the query; `test` is null where there is nothing to look for. */
function compile(query: LogQuery): {
	readonly test: ((text: string) => boolean) | null;
	readonly problem: string | null;
} {
	if (query.text === '') return { test: null, problem: null };
	if (!query.isRegex) {
		if (query.isCaseSensitive) return { test: text => text.includes(query.text), problem: null };
		const wanted = query.text.toLowerCase();
		return { test: text => text.toLowerCase().includes(wanted), problem: null };
	}
	const pattern = patternOf(query);
	if (typeof pattern === 'string') return { test: null, problem: pattern };
	return { test: text => pattern.test(text), problem: null };
}

/** The query as a pattern, or a sentence that says why it is none. */
export function patternOf(query: LogQuery, flags = ''): RegExp | string {
	const all = query.isCaseSensitive ? flags : `${flags}i`;
	if (!query.isRegex) return new RegExp(query.text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`), all);
	// (a+)+ and its like take exponential time, and nothing can interrupt a pattern once it runs.
	if (/\((?:[^()\\]|\\.)*[*+}](?:[^()\\]|\\.)*\)(?:[*+]|\{\d*,)/.test(query.text))
		return 'A repetition inside a repeated group, such as (a+)+, could hang the page and is not searched.';
	try {
		return new RegExp(query.text, all);
	} catch (error) {
		return `This is no regular expression: ${error instanceof Error ? error.message.replace(/^.*: /, '') : String(error)}.`;
	}
}

/** A new task, after the browser had its chance to paint and to handle input. */
function runLater(run: () => void): void {
	setTimeout(run, 0);
}
