import { parseTree, printParseErrorCode, visit } from 'jsonc-parser';
import { errorText } from '../../base/errors';
import type { FlowProblem, JsonPath } from './problem';
import { LineMap } from './lineMap';
import { maxProblems } from './problem';

/** What one pass over the characters tells. It is right for JSON, and a guess for anything else. */
export interface TextScan {
	readonly depth: number;
	/** Keys of all objects, those that stand twice counted twice. */
	readonly keys: number;
}

/** Counts brackets and keys outside of strings. */
export function scanText(text: string): TextScan {
	let depth = 0;
	let deepest = 0;
	let keys = 0;
	for (let at = 0; at < text.length; at++) {
		switch (text.charCodeAt(at)) {
			case 0x22:
				at = endOfString(text, at);
				break;
			case 0x7b:
			case 0x5b:
				if (++depth > deepest) deepest = depth;
				break;
			case 0x7d:
			case 0x5d:
				depth--;
				break;
			case 0x3a:
				keys++;
				break;
		}
	}
	return { depth: deepest, keys };
}

function endOfString(text: string, start: number): number {
	let at = start;
	for (;;) {
		at = text.indexOf('"', at + 1);
		if (at < 0) return text.length;
		let slashes = 0;
		while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++;
		if (slashes % 2 === 0) return at;
	}
}

const sentences: Readonly<Record<string, string>> = {
	InvalidSymbol: 'This is no value of JSON; texts stand in double quotes.',
	InvalidNumberFormat: 'This is no number of JSON.',
	PropertyNameExpected: 'A key in double quotes is expected here; there is perhaps a comma too many.',
	ValueExpected: 'A value is expected here.',
	ColonExpected: 'A colon is expected here.',
	CommaExpected: 'A comma is expected here.',
	CloseBraceExpected: 'A closing brace } is missing.',
	CloseBracketExpected: 'A closing bracket ] is missing.',
	EndOfFileExpected: 'The flow ends before this.',
	UnexpectedEndOfComment: 'The comment does not end.',
	UnexpectedEndOfString: 'The text does not end on its line.',
	UnexpectedEndOfNumber: 'The number is cut off.',
	InvalidUnicode: 'This is no escape of JSON for a character: \\u and four hexadecimal digits.',
	InvalidEscapeCharacter: 'This is no escape of JSON.',
	InvalidCharacter: 'This character must be written as an escape.',
};

const conflictMark = /^(?:<{7}|={7}|>{7})(?: |$)/m;

/** All that keeps a text from being JSON, with its place; at least one problem. */
export function syntaxProblems(text: string): readonly FlowProblem[] {
	const lines = new LineMap(text);
	const problems: FlowProblem[] = [];
	const add = (code: FlowProblem['code'], message: string, offset: number, length: number): void => {
		if (problems.length < maxProblems) {
			problems.push({ code, severity: 'error', message, path: [], range: lines.range(offset, Math.max(1, length)) });
		}
	};
	const conflict = conflictMark.exec(text);
	if (conflict) add('syntax', 'Here are marks of a merge conflict: choose a side first.', conflict.index, 7);
	else if (text.trim() === '') add('syntax', 'The file is empty.', 0, 0);
	else {
		try {
			visit(
				text,
				{
					onError: (code, offset, length) =>
						add('syntax', sentences[printParseErrorCode(code)] ?? 'This is not JSON.', offset, length),
					onComment: (offset, length) =>
						add('comment', 'A flow cannot keep comments: put the words into the "note" of a node.', offset, length),
				},
				{ allowTrailingComma: false },
			);
		} catch (error) {
			if (!(error instanceof RangeError)) throw error;
			add('too-deep', 'The file is nested too deeply.', 0, 1);
		}
	}
	if (problems.length === 0) add('syntax', `This is not JSON: ${jsonError(text)}.`, 0, 1);
	return problems;
}

function jsonError(text: string): string {
	try {
		JSON.parse(text);
		return 'it is read differently by different programs';
	} catch (error) {
		return errorText(error).slice(0, 200);
	}
}

/** Keys that stand twice in one object of a text that is JSON. */
export function duplicateKeys(text: string): readonly FlowProblem[] {
	const lines = new LineMap(text);
	const problems: FlowProblem[] = [];
	const visitNode = (node: ReturnType<typeof parseTree>, path: JsonPath): void => {
		const seen = new Set<string>();
		for (const [at, child] of (node?.children ?? []).entries()) {
			if (node?.type === 'array') visitNode(child, [...path, at]);
			const key = child.children?.[0];
			if (node?.type !== 'object' || !key || typeof key.value !== 'string') continue;
			if (seen.has(key.value) && problems.length < maxProblems) {
				const what =
					path.length === 1 && path[0] === 'nodes'
						? `Two nodes have the id "${key.value}"`
						: `The key "${key.value}" stands twice`;
				problems.push({
					code: 'duplicate-key',
					severity: 'error',
					message: `${what}: rename or remove one.`,
					path: [...path, key.value],
					isKey: true,
					range: lines.range(key.offset, key.length),
				});
			}
			seen.add(key.value);
			visitNode(child.children?.[1], [...path, key.value]);
		}
	};
	visitNode(parseTree(text), []);
	return problems;
}
