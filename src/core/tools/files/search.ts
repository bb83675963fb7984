import { ExpectedError } from '../../base/errors';
import { Args, argumentsSchema, countArgument, textArgument } from '../args';
import { ownTool } from '../own';
import type { BuiltInPorts } from '../ports';
import { textResult, type Tool } from '../tool';
import { absolutePath, isOpenToSearch, shownPath } from './paths';
import { ripgrepLines, type RipgrepPorts } from './ripgrep';

const defaultLimit = 200;
const maxLineChars = 300;

interface Match {
	readonly path: string;
	readonly line: number;
	readonly text: string;
	readonly isContext: boolean;
}

/** `quarterdeck_search`: a text or a regular expression in the files of a tree. */
export function searchTool(ports: RipgrepPorts & Pick<BuiltInPorts, 'safety'>): Tool {
	return ownTool({
		name: 'quarterdeck_search',
		title: 'Search in files',
		description:
			'Searches the contents of files for a regular expression (or a plain text with is_literal) and shows the lines with their numbers. ' +
			'Files that .gitignore names, binary files, and files of keys and passwords are left out.',
		schema: argumentsSchema(
			{
				pattern: textArgument('What to look for, in the syntax of Rust regular expressions.', { minLength: 1 }),
				path: textArgument('The folder or file to look in; the working folder when absent.'),
				glob: textArgument('Only files that fit this glob, such as *.ts or src/**/*.py.'),
				is_literal: { type: 'boolean', description: 'The pattern is a plain text.' },
				is_case_sensitive: {
					type: 'boolean',
					description:
						'Upper and lower case differ. When absent they differ only if the pattern holds an upper-case letter.',
				},
				context_lines: countArgument('Lines to show around each match.', 0, 20),
				limit: countArgument(`At most so many matching lines; ${defaultLimit} when absent.`, 1, 2000),
			},
			['pattern'],
		),
		async run(input, { cwd, signal }) {
			const args = new Args(input);
			const where = absolutePath(args.maybeText('path') ?? '.', cwd);
			try {
				const { matches, hasMore, hidden } = await search(ports, args, where, cwd, signal);
				const shown = textOfMatches(matches, cwd);
				const notes = [
					hasMore ? `[there are more matches; narrow the pattern, the path or the glob]` : '',
					hidden > 0 ? `[${hidden} files that may hold secrets were left out]` : '',
				].filter(note => note !== '');
				const body = shown === '' ? `Nothing in ${shownPath(where, cwd)} fits.` : shown;
				return textResult([body, ...notes].join('\n'));
			} catch (error) {
				if (ExpectedError.is(error)) return textResult(error.message, true);
				throw error;
			}
		},
	});
}

async function search(
	ports: RipgrepPorts & Pick<BuiltInPorts, 'safety'>,
	args: Args,
	where: string,
	cwd: string,
	signal: AbortSignal,
): Promise<{ readonly matches: readonly Match[]; readonly hasMore: boolean; readonly hidden: number }> {
	const limit = args.number('limit', defaultLimit);
	const safety = ports.safety();
	const open = new Map<string, boolean>();
	const isOpen = (path: string): boolean => {
		const known = open.get(path) ?? isOpenToSearch(path, cwd, safety);
		open.set(path, known);
		return known;
	};
	const matches: Match[] = [];
	let count = 0;
	const { hasMore } = await ripgrepLines(ports, ripgrepArguments(args, where), cwd, signal, line => {
		const match = matchOf(line);
		if (!match || !isOpen(match.path)) return true;
		if (!match.isContext && count++ >= limit) return false;
		matches.push(match);
		return true;
	});
	return { matches, hasMore, hidden: [...open.values()].filter(value => !value).length };
}

function ripgrepArguments(args: Args, where: string): readonly string[] {
	const sensitive = args.flag('is_case_sensitive') ? '--case-sensitive' : '--smart-case';
	const glob = args.maybeText('glob');
	return [
		'--json',
		'--hidden',
		'--glob=!.git',
		'--max-columns=2000',
		'--max-filesize=20M',
		'--sort=path',
		sensitive,
		...(args.flag('is_literal') ? ['--fixed-strings'] : []),
		...(glob === undefined ? [] : [`--glob=${glob}`]),
		`--context=${args.number('context_lines', 0)}`,
		`--regexp=${args.text('pattern')}`,
		'--',
		where,
	];
}

function matchOf(line: string): Match | undefined {
	let entry: unknown;
	try {
		entry = JSON.parse(line);
	} catch {
		return undefined; // Half a line of a program that was ended.
	}
	const { type, data } = entry as { type?: string; data?: Readonly<Record<string, unknown>> };
	if ((type !== 'match' && type !== 'context') || !data) return undefined;
	const path = textField(data['path']);
	const text = textField(data['lines']);
	const number = data['line_number'];
	if (path === undefined || text === undefined || typeof number !== 'number') return undefined;
	return { path, line: number, text: text.replace(/\r?\n$/u, ''), isContext: type === 'context' };
}

/** Paths and lines that are not UTF-8 come as base64. */
function textField(value: unknown): string | undefined {
	const field = (value ?? {}) as { text?: unknown; bytes?: unknown };
	if (typeof field.text === 'string') return field.text;
	return typeof field.bytes === 'string' ? Buffer.from(field.bytes, 'base64').toString('latin1') : undefined;
}

function textOfMatches(matches: readonly Match[], cwd: string): string {
	const lines: string[] = [];
	let last: Match | undefined;
	for (const match of matches) {
		if (match.path !== last?.path) lines.push(...(last ? [''] : []), `${shownPath(match.path, cwd)}:`);
		else if (match.line > last.line + 1) lines.push('--');
		const text = match.text.length > maxLineChars ? `${match.text.slice(0, maxLineChars)}…` : match.text;
		lines.push(`${match.line}${match.isContext ? '-' : ':'}\t${text}`);
		last = match;
	}
	return lines.join('\n');
}
