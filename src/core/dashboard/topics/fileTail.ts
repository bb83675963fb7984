import { defineAction, defineTopic, integerOf, recordOf, textOf } from '../topic';

// A type, not an interface: it travels as JSON.
// oxlint-disable-next-line typescript/consistent-type-definitions
export type FileTailParams = {
	/** In the workspace, with `/` or the system's separator. */
	readonly path: string;
	readonly lines: number;
};

export interface FileTail {
	readonly lines: readonly string[];
	/** There are earlier lines that are not shown. */
	readonly isCut: boolean;
	readonly bytes: number;
	/** When it was written last, milliseconds since 1970. */
	readonly changedAt: number;
}

export const fileTailTopic = defineTopic<FileTailParams, FileTail>({
	name: 'fileTail',
	read: params => {
		const { path, lines } = recordOf(params);
		return { path: textOf(path), lines: integerOf(lines, 5, 2000) };
	},
});

/** Opens the file in the editor. */
export const openTailed = defineAction<{ readonly path: string }>({
	name: 'fileTail.open',
	read: params => ({ path: textOf(recordOf(params)['path']) }),
});

/** The last lines of a text; what stands before the first line break of a part is not a whole line. */
export function lastLines(
	text: string,
	most: number,
	isPart: boolean,
): { readonly lines: readonly string[]; readonly isCut: boolean } {
	const whole = isPart ? text.slice(text.indexOf('\n') + 1) : text;
	const lines = whole.replace(/\r?\n$/, '').split(/\r?\n/);
	const all = lines.length === 1 && lines[0] === '' ? [] : lines;
	return { lines: all.slice(-most).map(plain), isCut: isPart || all.length > most };
}

const longestLine = 2000;

/** Without the colours of a terminal, and no longer than can be read. */
function plain(line: string): string {
	// oxlint-disable-next-line no-control-regex -- colours begin with the escape character
	const text = line.replaceAll(/\u001B\[[\d;?]*[ -/]*[@-~]/g, '');
	return text.length <= longestLine ? text : `${text.slice(0, longestLine)}…`;
}
