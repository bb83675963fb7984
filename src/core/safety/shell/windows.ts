import type { Tier } from '../../ledger/events';
import type { Judge } from './call';
import type { ShellScope } from './scope';
import { judgeByPolicy } from './byPolicy';
import { findRule } from './table';
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

/** Nobody reads a longer line before allowing it. */
const maxLength = 20_000;

/** Judges a PowerShell or `cmd` line. There is no parser for either here, so what is not plainly known is ORANGE. */
export function judgeWindows(judge: Judge, line: string, scope: ShellScope, shell: 'PowerShell' | 'cmd'): void {
	if (line.length > maxLength) return judge.add('RED', 'the command is too long to be judged');
	if (line.includes(unknownMark)) judge.add('RED', `${shell} runs a line that is put together while it runs`);
	const quotes = (line.match(/"/gu) ?? []).length;
	if (quotes % 2 === 1) judge.add('RED', `cannot be read as a ${shell} line (a quote is not closed)`);
	if (
		/\b(?:iex|invoke-expression)\b|\|\s*(?:powershell|pwsh|cmd)\b|\[scriptblock\]|\.invoke\(|\bfrombase64string\b|-enc(?:odedcommand)?\b|(?:^|[;|{}(])\s*[&.]\s*[($]/imu.test(
			line,
		)
	) {
		judge.add(
			'RED',
			fetchers.test(line) ? `${shell} runs what it fetches from the network` : `${shell} runs text as a command`,
		);
	}
	if (
		/\$env:(?!path|home|userprofile|appdata|localappdata|temp|tmp|username|computername|node_env)\w+|\bget-childitem\s+env:|\bgci\s+env:|^\s*set\s*$/iu.test(
			line,
		)
	)
		judge.add('YELLOW', 'shows environment variables');
	if (/\[(?:system\.)?(?:io|net|diagnostics|reflection|runtime|management)\b|add-type|new-object|::/iu.test(line))
		judge.add('ORANGE', `${shell} uses .NET directly`);
	// A caret or backtick hides letters from whoever reads the line, and the shell drops it.
	const plain = shell === 'cmd' ? line.replaceAll('^', '') : line.replaceAll(/`(?=\S)/gu, '');
	for (const statement of splitStatements(plain)) judgeStatement(judge, statement, scope, shell);
	for (const source of deletedSources(plain)) deleteFound(judge, source, scope);
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

/** Programs that both systems have under one name: they are judged by the table of programs. */
const sameEverywhere = /^(?:git|npm|npx|yarn|pnpm|bun|cargo|go|node|python|dotnet|tsc|pytest|tar|ssh|scp)$/u;
/** Names that PowerShell gives to commands of its own. */
const aliasOfPowerShell =
	/^(?:curl|wget|rm|cp|mv|ls|cat|ps|kill|sort|echo|diff|tee|sleep|man|where|start|sc|set|write)$/u;

function judgeStatement(judge: Judge, statement: string, scope: ShellScope, shell: string): void {
	const words = (statement.match(/"[^"]*"|'[^']*'|\S+/gu) ?? []).map(word => word.replace(/^(["'])(.*)\1$/su, '$2'));
	if (/^["']/u.test(statement) && words.length === 1) return;
	// `"text" > file` prints the text.
	if (/^["']/u.test(statement) && /^>>?$/u.test(words[1] ?? ''))
		return judge.path(plainField(known(words[2] ?? '')), 'write', scope);
	const assigned = /^\$[\w:]+$/u.test(words[0] ?? '') && words[1] === '=';
	if (assigned && /^["'\d]/u.test(statement.replace(/^\S+\s+=\s*/u, ''))) return judgeAssigned(judge, words[0] ?? '');
	const [first = '', ...args] = assigned ? words.slice(2) : words;
	if (first === '') return;
	// `set A=b&& npm test`, `$?` and `$true`: nothing runs.
	if (/^\$(?:\?|true|false|null|_|[a-z]\w*)$/iu.test(first) && (args.length === 0 || args[0] === 'in')) return;
	if (/^\.{1,2}[\\/]/u.test(first)) return judgeOwnScript(judge, first, args, scope, shell);
	if (/^[$\d"'@[\-.]/u.test(first)) {
		judge.add('ORANGE', `${shell} works with ${first}, which is not known here`);
		return mentions(judge, args, scope);
	}
	const name = programOf(first);
	const isExecutable = /\.exe$/iu.test(first) && name !== 'sc.exe';
	const isBoth = sameEverywhere.test(name) || (isExecutable && !tiersByName.has(`${name}.exe`));
	const isOurs =
		findRule(name) !== undefined && (isBoth || !tiersByName.has(name) || (shell === 'cmd' && name === 'curl'));
	if (isOurs && !(shell === 'PowerShell' && !isExecutable && aliasOfPowerShell.test(name))) {
		judge.command([name, ...args].map(plainField), scope.fork());
	} else if (/[\\/]/u.test(first) && !tiersByName.has(name)) return judgeOwnScript(judge, first, args, scope, shell);
	else judgeBuiltIn(judge, name, args, scope, shell);
	const redirect = />>?\s*("[^"]+"|\S+)/u.exec(statement)?.[1];
	if (redirect !== undefined && !/^(?:\$null|nul|&\d)$/iu.test(redirect))
		judge.path(plainField(known(redirect.replaceAll('"', ''))), 'write', scope);
	mentions(judge, args, scope);
}

/** `sc` writes a file in PowerShell and controls services in the command prompt. */
function judgeBuiltIn(judge: Judge, name: string, args: readonly string[], scope: ShellScope, shell: string): void {
	judgeByPolicy(judge, name, args.map(plainField));
	const asCmd = shell === 'cmd' && name === 'sc' ? 'sc.exe' : name;
	judge.add(tiersByName.get(asCmd) ?? tierOfVerb(name), `${shell} runs ${name}`);
	if (/^(?:cmd|powershell|pwsh)$/u.test(name)) judge.command([name, ...args].map(plainField), scope.fork());
	if (deleters.test(name)) deleteFiles(judge, args, scope);
	else if (writers.test(asCmd)) for (const word of pathWords(args)) judge.path(plainField(word), 'write', scope);
	else if (readers.test(name)) for (const word of pathWords(args)) judge.path(plainField(word), 'read', scope);
	for (const { only, words, tier, why } of furtherWords) {
		if (only.test(name) && words.test(args.join(' '))) judge.add(tier, `${name} ${why}`);
	}
}

/** PowerShell's commands begin with a verb, and its list of verbs is fixed. */
function tierOfVerb(name: string): Tier {
	const verb = /^([a-z]+)-[a-z]/u.exec(name)?.[1] ?? '';
	if (/^(?:remove|disable|unregister|reset|clear|revoke|dismount|uninstall|deny|block|suspend|format)$/u.test(verb))
		return 'RED';
	return /^(?:get|test|measure|compare|select|find|show|resolve|search)$/u.test(verb) ? 'YELLOW' : 'ORANGE';
}

const readers = /^(?:get-content|gc|cat|type|more|select-string|sls|findstr|get-filehash|import-csv)$/u;

/** Words that make a command reach further than its name tells. */
const furtherWords: readonly { only: RegExp; words: RegExp; tier: Tier; why: string }[] = [
	{
		only: /^(?:invoke-webrequest|iwr|invoke-restmethod|irm|curl|wget)$/u,
		words: /-(?:method|m)\s+(?!get\b|head\b)|-body\b|-infile\b|-form\b/iu,
		tier: 'ORANGE',
		why: 'sends data to another machine',
	},
	{
		only: /^set-executionpolicy$/u,
		words: /localmachine|currentuser|unrestricted|bypass/iu,
		tier: 'RED',
		why: 'lets any script run on this machine',
	},
	{
		only: /^(?:set-item(?:property)?|sp|si|new-item(?:property)?|ni|clear-item(?:property)?)$/u,
		words: /\bhk(?:lm|cu|cr|u):|registry::/iu,
		tier: 'RED',
		why: 'changes the registry',
	},
	{ only: /^(?:start-process|saps|start)$/u, words: /-verb\s+runas/iu, tier: 'RED', why: 'acts as the administrator' },
	{
		only: /^reg$/u,
		words: /\b(?:save|export)\b.*\b(?:sam|security|system)\b/iu,
		tier: 'BLACK',
		why: 'copies the passwords of this machine',
	},
	{
		only: /./u,
		words: /\$profile\b/iu,
		tier: 'RED',
		why: 'names what runs with every new shell',
	},
];

/** A variable of the environment with a plain value; what makes other programs load code is judged as such. */
function judgeAssigned(judge: Judge, name: string): void {
	if (/^\$env:(?!node_env|ci|debug|port|force_color)/iu.test(name))
		judge.add('ORANGE', `${name} may change what other programs do`);
}

function programOf(first: string): string {
	return first
		.toLowerCase()
		.replace(/^.*[\\/]/u, '')
		.replace(/\.(?:exe|cmd|bat)$/u, match => (match === '.exe' && tiersByName.has(first.toLowerCase()) ? match : ''));
}

/** `.\\build.ps1`: a script of the workspace, as `./build.sh` is. */
function judgeOwnScript(judge: Judge, first: string, args: readonly string[], scope: ShellScope, shell: string): void {
	const cwd = scope.cwds[0] ?? '/';
	const zone = judge.rules.zone(judge.rules.real(judge.rules.absolute(first, cwd)));
	judge.add(zone === 'workspace' ? 'YELLOW' : 'ORANGE', `${shell} runs the script ${first}`);
	mentions(judge, args, scope);
}

function deleteFiles(judge: Judge, args: readonly string[], scope: ShellScope): void {
	const isDeep = args.some(word => /^(?:-r(?:e(?:c(?:urse?)?)?)?|\/s|-rf|-fr)$/iu.test(word));
	for (const word of pathWords(args)) judge.path({ text: word, isGlob: /[*?]/u.test(word) }, 'delete', scope, isDeep);
	if (
		args.some(word => word.startsWith('$') && !/^\$(?:env:|true|false|null)/iu.test(word)) ||
		pathWords(args).length === 0
	)
		judge.add(isDeep ? 'RED' : 'ORANGE', 'deletes what is not known before it runs');
}

/** `Get-ChildItem C:\\data | Remove-Item`: what goes into the pipe is what is deleted. */
function deletedSources(line: string): readonly string[] {
	return line.split(/[;\n]/u).flatMap(statement => {
		const parts = statement.split('|');
		return parts.slice(1).flatMap((part, index) => {
			const isDeleting = /^\s*(?:remove-item|ri|del|rm|erase|rd)\b/iu.test(part);
			return isDeleting ? [parts[index] ?? ''] : [];
		});
	});
}

function deleteFound(judge: Judge, source: string, scope: ShellScope): void {
	const [, ...args] = source.trim().split(/\s+/u);
	const isDeep = args.some(word => /^-r/iu.test(word));
	judge.add('ORANGE', 'deletes everything that is found');
	for (const word of pathWords(args.filter((arg, index) => !/^-(?:filter|include)$/iu.test(args[index - 1] ?? ''))))
		judge.path({ text: word, isGlob: /[*?]/u.test(word) }, 'delete', scope, isDeep && !/[*?]/u.test(word));
}

function pathWords(args: readonly string[]): readonly string[] {
	return args
		.flatMap(word => word.split(','))
		.map(known)
		.filter(word => word !== '' && !/^-|^\/[a-z?]{1,2}$/iu.test(word) && !/^\$(?!env:)/iu.test(word));
}

function known(word: string): string {
	return word
		.replace(/^(?:\$env:userprofile|%userprofile%|\$home|\$env:home)/iu, '~')
		.replace(/^(?:\$env:appdata|%appdata%)/iu, '~/AppData/Roaming')
		.replace(/^(?:\$env:localappdata|%localappdata%)/iu, '~/AppData/Local')
		.replace(/^(?:\$env:te?mp|%te?mp%)/iu, '~/AppData/Local/Temp')
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
