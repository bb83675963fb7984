import { describe, expect, test } from 'vitest';
import type { ItemId } from '../../../src/core/base/ids';
import type { ItemChange } from '../../../src/core/chat/items';
import {
	hiddenPending,
	initialState,
	reduce,
	startIndex,
	type ChatAction,
	type ChatState,
} from '../../../src/webviews/chat/state';
import { approval, conversationId, snapshot, text, tool, user, view } from '../gallery/items';

const run = (...actions: readonly ChatAction[]): ChatState => actions.reduce(reduce, initialState);
const changed = (sequence: number, items: readonly ItemChange[], over: object | null = null): ChatAction => ({
	type: 'changed',
	change: { conversation: conversationId, sequence, items, view: over },
});

const failed = (words: string): ChatAction => ({ type: 'failed', text: words, actions: [] });

describe('changes', () => {
	const question = user('Why?');
	const answer = text('Because', { isStreaming: true });
	const opened = run({ type: 'snapshot', snapshot: snapshot([question, answer], { sequence: 7 }) });

	test('are applied in order and only touch what they name', () => {
		const next = reduce(opened, changed(8, [{ op: 'append', id: answer.id, text: ' it is' }], { status: 'running' }));
		expect(next.items).toEqual([question, { ...answer, text: 'Because it is' }]);
		expect(next.items[0]).toBe(question);
		expect(next.grouped.rows[0]).toBe(question);
		expect(next.conversation?.status).toBe('running');
		expect(next.sequence).toBe(8);
	});

	test('that came before are not applied twice', () => {
		expect(reduce(opened, changed(7, [{ op: 'append', id: answer.id, text: 'x' }]))).toBe(opened);
	});

	test('after a gap are held back until a snapshot is there', () => {
		const stale = reduce(opened, changed(9, [{ op: 'append', id: answer.id, text: 'x' }]));
		expect(stale).toMatchObject({ isStale: true, sequence: 7, items: opened.items });
		expect(reduce(stale, changed(10, []))).toBe(stale);
		const fresh = reduce(stale, { type: 'snapshot', snapshot: snapshot([question], { sequence: 10 }) });
		expect(fresh).toMatchObject({ isStale: false, sequence: 10, items: [question] });
	});

	test('of another conversation are not shown', () => {
		const other: ChatAction = {
			type: 'changed',
			change: { conversation: 'other' as typeof conversationId, sequence: 8, items: [], view: { title: 'Other' } },
		};
		expect(reduce(opened, other)).toBe(opened);
	});

	test('of a status only leave the rows as they are', () => {
		const next = reduce(opened, changed(8, [], { status: 'waiting' }));
		expect(next.grouped).toBe(opened.grouped);
	});
});

describe('rows', () => {
	test('of a sub-agent hang below its call, and keep their identity while others change', () => {
		const agent = tool('Task', {}, { id: 'agent' as ItemId });
		const step = tool('Read', {}, { parent: agent.id });
		const answer = text('Wait', { isStreaming: true });
		const opened = run({ type: 'snapshot', snapshot: snapshot([agent, step, answer]) });
		expect(opened.grouped.rows).toEqual([agent, answer]);
		expect(opened.grouped.children.get(agent.id)).toEqual([step]);
		const next = reduce(opened, changed(1, [{ op: 'append', id: answer.id, text: '…' }]));
		expect(next.grouped.children.get(agent.id)).toBe(opened.grouped.children.get(agent.id));
	});

	test('without their parent are shown on their own', () => {
		const orphan = tool('Read', {}, { parent: 'gone' as ItemId });
		expect(run({ type: 'snapshot', snapshot: snapshot([orphan]) }).grouped.rows).toEqual([orphan]);
	});

	test('that come before move the first index by as many rows, not items', () => {
		const agent = tool('Task', {}, { id: 'agent' as ItemId });
		const step = tool('Read', {}, { parent: agent.id });
		const opened = run(
			{ type: 'snapshot', snapshot: snapshot([text('new')], { earlier: 3 }) },
			{ type: 'earlierWanted' },
		);
		expect(opened.isLoadingEarlier).toBe(true);
		const more = reduce(opened, { type: 'earlier', items: [user('old'), agent, step], earlier: 0 });
		expect(more).toMatchObject({ firstIndex: startIndex - 2, earlier: 0, isLoadingEarlier: false });
		expect(more.grouped.rows).toHaveLength(3);
	});

	test('of a fresh snapshot keep their index, so that the list stays where it is', () => {
		const items = [user('1'), user('2'), user('3')];
		const opened = run({ type: 'snapshot', snapshot: snapshot(items) });
		expect(reduce(opened, { type: 'snapshot', snapshot: snapshot(items.slice(1)) }).firstIndex).toBe(startIndex + 1);
		expect(reduce(opened, { type: 'snapshot', snapshot: snapshot([user('4')]) }).firstIndex).toBe(startIndex);
	});
});

describe('announcements', () => {
	const answer = text('It is', { isStreaming: true });
	const opened = run({ type: 'snapshot', snapshot: snapshot([answer], { conversation: view({ status: 'running' }) }) });

	test('tell of a finished answer once, and of no token', () => {
		const growing = reduce(opened, changed(1, [{ op: 'append', id: answer.id, text: ' so' }]));
		expect(growing.announcement).toBe('');
		const done = reduce(
			growing,
			changed(2, [{ op: 'replace', item: { ...answer, text: 'It is so', isStreaming: false } }], { status: 'idle' }),
		);
		expect(done.announcement).toBe('Claude answered: It is so. Idle');
	});

	test('tell what waits, once', () => {
		const call = tool('Bash', {}, { state: 'waiting', approval: approval({ effect: 'rm -rf build' }) });
		const asked = reduce(opened, changed(1, [{ op: 'add', item: call }], { status: 'waiting' }));
		expect(asked.announcement).toBe('Waiting for you: Bash, rm -rf build');
		const quiet = { ...asked, announcement: '' };
		expect(reduce(quiet, changed(2, [{ op: 'replace', item: { ...call, duration: 5 } }])).announcement).toBe('');
	});
});

describe('the rest', () => {
	test('a decision out of sight is pointed to, one in view is not', () => {
		const call = tool('Bash', {}, { approval: approval() });
		const opened = run({ type: 'snapshot', snapshot: snapshot([call]) });
		expect(hiddenPending(opened)).toEqual([call.id]);
		const seen = reduce(opened, { type: 'approvalVisible', approval: call.approval!.id, isVisible: true });
		expect(hiddenPending(seen)).toEqual([]);
	});

	test('the same file is attached once, and another conversation starts without attachments', () => {
		const file = { kind: 'file', path: '/a', label: 'a' } as const;
		const attached = run(
			{ type: 'snapshot', snapshot: snapshot([]) },
			{ type: 'attach', attachments: [file] },
			{ type: 'attach', attachments: [{ ...file }] },
		);
		expect(attached.attachments).toEqual([file]);
		const other = { ...view(), id: 'other' as typeof conversationId };
		expect(reduce(attached, { type: 'snapshot', snapshot: snapshot([], { conversation: other }) }).attachments).toEqual(
			[],
		);
	});

	test('failures stay until dismissed; the same words are said once; at most three are kept', () => {
		const state = run(failed('a'), failed('b'), failed('a'), failed('c'), failed('d'));
		expect(state.failures.map(failure => failure.text)).toEqual(['a', 'c', 'd']);
		expect(
			reduce(state, { type: 'dismissed', id: state.failures[0]!.id }).failures.map(failure => failure.text),
		).toEqual(['c', 'd']);
	});
});
