/** Longer ones are hashes and encoded data, which nobody types and which no two texts share. */
const maxWordUnits = 48;

/** The words of a text as the index keeps them: in lower case, since AND, OR, NOT and NEAR mean something in capitals. */
export function wordsOf(text: string): readonly string[] {
	return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Each word once: a search asks whether it is there, and every place in the index takes memory in every window. */
export function distinctWords(texts: readonly string[]): string {
	return [...new Set(wordsOf(texts.join(' ')).filter(word => word.length <= maxWordUnits))].join(' ');
}

/** A tool's input is JSON, where a line break would make the word after it begin with `n`. */
export function unescapeJson(text: string): string {
	return text.replaceAll(/\\(?:u[0-9a-fA-F]{4}|.)/g, ' ');
}
