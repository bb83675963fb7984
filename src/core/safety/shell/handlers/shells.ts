import type { CommandCall, Handler, Judge } from '../call';
import { judgeVariable } from '../assignments';
import { hasOption } from '../options';
import { isFetcher, type Stdin } from '../scope';
import { isUnknown, unknownMark, type Field } from '../words';
import { judgeRunOfWritten } from '../runsFile';
import { wrappedCommand } from './wrappers';

/** Judges what a shell reads from its input as the commands that they are. */
export function judgeShellInput(judge: Judge, name: string, stdin: Stdin, call: CommandCall): void {
	if (stdin.kind === 'text') judge.line(stdin.text, call.scope.fork());
	else if (stdin.kind === 'file') judgeScript(judge, { text: stdin.path, isGlob: false }, call);
	else if (stdin.kind === 'pipe') {
		const from = stdin.from.join(' | ');
		const isFetched = stdin.from.some(part => isFetcher(part));
		judge.add(
			'RED',
			isFetched
				? `${name} runs what ${from} fetches from the network`
				: `${name} runs whatever ${from || 'another command'} prints`,
		);
	}
}

function judgeScript(judge: Judge, script: Field, call: CommandCall): void {
	if (script.process) return judge.add('RED', `${call.name} runs whatever another command prints`);
	if (isUnknown(script)) return judge.add('RED', `${call.name} runs a script that is not known before it runs`);
	judge.path(script, 'read', call.scope);
	judgeRunOfWritten(judge, script.text, call, true);
	judge.add('YELLOW', `${call.name} runs the script ${script.text}`);
	const [cwd] = call.scope.cwds;
	const zone = judge.rules.zone(judge.rules.real(judge.rules.absolute(script.text, cwd ?? '/')));
	if (zone === 'temp' || zone === 'outside' || cwd === undefined)
		judge.add('ORANGE', `${script.text} is a script from outside the workspace`);
	if (/^\/(?:dev|proc)\//u.test(script.text)) judge.add('RED', `${call.name} runs whatever it is given`);
}

/** `sh -c LINE`, `bash script`, `… | sh`, `su -c LINE`, `script -c LINE`. */
const shell: Handler = (call, judge) => {
	const { name, args, scope, stdin } = call;
	const at = args.findIndex(field => /^-[a-z]*c$/iu.test(field.text) || /^--command(?:=|$)/u.test(field.text));
	if (name === 'su' || name === 'runuser') judge.add('RED', `${name} acts as another user`);
	if (name === 'script') judge.add('YELLOW', 'script records a session');
	const startup = args.findIndex(field => /^--(?:rcfile|init-file)$/u.test(field.text));
	if (startup >= 0) judge.add('RED', `${name} runs a start-up file first`);
	if (at >= 0) {
		const attached = /^--command=(.*)$/su.exec(args[at]?.text ?? '')?.[1];
		// More options may stand between `-c` and its line: `bash -c -x 'ls'`.
		const line = attached ?? args.slice(at + 1).find(field => !/^[-+][a-z]+$/iu.test(field.text))?.text;
		if (line === undefined) return judge.add('RED', `${name} -c runs a line that cannot be read`);
		judge.line(line, scope.fork(), stdin);
		return;
	}
	if (args.length === 1 && /^--?(?:version|help|n)$/u.test(args[0]?.text ?? '')) return;
	const rest = wrappedCommand(args, ['-o', '-O', '--rcfile', '--init-file', '-u'], 0);
	const isSyntaxOnly = hasOption(args, ['-n']) && name !== 'su';
	const [first] = rest;
	if (first && !hasOption(args, ['-s']) && first.text !== '-' && name !== 'su' && name !== 'script') {
		if (isSyntaxOnly) judge.path(first, 'read', scope);
		else judgeScript(judge, first, call);
		return;
	}
	if (stdin.kind === 'none') judge.add(name === 'script' ? 'ORANGE' : 'YELLOW', `${name} opens a shell`);
	judgeShellInput(judge, name, stdin, call);
};

const evalLine: Handler = (call, judge) => {
	const line = call.args.map(field => field.text).join(' ');
	// `eval "$(direnv hook bash)"` and the like: what the tool prints is not known here.
	judge.add('YELLOW', 'eval runs text as a command');
	judge.line(line, call.scope);
};

const source: Handler = (call, judge) => {
	const [script] = call.args;
	if (!script) return;
	if (script.process || /^\/dev\/(?:stdin|fd\/)/u.test(script.text)) {
		judge.add('RED', `${call.name} runs whatever another command prints`);
		return judgeShellInput(judge, call.name, call.stdin, call);
	}
	judgeScript(judge, script, call);
	// A script may give any variable another value.
	call.scope.isSplitChanged = true;
};

/** `trap 'rm -f x' EXIT`: the line runs in the end. */
const trap: Handler = (call, judge) => {
	const [line] = call.args.filter(field => !/^-[lp]$/u.test(field.text));
	if (line && line.text !== '-' && line.text !== '' && call.args.length > 1) judge.line(line.text, call.scope.fork());
};

/** `watch 'npm test'`, `hyperfine 'a' 'b'`, `tmux new 'line'`: every word may be a whole line. */
const commandLines: Handler = (call, judge) => {
	const words = call.args.filter(field => !field.text.startsWith('-'));
	if (call.name === 'watch') {
		const rest = wrappedCommand(call.args, ['-n', '--interval'], 0);
		return judge.line(rest.map(field => field.text).join(' '), call.scope.fork());
	}
	for (const word of words.filter(field => /\s/u.test(field.text))) judge.line(word.text, call.scope.fork());
	const rest = wrappedCommand(call.args, ['-n', '-x', '-e', '--exec', '-w', '-L', '-N', '-r', '--runs', '--warmup'], 0);
	if (rest.length > 0 && ['nodemon', 'watchexec', 'onchange', 'xterm'].includes(call.name))
		judge.command(rest, call.scope.fork());
	if (['tmux', 'screen'].includes(call.name)) judge.add('ORANGE', `${call.name} starts what goes on after the call`);
	if (['tmux', 'screen'].includes(call.name) && words.some(field => /^(?:send-keys|stuff|send)$/u.test(field.text))) {
		judge.add('RED', `${call.name} types into another shell`);
	}
};

const alias: Handler = (call, judge) => {
	for (const field of call.args) {
		const equals = field.text.indexOf('=');
		if (equals <= 0) continue;
		judge.line(field.text.slice(equals + 1), call.scope.fork());
		call.scope.aliases.set(field.text.slice(0, equals), field.text.slice(equals + 1));
	}
};

/** `export NAME=value` was judged as an assignment; what only the words tell is looked at here. */
const declare: Handler = (call, judge) => {
	if (call.args.length === 0 || hasOption(call.args, ['-p', '-x'])) {
		const isBare = !call.args.some(field => field.text.includes('='));
		if (isBare && call.name !== 'unset') judge.add('YELLOW', `${call.name} shows environment variables`);
	}
	for (const field of call.args) {
		if (/\[.*(?:\$\(|`)/su.test(field.text)) judge.add('RED', 'hides a command inside an array index');
		const match = /^([A-Za-z_]\w*)=(.*)$/su.exec(field.text);
		if (match) judgeVariable(judge, match[1] ?? '', match[2] ?? '', call.scope);
		if (call.name === 'unset') call.scope.assign(field.text, undefined);
	}
	// A reference changes another variable under its own name.
	if (hasOption(call.args, ['-n'])) call.scope.isSplitChanged = true;
	if (hasOption(call.args, ['-n']))
		for (const field of call.args) call.scope.assign(field.text.split('=')[0] ?? '', undefined);
};

/** `set` alone prints every variable; `set -- a b` gives the positional ones. */
const setOptions: Handler = (call, judge) => {
	if (call.args.length === 0) judge.add('YELLOW', 'set shows environment variables, secrets included');
};

const readVariables: Handler = (call, judge) => {
	for (const field of call.args) {
		if (/\[.*(?:\$\(|`)/su.test(field.text)) judge.add('RED', 'hides a command inside an array index');
		if (/^[A-Za-z_]\w*$/u.test(field.text)) call.scope.assign(field.text, undefined);
	}
	if (hasOption(call.args, ['-C'])) judge.add('ORANGE', `${call.name} runs a command for what it reads`);
	call.scope.assign('REPLY', undefined);
	call.scope.assign('MAPFILE', undefined);
};

const printf: Handler = (call, judge) => {
	if (call.name === 'let' && call.args.some(field => /\[.*(?:\$\(|`)/su.test(field.text)))
		judge.add('RED', 'hides a command inside arithmetic');
	if (call.name !== 'printf' || !hasOption(call.args, ['-v'])) return;
	const name = call.args[call.args.findIndex(field => field.text.startsWith('-v')) + 1]?.text ?? unknownMark;
	if (/\[.*(?:\$\(|`)/su.test(name)) judge.add('RED', 'hides a command inside an array index');
	call.scope.assign(name.replace(/\[.*$/su, ''), undefined);
};

export const shellHandlers: Readonly<Record<string, Handler>> = {
	shell,
	eval: evalLine,
	source,
	trap,
	commandLines,
	alias,
	declare,
	setOptions,
	readVariables,
	printf,
};
