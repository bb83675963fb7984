import type { CommandCall, Judge } from './call';
import { unknownMark, type Field } from './words';

/** Secrets and set-up files count wherever a command names them, whatever the command is. */
export function judgeMentions(judge: Judge, args: readonly Field[], call: CommandCall, mayWrite: boolean): void {
	const cwds = call.scope.cwds.length > 0 ? call.scope.cwds : ['/'];
	for (const field of args) {
		for (const candidate of candidates(field.text)) {
			for (const cwd of cwds) {
				const access = mayWrite ? 'write' : 'read';
				const finding = field.isGlob
					? judge.rules.judgePattern(candidate, cwd, access)
					: judge.rules.protection(candidate, cwd, access);
				if (finding) judge.add(finding.tier, finding.reason);
			}
		}
	}
}

/** The paths that may stand in a word: `--file=PATH`, `@PATH`, `host:PATH`, `-I/PATH`. */
function candidates(text: string): readonly string[] {
	if (text.length > 1000 || text.includes('\n') || text.includes(unknownMark) || text === '') return [];
	const found = new Set<string>();
	const add = (part: string): void => {
		const plain = part.replace(/^[@"']+|["']+$/gu, '');
		if (plain !== '' && !plain.startsWith('-') && !/^https?:/iu.test(plain)) found.add(plain);
	};
	add(text);
	for (const part of text.split(/[=:,;]/u)) add(part);
	const slash = text.search(/[/~]/u);
	if (text.startsWith('-') && slash > 0) add(text.slice(slash));
	return [...found];
}
