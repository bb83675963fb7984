import { namesMetadataService } from '../../metadata';
import type { CommandCall, Handler, Judge } from '../call';
import { hasOption, sortWords } from '../options';
import { plainField, unknownMark, type Field } from '../words';
import { wrappedCommand } from './wrappers';

const curlValued = [
	'-X',
	'-H',
	'-d',
	'-o',
	'-u',
	'-A',
	'-e',
	'-b',
	'-c',
	'-F',
	'-T',
	'-K',
	'-x',
	'-m',
	'-w',
	'-D',
	'-r',
	'-E',
	'-y',
	'-Y',
	'-z',
	'-C',
	'-t',
	'-Q',
	'-P',
	'-U',
	'--request',
	'--header',
	'--data',
	'--data-raw',
	'--data-binary',
	'--data-urlencode',
	'--json',
	'--output',
	'--output-dir',
	'--user',
	'--user-agent',
	'--referer',
	'--cookie',
	'--cookie-jar',
	'--form',
	'--form-string',
	'--upload-file',
	'--config',
	'--proxy',
	'--max-time',
	'--connect-timeout',
	'--write-out',
	'--dump-header',
	'--retry',
	'--retry-delay',
	'--url',
	'--resolve',
	'--cacert',
	'--cert',
	'--key',
	'--unix-socket',
	'--trace',
	'--trace-ascii',
	'--stderr',
	'--netrc-file',
	'--oauth2-bearer',
	'--aws-sigv4',
	'--variable',
];

/** Commands that print the environment or stored secrets: sending their output away gives them away. */
const leaky = /^(?:env|printenv|set|export|declare|history|cat|tar|gzip|zip|base64|find|ls|dd|pbpaste|xclip|git)$/u;

/** Whether an address is this machine. */
function isLocal(address: string): boolean {
	return /^(?:https?:\/\/)?(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0|[\w.-]+\.localhost)(?::\d+)?(?:[/?#]|$)/iu.test(
		address,
	);
}

const curl: Handler = (call, judge) => {
	const { options, positional } = sortWords(call.args, curlValued);
	const addresses = [
		...positional,
		...options.filter(option => option.name === '--url').flatMap(option => (option.value ? [option.value] : [])),
	];
	const isHome = addresses.length > 0 && addresses.every(field => isLocal(field.text));
	for (const field of addresses) judgeAddress(judge, call, field);
	for (const { name, value } of options) curlOption(call, judge, name, value, isHome);
	noteDownload(call, options);
	const method = options.find(option => option.name === '-X' || option.name === '--request')?.value?.text.toUpperCase();
	if (method !== undefined && method !== 'GET' && method !== 'HEAD' && !isHome)
		judge.add('ORANGE', `curl ${method} changes something on another machine`);
	judgeSending(call, judge, isHome);
};

function curlOption(call: CommandCall, judge: Judge, name: string, value: Field | undefined, isHome: boolean): void {
	if (!value) return;
	if (/^(?:-d|-F|-T|--data(?:-raw|-binary|-urlencode)?|--json|--form|--upload-file|--form-string)$/u.test(name)) {
		if (!isHome) judge.add('ORANGE', 'curl sends data to another machine');
		const file = name === '-T' || name === '--upload-file' ? value.text : /(?:^|=|;)[@<](.+)$/su.exec(value.text)?.[1];
		if (file !== undefined && file !== '-') judge.path(plainField(file), 'read', call.scope);
		if (value.text.includes(unknownMark) && !isHome)
			judge.add('ORANGE', 'curl sends something that is not known before it runs');
	}
	if (
		/^(?:-o|--output|--output-dir|-D|--dump-header|-c|--cookie-jar|--trace|--trace-ascii|--stderr)$/u.test(name) &&
		value.text !== '-'
	)
		judge.path(value, 'write', call.scope);
	if (/^(?:-b|--cookie|-E|--cert|--key|--netrc-file)$/u.test(name) && !value.text.includes('='))
		judge.path(value, 'read', call.scope);
	if (name === '-K' || name === '--config') judge.path(value, 'read', call.scope);
	if (name === '-K' || name === '--config') judge.add('ORANGE', 'curl takes its options from a file or its input');
	if (name === '--unix-socket') judge.path(value, 'write', call.scope);
	if (name === '-x' || name === '--proxy') judge.add('ORANGE', 'curl goes through another machine');
}

/** What is downloaded and then run by the same line has been seen by nobody. */
function noteDownload(call: CommandCall, options: ReturnType<typeof sortWords>['options']): void {
	const note = (path: string): void => call.scope.noteWritten(path, { text: undefined, isFetched: true });
	for (const { name, value } of options) {
		if (value && /^(?:-o|-O|--output|--output-document|--out)$/u.test(name)) note(value.text);
	}
	// Without a name the file is called as at its address.
	for (const field of call.args) if (/^https?:/iu.test(field.text)) note(field.text.replace(/[?#].*$/u, ''));
}

function judgeAddress(judge: Judge, call: CommandCall, field: Field): void {
	const file = /^file:\/\/(?:localhost)?(.*)$/iu.exec(field.text)?.[1];
	if (file !== undefined) judge.path(plainField(file), 'read', call.scope);
	else if (/^(?:scp|sftp|ftp|smtp|telnet|gopher|dict|ldap):/iu.test(field.text))
		judge.add('ORANGE', `${call.name} opens ${field.text}`);
	if (namesMetadataService(field.text)) judge.add('BLACK', 'asks the cloud for this machine’s credentials');
}

/** What comes in through a pipe leaves the machine when the command sends it. */
function judgeSending(call: CommandCall, judge: Judge, isHome: boolean): void {
	if (call.stdin.kind !== 'pipe' || isHome) return;
	const isSending =
		hasOption(call.args, ['-T', '--upload-file', '-F']) || call.args.some(field => /[@<]-|^-$/u.test(field.text));
	const source = call.stdin.from.find(name => leaky.test(name));
	if (isSending && source !== undefined) judge.add('RED', `sends what ${source} prints to another machine`);
}

const wget: Handler = (call, judge) => {
	const { options, positional } = sortWords(call.args, [
		'-O',
		'-o',
		'-a',
		'-P',
		'-i',
		'-U',
		'-e',
		'--output-document',
		'--header',
		'--post-data',
		'--post-file',
		'--body-file',
		'--method',
		'--directory-prefix',
		'-d',
		'--dir',
		'--out',
	]);
	const isHome = positional.length > 0 && positional.every(field => isLocal(field.text));
	for (const field of positional) judgeAddress(judge, call, field);
	for (const { name, value } of options) {
		if (!value) continue;
		if (/^(?:-O|-o|-a|-P|--output-document|--directory-prefix|-d|--dir|--out)$/u.test(name) && value.text !== '-')
			judge.path(value, 'write', call.scope);
		if (/^--(?:post-file|body-file)$/u.test(name)) judge.path(value, 'read', call.scope);
		if (/^--(?:post|body|method)/u.test(name) && !isHome) judge.add('ORANGE', 'sends data to another machine');
		if (name === '-e') judge.add('ORANGE', 'gives the downloader settings of its own');
	}
	noteDownload(call, options);
	if (hasOption(call.args, ['--use-askpass*', '--on-download*', '--on-bt*']))
		judge.add('RED', 'runs another program while it downloads');
	const isVerb = /^(?:POST|PUT|DELETE|PATCH)$/u.test(positional[0]?.text ?? '');
	if (
		/^(?:http|https|xh|httpie)$/u.test(call.name) &&
		!isLocal(positional[1]?.text ?? positional[0]?.text ?? '') &&
		(isVerb || positional.slice(1).some(field => /[=@:]/u.test(field.text)))
	) {
		judge.add('ORANGE', 'sends data to another machine');
	}
	judgeSending(call, judge, isHome);
};

const netcat: Handler = (call, judge) => {
	if (
		hasOption(call.args, ['-e', '-c', '--exec', '--sh-exec', '--lua-exec']) ||
		call.args.some(field => /^(?:EXEC|SYSTEM|SHELL):/iu.test(field.text))
	) {
		judge.add('RED', `${call.name} gives another machine a shell here`);
	}
	if (hasOption(call.args, ['-l', '--listen'])) judge.add('RED', `${call.name} lets other machines connect`);
	if (call.stdin.kind === 'pipe') {
		const source = call.stdin.from.find(name => leaky.test(name));
		if (source !== undefined) judge.add('RED', `sends what ${source} prints to another machine`);
	}
	if (call.stdin.kind === 'file') judge.path(plainField(call.stdin.path), 'read', call.scope);
};

/** The command that `ssh host …` runs there is judged as if it ran here, outside any workspace. */
const ssh: Handler = (call, judge) => {
	const valued = [
		'-p',
		'-i',
		'-l',
		'-o',
		'-F',
		'-J',
		'-L',
		'-R',
		'-D',
		'-E',
		'-S',
		'-W',
		'-b',
		'-c',
		'-m',
		'-w',
		'-e',
		'-f',
	];
	const own = call.name === 'sshpass' ? wrappedCommand(call.args, ['-p', '-f'], 1) : call.args;
	if (own.some(field => /ProxyCommand|LocalCommand|PermitLocalCommand|KnownHostsCommand/iu.test(field.text)))
		judge.add('RED', 'ssh runs a command of its own here to connect');
	if (hasOption(own, ['-R', '-D', '-L', '-w'])) judge.add('RED', 'ssh opens a tunnel between the machines');
	const command = wrappedCommand(own, valued, 1);
	if (command.length === 0) return;
	const remote = call.scope.fork();
	remote.cwds = [];
	judge.line(command.map(field => field.text).join(' '), remote, call.stdin);
};

export const networkHandlers: Readonly<Record<string, Handler>> = { curl, wget, netcat, ssh };
