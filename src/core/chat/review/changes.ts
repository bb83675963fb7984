import { hunksBetween, linesOf, type Hunk } from './hunks';

/** What became of a proposed change in the text that the user is editing. */
export type ChangeState = 'accepted' | 'refused' | 'edited';

/** A proposed change and where it stands in the edited text. Lines are counted from 0. */
export interface ReviewedChange {
	readonly state: ChangeState;
	readonly startLine: number;
	/** 0 where lines were taken away. */
	readonly lineCount: number;
	/** Typing has joined it with other lines: it can no longer be taken back by itself. */
	readonly isJoined: boolean;
}

interface Place {
	readonly line: number;
	readonly character: number;
}

/** A replacement in the edited text, in positions of an editor. */
export interface TextReplacement {
	readonly start: Place;
	readonly end: Place;
	readonly text: string;
}

interface Tracked {
	readonly hunk: Hunk;
	start: number;
	end: number;
	isJoined: boolean;
}

interface Splice {
	readonly at: number;
	readonly removed: number;
	readonly added: number;
}

/**
 * A proposed text while the user edits it. Each proposed change is followed through every edit by its lines; comparing
 * the texts anew instead would find repeated lines elsewhere, and one refusal would seem to move another change.
 */
export class ReviewedText {
	readonly #original: string;
	readonly #proposed: string;
	readonly #tracked: Tracked[];
	#lines: string[];

	constructor(original: string, proposed: string) {
		this.#original = original;
		this.#proposed = proposed;
		this.#lines = linesOf(proposed);
		this.#tracked = hunksBetween(original, proposed).map(hunk => ({ hunk, start: 0, end: 0, isJoined: false }));
		this.#placeAll('modifiedStart', 'modifiedLines');
	}

	get text(): string {
		return this.#lines.join('\n');
	}

	get changes(): readonly ReviewedChange[] {
		return this.#tracked.map(change => ({
			state: this.#stateOf(change),
			startLine: change.start,
			lineCount: change.end - change.start,
			isJoined: change.isJoined,
		}));
	}

	/** Follows edits of the text, in the order an editor reports them. */
	edited(edits: readonly TextReplacement[]): void {
		for (const edit of edits) this.#apply(edit);
		if (!this.#tracked.some(change => change.isJoined)) return;
		// Undoing a large edit brings everything back.
		const text = this.text;
		if (text === this.#proposed) this.#placeAll('modifiedStart', 'modifiedLines');
		else if (text === this.#original) this.#placeAll('originalStart', 'originalLines');
	}

	/** The edit that takes one proposed change back; nothing when it is taken back already. */
	refuse(index: number): TextReplacement | undefined {
		const change = this.#tracked[index];
		return change && this.#put(change, 'refused', change.hunk.originalLines);
	}

	/** The edit that puts one proposed change in as it was proposed; nothing when it stands so already. */
	accept(index: number): TextReplacement | undefined {
		const change = this.#tracked[index];
		return change && this.#put(change, 'accepted', change.hunk.modifiedLines);
	}

	#put(change: Tracked, wanted: ChangeState, lines: readonly string[]): TextReplacement | undefined {
		if (change.isJoined || this.#stateOf(change) === wanted) return undefined;
		return replaceLines(this.#lines, change.start, change.end, lines);
	}

	#stateOf(change: Tracked): ChangeState {
		if (change.isJoined) return 'edited';
		if (this.#holds(change, change.hunk.modifiedLines)) return 'accepted';
		return this.#holds(change, change.hunk.originalLines) ? 'refused' : 'edited';
	}

	#holds({ start, end }: Tracked, lines: readonly string[]): boolean {
		return end - start === lines.length && lines.every((line, index) => line === this.#lines[start + index]);
	}

	#placeAll(start: 'originalStart' | 'modifiedStart', lines: 'originalLines' | 'modifiedLines'): void {
		for (const change of this.#tracked) {
			change.start = change.hunk[start];
			change.end = change.start + change.hunk[lines].length;
			change.isJoined = false;
		}
	}

	#apply(edit: TextReplacement): void {
		const text = edit.text.replaceAll('\r\n', '\n');
		const splice = this.#spliceOf(edit, text);
		const first = this.#lines[edit.start.line] ?? '';
		const last = this.#lines[edit.end.line] ?? '';
		const next = linesOf(first.slice(0, edit.start.character) + text + last.slice(edit.end.character));
		const { start, end } = edit;
		this.#lines = [...this.#lines.slice(0, start.line), ...next, ...this.#lines.slice(end.line + 1)];
		for (const change of this.#tracked) follow(change, splice);
	}

	/** Which whole lines an edit replaces. Edits that begin and end at line breaks leave the lines beside them alone. */
	#spliceOf({ start, end }: TextReplacement, text: string): Splice {
		const added = linesOf(text).length - 1;
		const removed = end.line - start.line;
		const readings: Splice[] = [];
		const lengthOf = (line: number): number => this.#lines[line]?.length ?? 0;
		if (start.character === 0 && end.character === 0 && (text === '' || text.endsWith('\n')))
			readings.push({ at: start.line, removed, added });
		const isFromEnd = start.character === lengthOf(start.line) && end.character === lengthOf(end.line);
		if (isFromEnd && (text === '' || text.startsWith('\n'))) readings.push({ at: start.line + 1, removed, added });
		// Beside empty lines both readings are right; one that is a whole change is meant.
		const isChange = ({ at, removed }: Splice): boolean =>
			this.#tracked.some(change => change.start === at && change.end === at + removed);
		return readings.find(isChange) ?? readings[0] ?? { at: start.line, removed: removed + 1, added: added + 1 };
	}
}

function follow(change: Tracked, { at, removed, added }: Splice): void {
	const grown = added - removed;
	const isEmpty = change.start === change.end;
	const isInsertionHere = removed === 0 && at === change.start && isEmpty;
	const isBefore = at + removed <= change.start && !isInsertionHere;
	if (isBefore) {
		change.start += grown;
		change.end += grown;
		return;
	}
	if (at >= change.end && !isInsertionHere) return;
	if (at < change.start || at + removed > change.end) {
		change.isJoined = true;
		change.start = Math.min(change.start, at);
		change.end = Math.max(change.end, at + removed) + grown;
		return;
	}
	change.end += grown;
}

/** Replaces whole lines `from` up to `to`; at the end of the text the line break before them goes along. */
export function replaceLines(
	lines: readonly string[],
	from: number,
	to: number,
	next: readonly string[],
): TextReplacement {
	const lengthOf = (line: number): number => lines[line]?.length ?? 0;
	if (to < lines.length) {
		const text = next.map(line => `${line}\n`).join('');
		return { start: { line: from, character: 0 }, end: { line: to, character: 0 }, text };
	}
	const last = lines.length - 1;
	const end = { line: last, character: lengthOf(last) };
	if (from === 0) return { start: { line: 0, character: 0 }, end, text: next.join('\n') };
	const start = { line: from - 1, character: lengthOf(from - 1) };
	return { start, end, text: next.map(line => `\n${line}`).join('') };
}
