import { unreadable, type ParsedDocument } from './document';

/** Groups that hold no text of the document: fonts, colours, styles, pictures, facts about it. */
const hidden = new Set(
	'fonttbl colortbl stylesheet listtable listoverridetable info pict object header footer headerl headerr headerf footerl footerr footerf themedata datastore generator filetbl revtbl rsidtbl latentstyles xmlnstbl'.split(
		' ',
	),
);
/** Words that stand for a character. */
const characters: Readonly<Record<string, string>> = {
	par: '\n',
	line: '\n',
	sect: '\n\n',
	page: '\n\n',
	row: '\n',
	cell: '\t',
	tab: '\t',
	emdash: '—',
	endash: '–',
	lquote: '‘',
	rquote: '’',
	ldblquote: '“',
	rdblquote: '”',
	bullet: '•',
};
const symbols: Readonly<Record<string, string>> = {
	'~': '\u00a0',
	_: '\u2011',
	'\\': '\\',
	'{': '{',
	'}': '}',
	'\n': '\n',
};

/** What a group's end takes back. */
interface Group {
	readonly isHidden: boolean;
	/** How many characters stand behind `\u…` for programs that do not know it. */
	readonly skip: number;
}

/** A control word, an escaped byte, another escape, a brace, the end of a line, or text. */
const token =
	/\\(?<word>[a-z]{1,32})(?<number>-?\d{1,10})? ?|\\'(?<byte>[0-9a-f]{2})|\\(?<symbol>[^a-z])|(?<brace>[{}])|[\r\n]+|[^\\{}\r\n]+|\\/giu;

/** The text of a document in Rich Text Format, without its looks. */
export function readRtf(bytes: Uint8Array): Promise<ParsedDocument> {
	const source = new TextDecoder('windows-1252').decode(bytes);
	if (!source.startsWith('{\\rtf')) throw unreadable('is not a Rich Text file.');
	const text = rtfText(source)
		.replaceAll(/[^\S\n]+\n/gu, '\n')
		.replaceAll(/\n{3,}/gu, '\n\n')
		.trim();
	if (text === '') throw unreadable('holds no text.');
	return Promise.resolve({ what: 'Rich Text', parts: [{ label: '', text }], notes: [] });
}

function rtfText(source: string): string {
	const pieces: string[] = [];
	const groups: Group[] = [];
	let group: Group = { isHidden: false, skip: 1 };
	/** Characters that are still to be skipped, behind a `\u…`. */
	let skip = 0;
	const put = (text: string): void => {
		const rest = text.slice(skip);
		skip = Math.max(0, skip - text.length);
		if (!group.isHidden) pieces.push(rest);
	};
	for (const { 0: whole, groups: found = {} } of source.matchAll(token)) {
		const { word, number, byte, symbol, brace } = found;
		if (brace === '{') groups.push(group);
		else if (brace === '}') {
			group = groups.pop() ?? group;
			skip = 0;
		} else if (byte !== undefined) put(western(byte));
		else if (symbol === '*') group = { ...group, isHidden: true };
		else if (symbol !== undefined) put(symbols[symbol] ?? '');
		else if (word === undefined) put(/^[\r\n\\]/u.test(whole) ? '' : whole);
		else if (hidden.has(word)) group = { ...group, isHidden: true };
		else if (word === 'uc') group = { ...group, skip: Math.max(0, Number(number ?? 1)) };
		else if (word === 'u') {
			skip = 0;
			put(unicode(Number(number)));
			({ skip } = group);
		} else if (word in characters) put(characters[word]!);
	}
	return pieces.join('');
}

function western(byte: string): string {
	return new TextDecoder('windows-1252').decode(Uint8Array.of(Number.parseInt(byte, 16)));
}

/** The number is signed and of 16 bits; what is greater comes as two of them. */
function unicode(number: number): string {
	return Number.isFinite(number) ? String.fromCharCode(((number % 65_536) + 65_536) % 65_536) : '';
}
