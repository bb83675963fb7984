import type { BuiltInPorts } from '../ports';
import { Args, argumentsSchema, countArgument, textArgument } from '../args';
import { isOpenToSearch } from '../files/paths';
import { ownTool } from '../own';
import { runProgram } from '../program';
import { textResult, type Tool, type ToolContext, type ToolResult } from '../tool';

export type GitPorts = Pick<BuiltInPorts, 'environment' | 'spawn' | 'safety'>;

/** What a repository's own settings could otherwise make Git run while it only looks. */
const lookingOnly = [
	'-c',
	'core.fsmonitor=false',
	'-c',
	'core.pager=cat',
	'-c',
	'color.ui=false',
	'--no-optional-locks',
];
const noPrograms = ['--no-ext-diff', '--no-textconv'];
const pathArgument = textArgument('Only this file or folder.');

/** `quarterdeck_git_status`, `_diff`, `_log` and `_commit`. */
export function gitTools(ports: GitPorts): readonly Tool[] {
	return [statusTool(ports), diffTool(ports), logTool(ports), commitTool(ports)];
}

function statusTool(ports: GitPorts): Tool {
	return ownTool({
		name: 'quarterdeck_git_status',
		title: 'Git status',
		description: 'Shows the branch, how far it is from its upstream, and the files that are changed, staged or new.',
		schema: argumentsSchema({ path: pathArgument }),
		run: (input, context) => {
			const args = ['status', '--short', '--branch', '--untracked-files=normal', ...pathspec(new Args(input))];
			return looking(ports, context, args, 'Nothing is changed.');
		},
	});
}

function diffTool(ports: GitPorts): Tool {
	return ownTool({
		name: 'quarterdeck_git_diff',
		title: 'Git diff',
		description:
			'Shows changes as a unified diff: what is not staged, what is staged (is_staged), or from one revision to another or to the files.',
		schema: argumentsSchema({
			path: pathArgument,
			is_staged: { type: 'boolean', description: 'What would be committed.' },
			from: revisionArgument('The revision to compare with.'),
			to: revisionArgument('A second revision; the files as they are when absent.'),
			is_stat: { type: 'boolean', description: 'Only the names and counts of changed lines.' },
		}),
		async run(input, context) {
			const args = new Args(input);
			const revisions = [args.maybeText('from'), args.maybeText('to')].filter(text => text !== undefined);
			const staged = args.flag('is_staged') ? ['--cached'] : [];
			const stat = args.flag('is_stat') ? ['--stat'] : [];
			const git = ['diff', ...noPrograms, ...staged, ...stat, '--end-of-options', ...revisions];
			return looking(ports, context, [...git, ...(await openPaths(ports, context, args))], 'There is no difference.');
		},
	});
}

function logTool(ports: GitPorts): Tool {
	return ownTool({
		name: 'quarterdeck_git_log',
		title: 'Git log',
		description:
			'Shows the last commits: hash, date, author and subject; with is_full the whole message and the files.',
		schema: argumentsSchema({
			path: pathArgument,
			revision: revisionArgument('The branch, tag, commit or range to show; the current branch when absent.'),
			limit: countArgument('How many commits; 20 when absent.', 1, 500),
			is_full: { type: 'boolean', description: 'Whole messages and the changed files.' },
		}),
		run: (input, context) => {
			const args = new Args(input);
			const format = args.flag('is_full') ? ['--stat', '--format=%h %ad %an%n%n%B'] : ['--format=%h %ad %an  %s'];
			const limit = `--max-count=${args.number('limit', 20)}`;
			const revision = args.maybeText('revision');
			const git = ['log', ...noPrograms, '--no-show-signature', '--date=short', limit, ...format, '--end-of-options'];
			const wanted = revision === undefined ? [] : [revision];
			return looking(ports, context, [...git, ...wanted, ...pathspec(args)], 'There are no commits.');
		},
	});
}

function commitTool(ports: GitPorts): Tool {
	return ownTool({
		name: 'quarterdeck_git_commit',
		title: 'Git commit',
		description:
			"Commits with a message: the named files as they are now, or what is staged when none is named. The repository's hooks run. It never pushes.",
		schema: argumentsSchema(
			{
				message: textArgument('The whole message; its first line is the subject.', { minLength: 1 }),
				paths: {
					type: 'array',
					items: { type: 'string', minLength: 1 },
					maxItems: 500,
					description: 'Files to commit.',
				},
			},
			['message'],
		),
		async run(input, context) {
			const args = new Args(input);
			const paths = args.texts('paths');
			if (paths.length > 0) {
				const added = await git(ports, context, ['add', '--', ...paths.map(literal)]);
				if (added.isError) return added;
			}
			const only = paths.length > 0 ? ['--only', '--', ...paths.map(literal)] : [];
			return git(ports, context, ['commit', '--quiet', `--message=${args.text('message')}`, ...only], 'Committed.');
		},
	});
}

/** A revision that Git cannot take for an option. */
function revisionArgument(description: string): Readonly<Record<string, unknown>> {
	return textArgument(description, { pattern: '^[^-\\s][^\\s]*$', maxLength: 200 });
}

function pathspec(args: Args): readonly string[] {
	const path = args.maybeText('path');
	return path === undefined ? [] : ['--', literal(path)];
}

/** The path as it is written: no wildcard, no magic of Git's. */
function literal(path: string): string {
	return `:(literal)${path}`;
}

/** The path that was asked for, less the files whose contents are not to be shown without a question. */
async function openPaths(ports: GitPorts, context: ToolContext, args: Args): Promise<readonly string[]> {
	const names = ['diff', '--name-only', '-z', ...(args.flag('is_staged') ? ['--cached'] : []), '--end-of-options'];
	const revisions = [args.maybeText('from'), args.maybeText('to')].filter(text => text !== undefined);
	const result = await program(ports, context, [...lookingOnly, ...names, ...revisions, ...pathspec(args)]);
	if (result.isFailed) return pathspec(args);
	const safety = ports.safety();
	const closed = result.text.split('\0').filter(path => path !== '' && !isOpenToSearch(path, context.cwd, safety));
	if (closed.length === 0) return pathspec(args);
	const wanted = args.maybeText('path');
	return ['--', wanted === undefined ? ':/' : literal(wanted), ...closed.map(path => `:(exclude,top,literal)${path}`)];
}

function looking(ports: GitPorts, context: ToolContext, args: readonly string[], empty: string): Promise<ToolResult> {
	return git(ports, context, [...lookingOnly, ...args], empty);
}

async function git(
	ports: GitPorts,
	context: ToolContext,
	args: readonly string[],
	empty = 'Done.',
): Promise<ToolResult> {
	const { isFailed, text } = await program(ports, context, args);
	return textResult(text.trim() === '' ? empty : text.trimEnd(), isFailed);
}

async function program(
	ports: GitPorts,
	context: ToolContext,
	args: readonly string[],
): Promise<{ readonly isFailed: boolean; readonly text: string }> {
	const result = await runProgram(await ports.spawn(), {
		command: 'git',
		args,
		cwd: context.cwd,
		environment: ports.environment,
		added: { GIT_TERMINAL_PROMPT: '0', GIT_EDITOR: 'true', LC_ALL: 'C.UTF-8' },
		label: 'git',
		signal: context.signal,
		isWholeTree: args.includes('commit'),
	});
	context.signal.throwIfAborted();
	if (result.error) return { isFailed: true, text: `Git could not be started: ${result.error.message}` };
	const isFailed = result.code !== 0;
	const text = result.output.text();
	return { isFailed, text: isFailed ? [result.stderr.trim(), text].filter(part => part !== '').join('\n') : text };
}
