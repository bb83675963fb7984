import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ExpectedError } from '../../../src/core/base/errors';
import { imageDataLimit, promptLimit } from '../../../src/core/chat/limits';
import { checkedHandlers, checkParams, plainActions, providerActions } from '../../../src/core/chat/pageChecks';
import type { ChatContract } from '../../../src/core/chat/protocol';

type Name = keyof ChatContract['requests'];

const conversation = 'c1';
const approval = 'a1';
const image = { kind: 'image', label: 'cat.png', mediaType: 'image/png', data: 'AAAA' };
const decide = (decision: object): [Name, object] => ['decide', { approval, decision }];
const send = (over: object): [Name, object] => ['send', { conversation, text: 'hi', attachments: [], ...over }];
const act = (command: string, args?: readonly unknown[]): [Name, object] => [
	'runAction',
	{ action: { title: 'Do it', command, ...(args ? { args } : {}) } },
];

const good: readonly [Name, unknown][] = [
	['create', null],
	['open', { conversation: null }],
	decide({ outcome: 'allow', scope: 'session' }),
	decide({ outcome: 'allow', scope: 'once', word: 'harbour' }),
	decide({ outcome: 'refuse', reason: '', isStop: true }),
	decide({ outcome: 'answer', answers: { 'Which?': 'SQLite' } }),
	decide({ outcome: 'plan', mode: 'acceptEdits' }),
	['setMode', { conversation, mode: 'plan' }],
	['setEffort', { conversation, effort: 'xhigh' }],
	['setModel', { conversation, model: 'claude-opus-5-5[1m]' }],
	['openFile', { path: 'C:\\shop\\date.ts', line: null }],
	['attachUris', { uris: ['file:///shop/a%20b.ts'] }],
	['openArtifact', { text: '<svg/>', language: 'svg' }],
	['attachData', { name: 'a.pdf', bytes: new Uint8Array(3) }],
	['openLink', { href: 'https://example.org/' }],
	send({ attachments: [image, { kind: 'file', path: '/shop/date.ts', label: 'date.ts' }] }),
	send({ text: 'x'.repeat(promptLimit) }),
	act('quarterdeck.openUrl', ['https://example.org/install']),
	act('quarterdeck.executions.open', ['7c4b9a52-6f0e-4f6d-9a53-0d7a2f0f7f10']),
	act('quarterdeck.showOutput'),
	act('workbench.trust.manage', []),
];

const bad: readonly [string, Name, unknown][] = [
	['nothing', 'decide', null],
	['a changed input', ...decide({ outcome: 'allow', scope: 'once', changedInput: { command: 'rm -rf /' } })],
	['an unknown scope', ...decide({ outcome: 'allow', scope: 'always' })],
	['an unknown outcome', ...decide({ outcome: 'maybe' })],
	['a plan that allows all', ...decide({ outcome: 'plan', mode: 'bypassPermissions' })],
	['answers that are not text', ...decide({ outcome: 'answer', answers: { a: 1 } })],
	['an unknown mode', 'setMode', { conversation, mode: 'bypassPermissions' }],
	['an unknown effort', 'setEffort', { conversation, effort: 'huge' }],
	['an option as a model', 'setModel', { conversation, model: '--dangerously-skip-permissions' }],
	['a model of two lines', 'setModel', { conversation, model: 'opus\n--x' }],
	['an empty model', 'setModel', { conversation, model: '' }],
	['a long model', 'setModel', { conversation, model: 'x'.repeat(200) }],
	['a path with a NUL', 'openFile', { path: '/shop/\0', line: 1 }],
	['a path that is not text', 'openFile', { path: ['/shop'], line: null }],
	['a line that is not one', 'openFile', { path: '/shop/a.ts', line: -1 }],
	['addresses that are not text', 'attachUris', { uris: [{}] }],
	['a document that is no bytes', 'attachData', { name: 'a.pdf', bytes: 'PDF' }],
	['a document without a name', 'attachData', { name: '', bytes: new Uint8Array(3) }],
	['an address that is not text', 'openLink', { href: 4 }],
	['an unknown attachment', ...send({ attachments: [{ kind: 'process', label: 'x' }] })],
	['a page as an image', ...send({ attachments: [{ ...image, mediaType: 'text/html' }] })],
	['an image that is not base64', ...send({ attachments: [{ ...image, data: '<svg>' }] })],
	['another command', ...act('workbench.action.terminal.sendSequence', [{ text: 'ls\n' }])],
	['a decision in disguise', ...act('quarterdeck.approvals.allow', [approval])],
	['arguments where none belong', ...act('quarterdeck.claude.locate', ['/bin/sh'])],
	['a file as a web page', ...act('quarterdeck.openUrl', ['file:///etc/passwd'])],
	['no address', ...act('quarterdeck.openUrl')],
	['an execution that is not an id', ...act('quarterdeck.executions.open', ['../../x'])],
];

const failure = (run: () => unknown): ExpectedError => {
	try {
		run();
	} catch (error) {
		if (error instanceof ExpectedError) return error;
	}
	throw new Error('It was taken');
};

describe('what a page asks', () => {
	test.each(good)('%s is taken as it is', (name, params) => {
		expect(checkParams(name, params)).toEqual(params);
	});

	test.each(bad)('%s is refused', (_, name, params) => {
		expect(failure(() => checkParams(name, params)).code).toBe('bad-request');
	});

	test('is refused with a sentence that says where, or what to do', () => {
		expect(failure(() => checkParams('setMode', { conversation, mode: 'x' })).message).toBe(
			'The chat sent something that Quarterdeck does not take (setMode.mode). Nothing was done.',
		);
		expect(failure(() => checkParams(...send({ text: 'x'.repeat(promptLimit + 1) }))).message).toMatch(
			/add that with @/,
		);
		const large = { ...image, data: 'A'.repeat(imageDataLimit + 4) };
		expect(failure(() => checkParams(...send({ attachments: [large] }))).message).toMatch(/3\.75 MB/);
	});

	test('loses what the contract does not name', () => {
		expect(checkParams('stop', { conversation, extra: 1 })).toEqual({ conversation });
	});

	test('reaches its handler only through the check', async () => {
		const got: unknown[] = [];
		const handlers = checkedHandlers({
			stop: (params: unknown) => got.push(params),
		} as never);
		expect(() => handlers.stop({ conversation: 7 } as never)).toThrow(ExpectedError);
		await handlers.stop({ conversation } as never);
		expect(got).toEqual([{ conversation }]);
	});
});

test('every action that a row or an obstacle offers is taken, and no other', () => {
	const files = globSync('src/{core/chat,core/claude,core/safety,extension/chat,extension/claude}/**/*.ts');
	const offered = files.flatMap(file =>
		[...readFileSync(file, 'utf8').matchAll(/\{ title: '[^']+', command: '([^']+)'/g)].map(match => match[1] ?? ''),
	);
	const plain = [...new Set(offered)].filter(
		command =>
			command !== 'quarterdeck.openUrl' &&
			!command.startsWith('quarterdeck.review.') &&
			!providerActions.some(other => other === command),
	);
	// These take an id.
	const special = ['quarterdeck.executions.open', 'quarterdeck.memory.forget', 'quarterdeck.routing.explain'];
	expect(plain.filter(command => !special.includes(command)).toSorted()).toEqual([...plainActions]);
});
