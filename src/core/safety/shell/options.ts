import type { Field } from './words';

/** A command's words, sorted into options with their values and the rest. */
export interface SortedWords {
	readonly options: readonly { readonly name: string; readonly value: Field | undefined }[];
	readonly positional: readonly Field[];
}

/** Whether one word is or holds the wanted option: `-f` in `-xf`, `--force` in `--force=1`, a final `*` for any ending. */
export function isOption(word: string, wanted: string): boolean {
	if (wanted.endsWith('*')) return word.startsWith(wanted.slice(0, -1));
	if (word === wanted) return true;
	if (wanted.startsWith('--')) return word.startsWith(`${wanted}=`);
	return /^-[^-]$/u.test(wanted) && /^-[A-Za-z0-9]+$/u.test(word) && word.includes(wanted.slice(1));
}

/** Whether any word is one of the wanted options. */
export function hasOption(words: readonly Field[], wanted: readonly string[]): boolean {
	return words.some(word => wanted.some(name => isOption(word.text, name)));
}

/** Sorts words into options and positional ones; `valued` options take the next word. */
export function sortWords(words: readonly Field[], valued: readonly string[]): SortedWords {
	const options: { name: string; value: Field | undefined }[] = [];
	const positional: Field[] = [];
	for (let at = 0; at < words.length; at++) {
		const word = words[at];
		if (!word) break;
		if (word.text === '--') {
			positional.push(...words.slice(at + 1));
			break;
		}
		if (!/^-./u.test(word.text)) {
			positional.push(word);
			continue;
		}
		const equals = word.text.indexOf('=');
		if (word.text.startsWith('--') && equals > 0) {
			options.push({ name: word.text.slice(0, equals), value: { ...word, text: word.text.slice(equals + 1) } });
		} else if (valued.includes(word.text)) {
			options.push({ name: word.text, value: words[at + 1] });
			at++;
		} else options.push(...splitCluster(word, valued, words[at + 1], () => at++));
	}
	return { options, positional };
}

/** `-ofile` carries its value; `-xzf file` takes the next word with its last letter. */
function splitCluster(
	word: Field,
	valued: readonly string[],
	next: Field | undefined,
	takeNext: () => void,
): readonly { readonly name: string; readonly value: Field | undefined }[] {
	if (!/^-[^-]/u.test(word.text)) return [{ name: word.text, value: undefined }];
	const found: { name: string; value: Field | undefined }[] = [{ name: word.text, value: undefined }];
	for (let at = 1; at < word.text.length; at++) {
		const name = `-${word.text.charAt(at)}`;
		if (!valued.includes(name)) continue;
		const rest = word.text.slice(at + 1);
		if (rest === '') takeNext();
		found.push({ name, value: rest === '' ? next : { ...word, text: rest } });
		break;
	}
	return found;
}
