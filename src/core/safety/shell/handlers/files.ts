import type { CommandCall, Handler, Judge } from '../call';
import { hasOption, sortWords } from '../options';
import { findRule, programName } from '../table';
import { isUnknown, plainField, unknownMark, type Field } from '../words';

const recursive = ['-r', '-R', '--recursive', '-d', '--dir'];

const rm: Handler = (call, judge) => {
	const { positional } = sortWords(call.args, []);
	const isRecursive = call.name !== 'rmdir' && call.name !== 'unlink' && hasOption(call.args, recursive);
	if (hasOption(call.args, ['--no-preserve-root']))
		judge.add('BLACK', 'rm --no-preserve-root is meant for the whole machine');
	if (call.args.some(field => field.text.startsWith('-') && isUnknown(field)))
		judge.add('RED', 'rm with options that are not known');
	for (const field of positional) judge.path(field, 'delete', call.scope, isRecursive);
};

const rimraf: Handler = (call, judge) => {
	for (const field of sortWords(call.args, ['--max-retries']).positional) {
		judge.path(/[*?]/u.test(field.text) ? { ...field, isGlob: true } : field, 'delete', call.scope, true);
	}
};

/** A link makes its target look like a file of the workspace, so the target counts as written. */
const link: Handler = (call, judge) => {
	const { positional, options } = sortWords(call.args, ['-t', '--target-directory', '-S', '--suffix']);
	const into = options.find(option => option.name === '-t' || option.name === '--target-directory')?.value;
	const targets = into || positional.length < 2 ? positional : positional.slice(0, -1);
	const place = into ?? (positional.length < 2 ? plainField('.') : positional.at(-1));
	if (place) judge.path(place, 'write', call.scope);
	for (const target of targets) {
		if (isUnknown(target)) judge.add('ORANGE', 'makes a link to something that is not known before it runs');
		const cwd = call.scope.cwds[0] ?? '/';
		const real = judge.rules.real(judge.rules.absolute(target.text, cwd));
		const zone = judge.rules.zone(real);
		const protection = judge.rules.protection(target.text, cwd, 'read');
		if (protection) judge.add(protection.tier, protection.reason);
		if (zone === 'system' || (judge.rules.isTop(real) && zone !== 'workspace'))
			judge.add('RED', `links ${target.text} into the workspace`);
		else if (zone !== 'workspace') judge.add('ORANGE', `links ${target.text}, outside the workspace, into it`);
	}
};

const chmod: Handler = (call, judge) => {
	const { positional } = sortWords(
		call.args.filter(field => !/^-[rwxXst,ugoa+=-]+$/u.test(field.text)),
		['--reference'],
	);
	const mode = call.args.find(field => /^(?:[0-7]{3,5}|[ugoa]*[-+=].*)$/u.test(field.text))?.text ?? '';
	const isDeep = hasOption(call.args, ['-R', '--recursive']);
	if (/^[2467]\d{3}$/u.test(mode) || /[+=][rwx]*[st]/u.test(mode))
		judge.add('RED', `chmod ${mode} lets a program act as its owner`);
	if (/^0?[0-7]?[0-7][2367]$|^0?777$|[oa]\+?[rx]*w|^\+w$/u.test(mode) && /(?:[2367]$)|[oa]/u.test(mode))
		judge.add('ORANGE', `chmod ${mode} lets everyone write`);
	changeRights(
		call,
		judge,
		positional.filter(field => field.text !== mode),
		isDeep,
	);
};

const chown: Handler = (call, judge) => {
	changeRights(call, judge, sortWords(call.args, []).positional.slice(1), hasOption(call.args, ['-R', '--recursive']));
};

function changeRights(call: CommandCall, judge: Judge, files: readonly Field[], isDeep: boolean): void {
	for (const field of files) {
		judge.path(field, 'write', call.scope);
		if (isUnknown(field)) judge.add('ORANGE', `${call.name} on a file that is not known before it runs`);
		const cwd = call.scope.cwds[0];
		const isKnown = !isUnknown(field) && (cwd !== undefined || /^[~/]/u.test(field.text));
		const zone = isKnown ? judge.rules.zone(judge.rules.real(judge.rules.absolute(field.text, cwd ?? '/'))) : 'outside';
		const real = isKnown ? judge.rules.real(judge.rules.absolute(field.text, cwd ?? '/')) : '';
		if (isDeep && (real === '/' || /^[a-z]:\/?$/iu.test(real)))
			judge.add('BLACK', `${call.name} changes the rights of the whole machine`);
		if (zone !== 'workspace' && zone !== 'temp')
			judge.add('RED', `changes rights outside the workspace (${field.text.replaceAll(unknownMark, '…')})`);
		else if (isDeep) judge.add('ORANGE', `changes the rights of everything in ${field.text}`);
	}
}

const dd: Handler = (call, judge) => {
	for (const field of call.args) {
		const match = /^(if|of)=(.*)$/su.exec(field.text);
		if (match) judge.path({ ...field, text: match[2] ?? '' }, match[1] === 'of' ? 'write' : 'read', call.scope);
	}
};

const tar: Handler = (call, judge) => {
	const [first] = call.args;
	// `tar xzf a.tgz` is `tar -xzf a.tgz`.
	const args =
		first && /^[a-zA-Z]+$/u.test(first.text)
			? [{ ...first, text: `-${first.text}` }, ...call.args.slice(1)]
			: call.args;
	const { options, positional } = sortWords(args, [
		'-f',
		'-C',
		'-X',
		'-T',
		'--file',
		'--directory',
		'--exclude',
		'-I',
		'-F',
		'-g',
		'-b',
	]);
	const isListing = hasOption(args, ['-t', '--list']);
	const isPacking = hasOption(args, ['-c', '-r', '-u', '-A', '--create', '--append', '--update']);
	for (const { name, value } of options) {
		if (!value) continue;
		if (name === '-f' || name === '--file') {
			if (/^[\w.@-]+:/u.test(value.text)) judge.add('ORANGE', `tar reaches another machine (${value.text})`);
			else if (value.text !== '-') judge.path(value, isPacking ? 'write' : 'read', call.scope);
		}
		if (name === '-C' || name === '--directory')
			judge.path(value, isPacking || isListing ? 'read' : 'write', call.scope, isPacking);
	}
	if (isPacking) for (const field of positional) judge.path(field, 'read', call.scope, true);
	if (hasOption(args, ['-P', '--absolute-names']) && !isPacking && !isListing)
		judge.add('RED', 'tar -P may write anywhere');
};

function isRemote(text: string): boolean {
	return /^[^/]+:(?!\\)/u.test(text) || text.startsWith('rsync://');
}

/** `rsync`, `scp`: a side named `host:path` is another machine. */
const remoteCopy: Handler = (call, judge) => {
	const { positional } = sortWords(call.args, [
		'-e',
		'--rsh',
		'--exclude',
		'--include',
		'--rsync-path',
		'-i',
		'-P',
		'-o',
		'-F',
		'-S',
		'-J',
		'-l',
		'-c',
		'-f',
		'--filter',
		'--files-from',
		'--exclude-from',
	]);
	const local = positional.filter(field => !isRemote(field.text));
	if (local.length < positional.length) judge.add('ORANGE', `${call.name} copies files to or from another machine`);
	const target = positional.at(-1);
	for (const field of local) judge.path(field, field === target ? 'write' : 'read', call.scope, field !== target);
	if (call.args.some(field => /ProxyCommand|LocalCommand/iu.test(field.text)))
		judge.add('RED', `${call.name} runs a command of its own to connect`);
	if (hasOption(call.args, ['--delete*']) && target) judge.path(target, 'delete', call.scope, true);
	if (hasOption(call.args, ['--remove-source-files']))
		for (const field of local) if (field !== target) judge.path(field, 'delete', call.scope, true);
};

/** Actions of `find`, and what they do to what is found. */
const find: Handler = (call, judge) => {
	const { args, scope } = call;
	const isFd = call.name.startsWith('fd');
	const firstTest = args.findIndex(field => /^(?:-(?![HLPO])|[!(])/u.test(field.text));
	const words = (firstTest < 0 ? args : args.slice(0, firstTest)).filter(field => !field.text.startsWith('-'));
	const roots = isFd ? words.slice(1) : words;
	for (const root of roots) judge.path(root, 'list', scope);
	args.forEach((field, index) => {
		const rest = args.slice(index + 1);
		if (/^-(?:exec|execdir|ok|okdir)$/u.test(field.text)) runForEach(call, judge, rest, roots);
		else if (isFd && /^(?:-x|-X|--exec|--exec-batch)$/u.test(field.text))
			runForEach(call, judge, [...rest, plainField('{}')], roots);
		else if (field.text === '-delete') deleteFound(call, judge, roots);
		else if (/^-(?:fprint0?|fls|fprintf)$/u.test(field.text) && rest[0]) judge.path(rest[0], 'write', scope);
		else if (/^-files0-from$/u.test(field.text) && rest[0]) judge.path(rest[0], 'read', scope);
	});
};

/** Deleting by a test inside the workspace is ORANGE; by no test at all it empties the folder. */
function deleteFound(call: CommandCall, judge: Judge, roots: readonly Field[]): void {
	for (const root of roots.length > 0 ? roots : [plainField('.')]) {
		const isFiltered = hasOption(call.args, [
			'-name',
			'-iname',
			'-path',
			'-regex',
			'-newer',
			'-mtime',
			'-empty',
			'-size',
			'-user',
		]);
		const probe = root.text.endsWith('/') ? `${root.text}x` : `${root.text}/x`;
		judge.path({ ...root, text: isFiltered ? probe : root.text }, 'delete', call.scope, true);
	}
}

function runForEach(call: CommandCall, judge: Judge, rest: readonly Field[], roots: readonly Field[]): void {
	const end = rest.findIndex(field => field.text === ';' || field.text === '+');
	const command = end < 0 ? rest : rest.slice(0, end);
	// What is found lies below the roots: that much of each name is known.
	const root = (roots[0]?.text ?? '.').replace(/\/+$/u, '');
	const isFiltered =
		hasOption(call.args, ['-name', '-iname', '-path', '-regex', '-type', '-newer', '-mtime']) ||
		call.name.startsWith('fd');
	const found = isFiltered ? `${root}/${unknownMark}` : root === '' ? '/' : root;
	const known = foundByName(call, command, root);
	judge.command(
		command.map(field =>
			known && field.text === '{}' ? known : { ...field, text: field.text.replaceAll('{}', found) },
		),
		call.scope.fork(),
	);
	if (/^(?:rm|rmdir|unlink|trash)$/u.test(command[0]?.text ?? ''))
		judge.add('ORANGE', 'deletes everything that is found');
}

/** `find . -name '*.md' -exec head {}`: the one name that is looked for, as a pattern, for programs that only take files. */
function foundByName(call: CommandCall, command: readonly Field[], root: string): Field | undefined {
	const rule = findRule(programName(command[0]?.text ?? ''));
	const takesFiles =
		rule?.handler === 'rm' ||
		rule?.handler === 'chmod' ||
		(rule?.handler === undefined && rule?.paths !== undefined && /^(?:read|pattern|write)$/u.test(rule.paths));
	const names = call.args.flatMap((field, index) =>
		/^-i?name$/u.test(field.text) ? [call.args[index + 1]?.text ?? unknownMark] : [],
	);
	const [name] = names;
	const isOnlyName = names.length === 1 && name !== undefined && !name.includes(unknownMark);
	if (!takesFiles || !isOnlyName || hasOption(call.args, ['-o', '-or', '!', '-not', ',']) || name === '*')
		return undefined;
	return { text: `${root}/${name}`, isGlob: /[*?[]/u.test(name) };
}

export const fileHandlers: Readonly<Record<string, Handler>> = {
	rm,
	rimraf,
	link,
	chmod,
	chown,
	dd,
	tar,
	remoteCopy,
	find,
};
