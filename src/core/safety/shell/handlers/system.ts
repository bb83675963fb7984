import type { Handler } from '../call';
import { hasOption, sortWords } from '../options';
import { isUnknown, unknownMark } from '../words';

const kill: Handler = (call, judge) => {
	if (call.args.some(field => /^-(?:l|L|-list|-table)$/u.test(field.text)))
		return judge.add('ORANGE', 'kill lists signals');
	if (call.args.some((field, index) => index > 0 && field.text === '1'))
		judge.add('RED', 'kill 1 ends the first process of the machine');
	for (const { text } of call.args.slice(call.args[0]?.text.startsWith('-') === true ? 1 : 0)) {
		if (/^(?:-1|1|0|-0)$/u.test(text)) judge.add('RED', `kill ${text} ends every process`);
		else if (/PPID/u.test(text) || text.includes(unknownMark))
			judge.add('ORANGE', 'ends a process that is not known before it runs');
	}
};

const pkill: Handler = (call, judge) => {
	const names = sortWords(call.args, ['-u', '-U', '-g', '-P', '-t', '-s', '/IM', '/PID', '/F']).positional.map(
		field => field.text,
	);
	if (hasOption(call.args, ['-u', '-U', '--euid', '--uid']))
		judge.add('RED', `${call.name} ends all processes of a user`);
	const own =
		/quarterdeck|claude|^code$|code-server|cursor|electron|sshd|systemd|launchd|explorer|^(?:ba|z)?sh$|^\.?\*?$|^\.$/iu;
	for (const name of names)
		if (own.test(name) || name.includes(unknownMark))
			judge.add('RED', `${call.name} ${name.replaceAll(unknownMark, '…')} may end the editor, the agent or the system`);
};

const crontab: Handler = (call, judge) => {
	if (hasOption(call.args, ['-r'])) judge.add('RED', 'deletes every timed command of yours');
};

const editorCli: Handler = (call, judge) => {
	const args = call.args.map(field => field.text);
	const extensions = args.flatMap((text, index) =>
		/^--(?:un)?install-extension$/u.test(text)
			? [args[index + 1] ?? '']
			: /^--(?:un)?install-extension=/u.test(text)
				? [text.slice(text.indexOf('=') + 1)]
				: [],
	);
	if (extensions.length > 0) judge.add('RED', 'changes the editor’s extensions');
	if (
		extensions.some(name => /quarterdeck/iu.test(name) || name.includes(unknownMark)) ||
		args.some(text => /^--(?:disable-extension|disable-extensions|user-data-dir|extensions-dir)/u.test(text))
	)
		judge.add('BLACK', 'removes or replaces the gate itself');
	if (args.some(text => /^--(?:add-mcp|command|folder-uri|file-uri|remote|tunnel)$|^tunnel$|^serve-web$/u.test(text)))
		judge.add('RED', 'makes the editor run or open something');
};

const agentCli: Handler = (call, judge) => {
	if (call.args.length === 1 && hasOption(call.args, ['--version', '-v', '--help', '-h'])) return;
	if (
		call.args.some(
			field => /dangerously|bypassPermissions|yolo|skip-permissions|full-auto/iu.test(field.text) || isUnknown(field),
		)
	)
		judge.add('BLACK', 'starts an agent that asks nobody');
};

const environmentDump: Handler = (call, judge) => {
	if (call.args.length > 0) judge.add('YELLOW', `${call.name} shows ${call.args.map(field => field.text).join(' ')}`);
};

export const systemHandlers: Readonly<Record<string, Handler>> = {
	kill,
	pkill,
	crontab,
	editorCli,
	agentCli,
	environmentDump,
};
