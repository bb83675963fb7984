import type { Handler } from '../call';
import { unknownMark } from '../words';
import { judgeWindows } from '../windows';

const powershell: Handler = (call, judge) => {
	const { args, stdin, scope } = call;
	const at = args.findIndex(field => /^[-/]c(?:o(?:m(?:m(?:a(?:nd?)?)?)?)?)?$/iu.test(field.text));
	if (args.some(field => /^[-/]e(?:c|nc?|nco.*)?$/iu.test(field.text)))
		judge.add('RED', 'PowerShell runs an encoded line');
	if (
		args.some(field => /^[-/]ex?(?:ec|ecutionpolicy)?$/iu.test(field.text)) ||
		args.some(field => /^bypass$/iu.test(field.text))
	)
		judge.add('ORANGE', 'PowerShell sets its own execution policy');
	if (at >= 0)
		judgeWindows(
			judge,
			args
				.slice(at + 1)
				.map(field => field.text)
				.join(' ') || unknownMark,
			scope,
			'PowerShell',
		);
	else if (stdin.kind === 'text') judgeWindows(judge, stdin.text, scope, 'PowerShell');
	else if (stdin.kind !== 'none') judge.add('RED', 'PowerShell runs whatever it is given');
	else {
		const words = args.filter(field => !/^[-/]/u.test(field.text)).map(field => field.text);
		if (words.length > 0) judgeWindows(judge, words.join(' '), scope, 'PowerShell');
	}
};

const cmd: Handler = (call, judge) => {
	// Git Bash turns `/c` into a path unless it is written `//c`.
	const at = call.args.findIndex(field => /^\/{1,2}[ckr]$/iu.test(field.text));
	if (at < 0) return judge.add(call.stdin.kind === 'none' ? 'ORANGE' : 'RED', 'cmd opens a shell');
	judgeWindows(
		judge,
		call.args
			.slice(at + 1)
			.map(field => field.text)
			.join(' ') || unknownMark,
		call.scope,
		'cmd',
	);
};

const windowsDelete: Handler = (call, judge) =>
	judgeWindows(judge, [call.name, ...call.args.map(field => field.text)].join(' '), call.scope, 'cmd');

export const windowsHandlers: Readonly<Record<string, Handler>> = { powershell, cmd, windowsDelete };
