import { array, assert, constantFrom, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answersOf, emptyAnswer, toggleOption } from '../../../src/webviews/chat/answers';
import { advanceBlocks, noBlocks, openFence, type Blocks } from '../../../src/webviews/chat/blocks';
import { complete, triggerAt, walkHistory, notWalking } from '../../../src/webviews/chat/composer/text';
import { matchCommands } from '../../../src/webviews/chat/composer/useSuggestions';
import { linkTarget } from '../../../src/webviews/chat/host';
import { describeTool, relativePath, shortPath } from '../../../src/webviews/chat/tools/describe';
import { countDiff } from '../../../src/webviews/shared/components/Diff';
import { formatAgo, formatBytes, formatCount, formatDuration } from '../../../src/webviews/shared/format';
import { view } from '../gallery/items';

const whole = (blocks: Blocks): readonly string[] => [...blocks.done, ...(blocks.tail === '' ? [] : [blocks.tail])];
const letters = (text: string): string => text.replace(/\s/g, '');
const cut = (text: string): readonly string[] => whole(advanceBlocks(noBlocks, text));

describe('blocks of an answer', () => {
	test('end at blank lines, not inside fences or between the items of a list', () => {
		expect(cut('One.\n\nTwo.\n\n- a\n\n- b\n\n  more of b\n\nThree.\n')).toEqual([
			'One.\n\n',
			'Two.\n\n',
			'- a\n\n- b\n\n  more of b\n\n',
			'Three.\n',
		]);
		expect(cut('See:\n```ts\na\n\nb\n```\nAfter')).toEqual(['See:\n', '```ts\na\n\nb\n```\n', 'After']);
		expect(cut('````\n```\n\nx\n````\n')).toEqual(['````\n```\n\nx\n````\n']);
		expect(cut('1. a\n\n   ```\n   x\n\n   y\n   ```\n\n2. b')).toEqual([
			'1. a\n\n   ```\n   x\n\n   y\n   ```\n\n2. b',
		]);
	});

	test('do not end before it is known what follows', () => {
		expect(cut('- a\n\n-').length).toBe(1);
		expect(cut('- a\n\n ').length).toBe(1);
		expect(cut('- a\n\nText')).toEqual(['- a\n\n', 'Text']);
	});

	test('are the same however the text arrived, and finished ones never change', () => {
		const piece = constantFrom('a', ' b', '\n', '\n\n', '```', '```ts\n', '- ', '1. ', '  ', '~~~', '> q', '| t |');
		assert(
			property(array(piece, { maxLength: 40 }), pieces => {
				let text = '';
				let blocks = noBlocks;
				for (const next of pieces) {
					text += next;
					const before = blocks.done;
					blocks = advanceBlocks(blocks, text);
					expect(blocks.done.slice(0, before.length)).toEqual(before);
					expect(blocks.tail).toBe(text.slice(blocks.from));
				}
				expect(letters(whole(blocks).join(''))).toBe(letters(text));
			}),
		);
	});

	test('start again when the text is another one', () => {
		expect(whole(advanceBlocks(advanceBlocks(noBlocks, 'One.\n\nTwo'), 'Else'))).toEqual(['Else']);
	});

	test('show an open fence as code', () => {
		expect(openFence('\n```ts\nconst a')).toEqual({ language: 'ts', code: 'const a' });
		expect(openFence('``` ')).toBeNull();
	});
});

describe('the composer', () => {
	test('opens the command menu only at the start, and the mention menu at words', () => {
		expect(triggerAt('/com', 4)).toEqual({ kind: 'command', text: 'com', from: 0, to: 4 });
		expect(triggerAt('a /com', 6)).toBeNull();
		expect(triggerAt('see @src/a', 10)).toEqual({ kind: 'mention', text: 'src/a', from: 4, to: 10 });
		expect(triggerAt('mail me@home', 12)).toBeNull();
		expect(triggerAt('/x y', 4)).toBeNull();
	});

	test('completes in the middle of a text with one space after it', () => {
		expect(complete('see @da now', { kind: 'mention', text: 'da', from: 4, to: 7 }, '@src/date.ts')).toEqual({
			text: 'see @src/date.ts now',
			cursor: 17,
		});
		expect(complete('@da', { kind: 'mention', text: 'da', from: 0, to: 3 }, '@b')).toEqual({ text: '@b ', cursor: 3 });
	});

	test('walks the history and comes back to what was being written', () => {
		const history = ['new', 'old'];
		const first = walkHistory(history, notWalking, 1, 'draft')!;
		const second = walkHistory(history, first.walk, 1, first.text)!;
		expect([first.text, second.text]).toEqual(['new', 'old']);
		expect(walkHistory(history, second.walk, 1, second.text)).toBeNull();
		const back = walkHistory(history, walkHistory(history, second.walk, -1, '')!.walk, -1, '')!;
		expect(back).toEqual({ text: 'draft', walk: { at: -1, written: 'draft' } });
		expect(walkHistory(history, notWalking, -1, 'draft')).toBeNull();
	});

	test('finds commands by parts of their name', () => {
		const { commands } = view();
		expect(matchCommands(commands, 'cmp').map(item => item.label)).toEqual(['/compact']);
		expect(matchCommands(commands, '')).toHaveLength(3);
		expect(matchCommands(commands, 'cl')[0]?.matches).toEqual([1, 2]);
	});
});

describe('answers to questions', () => {
	const one = {
		question: 'Which?',
		header: '',
		isMultiSelect: false,
		options: [
			{ label: 'A', description: '' },
			{ label: 'B', description: '' },
		],
	};
	const many = { ...one, question: 'What?', isMultiSelect: true };

	test('are complete when each has one; several are joined in the order of the options', () => {
		const a = toggleOption(one, emptyAnswer, 'A');
		const both = toggleOption(many, toggleOption(many, emptyAnswer, 'B'), 'A');
		expect(answersOf([one, many], { 'Which?': a })).toBeNull();
		expect(answersOf([one, many], { 'Which?': a, 'What?': both })).toEqual({ 'Which?': 'A', 'What?': 'A, B' });
		expect(toggleOption(one, a, 'B').chosen).toEqual(['B']);
		expect(toggleOption(many, both, 'A').chosen).toEqual(['B']);
	});

	test('in own words count only when there are words', () => {
		expect(answersOf([one], { 'Which?': { chosen: [], isOther: true, other: '  ' } })).toBeNull();
		expect(answersOf([one], { 'Which?': { chosen: [], isOther: true, other: ' C ' } })).toEqual({ 'Which?': 'C' });
	});
});

const line = (tool: string, input: Record<string, unknown>): string => {
	const { name, summary, path } = describeTool({ tool, input }, '/w');
	return [name, summary, path ?? ''].filter(Boolean).join(' | ');
};

describe('tool lines', () => {
	test('say what a call is about', () => {
		expect(line('Bash', { command: 'npm test\nnpm run lint' })).toBe('Bash | npm test');
		expect(line('Read', { file_path: '/a/b.ts', offset: 10, limit: 5 })).toBe('Read | lines 10–14 | /a/b.ts');
		expect(line('mcp__git_hub__create__issue', { title: 'Bug' })).toBe('git_hub · create__issue | Bug');
		expect(line('Agent', { subagent_type: 'Explore', description: 'Look' })).toBe('Agent | Explore: Look');
		expect(line('TodoWrite', { todos: [{ content: 'a', status: 'completed' }, 'broken', { content: 'b' }] })).toBe(
			'Todos | 1 of 2 done',
		);
		expect(line('Unheard', { n: 1, anything: 'x' })).toBe('Unheard | x');
		expect(line('Edit', {})).toBe('Edit');
		expect(line('AskUserQuestion', { questions: 'broken' })).toBe('Question');
	});

	test('show paths relative to the workspace', () => {
		const paths = ['/home/ada/shop/src/date.ts', '/home/ada/shop', '/home/ada/shopping/a.ts', 'src/a.ts'];
		expect(paths.map(path => relativePath(path, '/home/ada/shop/'))).toEqual([
			'src/date.ts',
			'.',
			paths[2],
			'src/a.ts',
		]);
		expect(relativePath('c:\\Shop\\src\\a.ts', 'C:\\shop')).toBe('src\\a.ts');
		expect(line('Edit', { file_path: '/w/a/b/c/d.ts' })).toBe('Edit | /w/a/b/c/d.ts');
		expect(line('Grep', { pattern: 'x', path: '/w/src' })).toBe('Grep | x  in  src');
		expect(line('Grep', { pattern: 'x', path: '/w' })).toBe('Grep | x');
	});

	test('keep paths short', () => {
		expect([shortPath('/a/b/c/d.ts', null), shortPath('C:\\a\\b\\c\\d.ts', null), shortPath('a.ts', null)]).toEqual([
			'…/b/c/d.ts',
			'…/b/c/d.ts',
			'a.ts',
		]);
	});
});

test('the commands that a conversation itself needs come first', () => {
	const commands = ['skill', 'context', 'zap', 'compact'].map(name => ({ name, description: '', argumentHint: '' }));
	expect(matchCommands(commands, '').map(({ key }) => key)).toEqual(['compact', 'context', 'skill', 'zap']);
});

test('links are addresses or places in files', () => {
	expect(linkTarget('https://a.b/c#L4')).toEqual({ address: 'https://a.b/c#L4' });
	expect(linkTarget('src/a%20b.ts#L12')).toEqual({ path: 'src/a b.ts', line: 12 });
	expect(linkTarget('/x/a.ts:7:3')).toEqual({ path: '/x/a.ts', line: 7 });
	expect(linkTarget('C:\\x\\a.ts')).toEqual({ path: 'C:\\x\\a.ts', line: null });
	expect(linkTarget('100%.md')).toEqual({ path: '100%.md', line: null });
	expect(linkTarget('mailto:a@b')).toEqual({ address: 'mailto:a@b' });
});

test('figures are short and exact enough', () => {
	expect([40, 9940, 9960, 59_600, 65_000, 3_720_000].map(formatDuration)).toEqual([
		'40 ms',
		'9.9 s',
		'10 s',
		'1 min 00 s',
		'1 min 05 s',
		'1 h 02 min',
	]);
	expect([7, 999, 1000, 3449, 99_960, 1_240_000].map(formatCount)).toEqual(['7', '999', '1k', '3.4k', '100k', '1.2M']);
	expect([512, 3400, 8_200_000].map(formatBytes)).toEqual(['512 B', '3.4 KB', '8.2 MB']);
	expect([0, 5, 180, 1500, 3000].map(minutes => formatAgo(0, minutes * 60_000))).toEqual([
		'now',
		'5 min ago',
		'3 h ago',
		'yesterday',
		'2 days ago',
	]);
	expect(countDiff('@@ -1 +1 @@\n-a\n+b\n+c\n d')).toEqual({ added: 2, removed: 1 });
});
