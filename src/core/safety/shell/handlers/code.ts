import type { CommandCall, Handler, Judge } from '../call';
import codePatterns from '../codePatterns.json' with { type: 'json' };
import { hasOption, sortWords } from '../options';
import { isUnknown, unknownMark, type Field } from '../words';
import { judgeRunOfWritten } from '../runsFile';
import type { ShellScope } from '../scope';
import { wrappedCommand } from './wrappers';

const patterns = codePatterns.map(rule => ({
	pattern: new RegExp(rule.pattern, 'u'),
	tier: rule.tier as 'YELLOW' | 'ORANGE' | 'RED' | 'BLACK',
	why: rule.why,
	only: 'only' in rule && typeof rule.only === 'string' ? rule.only.split(' ') : undefined,
}));

/** Judges code of another language by what it names: coarse, and never less than YELLOW. */
export function judgeCode(judge: Judge, language: string, code: string, scope: ShellScope): void {
	judge.add('YELLOW', `${language} runs code given with the command`);
	if (code.includes(unknownMark)) judge.add('ORANGE', `${language} runs code that is put together while it runs`);
	for (const { pattern, tier, why, only } of patterns) {
		if (only && !only.includes(language)) continue;
		if (pattern.test(code)) judge.add(tier, `the ${language} code ${why}`);
	}
	for (const line of linesInCode(language, code)) judge.line(line, scope.fork());
}

const startsProgram =
	/(?:system|popen|Popen|exec|execSync|execFileSync|spawn|spawnSync|shell_exec|passthru|proc_open|check_output|check_call|call|run|getoutput|execute|qx|%x)\s{0,4}[({[]{0,2}\s{0,4}(["'`])((?:(?!\1)[^\\\n]){1,500})\1((?:\s{0,2},\s{0,2}["'`[]{1,2}[^"'`\n]{0,200}["'`]){0,20})/gu;

/** The command lines that code gives to a shell, or the words that it starts a program with. */
function linesInCode(language: string, code: string): readonly string[] {
	if (language === 'expect') return [...code.matchAll(/\bspawn\s+([^\n;]{1,500})/gu)].map(match => match[1] ?? '');
	return [...code.slice(0, 20_000).matchAll(startsProgram)].slice(0, 50).map(([, , line = '', rest = '']) => {
		const words = [...rest.matchAll(/["'`]([^"'`]{0,200})["'`]/gu)].map(match => match[1] ?? '');
		return [line, ...words].join(' ');
	});
}

/** Options by which each language takes code from its command line. */
const codeOptions: Readonly<Record<string, readonly string[]>> = {
	python: ['-c'],
	pypy: ['-c'],
	ipython: ['-c'],
	node: ['-e', '-p', '--eval', '--print', '-pe', '--import=data:*'],
	nodejs: ['-e', '-p', '--eval', '--print', '-pe'],
	tsx: ['-e', '--eval', '-p'],
	'ts-node': ['-e', '--eval', '-p'],
	perl: ['-e', '-E'],
	ruby: ['-e'],
	php: ['-r', '-B', '-R', '-E'],
	osascript: ['-e'],
	lua: ['-e'],
	luajit: ['-e'],
	Rscript: ['-e'],
	R: ['-e'],
	julia: ['-e', '-E'],
	groovy: ['-e'],
	scala: ['-e'],
	elixir: ['-e', '--eval'],
	erl: ['-eval'],
	ghci: ['-e'],
	guile: ['-c'],
	racket: ['-e'],
	expect: ['-c'],
};

const code: Handler = (call, judge) => {
	const { name, args, stdin, scope } = call;
	if (args.length === 1 && /^(?:--version|-v|-V|--help)$/u.test(args[0]?.text ?? '')) return;
	const inline = inlineCode(name, args);
	for (const text of inline) judgeCode(judge, name, text, scope);
	if (args.some(field => /^data:/iu.test(field.text) || /^--(?:import|loader|require)=?data:/iu.test(field.text)))
		judgeCode(judge, name, unknownMark, scope);
	if (name === 'deno' && /^(?:eval)$/u.test(args[0]?.text ?? ''))
		return judgeCode(
			judge,
			name,
			args
				.slice(1)
				.map(field => field.text)
				.join('\n'),
			scope,
		);
	if (name === 'deno' && hasOption(args, ['-A', '--allow-all', '--allow-run*']))
		judge.add('ORANGE', 'deno runs with all rights');
	if (inline.length > 0) return;
	const module = name === 'python' || name === 'pypy' ? args.findIndex(field => field.text === '-m') : -1;
	if (module >= 0) return judgeModule(call, judge, args.slice(module + 1));
	const valued = [
		'-r',
		'--require',
		'--import',
		'-W',
		'-X',
		'-I',
		'--loader',
		'--env-file',
		'--conditions',
		'-C',
		'-d',
		'-M',
	];
	const [script] = wrappedCommand(args, valued, name === 'deno' ? 1 : 0);
	if (script && script.text !== '-' && !hasOption(args, ['-i', '--interactive']))
		return judgeScriptFile(call, judge, script);
	if (stdin.kind === 'text') judgeCode(judge, name, stdin.text, scope);
	else if (stdin.kind === 'file') judge.path({ text: stdin.path, isGlob: false }, 'read', scope);
	else if (stdin.kind === 'pipe')
		judge.add('RED', `${name} runs whatever ${stdin.from.join(' | ') || 'another command'} prints`);
};

function inlineCode(name: string, args: readonly Field[]): readonly string[] {
	const wanted = codeOptions[name] ?? [];
	const found: string[] = [];
	args.forEach((field, index) => {
		for (const option of wanted) {
			const short = /^-[^-]$/u.test(option);
			if (field.text === option) found.push(args[index + 1]?.text ?? unknownMark);
			else if (option.startsWith('--') && field.text.startsWith(`${option}=`))
				found.push(field.text.slice(option.length + 1));
			else if (short && field.text.startsWith(option) && (name === 'python' || name === 'perl'))
				found.push(field.text.slice(2));
			// `perl -ne CODE`, `python -Ic CODE`: the option stands in a group.
			else if (short && /^-[a-zA-Z0-9.]+$/u.test(field.text) && field.text.endsWith(option.slice(1)))
				found.push(args[index + 1]?.text ?? unknownMark);
		}
	});
	return found;
}

/** `python -m NAME`: a tool of the language, under the name that the table knows, or code of the project. */
function judgeModule(call: CommandCall, judge: Judge, rest: readonly Field[]): void {
	const module = rest[0]?.text ?? '';
	if (
		[
			'json.tool',
			'http.server',
			'venv',
			'unittest',
			'compileall',
			'this',
			'timeit',
			'tokenize',
			'pdb',
			'cProfile',
		].includes(module)
	) {
		if (module === 'http.server') judge.add('YELLOW', 'serves files to the network');
		return;
	}
	judge.command(rest, call.scope.fork(), call.stdin);
}

function judgeScriptFile(call: CommandCall, judge: Judge, script: Field): void {
	if (script.process) return judge.add('RED', `${call.name} runs whatever another command prints`);
	if (isUnknown(script)) return judge.add('ORANGE', `${call.name} runs a script that is not known before it runs`);
	judge.path(script, 'read', call.scope);
	judgeRunOfWritten(judge, script.text, call, false);
	const cwd = call.scope.cwds[0];
	const zone = judge.rules.zone(judge.rules.real(judge.rules.absolute(script.text, cwd ?? '/')));
	if (zone === 'outside' || zone === 'temp')
		judge.add('ORANGE', `${script.text} is a script from outside the workspace`);
	destructiveTask(call, judge);
}

/** `manage.py flush`, `artisan migrate:fresh`: tasks of well-known frameworks that throw a database away. */
function destructiveTask({ name, args }: CommandCall, judge: Judge): void {
	const words = args.map(field => field.text);
	const task = words.find(text =>
		/^(?:flush|reset_db|sqlflush|db:wipe|db:drop|db:reset|migrate:(?:fresh|reset|rollback))$/u.test(text),
	);
	if (task !== undefined && words.some(text => /(?:manage\.py|artisan|console|rails|rake)$/u.test(text)))
		judge.add('RED', `${name} ${task} throws a database away`);
	if (words.some(text => text.endsWith('setup.py')) && words.includes('upload'))
		judge.add('ORANGE', 'publishes a package');
}

/** A script that is too long to be looked through must not keep the gate busy. */
function isTooLong(judge: Judge, name: string, program: readonly Field[]): boolean {
	const isLong = program.some(field => field.text.length > 4000);
	if (isLong) judge.add('RED', `the ${name} script is too long to be judged`);
	return isLong;
}

const awk: Handler = (call, judge) => {
	const { positional, options } = sortWords(call.args, ['-F', '-v', '-f', '-i', '-e', '--source', '--file']);
	const files = options.filter(option => option.name === '-f' || option.name === '--file' || option.name === '-i');
	for (const file of files) if (file.value) judgeScriptFile(call, judge, file.value);
	const sources = options
		.filter(option => option.name === '-e' || option.name === '--source')
		.flatMap(option => (option.value ? [option.value] : []));
	const program = files.length > 0 || sources.length > 0 ? sources : positional.slice(0, 1);
	if (isTooLong(judge, 'awk', program)) return;
	for (const field of program) {
		if (isUnknown(field)) judge.add('ORANGE', 'awk runs a program that is not known before it runs');
		if (/\bsystem\s*\(|\|\s*getline|\|&|@load|\|\s*["\w]/u.test(field.text))
			judge.add('RED', 'the awk program starts other programs');
		for (const match of field.text.matchAll(/>>?\s*"([^"]+)"/gu))
			judge.path({ text: match[1] ?? '', isGlob: false }, 'write', call.scope);
		if (/(?:print|printf)[^}]*>\s*[^"\s=\d]/u.test(field.text)) judge.add('ORANGE', 'the awk program writes to files');
		if (/ENVIRON/u.test(field.text)) judge.add('YELLOW', 'the awk program reads environment variables');
		for (const match of field.text.matchAll(/getline[^<]*<\s*"([^"]+)"/gu))
			judge.path({ text: match[1] ?? '', isGlob: false }, 'read', call.scope);
	}
	if (hasOption(call.args, ['-i']) && call.args.some(field => field.text === 'inplace')) {
		for (const field of positional.slice(1)) judge.path(field, 'write', call.scope);
	}
	for (const field of program === sources ? positional : positional.slice(1)) {
		if (!/^\w+=/u.test(field.text)) judge.path(field, 'read', call.scope);
	}
};

const sed: Handler = (call, judge) => {
	const { positional, options } = sortWords(call.args, ['-e', '-f', '--expression', '--file', '-l', '--line-length']);
	const scripts = options
		.filter(option => option.name === '-e' || option.name === '--expression')
		.flatMap(option => (option.value ? [option.value] : []));
	const fromFile = options.filter(option => option.name === '-f' || option.name === '--file');
	const program = scripts.length > 0 || fromFile.length > 0 ? scripts : positional.slice(0, 1);
	const isInPlace = call.args.some(field => /^-[nErsz]*i|^--in-place/u.test(field.text));
	if (isTooLong(judge, 'sed', program)) return;
	for (const field of fromFile) judge.add('YELLOW', `sed runs the script ${field.value?.text ?? ''}`);
	for (const field of program) {
		if (isUnknown(field) && isInPlace) judge.add('YELLOW', 'sed runs a script that is not known before it runs');
		// The flag `e` of a substitution and the command `e` start a program; `w` writes a file.
		if (/(?:^|[;{}\n]|\d|\$|\/)\s*e(?:\s|$)/u.test(field.text) || hasFlag(field.text, 'e'))
			judge.add('RED', 'the sed script starts other programs');
		for (const match of field.text.matchAll(/(?:^|[;{}\n/\d$])\s*[wW]\s+([^\s;}]+)/gu))
			judge.path({ text: match[1] ?? '', isGlob: false }, 'write', call.scope);
		for (const match of field.text.matchAll(/(?:^|[;{}\n/\d$])\s*[rR]\s+([^\s;}]+)/gu))
			judge.path({ text: match[1] ?? '', isGlob: false }, 'read', call.scope);
	}
	const files = scripts.length > 0 || fromFile.length > 0 ? positional : positional.slice(1);
	for (const field of files) if (field.text !== '') judge.path(field, isInPlace ? 'write' : 'read', call.scope);
};

/** Whether an `s` command of a sed script carries a flag. */
function hasFlag(script: string, flag: string): boolean {
	for (const match of script.matchAll(/(?:^|[;{}\n\s\d$/])s([^\w\s\\])/gu)) {
		const delimiter = match[1] ?? '/';
		const parts = script.slice((match.index ?? 0) + match[0].length).split(delimiter);
		const flags = /^[gpiImMe\d]*/u.exec(parts[2] ?? '')?.[0] ?? '';
		if (flags.includes(flag)) return true;
	}
	return false;
}

const editor: Handler = (call, judge) => {
	const { positional } = sortWords(call.args, [
		'-c',
		'-S',
		'--cmd',
		'-u',
		'-s',
		'--eval',
		'-l',
		'--load',
		'-f',
		'--funcall',
	]);
	for (const field of positional) {
		if (field.text.startsWith('+')) judgeEditorLine(judge, call, field.text.slice(1));
		else judge.path(field, 'write', call.scope);
	}
	call.args.forEach((field, index) => {
		if (/^(?:-c|--cmd|-S|-s|-u|--eval|-eval|-l|--load|-f|--funcall|--batch|--script)$/u.test(field.text))
			judgeEditorLine(judge, call, call.args[index + 1]?.text ?? '');
	});
	if (call.stdin.kind === 'text') for (const line of call.stdin.text.split('\n')) judgeEditorLine(judge, call, line);
	else if (call.stdin.kind !== 'none') judge.add('ORANGE', `${call.name} runs the commands that it reads`);
};

function judgeEditorLine(judge: Judge, call: CommandCall, line: string): void {
	if (
		/!|\bsystem\b|\bjobstart\b|\bterm|\bshell|\bcall\b|\bexecute\b|\blua\b|\bpy|\bperl|\bruby|delete-|\bso(?:urce)?\b/iu.test(
			line,
		)
	) {
		judge.add('RED', `${call.name} starts other programs or scripts (${line})`);
	}
	const written = /^\s*(?:w|wq|saveas|sav|r)!?\s+(\S+)/u.exec(line)?.[1];
	if (written !== undefined) judge.path({ text: written, isGlob: false }, 'write', call.scope);
}

/** `less '+!line' file` gives the line to a shell. */
const pager: Handler = (call, judge) => {
	for (const { text } of call.args) {
		if (/^\+{1,2}[!|]/u.test(text)) judge.line(text.replace(/^\+{1,2}[!|]/u, ''), call.scope.fork());
	}
};

/** The filter of `jq` can read the environment. */
const jq: Handler = (call, judge) => {
	if (call.args.some(field => /\benv\b|\$ENV/u.test(field.text)))
		judge.add('YELLOW', `${call.name} shows environment variables, secrets included`);
};

export const codeHandlers: Readonly<Record<string, Handler>> = { code, awk, sed, editor, jq, pager };
