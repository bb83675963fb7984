import { judgeVariable } from '../assignments';
import type { CommandCall, Handler, Judge } from '../call';
import { judgeMentions } from '../mentions';
import { hasOption } from '../options';
import type { ShellScope } from '../scope';
import { findRule, programName } from '../table';
import { plainField, unknownMark, type Field } from '../words';

/** Options of wrappers that take the next word, and how many words stand before the command. */
const shapes: Readonly<Record<string, { readonly valued?: readonly string[]; readonly skip?: number }>> = {
	env: { valued: ['-u', '--unset', '-C', '--chdir'] },
	nice: { valued: ['-n', '--adjustment'] },
	ionice: { valued: ['-c', '-n', '-p', '--class', '--classdata'] },
	timeout: { valued: ['-s', '-k', '--signal', '--kill-after'], skip: 1 },
	gtimeout: { valued: ['-s', '-k', '--signal', '--kill-after'], skip: 1 },
	stdbuf: { valued: ['-i', '-o', '-e'] },
	time: { valued: ['-f', '-o', '--format', '--output'] },
	chrt: { skip: 1 },
	taskset: { skip: 1 },
	chroot: { skip: 1 },
	exec: { valued: ['-a'] },
	sudo: {
		valued: [
			'-u',
			'-g',
			'-p',
			'-C',
			'-D',
			'-h',
			'-r',
			'-t',
			'-T',
			'-U',
			'-R',
			'--user',
			'--group',
			'--chdir',
			'--prompt',
		],
	},
	doas: { valued: ['-u', '-C', '-a'] },
	pkexec: { valued: ['--user'] },
	'su-exec': { skip: 1 },
	gosu: { skip: 1 },
	strace: { valued: ['-e', '-o', '-p', '-s', '-u', '-E'] },
	ltrace: { valued: ['-e', '-o', '-p', '-s', '-u'] },
	perf: { skip: 1, valued: ['-o', '-e', '-F'] },
	valgrind: {},
	gdb: { valued: ['-ex', '-x', '-p', '-d'] },
	'systemd-run': { valued: ['-p', '-u', '--unit', '--property', '-t'] },
	direnv: { skip: 2 },
	dotenv: { valued: ['-e', '-f', '-v'] },
	nsenter: { valued: ['-t', '--target'] },
	wsl: { valued: ['-d', '-u', '--distribution', '--user', '--cd'] },
	caffeinate: { valued: ['-t', '-w'] },
	tsp: { valued: ['-L', '-D'] },
};

/** The words after a wrapper's own options: the command that it starts. */
export function wrappedCommand(args: readonly Field[], valued: readonly string[], skip: number): readonly Field[] {
	let at = 0;
	let left = skip;
	while (at < args.length) {
		const text = args[at]?.text ?? '';
		if (text === '--') at++;
		else if (valued.includes(text) || takesNext(text, valued)) at += 2;
		else if (/^[-+]./u.test(text)) at++;
		else if (left > 0) {
			left--;
			at++;
		} else break;
	}
	return args.slice(at);
}

/** `-Eu root`: the last letter of a group may take the next word. */
function takesNext(text: string, valued: readonly string[]): boolean {
	return /^-[A-Za-z]{2,}$/u.test(text) && valued.includes(`-${text.at(-1)}`);
}

/** The command that a wrapper starts; a first word that no program has may be the value of an option not known here. */
function judgeInner(judge: Judge, rest: readonly Field[], call: CommandCall, inner: ShellScope): void {
	judge.command(rest, inner, call.stdin);
	if (findRule(programName(rest[0]?.text ?? ''))) return;
	rest.slice(1, 5).forEach((field, index) => {
		if (findRule(programName(field.text))) judge.command(rest.slice(index + 1), inner.fork(), call.stdin);
	});
}

const wrapper: Handler = (call, judge) => {
	const { name, args, scope, stdin } = call;
	const shape = shapes[name] ?? {};
	if (name === 'command' && hasOption(args, ['-v', '-V'])) return;
	splitString(call, judge);
	let rest = wrappedCommand(args, shape.valued ?? [], shape.skip ?? 0);
	judgeMentions(judge, args.slice(0, args.length - rest.length), call, true);
	const inner = scope.fork();
	while (/^[A-Za-z_]\w*=/u.test(rest[0]?.text ?? '')) {
		const text = rest[0]?.text ?? '';
		const equals = text.indexOf('=');
		judgeVariable(judge, text.slice(0, equals), text.slice(equals + 1), inner);
		rest = rest.slice(1);
	}
	if (rest.length > 0) return judgeInner(judge, rest, call, inner);
	if (name === 'env') judge.add('YELLOW', 'env shows environment variables, secrets included');
	if (['sudo', 'doas', 'pkexec', 'su-exec', 'gosu', 'chroot', 'unshare', 'nsenter', 'wsl', 'busybox'].includes(name)) {
		if (!hasOption(args, ['-l', '-k', '-v', '--version', '--help']))
			judge.add('RED', `${name} opens a shell that nobody sees`);
		if (stdin.kind !== 'none') judge.add('RED', `${name} runs what it is given`);
	}
	if (name === 'gdb' || name === 'lldb') judge.add('ORANGE', `${name} may change a running program`);
};

/** `env -S "rm -rf x"` and `gdb -ex "shell …"` carry a command line in one word. */
function splitString(call: CommandCall, judge: Judge): void {
	call.args.forEach((field, index) => {
		const text = field.text;
		if (call.name === 'env' && /^(?:-[a-zA-Z]*S|--split-string)/u.test(text)) {
			const attached = text.replace(/^(?:-[a-zA-Z]*S|--split-string=?)/u, '');
			judge.line(attached === '' ? (call.args[index + 1]?.text ?? unknownMark) : attached, call.scope);
		}
		if ((call.name === 'gdb' || call.name === 'lldb') && /^(?:-ex|-o|-x|--eval-command)/u.test(text)) {
			judge.add('RED', `${call.name} runs commands of its own`);
		}
	});
}

/** Commands after which `xargs` appends names that nobody knows yet. */
const xargs: Handler = (call, judge) => {
	const valued = [
		'-I',
		'-n',
		'-P',
		'-L',
		'-d',
		'-a',
		'-s',
		'-E',
		'--max-args',
		'--max-procs',
		'--delimiter',
		'--arg-file',
		'-j',
		'--jobs',
		'-S',
		'--colsep',
	];
	const own = wrappedCommand(call.args, valued, 0);
	const end = own.findIndex(field => /^:{3,4}\+?$/u.test(field.text));
	const command = end < 0 ? own : own.slice(0, end);
	const given = end < 0 ? [] : own.slice(end).filter(field => !/^:{3,4}\+?$/u.test(field.text));
	for (const field of given) {
		if (command.length > 0) judge.command([...command, field], call.scope.fork());
		else judge.line(field.text, call.scope.fork());
	}
	if (command.length === 0) {
		if (call.name !== 'xargs' && given.length === 0) judge.add('RED', `${call.name} runs the lines that it reads`);
		return;
	}
	const joined = command.map(field => field.text).join(' ');
	if (call.name !== 'xargs' && command.length === 1)
		judge.line(joined.replaceAll(/\{[.#/%]*\}/gu, unknownMark), call.scope);
	// The names come from the input: where that is known it could be told, but a wrong guess would be worse than none.
	const withNames = command.map(field =>
		/\{\}/u.test(field.text) || isReplaced(call, field)
			? { ...field, text: field.text.replaceAll('{}', unknownMark).replace(replaceText(call), unknownMark) }
			: field,
	);
	const isAppended = !hasOption(call.args, ['-I', '-J', '-i', '--replace']);
	judge.command(isAppended ? [...withNames, plainField(unknownMark)] : withNames, call.scope.fork());
	// What is known of the input counts as well: `xargs rm -rf <<< /`.
	if (call.stdin.kind === 'text' && call.stdin.text.length < 4000) {
		for (const word of call.stdin.text
			.split(/\s+/u)
			.filter(text => text !== '')
			.slice(0, 50)) {
			const named = command.map(field => ({ ...field, text: field.text.replaceAll(replaceText(call), word) }));
			judge.command(isAppended ? [...command, plainField(word)] : named, call.scope.fork());
		}
	}
};

function replaceText(call: CommandCall): string {
	const index = call.args.findIndex(field => field.text.startsWith('-I'));
	if (index < 0) return '{}';
	const attached = call.args[index]?.text.slice(2) ?? '';
	return attached === '' ? (call.args[index + 1]?.text ?? '{}') : attached;
}

function isReplaced(call: CommandCall, field: Field): boolean {
	const text = replaceText(call);
	return text !== '' && field.text.includes(text) && hasOption(call.args, ['-I*']);
}

const flock: Handler = (call, judge) => {
	const line = call.args.findIndex(field => /^(?:-c|--command)$/u.test(field.text));
	if (line >= 0) return judge.line(call.args[line + 1]?.text ?? unknownMark, call.scope);
	const rest = wrappedCommand(call.args, ['-w', '--timeout', '-E'], 1);
	if (rest.length > 0) judge.command(rest, call.scope.fork(), call.stdin);
	const file = wrappedCommand(call.args, ['-w', '--timeout', '-E'], 0)[0];
	if (file && !/^\d+$/u.test(file.text)) judge.path(file, 'write', call.scope);
};

export const wrapperHandlers: Readonly<Record<string, Handler>> = { wrapper, xargs, flock };
