import { describe, expect, test } from 'vitest';
import { asId, type ConversationId } from '../../../src/core/base/ids';
import { toNano } from '../../../src/core/base/money';
import type { RouteAsk } from '../../../src/core/chat/deps';
import { explainMarkdown } from '../../../src/core/chat/routing/explain';
import { intentOf } from '../../../src/core/chat/routing/intent';
import { candidatesOf, route, type Candidate } from '../../../src/core/chat/routing/route';
import { defaultRules, readRules } from '../../../src/core/chat/routing/rules';
import { model } from '../../fakes/scriptedProvider';

const ask = (text: string, more: Partial<RouteAsk> = {}): RouteAsk => ({
	conversation: asId<ConversationId>('c'),
	text,
	attachments: [],
	last: null,
	historyLength: 0,
	...more,
});

const candidate = (name: string, more: Partial<Candidate> = {}): Candidate => ({
	model: name,
	isLocal: false,
	isUp: true,
	isClaude: false,
	abilities: { tools: true, images: false },
	contextTokens: 32_000,
	strength: 0,
	...more,
});

const claude = candidate('default', {
	isClaude: true,
	abilities: { tools: true, images: true },
	contextTokens: 200_000,
});
const qwen = candidate('ollama/qwen3:8b', { isLocal: true, strength: 5e9 });
const tiny = candidate('ollama/tiny', { isLocal: true, strength: 1e9 });
const choose = (prompt: RouteAsk, candidates: readonly Candidate[], remaining: number | null = null) =>
	route(prompt, { rules: defaultRules, candidates, remaining }).chosen;

describe('what a prompt wants', () => {
	test.each([
		['Fix the failing tests', 'act'],
		['rename getUser in src/api/user.ts to findUser', 'act'],
		['Explain this codebase', 'act'],
		['Why does `a.map` not change a?\n```js\na.map(x)\n```', 'act'],
		['Run the build and tell me what fails', 'act'],
		['Behebe den Fehler im Projekt', 'act'],
		['Hello!', 'talk'],
		['Write a haiku about autumn', 'talk'],
		['What is the difference between TCP and UDP?', 'talk'],
		['thank you', 'talk'],
	])('%j is to %s', (text, intent) => {
		expect(intentOf(text, []).intent).toBe(intent);
	});

	test('an attached file makes it work', () => {
		expect(intentOf('Hm?', [{ kind: 'file', path: '/a.ts', label: 'a.ts' }]).intent).toBe('act');
	});
});

describe('the rules of a user who wrote none', () => {
	test('work goes to the strongest with tools, talk stays on this machine', () => {
		expect(choose(ask('Fix the tests'), [tiny, qwen, claude])).toEqual({
			model: 'default',
			why: 'Work on the workspace: the strongest with tools',
		});
		expect(choose(ask('Hello!'), [tiny, qwen, claude])?.model).toBe('ollama/qwen3:8b');
	});

	test('a follow-up stays, unless its model is gone; then it is said', () => {
		expect(choose(ask('Fix the tests', { last: 'ollama/tiny' }), [tiny, qwen, claude])?.model).toBe('ollama/tiny');
		expect(choose(ask('Fix the tests', { last: 'groq/gone' }), [tiny, claude])).toEqual({
			model: 'default',
			why: 'Work on the workspace: the strongest with tools (the model of before is no longer there)',
		});
	});

	test('pictures go to a model that sees, long texts to the largest window', () => {
		const image = { kind: 'image', label: 'a.png', mediaType: 'image/png', data: 'AAAA' } as const;
		expect(choose(ask('What is this?', { attachments: [image] }), [qwen, claude])?.model).toBe('default');
		expect(choose(ask('Hello', { historyLength: 120_000 }), [qwen, claude])?.model).toBe('default');
	});

	test('with little budget left it stays on this machine', () => {
		expect(choose(ask('Fix the tests'), [qwen, claude], toNano(0.2))?.model).toBe('ollama/qwen3:8b');
		expect(choose(ask('Fix the tests'), [qwen, claude], toNano(3))?.model).toBe('default');
	});

	test('what is down is passed over and named; when nothing is up nothing is chosen', () => {
		const down = { ...claude, isUp: false };
		expect(choose(ask('Fix the tests'), [qwen, down])).toEqual({
			model: 'ollama/qwen3:8b',
			why: 'Work on the workspace: the strongest with tools (Claude is not running)',
		});
		expect(choose(ask('Hello'), [down])).toBeNull();
	});
});

test('rules are the user’s own: read one by one, in their order', () => {
	const { rules, problems } = readRules([
		{ name: 'Always Groq', when: {}, use: ['groq/llama'] },
		{ name: 'Wrong', when: { intent: 'sing' }, use: ['x'] },
	]);
	expect(problems).toEqual([expect.stringContaining('Rule 2')]);
	const facts = { rules, candidates: [claude, candidate('groq/llama')], remaining: null };
	expect(route(ask('Hello'), facts).chosen).toEqual({ model: 'groq/llama', why: 'Always Groq' });
	expect(readRules([]).rules).toBe(defaultRules);
});

test('a rule may name a model of Claude’s, which the CLI is asked for', () => {
	const { rules } = readRules([{ name: 'Hard', when: {}, use: ['opus', 'local'] }]);
	const facts = { rules, candidates: [claude, qwen], remaining: null };
	expect(route(ask('Hello'), facts).chosen).toEqual({ model: 'opus', why: 'Hard' });
	const down = { ...facts, candidates: [{ ...claude, isUp: false }, qwen] };
	expect(route(ask('Hello'), down).chosen).toEqual({
		model: 'ollama/qwen3:8b',
		why: 'Hard (Claude (opus) is not running)',
	});
});

test('who has nothing but the models of the editor is answered by them', () => {
	const models = [model('copilot/small', { contextTokens: 8_000 }), model('copilot/large', { contextTokens: 128_000 })];
	const own = candidatesOf({ id: 'vscode', isLocal: false }, models, new Set());
	expect(choose(ask('Fix the tests'), [{ ...claude, isUp: false }, ...own])?.model).toBe('vscode/copilot/large');
	expect(choose(ask('Hello'), own)?.model).toBe('vscode/copilot/large');
});

test('an earlier choice is told as it was, beside what would be chosen now', () => {
	const result = route(ask('Hello!'), { rules: defaultRules, candidates: [claude], remaining: null });
	const text = explainMarkdown('Hello!', result, [], { model: 'ollama/qwen3:8b', why: 'Talk: on this machine' });
	expect(text).toContain('When it was sent, **ollama/qwen3:8b** was chosen: Talk: on this machine.');
	expect(text).toContain('As the rules and the models are now: **Claude** answers: Talk: on this machine');
});

test('the choice can be explained rule by rule', () => {
	const result = route(ask('Hello!'), { rules: defaultRules, candidates: [claude, qwen], remaining: null });
	const text = explainMarkdown('Hello!', result, []);
	expect(text).toContain('**ollama/qwen3:8b** answers: Talk: on this machine.');
	expect(text).toContain('1. A follow-up stays where it was (a follow-up): this is the first message');
	expect(text).toContain('6. **Talk: on this machine** (talk): chose ollama/qwen3:8b');
});

test('of a provider elsewhere only the models that the user named are taken', () => {
	const models = [model('a'), model('b')];
	const named = new Set(['remote/b']);
	expect(candidatesOf({ id: 'remote', isLocal: false }, models, named).map(found => found.model)).toEqual(['remote/b']);
	expect(candidatesOf({ id: 'ollama', isLocal: true }, models, named)).toHaveLength(2);
	expect(candidatesOf({ id: 'ollama', isLocal: true }, [model('c', { isRemote: true })], named)).toHaveLength(0);
});
