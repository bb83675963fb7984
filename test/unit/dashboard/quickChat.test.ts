import { afterEach, expect, test, vi } from 'vitest';
import { ExpectedError } from '../../../src/core/base/errors';
import { QuickChat, type QuickChatPorts } from '../../../src/core/dashboard/quickChat';
import type { LedgerEvent } from '../../../src/core/ledger/events';
import { ManualClock } from '../../fakes/manualClock';
import { ScriptedProvider, type Script } from '../../fakes/scriptedProvider';

const chats: QuickChat[] = [];

afterEach(() => {
	for (const chat of chats.splice(0)) chat.dispose();
});

function open(
	script: Script,
	more: Partial<QuickChatPorts> = {},
): { chat: QuickChat; provider: ScriptedProvider; events: LedgerEvent[] } {
	const events: LedgerEvent[] = [];
	const provider = new ScriptedProvider('ollama', script);
	const chat = new QuickChat({
		clock: new ManualClock(),
		append: event => events.push(event),
		price: () => ({ cost: 7, basis: 'priced' }),
		provider: () => Promise.resolve(provider),
		checkBudget: () => Promise.resolve(),
		project: '/home/ada/shop',
		...more,
	});
	chats.push(chat);
	return { chat, provider, events };
}

const ask = (chat: QuickChat, text: string): Promise<void> =>
	chat.ask({ widget: 'w', model: 'ollama/small', system: 'Be brief.', text });
const shown = (chat: QuickChat): unknown[] => chat.turns.map(({ who, text, state }) => [who, text, state]);

test('an exchange goes on from what was said, and each answer is in the ledger with its cost', async () => {
	const { chat, provider, events } = open((_, turn) => ({ text: `answer ${turn}`, tokens: 5 }));
	await ask(chat, 'first\nquestion');
	await ask(chat, 'second');
	expect(shown(chat)).toEqual([
		['user', 'first\nquestion', 'done'],
		['model', 'answer 1', 'done'],
		['user', 'second', 'done'],
		['model', 'answer 2', 'done'],
	]);
	expect(provider.requests[1]!.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
	expect(provider.requests[1]!.tools).toBeUndefined();
	expect(events.map(({ type }) => type)).toEqual([
		'execution.started',
		'usage.recorded',
		'execution.ended',
		'execution.started',
		'usage.recorded',
		'execution.ended',
	]);
	expect(events[0]).toMatchObject({
		kind: 'chat',
		trigger: 'user',
		agent: 'quick chat',
		title: 'first question',
		provider: 'ollama',
		model: 'small',
	});
	expect(events[1]).toMatchObject({ cost: 7, basis: 'priced', isFinal: true });
});

test('a failure is said in its turn, and what came before it stays', async () => {
	const { chat, events } = open(() => ({ fail: 'overloaded', after: 'half of' }));
	await ask(chat, 'hello');
	expect(chat.turns.at(-1)).toEqual({
		who: 'model',
		text: 'half of',
		state: 'failed',
		error: 'ollama failed with overloaded.',
	});
	expect(events.at(-1)).toMatchObject({ type: 'execution.ended', status: 'failed' });
	expect(chat.isBusy).toBe(false);
});

test('one at a time; an answer can be stopped', async () => {
	const { chat, events } = open(() => ({ hang: 'well' }));
	const asking = ask(chat, 'hello');
	await vi.waitFor(() => expect(shown(chat).at(-1)).toEqual(['model', 'well', 'streaming']));
	await expect(ask(chat, 'again')).rejects.toThrow('An answer is on its way');
	chat.stop();
	await asking;
	expect(shown(chat).at(-1)).toEqual(['model', 'well', 'stopped']);
	expect(events.at(-1)).toMatchObject({ status: 'stopped', error: null });
});

test('what is forgotten while it comes does not come back', async () => {
	const { chat } = open((_, turn) => (turn === 1 ? { hang: 'well' } : { text: 'new' }));
	const asking = ask(chat, 'hello');
	await vi.waitFor(() => expect(chat.turns).toHaveLength(2));
	chat.clear();
	await ask(chat, 'anew');
	await asking;
	expect(shown(chat)).toEqual([
		['user', 'anew', 'done'],
		['model', 'new', 'done'],
	]);
});

test('without a budget, a provider or a question nothing is asked', async () => {
	const refuse = (text: string) => () => Promise.reject(new ExpectedError('no', text));
	const poor = open(() => ({ text: 'no' }), { checkBudget: refuse('The budget is used up.') });
	await ask(poor.chat, 'hello');
	expect([poor.chat.turns.at(-1)!.error, poor.provider.requests, poor.events]).toEqual([
		'The budget is used up.',
		[],
		[],
	]);
	const lonely = open(() => ({ text: 'no' }), { provider: refuse('There is no provider.') });
	await ask(lonely.chat, 'hello');
	expect(lonely.chat.turns.at(-1)!.error).toBe('There is no provider.');
	await expect(ask(lonely.chat, ' \n')).rejects.toThrow('Write what you want to ask.');
});
