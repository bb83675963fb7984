import type { CommandCall, Handler, Judge } from '../call';
import { judgeMentions } from '../mentions';
import { hasOption, isOption, sortWords } from '../options';
import { plainField, unknownMark, type Field } from '../words';

/** Settings that make git run something; given with `-c` they hold for this one command. */
const runningSettings =
	/^(?:alias\.|core\.(?:pager|editor|sshcommand|fsmonitor|hookspath|gitproxy|askpass|attributesfile)|sequence\.editor|pager\.|diff\.external|diff\..*\.(?:command|textconv)|merge\..*\.driver|mergetool\.|difftool\.|filter\..*\.(?:clean|smudge|process)|credential\.|gpg\.(?:.*\.)?program|sendemail\.|uploadpack\.|remote\..*\.(?:uploadpack|receivepack|vcs|proxy)|protocol\.|browser\.|man\.|web\.|include|url\.|http\.(?:proxy|sslverify|cookiefile)|init\.templatedir|submodule\..*\.update|interactive\.difffilter|trailer\..*\.(?:command|cmd)|commit\.template|safe\.)/iu;

const git: Handler = (call, judge) => {
	const { args, scope } = call;
	const { own, sub, rest } = splitSubcommand(args);
	globalOptions(call, judge, own);
	if (sub === 'config') config(call, judge, rest);
	else if (sub === 'clone') clone(call, judge, rest);
	else if (sub === 'rebase' || sub === 'difftool' || sub === 'mergetool') lineOptions(call, judge, rest);
	else if (sub === 'submodule' && rest[0]?.text === 'foreach') judge.line(words(rest.slice(1)), scope.fork());
	else if (sub === 'bisect' && rest[0]?.text === 'run') judge.command(rest.slice(1), scope.fork());
	else if (sub === 'filter-branch')
		judge.line(
			rest
				.filter(field => /\s/u.test(field.text))
				.map(field => field.text)
				.join('\n'),
			scope.fork(),
		);
	else if (sub === 'rm' || sub === 'mv') fileNames(call, judge, sub, rest);
	// Files that are brought back from a commit are written.
	judgeMentions(judge, named(rest), call, /^(?:checkout|restore|checkout-index|apply)$/u.test(sub ?? ''));
	for (const field of outputs(rest, sub)) judge.path(field, 'write', scope);
	if (sub !== 'grep' && sub !== 'log' && hasOption(rest, ['--no-index'])) {
		for (const field of sortWords(rest, []).positional) judge.path(field, 'read', scope);
	}
	if (rest.some(field => /^(?:ext|fd)::/u.test(field.text)))
		judge.add('RED', 'git runs a program instead of the usual transport');
	if (sub?.includes(unknownMark)) judge.add('RED', 'git with a subcommand that is not known before it runs');
};

function splitSubcommand(args: readonly Field[]): {
	own: readonly Field[];
	sub: string | undefined;
	rest: readonly Field[];
} {
	const valued = [
		'-C',
		'-c',
		'--git-dir',
		'--work-tree',
		'--namespace',
		'--super-prefix',
		'--config-env',
		'--exec-path',
	];
	let at = 0;
	while (at < args.length) {
		const text = args[at]?.text ?? '';
		if (valued.includes(text)) at += 2;
		else if (text.startsWith('-')) at++;
		else break;
	}
	return { own: args.slice(0, at), sub: args[at]?.text, rest: args.slice(at + 1) };
}

function globalOptions(call: CommandCall, judge: Judge, own: readonly Field[]): void {
	own.forEach((field, index) => {
		const value = own[index + 1]?.text ?? unknownMark;
		if (field.text === '-c' || field.text.startsWith('--config-env'))
			setting(call, judge, field.text === '-c' ? value : unknownMark);
		if (field.text.startsWith('--exec-path=')) judge.add('RED', 'git runs programs from another folder');
		const folder =
			field.text === '-C' || field.text === '--work-tree' || field.text === '--git-dir' ? own[index + 1] : undefined;
		const attached = /^--(?:git-dir|work-tree)=(.*)$/su.exec(field.text)?.[1];
		const place = folder ?? (attached === undefined ? undefined : plainField(attached));
		// Another repository has hooks and settings of its own, which run with the command.
		if (place && !/\.git\/?$/u.test(place.text)) judge.path(place, 'read', call.scope);
	});
}

function setting(call: CommandCall, judge: Judge, assignment: string): void {
	const name = assignment.split('=')[0] ?? '';
	aliasLine(call, judge, assignment.slice(name.length + 1));
	if (name.includes(unknownMark) || runningSettings.test(name))
		judge.add('RED', `git -c ${assignment.replaceAll(unknownMark, '…')} makes git run or trust something`);
}

/** `!line`: what git gives to a shell. */
function aliasLine(call: CommandCall, judge: Judge, value: string): void {
	if (value.startsWith('!')) judge.line(value.slice(1), call.scope.fork());
}

function config(call: CommandCall, judge: Judge, rest: readonly Field[]): void {
	const names = rest.filter(field => !field.text.startsWith('-'));
	const isReading =
		hasOption(rest, ['--get', '--get-all', '--get-regexp', '--list', '-l', '--show-origin']) ||
		['get', 'list'].includes(names[0]?.text ?? '') ||
		(names.length === 1 && !hasOption(rest, ['--unset', '--unset-all', '--edit', '-e', '--remove-section']));
	if (isReading) return;
	for (const field of names) aliasLine(call, judge, field.text);
	if (hasOption(rest, ['--global', '--system', '--file', '-f']))
		judge.add('RED', 'git config changes settings of every project');
	if (names.some(field => runningSettings.test(field.text) || field.text.includes(unknownMark)))
		judge.add('RED', `git config ${words(rest)} makes git run or trust something`);
}

function clone(call: CommandCall, judge: Judge, rest: readonly Field[]): void {
	const { positional, options } = sortWords(rest, [
		'-b',
		'--branch',
		'--depth',
		'-o',
		'--origin',
		'--template',
		'-c',
		'--config',
		'--reference',
		'-j',
	]);
	if (positional[1]) judge.path(positional[1], 'write', call.scope);
	for (const { name, value } of options) {
		if (name === '--template') judge.add('RED', 'git clone takes hooks from a template folder');
		if ((name === '-c' || name === '--config') && value) setting(call, judge, value.text);
	}
}

function lineOptions(call: CommandCall, judge: Judge, rest: readonly Field[]): void {
	rest.forEach((field, index) => {
		if (!['-x', '--exec', '--extcmd'].some(name => isOption(field.text, name))) return;
		const attached = /^--\w+=(.*)$/su.exec(field.text)?.[1];
		judge.line(attached ?? rest[index + 1]?.text ?? unknownMark, call.scope.fork());
	});
}

function fileNames(call: CommandCall, judge: Judge, sub: 'rm' | 'mv', rest: readonly Field[]): void {
	if (hasOption(rest, ['--cached'])) return;
	for (const field of sortWords(rest, []).positional)
		judge.path(field, sub === 'rm' ? 'delete' : 'write', call.scope, hasOption(rest, ['-r']));
}

/** The words that may name files or objects: all but messages. */
function named(rest: readonly Field[]): readonly Field[] {
	return rest.filter((field, index) => {
		const before = rest[index - 1]?.text ?? '';
		return !/\s/u.test(field.text) && !/^(?:-[a-z]*m|--message|--author|--grep|-S|-G|--format|--pretty)$/u.test(before);
	});
}

function outputs(rest: readonly Field[], sub: string | undefined): readonly Field[] {
	const names = sub === 'archive' || sub === 'format-patch' ? ['-o', '--output', '--output-directory'] : ['--output'];
	return sortWords(rest, names).options.flatMap(({ name, value }) => (names.includes(name) && value ? [value] : []));
}

function words(fields: readonly Field[]): string {
	return fields.map(field => field.text).join(' ');
}

export const gitHandlers: Readonly<Record<string, Handler>> = { git };
