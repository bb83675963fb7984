import type { Tier } from '../../ledger/events';
import type { CommandCall, Judge } from './call';
import { judgeByPolicy } from './byPolicy';
import { findHandler } from './handlers';
import { hasOption, isOption, sortWords } from './options';
import { judgeMentions } from './mentions';
import { judgeRunOfWritten } from './runsFile';
import { isFetcher } from './scope';
import { findRule, programName, type CommandRule } from './table';
import { isUnknown, unknownMark, type Field } from './words';

/** Judges one command by the table, its own handler, and the files that its words name. */
export function judgeFields(judge: Judge, call: CommandCall): void {
	const written = call.name;
	if (!isPlainName(judge, call)) return;
	judgeAlias(judge, call);
	const name = programName(written);
	judgeByPolicy(judge, name, call.args);
	const rule = call.scope.functions.has(name) ? undefined : findRule(name);
	if (call.scope.functions.has(name)) {
		judge.add('GREEN', `calls the function ${name}`);
		judgeMentions(judge, call.args, call, true);
		// Many functions run what they are given: `run() { "$@"; }`.
		if (findRule(programName(call.args[0]?.text ?? ''))) judge.command(call.args, call.scope.fork(), call.stdin);
		return;
	}
	if (!rule) return judgeUnknown(judge, call, name);
	const named: CommandCall = { ...call, name };
	judgeByTable(judge, named, rule);
	if (rule.handler) findHandler(rule.handler)(named, judge);
	if (call.scope.isPathChanged) judge.add('YELLOW', `${name} may be another program, as PATH was changed`);
}

/** A word that the line itself made an alias of: some shells put its text in its place. */
function judgeAlias(judge: Judge, call: CommandCall): void {
	const alias = call.scope.aliases.get(call.name);
	if (alias === undefined || alias.includes(unknownMark)) return;
	const inner = call.scope.fork();
	inner.aliases.delete(call.name);
	const args = call.args.filter(field => !isUnknown(field)).map(field => `'${field.text.replaceAll("'", "'\\''")}'`);
	judge.line([alias, ...args].join(' '), inner, call.stdin);
}

/** A name that is only known while it runs, or that imitates another one, is judged for that alone. */
function isPlainName(judge: Judge, call: CommandCall): boolean {
	const { name } = call;
	if (name.includes(unknownMark)) {
		// `"${words[@]}"`, `$(cat file)`: a whole line that nobody sees. A function runs what it is given: see its calls.
		if (name === unknownMark && call.args.length === 0 && !call.scope.isFunctionBody)
			judge.add('RED', 'runs a command line that is not known before it runs');
		judge.add('ORANGE', `runs a program whose name is not known before it runs (${name.replaceAll(unknownMark, '…')})`);
		if (
			call.scope.isSplitChanged ||
			hasOption(call.args, ['-rf', '-fr', '-r', '-R', '-c', '-e', '--force', '-exec', '-delete']) ||
			call.args.some(isUnknown)
		) {
			judge.add('RED', 'what it would do cannot be told either');
		}
		judgeMentions(judge, call.args, call, true);
		return false;
	}
	if (/[*?[\]]/u.test(name) && name !== '[' && name !== '[[') {
		judge.add('RED', `runs whatever program the pattern ${name} finds`);
		return false;
	}
	// eslint-disable-next-line no-control-regex -- control characters are what is looked for
	if (/[^\u0020-\u007E]/u.test(name)) judge.add('ORANGE', `the name ${name} holds letters that look like others`);
	return true;
}

function judgeUnknown(judge: Judge, call: CommandCall, name: string): void {
	judge.add('YELLOW', `runs ${name}`);
	if (name.includes('/')) {
		judgeRunOfWritten(judge, name, call, true);
		const cwd = call.scope.cwds[0];
		const isAnchored = /^[~/]/u.test(name);
		const zone =
			cwd === undefined && !isAnchored
				? 'outside'
				: judge.rules.zone(judge.rules.real(judge.rules.absolute(name, cwd ?? '/')));
		if (zone === 'temp' || zone === 'outside')
			judge.add('ORANGE', `runs a program from outside the workspace (${name})`);
		judgeMentions(judge, [{ text: name, isGlob: false }], call, false);
	}
	judgeMentions(judge, call.args, call, true);
}

function judgeByTable(judge: Judge, call: CommandCall, rule: CommandRule): void {
	const { name, args, scope } = call;
	const sorted = sortWords(args, [...(rule.valued ?? []), ...(rule.out ?? []), ...(rule.in ?? [])]);
	const sub = rule.subs ? findSub(rule.subs, args, sorted.positional) : undefined;
	const ownTier: Tier = sub && rule.subs ? (rule.subs[sub] ?? rule.tier) : rule.tier;
	const tier = mildTier(call, rule, sub, sorted.positional) ?? ownTier;
	const shown = sub ? `${name} ${sub}` : name;
	const isHelp = isVersion(call, rule);
	if (isHelp) return judge.add('GREEN', `${shown}: shows its version or help`);
	if (rule.why !== undefined || rule.subs) judge.add(tier, `${shown}: ${rule.why ?? 'runs'}`);
	for (const raise of rule.raise ?? []) {
		if (raise.sub && !raise.sub.some(wanted => wanted === sub || sub?.startsWith(`${wanted} `))) continue;
		if (hasOption(args, raise.has) && (!raise.and || hasOption(args, raise.and)))
			judge.add(raise.tier, `${shown}: ${raise.why}`);
	}
	for (const [field, access] of optionFiles(rule, sorted.options)) judge.path(field, access, scope);
	for (const line of optionLines(rule, args)) {
		judge.add('YELLOW', `${name} runs “${line}”`);
		judge.line(line, scope);
	}
	judgePaths(judge, call, rule, sorted.positional);
	if (name === 'tee') noteTee(call, sorted.positional);
	const isReader = rule.tier === 'GREEN' || rule.paths === 'read' || rule.paths === 'list' || rule.paths === 'pattern';
	if (rule.paths === undefined) judgeMentions(judge, args, call, !isReader);
	else if (rule.paths !== 'none')
		judgeMentions(
			judge,
			args.filter(field => /^-|=/u.test(field.text)),
			call,
			!isReader,
		);
}

/** `git --version`, `node -v`: nothing but that. A program of the workspace itself may do anything with it. */
function isVersion({ name, args, scope }: CommandCall, rule: CommandRule): boolean {
	const [word] = args;
	if (args.length !== 1 || !word || name.includes('/') || scope.isPathChanged) return false;
	if (/^(?:--version|--help|-V|-version|--info)$/u.test(word.text)) return true;
	if (/^(?:version|help)$/u.test(word.text)) return rule.subs !== undefined;
	return word.text === '-v' && /^(?:node|npm|npx|pnpm|yarn|bun|deno|php|ruby|tsc|java|make)$/u.test(name);
}

/** The tier of a form that reaches less far than the command. What raises the command raises this form, too. */
function mildTier(
	{ args }: CommandCall,
	rule: CommandRule,
	sub: string | undefined,
	positional: readonly Field[],
): Tier | undefined {
	const options = args.filter(field => /^-./u.test(field.text));
	const words = positional.length - (sub === undefined ? 0 : rule.subs ? sub.split(' ').length : 0);
	for (const { sub: subs, starts, options: allowed, needs, words: mayHaveWords, tier } of rule.mild ?? []) {
		if (subs && !subs.some(wanted => wanted === sub)) continue;
		if (starts && !starts.some(text => ` ${args.map(field => field.text).join(' ')} `.startsWith(` ${text} `)))
			continue;
		if (args.some(isUnknown) || words > wordsOf(mayHaveWords)) continue;
		if (allowed && !options.every(field => isExactly(field.text, allowed))) continue;
		if (!needs || args.some(field => isExactly(field.text, needs))) return tier;
	}
	return rule.readVerbs && isReadVerb(args, rule.readVerbs) ? 'YELLOW' : undefined;
}

function wordsOf(words: boolean | number | undefined): number {
	return typeof words === 'number' ? words : words === true ? Number.POSITIVE_INFINITY : 0;
}

/** Letters behind one dash are not taken apart here: `-rD` is not the harmless `-r`. */
function isExactly(word: string, wanted: readonly string[]): boolean {
	return wanted.some(name =>
		!name.endsWith('*') && (name.length === 2 || !name.startsWith('-')) ? word === name : isOption(word, name),
	);
}

/** Whether the words before the first option end in a verb that reads: `compute instances list`. */
function isReadVerb(args: readonly Field[], verbs: readonly string[]): boolean {
	const end = args.findIndex(field => field.text.startsWith('-'));
	const leading = (end < 0 ? args : args.slice(0, end)).map(field => field.text);
	const at = leading.findIndex((word, index) => index > 0 && verbs.some(verb => isOption(word, verb)));
	return at > 0 && leading.slice(0, at).every(word => /^[a-z][a-z0-9-]*$/u.test(word)) && !args.some(isUnknown);
}

/** `… | tee FILE` writes what comes in. */
function noteTee(call: CommandCall, files: readonly Field[]): void {
	const { stdin, scope } = call;
	const isFetched = stdin.kind === 'pipe' && stdin.from.some(isFetcher);
	for (const field of files)
		scope.noteWritten(field.text, { text: stdin.kind === 'text' ? stdin.text : undefined, isFetched });
}

/** The subcommand of two words or one; a word that no subcommand has counts as none. */
function findSub(
	subs: Readonly<Record<string, Tier>>,
	args: readonly Field[],
	positional: readonly Field[],
): string | undefined {
	const [first, second] = [positional[0]?.text, positional[1]?.text];
	const candidates = [`${first} ${second}`, first, args[0]?.text];
	return candidates.find(candidate => candidate !== undefined && Object.hasOwn(subs, candidate)) ?? first;
}

function optionFiles(
	rule: CommandRule,
	options: ReturnType<typeof sortWords>['options'],
): readonly (readonly [Field, 'read' | 'write'])[] {
	const files: (readonly [Field, 'read' | 'write'])[] = [];
	for (const { name, value } of options) {
		if (!value || value.text === '-') continue;
		if (rule.out?.includes(name)) files.push([value, 'write']);
		else if (rule.in?.includes(name)) files.push([value, 'read']);
	}
	return files;
}

/** The command lines that options carry: `--to-command=…`, `-e ssh`. */
function optionLines(rule: CommandRule, args: readonly Field[]): readonly string[] {
	const lines: string[] = [];
	args.forEach((field, index) => {
		for (const wanted of rule.runs ?? []) {
			if (!isOption(field.text, wanted) && !field.text.startsWith(wanted)) continue;
			const equals = field.text.indexOf('=');
			const attached =
				equals > 0
					? field.text.slice(equals + 1)
					: /^-[^-]$/u.test(wanted) && field.text.startsWith(wanted)
						? field.text.slice(2)
						: '';
			const line = attached === '' ? args[index + 1]?.text : attached;
			if (line !== undefined) lines.push(line.replace(/^exec=/u, ''));
		}
	});
	return [...new Set(lines)];
}

function judgePaths(judge: Judge, call: CommandCall, rule: CommandRule, positional: readonly Field[]): void {
	const { args, scope } = call;
	const isDeep = rule.recursive !== undefined && (rule.recursive.includes('*') || hasOption(args, rule.recursive));
	switch (rule.paths) {
		case 'list':
		case 'read':
		case 'write':
			for (const field of positional) judge.path(field, rule.paths, scope, isDeep && rule.paths === 'read');
			return;
		case 'pattern': {
			const hasPattern = hasOption(args, ['-e', '-f', '--regexp', '--file', '--from-file', '--files']);
			for (const field of hasPattern ? positional : positional.slice(1)) judge.path(field, 'read', scope, isDeep);
			return;
		}
		case 'copy':
		case 'move': {
			const hasTarget = hasOption(args, ['-t', '--target-directory']);
			const sources = hasTarget || positional.length < 2 ? positional : positional.slice(0, -1);
			const target = hasTarget || positional.length < 2 ? undefined : positional.at(-1);
			for (const field of sources) {
				judge.path(field, 'read', scope, isDeep);
				if (rule.paths === 'move') judge.path(field, 'delete', scope);
			}
			if (target) {
				judge.path(target, 'write', scope);
				// Into a folder: what then lies there counts, as `~/.config/autostart/x.desktop`.
				for (const { text, ...more } of sources.slice(0, 20))
					judge.path(
						{ ...more, text: `${target.text.replace(/\/+$/u, '')}/${text.split('/').at(-1)}` },
						'write',
						scope,
					);
			}
			return;
		}
		case 'none':
		case undefined:
	}
}
