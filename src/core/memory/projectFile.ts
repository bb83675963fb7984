/** The files in a repository that agents read by themselves, in the order in which one is looked for. */
export const projectFiles = ['AGENTS.md', 'CLAUDE.md'] as const;

const heading = '## Notes';

/** A project file's text with a fact added to its notes; the same text when it is there already. */
export function withNote(text: string, fact: string): string {
	const line = `- ${fact}`;
	const newline = text.includes('\r\n') ? '\r\n' : '\n';
	const lines = text.split(/\r?\n/u);
	if (lines.some(existing => existing.trim() === line)) return text;
	const at = lines.findIndex(existing => existing.trim() === heading);
	if (at < 0) {
		const before = text.trimEnd();
		return `${before}${before === '' ? '' : newline + newline}${heading}${newline}${newline}${line}${newline}`;
	}
	const next = lines.findIndex((existing, index) => index > at && /^#{1,2} /u.test(existing));
	const end = next < 0 ? lines.length : next;
	let last = end;
	while (last > at + 1 && lines[last - 1]?.trim() === '') last -= 1;
	const gap = last === at + 1 ? ['', line] : [line];
	const after = lines.slice(last);
	return [...lines.slice(0, last), ...gap, ...(after.length === 0 ? [''] : after)].join(newline);
}

/** The notes of a project file, one fact a line. */
export function notesOf(text: string): readonly string[] {
	const lines = text.split(/\r?\n/u);
	const at = lines.findIndex(existing => existing.trim() === heading);
	if (at < 0) return [];
	const next = lines.findIndex((existing, index) => index > at && /^#{1,2} /u.test(existing));
	return lines.slice(at + 1, next < 0 ? undefined : next).flatMap(line => /^[-*] (.+)$/u.exec(line.trim())?.[1] ?? []);
}
