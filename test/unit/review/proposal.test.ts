import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyReplacements } from '../../../src/core/tools/files/replacements';
import { decodeFile, toFileText, type FileText } from '../../../src/core/chat/review/fileText';
import { changedInput, proposalFor, reviewedPath, smallestReplacement } from '../../../src/core/chat/review/proposal';

const file = (raw: string): FileText => toFileText(raw);
const edit = (oldString: string, newString: string, isAll = false) => ({
	file_path: '/w/a.txt',
	old_string: oldString,
	new_string: newString,
	replace_all: isAll,
});
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const codeOf = (run: () => unknown): unknown => {
	try {
		run();
		return 'no error';
	} catch (error) {
		return (error as { code?: unknown }).code;
	}
};

describe('what a call would make of the file', () => {
	test.each([
		['Edit', edit('two', 'TWO'), 'one\ntwo\n', 'one\nTWO\n'],
		['Edit', edit('a', 'c', true), 'a b a b\n', 'c b c b\n'],
		['Edit', edit('two', ''), 'one\ntwo\nthree\n', 'one\nthree\n'],
		['Edit', edit('one', "$& $1 $$ $'"), 'one\n', "$& $1 $$ $'\n"],
		['Edit', edit('one\ntwo', 'ONE'), 'one\r\ntwo\r\n', 'ONE\n'],
		['Edit', edit('one', 'ONE'), '\ufeffone\n', 'ONE\n'],
		['Edit', edit('say "hi"', 'say "ho"'), 'say \u201chi\u201d\n', 'say \u201cho\u201d\n'],
		['Edit', edit('', 'hello\n'), '', 'hello\n'],
		['Write', { file_path: '/w/a.txt', content: 'x\r\ny\r\n' }, 'old\n', 'x\ny\n'],
		['MultiEdit', { file_path: '/w/a.txt', edits: [edit('one', 'two'), edit('two', 'three')] }, 'one\n', 'three\n'],
	])('%s %j', (tool, input, before, after) => {
		expect(proposalFor(tool, input, file(before)).proposed).toBe(after);
	});

	test.each([
		['not-found', 'Edit', edit('zz', 'c'), 'a\n'],
		['not-unique', 'Edit', edit('a', 'c'), 'a b a\n'],
		['file-exists', 'Edit', edit('', 'c'), 'a\n'],
		['unchanged', 'Edit', edit('a', 'a'), 'a\n'],
		['unchanged', 'Write', { file_path: '/w/a', content: 'a\n' }, 'a\n'],
		['only-line-endings', 'Write', { file_path: '/w/a', content: 'a\n' }, 'a\r\n'],
		['lone-return', 'Edit', edit('a', 'b'), 'a\rb\n'],
		['bad-input', 'Edit', { file_path: '/w/a' }, 'a\n'],
		['bad-input', 'MultiEdit', { file_path: '/w/a', edits: 'all' }, 'a\n'],
		['not-reviewable', 'NotebookEdit', { notebook_path: '/w/a.ipynb' }, 'a\n'],
		['not-reviewable', 'Edit', { old_string: 'a', new_string: 'b' }, 'a\n'],
	])('%s: %s %j', (code, tool, input, before) => {
		expect(codeOf(() => proposalFor(tool, input, file(before)))).toBe(code);
	});

	test('a new file is compared with nothing', () => {
		expect(proposalFor('Write', { file_path: '/w/a', content: 'a\n' }, null)).toEqual({
			path: '/w/a',
			original: '',
			proposed: 'a\n',
			isNewFile: true,
		});
		expect(codeOf(() => proposalFor('Edit', edit('a', 'b'), null))).toBe('not-found');
	});

	test('only edits of one file are reviewed', () => {
		expect(['Edit', 'Write', 'Bash'].map(tool => reviewedPath(tool, { file_path: '/w/a' }))).toEqual([
			'/w/a',
			'/w/a',
			undefined,
		]);
	});
});

describe('the input after a review', () => {
	test('nothing changed: the call goes as it came', () => {
		expect(changedInput('Edit', edit('two', 'TWO'), file('one\ntwo\n'), 'one\nTWO\n')).toEqual({ kind: 'unchanged' });
		const write = { file_path: '/w/a', content: 'b\r\n' };
		expect(changedInput('Write', write, file('a\r\n'), 'b\n')).toEqual({ kind: 'unchanged' });
	});

	test('everything refused', () => {
		const outcome = changedInput('Edit', edit('two', 'TWO'), file('one\ntwo\n'), 'one\ntwo\n');
		expect(outcome).toEqual({ kind: 'refused', reason: 'The user refused every change of this edit' });
	});

	test('the smallest lines that occur once', () => {
		expect(smallestReplacement('x\na\nx\nb\nx\n', 'x\na\nY\nb\nx\n')).toEqual({
			oldString: 'a\nx',
			newString: 'a\nY',
			isAll: false,
		});
		expect(changedInput('Edit', edit('a', 'c', true), file('a b a\n'), 'c b a\n')).toEqual({
			kind: 'changed',
			input: edit('a b a', 'c b a'),
		});
	});

	test('a file keeps its line endings when it is written anew', () => {
		const outcome = changedInput('Write', { file_path: '/w/a', content: 'A\nB\n' }, file('a\r\nb\r\n'), 'A\nB\n');
		expect(outcome).toEqual({ kind: 'changed', input: { file_path: '/w/a', content: 'A\r\nB\r\n' } });
	});

	test('several edits become one', () => {
		const input = { file_path: '/w/a', edits: [edit('a', 'A'), edit('c', 'C')] };
		expect(changedInput('MultiEdit', input, file('a\nb\nc\n'), 'A\nb\nc\n')).toEqual({
			kind: 'changed',
			input: { file_path: '/w/a', edits: [{ old_string: 'a', new_string: 'A' }] },
		});
	});

	const text = fc.array(fc.constantFrom('a', 'b', 'a b', '', '}', '\t}', '\u201ca\u201d', '"a"'), { maxLength: 14 });
	test('the CLI makes exactly the final text of it', () => {
		fc.assert(
			fc.property(text, text, (before, after) => {
				const [from, to] = [before.join('\n'), after.join('\n')];
				fc.pre(from !== to);
				const outcome = applyReplacements(from, [smallestReplacement(from, to)]);
				expect(outcome).toEqual({ isApplied: true, text: to });
			}),
			{ numRuns: 3000 },
		);
	});
});

describe('the bytes of a file', () => {
	test('marks and line endings are kept beside the text', () => {
		expect(decodeFile(bytes('\ufeffa\r\nb\r\n'), 'a')).toEqual({ text: 'a\nb\n', eol: '\r\n', hasBom: true });
		expect(decodeFile(Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x0a, 0), 'a')).toEqual({
			text: 'a\n',
			eol: '\n',
			hasBom: true,
		});
		expect(toFileText('a\r\nb\n').eol).toBe('\n');
	});

	test.each([
		['binary', Uint8Array.of(1, 0, 2)],
		['not-utf8', Uint8Array.of(0x61, 0xff)],
		['too-big', new Uint8Array(5 * 1024 * 1024 + 1)],
	])('%s', (code, content) => {
		expect(codeOf(() => decodeFile(content, 'a'))).toBe(code);
	});
});
