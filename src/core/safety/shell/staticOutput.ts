import type { Command } from 'unbash';
import type { Stdin } from './scope';
import { expandWord, unknownMark, type WordScope } from './words';

/** What a command prints, for the few whose output can be known beforehand; undefined for all others. */
export function printedText(
	command: Command,
	scope: WordScope,
	stdin: Stdin,
	cwds: readonly string[],
): string | undefined {
	if (!command.name) return undefined;
	const words = [command.name, ...command.args.filter(part => part.type === 'Word')];
	const fields = words.flatMap(word => expandWord(word, scope)).map(field => field.text);
	const [name, ...args] = fields;
	const isTop = name === 'git' && args.join(' ') === 'rev-parse --show-toplevel';
	if ((name === 'pwd' || isTop) && cwds.length === 1) return cwds[0];
	if (name === 'mktemp') return '/tmp/mktemp-file';
	if (args.some(text => text.includes(unknownMark))) return undefined;
	// Some shells' `echo` reads backslashes and others do not: then nobody knows what it prints.
	if (name === 'echo')
		return args.some(text => text.includes('\\')) && !/^-[nE]*e/u.test(args[0] ?? '') ? undefined : `${echoed(args)}\n`;
	if (name === 'tee') return inputOf(command, stdin);
	if (name === 'printf') return printed(args);
	if (name === 'cat' && args.every(text => text === '-')) return inputOf(command, stdin);
	if (name === 'base64' && args.some(text => /^(?:-d|-D|--decode)$/u.test(text)))
		return decoded(inputOf(command, stdin));
	return undefined;
}

function inputOf(command: Command, stdin: Stdin): string | undefined {
	for (const redirection of command.redirects) {
		if (redirection.type === 'HereDoc') return redirection.body.text;
		if (redirection.type === 'HereString') return redirection.target?.value;
		if (redirection.operator.startsWith('<')) return undefined;
	}
	return stdin.kind === 'text' ? stdin.text : undefined;
}

function decoded(text: string | undefined): string | undefined {
	return text === undefined ? undefined : Buffer.from(text.trim(), 'base64').toString('utf8');
}

function echoed(args: readonly string[]): string {
	const start = args.findIndex(text => !/^-[neE]+$/u.test(text));
	const words = start < 0 ? [] : args.slice(start);
	return args.slice(0, Math.max(0, start)).some(text => text.includes('e'))
		? unescaped(words.join(' '))
		: words.join(' ');
}

function printed(args: readonly string[]): string | undefined {
	const words = args[0] === '--' ? args.slice(1) : args;
	const [format = '', ...values] = words;
	if (format.startsWith('-')) return undefined;
	if (!/%[^%sb]/u.test(format)) {
		let next = 0;
		const text = unescaped(format).replace(/%([%sb])/gu, (_, kind: string) =>
			kind === '%' ? '%' : kind === 'b' ? unescaped(values[next++] ?? '') : (values[next++] ?? ''),
		);
		// The format is used again for what is left over; joining with blanks keeps every word in sight.
		return [text, ...values.slice(next)].join(' ');
	}
	return undefined;
}

function unescaped(text: string): string {
	return text
		.replace(/\\x([0-9a-f]{1,2})/giu, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
		.replace(/\\u([0-9a-f]{1,4})/giu, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
		.replace(/\\0?([0-7]{1,3})/gu, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 8)))
		.replaceAll('\\n', '\n')
		.replaceAll('\\t', '\t')
		.replaceAll('\\\\', '\\');
}
