const slug = /^[A-Za-z][A-Za-z0-9_-]*$/;
const longest = 64;

/** Names that every object answers to; a map looked up by such a key would find them. */
const inherited: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** What ids of nodes and groups, names of ports and names of inputs must be. */
export function isSlug(text: string): boolean {
	return text.length <= longest && slug.test(text) && !inherited.has(text);
}

/** A sentence's end for what is not a slug. */
export const slugRule = `must begin with a letter and consist of at most ${longest} letters, digits, '-' and '_'`;

/** `Fetch the diff` → `fetch-the-diff`. Never empty and never longer than 40 characters. */
export function slugOf(text: string, otherwise = 'node'): string {
	const plain = text
		.normalize('NFKD')
		.replace(/[\u0300-\u036f'’]/g, '')
		.toLowerCase()
		.replaceAll('ß', 'ss')
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^[^a-z]+/, '')
		.slice(0, 40)
		.replace(/-+$/, '');
	return isSlug(plain) ? plain : otherwise;
}

/** The slug of `text`, with the first number from 2 that makes it free. */
export function freshSlug(text: string, isTaken: (id: string) => boolean, otherwise = 'node'): string {
	const base = slugOf(text, otherwise);
	if (!isTaken(base)) return base;
	// `step-2` and its copy are `step-2` and `step-3`, not `step-2-2`.
	const stem = base.replace(/-\d+$/, '');
	for (let number = 2; ; number++) {
		const id = `${stem}-${number}`;
		if (!isTaken(id)) return id;
	}
}
