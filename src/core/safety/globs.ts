/**
 * Turns a path glob (`**`, `*`, `?`, `{a,b}`, `[…]`) into a pattern over `/`-separated paths; letter case is ignored.
 * In a shell, a `*` that begins a name does not match a leading dot.
 */
export function globToPattern(glob: string, flags = 'iu', isShell = false): RegExp {
	let source = '';
	let depth = 0;
	for (let at = 0; at < glob.length; at++) {
		const character = glob.charAt(at);
		const isStart = isShell && (at === 0 || glob.charAt(at - 1) === '/');
		if (isStart && (character === '*' || character === '?')) source += '(?!\\.)';
		if (character === '*') {
			const isDeep = glob.charAt(at + 1) === '*';
			if (!isDeep) source += '[^/]*';
			else if (glob.charAt(at + 2) === '/') source += '(?:.*/)?';
			else source += '.*';
			if (isDeep) at += glob.charAt(at + 2) === '/' ? 2 : 1;
		} else if (character === '?') source += '[^/]';
		else if (character === '{') {
			source += '(?:';
			depth++;
		} else if (character === '}' && depth > 0) {
			source += ')';
			depth--;
		} else if (character === ',' && depth > 0) source += '|';
		else if (character === '[') {
			const bracket = readBracket(glob, at);
			source += bracket.source;
			at = bracket.end;
		} else source += character.replace(/[$()+./\\^{|}\]]/u, '\\$&');
	}
	return new RegExp(`^${source}${')'.repeat(depth)}$`, flags);
}

function readBracket(glob: string, start: number): { readonly source: string; readonly end: number } {
	const end = glob.indexOf(']', start + 2);
	if (end < 0) return { source: '\\[', end: start };
	const body = glob.slice(start + 1, end);
	// A class that the engine would refuse (a reversed range, `[:alpha:]`) matches any one character: never less than the shell.
	const isPlain = /^[!^]?(?:[\w. ](?:-[\w. ])?)+$/u.test(body) && !/(\w)-(\w)/u.test(body);
	const isNegated = body.startsWith('!') || body.startsWith('^');
	if (!isPlain || isNegated) return { source: '[^/]', end };
	return { source: `[${body}]`, end };
}
