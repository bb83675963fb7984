/** What a menu is open for: the part of the text that is being completed. */
export interface Trigger {
	readonly kind: 'command' | 'mention';
	/** What was typed after the sign. */
	readonly text: string;
	/** Where the sign stands. */
	readonly from: number;
	/** Where the part ends: the cursor. */
	readonly to: number;
}

/** The menu that the text before the cursor asks for: `/` at the very start, `@` at the start of a word. */
export function triggerAt(text: string, cursor: number): Trigger | null {
	const before = text.slice(0, cursor);
	const command = /^\/(\S*)$/.exec(before);
	if (command) return { kind: 'command', text: command[1] ?? '', from: 0, to: cursor };
	const mention = /(?:^|[\s([{"'])@([^\s@]*)$/.exec(before);
	if (!mention) return null;
	const typed = mention[1] ?? '';
	return { kind: 'mention', text: typed, from: cursor - typed.length - 1, to: cursor };
}

export interface Edited {
	readonly text: string;
	readonly cursor: number;
}

/** Puts `replacement` where the trigger is, with one space after it. */
export function complete(text: string, trigger: Trigger, replacement: string): Edited {
	const rest = text.slice(trigger.to);
	const inserted = /^\s/.test(rest) ? replacement : `${replacement} `;
	const cursor = trigger.from + inserted.length + (inserted === replacement ? 1 : 0);
	return { text: text.slice(0, trigger.from) + inserted + rest, cursor };
}

/** Whether Up at this cursor leaves the text for the history: it stands in the first line. */
export function isAtFirstLine(text: string, cursor: number): boolean {
	return !text.slice(0, cursor).includes('\n');
}

/** Whether Down at this cursor leaves the text for the history: it stands in the last line. */
export function isAtLastLine(text: string, cursor: number): boolean {
	return !text.slice(cursor).includes('\n');
}

/** A walk through earlier prompts. `at` is -1 for the text that was being written. */
export interface HistoryWalk {
	readonly at: number;
	readonly written: string;
}

export const notWalking: HistoryWalk = { at: -1, written: '' };

/** One step back (1) or forth (-1) in the history, newest first; `null` where there is nothing further. */
export function walkHistory(
	history: readonly string[],
	walk: HistoryWalk,
	step: 1 | -1,
	present: string,
): { readonly walk: HistoryWalk; readonly text: string } | null {
	const at = walk.at + step;
	if (at < -1 || at >= history.length) return null;
	const written = walk.at === -1 ? present : walk.written;
	return { walk: { at, written }, text: at === -1 ? written : (history[at] ?? '') };
}
