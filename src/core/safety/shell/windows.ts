import type { Tier } from '../../ledger/events';
import type { Judge } from './call';
import type { ShellScope } from './scope';
import { plainField, unknownMark } from './words';
import names from './windows.json' with { type: 'json' };

const tiersByName: ReadonlyMap<string, Tier> = new Map(
	(['GREEN', 'YELLOW', 'ORANGE', 'RED', 'BLACK'] as const).flatMap(tier =>
		names[tier].map(name => [name, tier] as const),
	),
);

const deleters = /^(?:remove-item|ri|del|erase|rd|rmdir|rm)$/u;
const writers =
	/^(?:new-item|ni|md|mkdir|set-content|sc|add-content|ac|out-file|copy-item|copy|cp|cpi|xcopy|robocopy|move-item|move|mv|mi|rename-item|ren|rni|tee-object|expand-archive|clear-content|clc|set-item|si|compress-archive)$/u;
const fetchers =
	/\b(?:iwr|irm|curl|wget|invoke-webrequest|invoke-restmethod|downloadstring|downloadfile|webclient|bitstransfer)\b/iu;

/** Judges a PowerShell or `cmd` line. There is no parser for either here, so what is not plainly known is ORANGE. */
export function judgeWindows(judge: Judge, line: string, scope: ShellScope, shell: 'PowerShell' | 'cmd'): void {
	if (line.includes(unknownMark)) judge.add('RED', `${shell} runs a line that is put together while it runs`);
	const quotes = (line.match(/"/gu) ?? []).length;
	if (quotes % 2 === 1) judge.add('RED', `cannot be read as a ${shell} line (a quote is not closed)`);
	if (
		/\b(?:iex|invoke-expression)\b|\|\s*(?:powershell|pwsh|cmd)\b|\[scriptblock\]|\.invoke\(|\bfrombase64string\b|-enc(?:odedcommand)?\b|^\s*[&.]\s*[($]/imu.test(
			line,
		)
	) {
		judge.add(
			'RED',
			fetchers.test(line) ? `${shell} runs what it fetches from the network` : `${shell} runs text as a command`,
		);
	}
	if (
		/\$env:(?!path|home|userprofile|temp|tmp|username|computername|node_env)\w+|\bget-childitem\s+env:|\bgci\s+env:|^\s*set\s*$/iu.test(
			line,
		)
	)
		judge.add('YELLOW', 'shows environment variables');
	if (/\[(?:system\.)?(?:io|net|diagnostics|reflection|runtime|management)\b|add-type|new-object|::/iu.test(line))
		judge.add('ORANGE', `${shell} uses .NET directly`);
	// A caret or backtick hides letters from whoever reads the line, and the shell drops it.
	const plain = shell === 'cmd' ? line.replaceAll('^', '') : line.replaceAll(/`(?=\S)/gu, '');
	for (const statement of splitStatements(plain)) judgeStatement(judge, statement, scope, shell);
}

/** Splits at separators outside quotes; script blocks count as statements of their own. */
export function splitStatements(line: string): readonly string[] {
	const statements: string[] = [];
	let current = '';
	let quote = '';
	for (let at = 0; at < line.length; at++) {
		const character = line.charAt(at);
		if (quote !== '') {
			if (character === quote) quote = '';
			current += character;
		} else if (character === '"' || character === "'") {
			quote = character;
			current += character;
		} else if (/[;|&\n\r{}()]/u.test(character)) {
			statements.push(current);
			current = '';
		} else current += character;
	}
	return [...statements, current].map(statement => statement.trim()).filter(statement => statement !== '');
}

function judgeStatement(judge: Judge, statement: string, scope: ShellScope, shell: string): void {
	const words = (statement.match(/"[^"]*"|'[^']*'|\S+/gu) ?? []).map(word => word.replace(/^(["'])(.*)\1$/su, '$2'));
	const assigned = /^\$[\w:]+$/u.test(words[0] ?? '') && words[1] === '=';
	const [first = '', ...args] = assigned ? words.slice(2) : words;
	if (first === '' || /^[$\d"'@[\-.]/u.test(first)) {
		if (first !== '') judge.add('ORANGE', `${shell} works with ${first}, which is not known here`);
		return mentions(judge, args, scope);
	}
	const name = first
		.toLowerCase()
		.replace(/^.*[\\/]/u, '')
		.replace(/\.(?:exe|cmd|bat)$/u, match => (match === '.exe' && tiersByName.has(first.toLowerCase()) ? match : ''));
	judge.add(tiersByName.get(name) ?? 'ORANGE', `${shell} runs ${name}`);
	if (/^(?:git|npm|npx|yarn|pnpm|cargo|go|node|python|py|dotnet)$/u.test(name))
		judge.command([name, ...args].map(plainField), scope.fork());
	if (deleters.test(name)) deleteFiles(judge, args, scope);
	else if (writers.test(name)) for (const word of pathWords(args)) judge.path(plainField(word), 'write', scope);
	const redirect = />>?\s*("[^"]+"|\S+)/u.exec(statement)?.[1];
	if (redirect !== undefined && !/^(?:\$null|nul|&\d)$/iu.test(redirect))
		judge.path(plainField(redirect.replaceAll('"', '')), 'write', scope);
	mentions(judge, args, scope);
}

function deleteFiles(judge: Judge, args: readonly string[], scope: ShellScope): void {
	const isDeep = args.some(word => /^(?:-r(?:ec(?:urse)?)?|\/s|-rf|-fr)$/iu.test(word));
	for (const word of pathWords(args)) judge.path({ text: word, isGlob: /[*?]/u.test(word) }, 'delete', scope, isDeep);
	if (
		args.some(word => word.startsWith('$') && !/^\$(?:env:|true|false|null)/iu.test(word)) ||
		pathWords(args).length === 0
	)
		judge.add(isDeep ? 'RED' : 'ORANGE', 'deletes what is not known before it runs');
}

function pathWords(args: readonly string[]): readonly string[] {
	return args
		.flatMap(word => word.split(','))
		.map(known)
		.filter(word => word !== '' && !/^-|^\/[a-z?]$/iu.test(word) && !/^\$(?!env:)/iu.test(word));
}

function known(word: string): string {
	return word
		.replace(/^(?:\$env:userprofile|%userprofile%|\$home|\$env:home)/iu, '~')
		.replace(/^(?:\$env:(?:systemroot|windir)|%(?:systemroot|windir)%)/iu, 'C:\\Windows');
}

function mentions(judge: Judge, args: readonly string[], scope: ShellScope): void {
	for (const word of args.flatMap(arg => [arg, ...arg.split(/[=,:](?!\\)/u)]).map(known)) {
		for (const cwd of scope.cwds.length > 0 ? scope.cwds : ['/']) {
			const finding =
				word === '' || word.startsWith('-')
					? undefined
					: judge.rules.protection(word.replace(/^["']|["']$/gu, ''), cwd, 'read');
			if (finding) judge.add(finding.tier, finding.reason);
		}
	}
}
