import { judgeVariable } from '../assignments';
import type { CommandCall, Handler, Judge } from '../call';
import { hasOption, sortWords } from '../options';
import { plainField, unknownMark, type Field } from '../words';
import { wrappedCommand } from './wrappers';

/** `npx TOOL …`, `uvx TOOL …`: the tool counts by its own name as well. */
const packageRunner: Handler = (call, judge) => {
	const { name, args } = call;
	lineOption(judge, call, args);
	const skip = name === 'pipx' ? 1 : 0;
	runTool(
		judge,
		call,
		wrappedCommand(args, ['-p', '--package', '--from', '--with', '-w', '--python', '--registry'], skip),
	);
	if (name === 'pipx' && /^(?:install|uninstall|upgrade)/u.test(args[0]?.text ?? ''))
		judge.add('ORANGE', 'pipx changes programs of the whole machine');
};

const runnerValued = ['-p', '--package', '--from', '--with', '-w', '--python', '--registry', '-c', '--call'];

/** `npx -c LINE`, `npm exec --call LINE`: only before the tool's name; after it the option is the tool's. */
function lineOption(judge: Judge, call: CommandCall, args: readonly Field[]): void {
	const own = args.slice(0, args.length - wrappedCommand(args, runnerValued, 0).length);
	const at = own.findIndex(field => /^(?:-c|--call|--shell-mode)$/u.test(field.text));
	if (at >= 0) judge.line(own[at + 1]?.text ?? unknownMark, call.scope.fork());
	const attached = own.map(field => /^--call=(.*)$/su.exec(field.text)?.[1]).find(line => line !== undefined);
	if (attached !== undefined) judge.line(attached, call.scope.fork());
}

function runTool(judge: Judge, call: CommandCall, rest: readonly Field[]): void {
	const [tool, ...args] = rest;
	if (!tool) return;
	const bare = tool.text.replace(/^(@?[^@]+)@.*$/u, '$1').replace(/^@[^/]+\//u, '');
	if (/^(?:git\+|https?:|github:|file:)|^[\w-]+\/[\w.-]+$/u.test(tool.text) && !tool.text.startsWith('@'))
		judge.add('ORANGE', `runs code straight from ${tool.text}`);
	judge.command([{ ...tool, text: bare }, ...args], call.scope.fork(), call.stdin);
}

/** `npm exec`, `pnpm dlx`, `yarn TOOL`, `uv run`, `poetry run`, and packages from unusual places. */
const packageManager: Handler = (call, judge) => {
	const { name, args, scope } = call;
	const valued = [
		'--prefix',
		'--dir',
		'-C',
		'--cwd',
		'--filter',
		'-F',
		'-w',
		'--workspace',
		'--directory',
		'--project',
		'--loglevel',
	];
	const { positional, options } = sortWords(args, valued);
	const sub = positional[0]?.text ?? '';
	for (const option of options)
		if (option.value && /^(?:--prefix|--dir|-C|--cwd|--directory|--project)$/u.test(option.name))
			judge.path(option.value, 'write', scope);
	const after = args.slice(args.findIndex(field => field.text === sub) + 1);
	if (
		['exec', 'x', 'dlx', 'create', 'init'].includes(sub) ||
		(sub === 'run' && /^(?:uv|poetry|pipenv|pdm|hatch|rye|conda|mamba)$/u.test(name)) ||
		(name === 'uv' && sub === 'tool')
	) {
		lineOption(judge, call, after);
		if (sub !== 'create' && sub !== 'init')
			runTool(
				judge,
				call,
				wrappedCommand(
					after,
					['-p', '--package', '--with', '--from', '--python', '-n', '--env-file'],
					name === 'uv' && sub === 'tool' ? 1 : 0,
				),
			);
	}
	if (name === 'bun' && /\.[cm]?[jt]sx?$/u.test(sub)) judge.path(plainField(sub), 'read', scope);
	const isInstall = /^(?:install|i|add|ci|update|upgrade|sync|download)$/u.test(sub);
	if (isInstall && after.some(field => /^(?:git\+|git:|https?:|github:|gitlab:|bitbucket:)/u.test(field.text)))
		judge.add('ORANGE', `${name} installs straight from an address`);
	if (isInstall)
		for (const field of after.filter(word => /^(?:\.{0,2}\/|~|file:)/u.test(word.text)))
			judge.path(plainField(field.text.replace(/^file:/u, '')), 'read', scope);
	if (name === 'bun' && hasOption(args, ['-e', '--eval', '-p', '--print']))
		judge.add('ORANGE', 'bun runs code given with the command');
};

/** `make VAR=value`, `make -C dir`, `make -f file`, `make --eval=…`. */
const build: Handler = (call, judge) => {
	const { options, positional } = sortWords(call.args, [
		'-C',
		'-f',
		'--directory',
		'--file',
		'--makefile',
		'-I',
		'-j',
		'-o',
		'-W',
		'--justfile',
		'-d',
	]);
	for (const field of positional) {
		const match = /^([A-Za-z_]\w*)[:+?]?=(.*)$/su.exec(field.text);
		if (!match) continue;
		const [name, value] = [match[1] ?? '', match[2] ?? ''];
		judgeVariable(judge, name, value, call.scope);
		if (/^\.?SHELL(?:FLAGS)?$/u.test(name)) judge.add('RED', `${call.name} runs its lines with ${value}`);
		else if (/^(?:CC|CXX|LD|AR|AS|RM|INSTALL|PYTHON|NODE)$/u.test(name) && /\s|\//u.test(value))
			judge.line(value, call.scope.fork());
		if (/[`]|\$\(|\$\$\(/u.test(value)) judge.add('RED', `${call.name} runs what stands in ${name}`);
	}
	for (const { name, value } of options) {
		if (name === '--eval' || name === '-E') judge.add('RED', `${call.name} runs rules given with the command`);
		if (value && /^(?:-C|-f|--directory|--file|--makefile|--justfile)$/u.test(name)) {
			judge.path(value, 'read', call.scope);
			if (value.text === '-' || value.process || /^\/(?:dev|proc)\//u.test(value.text))
				judge.add('RED', `${call.name} runs rules that it is given`);
			const zone = judge.rules.zone(judge.rules.real(judge.rules.absolute(value.text, call.scope.cwds[0] ?? '/')));
			if (zone === 'temp' || zone === 'outside')
				judge.add('ORANGE', `${call.name} runs rules from outside the workspace`);
		}
	}
	if (positional.some(field => /^(?:clean|distclean|mrproper|nuke|reset|purge)/u.test(field.text)))
		judge.add('YELLOW', `${call.name} removes what was built`);
};

/** What a container sees of this machine, and the command that it runs. */
const docker: Handler = (call, judge) => {
	const valued = [
		'-v',
		'--volume',
		'--mount',
		'-e',
		'--env',
		'--env-file',
		'-p',
		'--publish',
		'--name',
		'-w',
		'--workdir',
		'-u',
		'--user',
		'--network',
		'--entrypoint',
		'-h',
		'--hostname',
		'-l',
		'--label',
		'-m',
		'--memory',
		'--cpus',
		'--platform',
		'--add-host',
		'--rm_',
		'-f',
		'--file',
		'-t',
		'--tag',
		'--build-arg',
		'--gpus',
		'--restart',
		'--pull',
		'--target',
	];
	const at = call.args.findIndex(field => /^(?:run|exec|create)$/u.test(field.text));
	call.args.forEach((field, index) => {
		const next = call.args[index + 1]?.text ?? '';
		const volume = /^(?:-v|--volume)$/u.test(field.text) ? next : /^(?:-v|--volume=)(.+)$/su.exec(field.text)?.[1];
		const mount = field.text === '--mount' ? next : /^--mount=(.+)$/su.exec(field.text)?.[1];
		const source =
			volume?.replace(/^([a-z]:)?([^:]*).*$/isu, '$1$2') ?? /(?:source|src)=([^,]+)/u.exec(mount ?? '')?.[1];
		if (source !== undefined && /[/~.]/u.test(source)) mountFolder(call, judge, source);
		if (field.text === '--env-file') judge.path(plainField(next), 'read', call.scope);
	});
	if (at < 0) return;
	const command = wrappedCommand(call.args.slice(at + 1), valued, 1);
	if (command.length > 0) {
		// Inside the container the paths are its own; only what runs at all is looked at, so no workspace counts.
		if (/^(?:ba|da|z|k)?sh$/u.test(command[0]?.text ?? '') && hasOption(command, ['-c']))
			judge.add('YELLOW', 'runs a line inside the container');
	}
};

function mountFolder(call: CommandCall, judge: Judge, source: string): void {
	const cwd = call.scope.cwds[0] ?? '/';
	const real = judge.rules.real(judge.rules.absolute(source, cwd));
	const zone = judge.rules.zone(real);
	judge.path(plainField(source), 'write', call.scope);
	if (judge.rules.isTop(real) && zone !== 'workspace') judge.add('RED', `gives the container all of ${source}`);
}

/** `kubectl exec … -- COMMAND` and what files are applied. */
const kubectl: Handler = (call, judge) => {
	const file = call.args.findIndex(field => field.text === '-f' || field.text === '--filename');
	const value = call.args[file + 1];
	if (file >= 0 && value && /^https?:/u.test(value.text)) judge.add('RED', `applies what ${value.text} holds`);
	if (call.args.some(field => field.text === 'create' || field.text === 'apply') && call.stdin.kind === 'pipe')
		judge.add('RED', 'applies whatever another command prints');
};

const cloud: Handler = (call, judge) => {
	for (const field of call.args) {
		const file = /^(?:fileb?:\/\/|@)(.+)$/u.exec(field.text)?.[1];
		if (file !== undefined) judge.path(plainField(file), 'read', call.scope);
	}
	if (hasOption(call.args, ['--prod', '--production']))
		judge.add('ORANGE', `${call.name} changes what runs in production`);
	if (
		call.args.some(field => /^(?:s3|gs):\/\//u.test(field.text)) &&
		call.args.some(field => /^(?:sync|cp|mv|rsync)$/u.test(field.text))
	) {
		if (hasOption(call.args, ['--delete', '-d'])) judge.add('RED', `${call.name} deletes files in a cloud account`);
	}
};

export const packageHandlers: Readonly<Record<string, Handler>> = {
	packageRunner,
	packageManager,
	build,
	docker,
	kubectl,
	cloud,
};
