import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { ExpectedError } from '../base/errors';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value of JSON is an object. */
export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses JSON with comments and trailing commas; what is wrong is said with its line and column. */
export function parseJson(text: string): unknown {
	const errors: ParseError[] = [];
	const value: unknown = parse(text.replace(/^\uFEFF/, ''), errors, { allowTrailingComma: true });
	const [first] = errors;
	if (first !== undefined) throw new ExpectedError('mcp.invalidJson', describe(text, first));
	return value;
}

const sentences: Readonly<Record<string, string>> = {
	InvalidSymbol: 'something stands there that is not JSON',
	InvalidNumberFormat: 'a number is malformed',
	PropertyNameExpected: 'a name in double quotes is expected',
	ValueExpected: 'a value is missing',
	ColonExpected: 'a colon is missing',
	CommaExpected: 'a comma is missing',
	CloseBraceExpected: 'a closing brace } is missing',
	CloseBracketExpected: 'a closing bracket ] is missing',
	EndOfFileExpected: 'there is more text after the end',
	InvalidCommentToken: 'a comment is malformed',
	UnexpectedEndOfComment: 'a comment does not end',
	UnexpectedEndOfString: 'a text has no closing quote',
	UnexpectedEndOfNumber: 'a number is cut off',
	InvalidUnicode: 'a \\u escape is malformed',
	InvalidEscapeCharacter: 'a backslash must be written twice',
	InvalidCharacter: 'a character is not allowed there',
};

function describe(text: string, error: ParseError): string {
	const before = text.slice(0, error.offset).split('\n');
	const code = printParseErrorCode(error.error);
	const line = before.length;
	const column = (before.at(-1)?.length ?? 0) + 1;
	const found = text.slice(error.offset, error.offset + Math.max(error.length, 1)).split('\n')[0] ?? '';
	const isQuoted = found.startsWith("'");
	const what = isQuoted ? 'names and texts stand in double quotes' : (sentences[code] ?? 'it is not JSON');
	const near = found.trim() === '' ? '' : ` (“${found.slice(0, 20)}”)`;
	return `This is not valid JSON: line ${line}, column ${column}: ${what}${near}.`;
}
