import { z } from 'zod';
import { defineNode } from '../nodeType';
import { choice, count, flag, needed, text, texts } from '../params';
import { after, asText, callTool, failure, isRecord, neededPort, port, textAt, useTool } from '../support';
import type { Json } from '../../../base/json';

export const shellCommand = defineNode({
	type: 'shell.command',
	version: 1,
	title: 'Shell Command',
	category: 'Files',
	icon: 'terminal',
	summary: 'Runs a command line in the workspace',
	help: 'Runs a line of bash in the workspace folder and gives its output and exit code. The gate judges exactly this line. What it leaves running is ended with it, and Stop ends it with everything it started. Values belong into `shellQuote`, so that none is taken for a part of the line. Example: `git blame -- {{ shellQuote(input.value) }}`.',
	aliases: ['Execute Command', 'Bash', 'Run', 'Exec', 'Terminal'],
	params: z.object({
		command: needed('Command', 'One line or several of bash.', { widget: 'code', language: 'shellscript' }),
		timeoutSeconds: count('Seconds', 'It is ended after so long.', { min: 1, max: 1800, default: 120 }),
		isFailing: flag(
			'Fails with it',
			'An exit code other than 0 fails the node; else it comes out like any other.',
			true,
		),
	}),
	ports: {
		inputs: [port('value', 'Value', 'any', { description: 'For `{{ input.value }}` in the line' })],
		outputs: [port('output', 'Output', 'text'), port('exitCode', 'Exit code', 'number'), port('isOk', 'Ok', 'boolean')],
	},
	effects: 'writes',
	async run(_, { command, timeoutSeconds, isFailing }, context) {
		const {
			value,
			text: said,
			isError,
		} = await callTool(context, 'quarterdeck_run_command', { command, timeout_seconds: timeoutSeconds });
		if (!isRecord(value)) {
			if (isError) throw failure('tool', said);
			return { output: asText(value), exitCode: 0, isOk: true };
		}
		const { output = '', exitCode = null } = value;
		if (typeof exitCode !== 'number') throw failure('tool', said);
		if (exitCode !== 0 && isFailing)
			throw failure('failed', `The command ended with exit code ${exitCode}.\n${tail(asText(output))}`, { exitCode });
		return { output: asText(output), exitCode, isOk: exitCode === 0 };
	},
});

function tail(output: string): string {
	return output.length <= 2000 ? output : `…${output.slice(-2000)}`;
}

const noDifference = /^There is no difference\.$/u;

export const gitDiff = defineNode({
	type: 'git.diff',
	version: 1,
	title: 'Git Diff',
	category: 'Git',
	icon: 'diff',
	summary: 'Changes of the repository as a unified diff',
	help: 'Gives what is not staged, what is staged, or the difference between two revisions; files that are protected are left out. Example: from `main`, connected to the `context` of a review.',
	aliases: ['Diff', 'Changes', 'Patch'],
	params: z.object({
		what: choice('Of', 'Both is what is not committed yet.', ['working tree', 'staged', 'both', 'revisions']),
		from: text('From', 'A revision, for `revisions`: `main`, `HEAD~3`.'),
		to: text('To', 'A revision; empty for the files as they are.'),
		path: text('Path', 'Only this file or folder.', { widget: 'path', isAdvanced: true }),
	}),
	ports: { inputs: [after], outputs: [port('diff', 'Diff', 'text'), port('isEmpty', 'Nothing changed', 'boolean')] },
	effects: 'reads',
	async run(_, { what, from, to, path }, context) {
		const where = path === '' ? {} : { path };
		if (what === 'revisions' && from === '')
			throw failure('input', 'From which revision? Set one, as `main` or `HEAD~1`.');
		const input = {
			'working tree': where,
			staged: { ...where, is_staged: true },
			both: { ...where, from: 'HEAD' },
			revisions: { ...where, from, ...(to === '' ? {} : { to }) },
		}[what];
		const said = asText((await useTool(context, 'quarterdeck_git_diff', input)).value);
		const diff = noDifference.test(said) ? '' : said;
		return { diff, isEmpty: diff === '' };
	},
});

export const gitCommit = defineNode({
	type: 'git.commit',
	version: 1,
	title: 'Git Commit',
	category: 'Git',
	icon: 'git-commit',
	summary: 'Commits files with a message',
	help: 'Commits the named files as they are now, or what is staged; the repository’s hooks run, and nothing is pushed. The call passes the gate. Example: `message` from an agent that has read the diff.',
	aliases: ['Commit', 'Save to Git'],
	params: z.object({
		message: text('Message', 'Its first line is the subject; empty when it is connected.', { widget: 'multiline' }),
		paths: texts('Files', 'Empty for what is staged.', { widget: 'paths' }),
	}),
	ports: {
		inputs: [port('message', 'Message', 'text'), port('paths', 'Files', 'list'), after],
		outputs: [port('commit', 'Commit', 'text', { description: 'Its hash' }), port('output', 'Output', 'text')],
	},
	effects: 'writes',
	async run(inputs, params, context) {
		const message = textAt(inputs, 'message') || params.message;
		if (message.trim() === '') throw failure('input', 'A commit needs a message: write one, or connect one.');
		const connected = Array.isArray(inputs['paths']) ? (inputs['paths'] as readonly Json[]).map(asText) : [];
		const paths = [...params.paths, ...connected];
		const { value } = await useTool(context, 'quarterdeck_git_commit', {
			message,
			...(paths.length > 0 ? { paths } : {}),
		});
		const head = await callTool(context, 'quarterdeck_git_log', { limit: 1 });
		return { commit: /^[\da-f]{4,40}/u.exec(asText(head.value))?.[0] ?? '', output: asText(value) };
	},
});

export const gitLog = defineNode({
	type: 'git.log',
	version: 1,
	title: 'Git Log',
	category: 'Git',
	icon: 'history',
	summary: 'The last commits',
	help: 'Gives commits with hash, date, author and subject, newest first. Example: revision `v1.2.0..HEAD` for release notes.',
	aliases: ['Commits', 'History'],
	params: z.object({
		revision: text('Revision', 'A branch, tag or range: `v1.0..HEAD`; empty for the current branch.'),
		most: count('At most', 'Commits.', { min: 1, max: 500, default: 50 }),
		path: text('Path', 'Only this file or folder.', { widget: 'path', isAdvanced: true }),
		isFull: flag('Whole messages', 'And the changed files; `commits` stays empty then.', false, { isAdvanced: true }),
	}),
	ports: { inputs: [after], outputs: [port('text', 'Text', 'text'), port('commits', 'Commits', 'list')] },
	effects: 'reads',
	async run(_, { revision, most, path, isFull }, context) {
		const input = {
			limit: most,
			is_full: isFull,
			...(revision === '' ? {} : { revision }),
			...(path === '' ? {} : { path }),
		};
		const said = asText((await useTool(context, 'quarterdeck_git_log', input)).value);
		const isEmpty = said === 'There are no commits.';
		return { text: isEmpty ? '' : said, commits: isEmpty || isFull ? [] : said.split('\n').flatMap(commitOf) };
	},
});

function commitOf(line: string): readonly Json[] {
	const found = /^(?<hash>[\da-f]+) (?<date>\d{4}-\d\d-\d\d) (?<author>.*?) {2}(?<subject>.*)$/u.exec(line)?.groups;
	return found
		? [
				{
					hash: found['hash'] ?? '',
					date: found['date'] ?? '',
					author: found['author'] ?? '',
					subject: found['subject'] ?? '',
				},
			]
		: [];
}

export const gitStatus = defineNode({
	type: 'git.status',
	version: 1,
	title: 'Git Status',
	category: 'Git',
	icon: 'source-control',
	summary: 'The branch and the files that are changed',
	help: 'Gives the branch, and every file that is changed, staged or new with its two letters of Git. Example: an *If* on `{{ input.value.length > 0 }}` before a commit.',
	aliases: ['Changed Files'],
	params: z.object({ path: text('Path', 'Only this file or folder.', { widget: 'path', isAdvanced: true }) }),
	ports: {
		inputs: [after],
		outputs: [
			port('files', 'Files', 'list', { description: '`{ path, status }` of each' }),
			port('branch', 'Branch', 'text'),
			port('text', 'Text', 'text'),
		],
	},
	effects: 'reads',
	async run(_, { path }, context) {
		const said = asText((await useTool(context, 'quarterdeck_git_status', path === '' ? {} : { path })).value);
		const [first = '', ...lines] = said.split('\n');
		const files = lines.flatMap(line =>
			line.length > 3 ? [{ path: line.slice(3).replace(/^.* -> /u, ''), status: line.slice(0, 2).trim() }] : [],
		);
		return {
			files,
			branch: /^## (?:No commits yet on )?(?<name>.+?)(?:\.{3}.*)?$/u.exec(first)?.groups?.['name'] ?? '',
			text: said,
		};
	},
});

const memoryKinds = ['fact', 'preference', 'project', 'decision', 'incident'] as const;

export const memoryGet = defineNode({
	type: 'memory.get',
	version: 1,
	title: 'Memory Get',
	category: 'Data',
	icon: 'archive',
	summary: 'What is remembered about something',
	help: 'Looks for what was remembered in earlier conversations and flows, about this workspace and in general. Example: query `test framework`, connected to the `context` of an agent.',
	aliases: ['Recall', 'Memory Search', 'Knowledge', 'Read Memory'],
	params: z.object({
		query: text('About', 'Words to look for; empty when they are connected.'),
		most: count('At most', 'Facts.', { min: 1, max: 50, default: 10 }),
	}),
	ports: {
		inputs: [port('query', 'About', 'text'), after],
		outputs: [
			port('facts', 'Facts', 'list', { description: '`{ id, category, text }` of each' }),
			port('text', 'Text', 'text'),
		],
	},
	effects: 'reads',
	async run(inputs, params, context) {
		const query = (textAt(inputs, 'query') || params.query).slice(0, 300);
		if (query.trim() === '') throw failure('input', 'About what? Write words, or connect them.');
		const { value } = await useTool(context, 'quarterdeck_memory_search', { query, limit: params.most });
		const facts = Array.isArray(value) ? (value as readonly Json[]) : [];
		return { facts, text: facts.map(fact => (isRecord(fact) ? asText(fact['text'] ?? '') : asText(fact))).join('\n') };
	},
});

export const memorySet = defineNode({
	type: 'memory.set',
	version: 1,
	title: 'Memory Set',
	category: 'Data',
	icon: 'lightbulb',
	summary: 'Remembers a fact for later',
	help: 'Keeps one sentence for later conversations and flows; you see it and can undo it. Secrets are refused. Example: `Releases are cut on Thursdays`, as a fact that is permanent.',
	aliases: ['Remember', 'Save Memory', 'Store'],
	params: z.object({
		category: choice('Kind', 'Of fact.', memoryKinds),
		isPermanent: flag('For good', 'Else for 30 days.'),
		isEverywhere: flag('Everywhere', 'It holds in every workspace.', false, { isAdvanced: true }),
	}),
	ports: { inputs: [neededPort('text', 'Fact', 'text')], outputs: [port('id', 'Id', 'text')] },
	effects: 'writes',
	async run(inputs, { category, isPermanent, isEverywhere }, context) {
		const input = { text: textAt(inputs, 'text'), category, is_permanent: isPermanent, is_everywhere: isEverywhere };
		const { value } = await useTool(context, 'quarterdeck_remember', input);
		return { id: isRecord(value) ? asText(value['id'] ?? '') : asText(value) };
	},
});
