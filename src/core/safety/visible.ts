/** Characters that turn a line's direction, take no room, or stand for nothing that can be seen. */
const hiddenPattern = /\p{Cf}|\p{Co}|\p{Cc}/gu;

/** The joiners belong to emoji and to some scripts; line breaks and tabs are what they look like. */
const harmless: ReadonlySet<string> = new Set(['\t', '\n', '\r', '\u200C', '\u200D']);

/** The first character that hides what a text does, as `U+202E`. */
export function hiddenCharacter(text: string): string | undefined {
	for (const [found] of text.matchAll(hiddenPattern)) if (!harmless.has(found)) return codePoint(found);
	// Without a line feed it takes a terminal back to the line's beginning, over what stood there.
	return /\r(?!\n)/.test(text) ? codePoint('\r') : undefined;
}

function codePoint(character: string): string {
	return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * The text as a person must see it before they allow it: what is invisible is named, and room that would push the rest
 * out of sight is counted instead of drawn.
 */
export function visibleText(text: string): string {
	return text
		.replaceAll(hiddenPattern, found => (harmless.has(found) ? found : `⟨${codePoint(found)}⟩`))
		.replaceAll(/\r(?!\n)/g, '⟨U+000D⟩')
		.replaceAll(/(?:[^\S\n]*\n){4,}/g, found => `\n⟨${found.split('\n').length - 2} empty lines⟩\n`)
		.replaceAll(/[^\S\n]{80,}/g, found => ` ⟨${found.length} spaces⟩ `);
}

/** Names the characters that turn the direction of what follows them; all else stays, for answers and titles. */
export function visibleDirections(text: string): string {
	return text.replaceAll(/[\u202A-\u202E\u2066-\u2069]/g, found => `⟨${codePoint(found)}⟩`);
}

/** The beginning and the end of a long text, and how much stands between: for places that cannot scroll. */
export function excerpt(text: string, most = 1500, mostLines = 24): string {
	const isShort = text.length <= most && text.split('\n').length <= mostLines;
	if (isShort) return text;
	const head = firstLines(text.slice(0, Math.floor(most * 0.6)), mostLines * 0.6);
	const tail = lastLines(text.slice(-Math.floor(most * 0.4)), mostLines * 0.4);
	const between = text.length - head.length - tail.length;
	if (between <= 0) return text;
	return `${head}\n⟨… ${between.toLocaleString('en')} characters more …⟩\n${tail}`;
}

function firstLines(text: string, count: number): string {
	return text.split('\n').slice(0, Math.floor(count)).join('\n');
}

function lastLines(text: string, count: number): string {
	return text.split('\n').slice(-Math.floor(count)).join('\n');
}
