import { expect, test, vi } from 'vitest';
import { asId, type ExecutionId } from '../../../src/core/base/ids';
import type { Conversation } from '../../../src/core/chat/conversation';
import { limitsOf } from '../../../src/core/chat/details';
import type { ExecutionRow } from '../../../src/core/ledger/queries';
import type { ApprovalView } from '../../../src/core/safety/approval';
import { World, assistant, result, streamText } from '../../fakes/conversationWorld';

async function started(world: World, text = 'Hello'): Promise<Conversation> {
	const conversation = await world.conversations.create();
	conversation.send(text, []);
	await vi.waitFor(() => expect(world.session.sent.length).toBeGreaterThan(0));
	return conversation;
}
const texts = (conversation: Conversation): readonly string[] =>
	conversation.stored().flatMap(({ item }) => ('text' in item ? [item.text] : []));

test('a turn that is stopped while Claude starts ends at once, and its prompt is never sent', async () => {
	const world = new World();
	let release: () => void = () => undefined;
	world.startGate = new Promise<void>(resolve => {
		release = resolve;
	});
	const conversation = await world.conversations.create();
	conversation.send('Hello', []);
	await conversation.stop();
	expect(conversation.isBusy).toBe(false);
	release();
	await vi.waitFor(() => expect(world.sessions).toHaveLength(1));
	expect(world.session.sent).toEqual([]);
	expect(conversation.view.status).toBe('idle');
});

test('a process that dies late ends its own turn, not the next one', async () => {
	const world = new World();
	const conversation = await started(world);
	const first = world.session;
	first.isAlive = false;
	const late = { code: 1, signal: null, stderrTail: '', wasExpected: false, failure: null } as const;
	void conversation.stop();
	conversation.sendQueued();
	first.handlers.onExit(late);
	expect(conversation.isBusy).toBe(false);
	conversation.send('Again', []);
	await vi.waitFor(() => expect(world.sessions).toHaveLength(2));
	await vi.waitFor(() => expect(world.session.sent).toHaveLength(1));
	expect(conversation.isBusy).toBe(true);
});

test('after a turn that failed the queue is held until the user sends it', async () => {
	const world = new World();
	const conversation = await started(world);
	conversation.send('second', []);
	world.session.say(result({ subtype: 'error_during_execution', is_error: true, errors: ['No.'] }));
	expect(conversation.view).toMatchObject({ status: 'failed', isQueueHeld: true });
	expect(world.session.sent).toHaveLength(1);
	conversation.sendQueued();
	await vi.waitFor(() => expect(world.session.sent).toHaveLength(2));
	expect(conversation.view.isQueueHeld).toBe(false);
});

test('a raised budget counts for the next prompt: the process with the old one is replaced', async () => {
	const world = new World();
	world.remaining = 1_000_000_000;
	const conversation = await started(world);
	expect(world.session.options.maxBudget).toBe(1_000_000_000);
	world.session.say(result({ subtype: 'error_max_budget_usd', is_error: true }));
	await vi.waitFor(() => expect(world.session.isAlive).toBe(false));
	world.remaining = 5_000_000_000;
	conversation.send('Again', []);
	await vi.waitFor(() => expect(world.sessions).toHaveLength(2));
	expect(world.session.options).toMatchObject({ maxBudget: 5_000_000_000, start: { kind: 'resume' } });
});

test('a fork that was not used before the window closed still forks in the next one', async () => {
	const world = new World();
	const conversation = await started(world);
	streamText(world.session, 'msg_1', ['Hi']);
	world.session.say(result());
	const answer = conversation.stored().find(({ item }) => item.kind === 'text');
	const copy = await world.conversations.fork(conversation.id, answer!.item.id);
	const reopened = new World();
	reopened.events.push(...world.events);
	const again = await reopened.conversations.open(copy.id);
	again?.send('Go on', []);
	await vi.waitFor(() => expect(reopened.sessions).toHaveLength(1));
	const from = world.session.sessionId;
	expect(reopened.session.options.start).toMatchObject({ kind: 'fork', from, at: 'uuid-msg_1' });
});

test('a conversation that another window works on can be read, follows it, and is free when that ends', async () => {
	const first = new World();
	const theirs = await started(first);
	const input = { command: 'x' };
	first.session.say(assistant('msg_0', { type: 'tool_use', id: 'toolu_0', name: 'Bash', input }));
	const view = { id: 'a0', step: 'toolu_0', tier: 'YELLOW', tool: 'Bash', effect: 'x' } as unknown as ApprovalView;
	theirs.approvals.added(view);
	const second = new World();
	second.events.push(...first.events);
	second.running = [{ id: asId<ExecutionId>('theirs'), status: 'running', conversation: theirs.id } as ExecutionRow];
	const ours = await second.conversations.open(theirs.id);
	expect(ours!.view).toMatchObject({
		status: 'waiting',
		readOnly: expect.stringContaining('another window') as string,
	});
	theirs.approvals.ended({ view, outcome: 'expired', decision: null });
	expect(() => ours!.send('Me too', [])).toThrow('another window');
	streamText(first.session, 'msg_1', ['Done']);
	first.session.say(result());
	second.events.splice(0, second.events.length, ...first.events);
	second.running = [];
	second.ledgerChanged.fire({
		executions: [],
		conversations: [theirs.id],
		costs: false,
		approvals: false,
		memories: false,
		services: false,
		alerts: false,
	});
	await vi.waitFor(() => expect(ours!.view.readOnly).toBeNull());
	expect(texts(ours!)).toEqual(['Hello', 'Done']);
});

test('what a session does is logged by the conversation it belongs to, and never what was said', async () => {
	const world = new World();
	const conversation = await started(world, 'a secret prompt');
	streamText(world.session, 'msg_1', ['a secret answer']);
	world.session.say(result());
	await conversation.closeSession();
	expect(world.logged.filter(line => line.startsWith('Session'))).toEqual([
		expect.stringMatching(new RegExp(`^Session of conversation ${conversation.id} started in \\d+ ms \\(new, cli\\)$`)),
		`Session of conversation ${conversation.id} ended (stopped, code 0)`,
	]);
	expect(world.logged.join('\n')).not.toContain('secret');
});

test('nothing is journaled before the first message', async () => {
	const world = new World();
	await world.conversations.create();
	await world.conversations.latestOrNew();
	expect(world.events).toEqual([]);
});

test('/clear is told once, also by a CLI that only changes its session id', async () => {
	const world = new World();
	const conversation = await started(world);
	world.session.say({ type: 'system', subtype: 'init', session_id: 'another', model: 'm', permissionMode: 'default' });
	world.session.say({ type: 'system', subtype: 'init', session_id: 'another', model: 'm', permissionMode: 'default' });
	expect(texts(conversation).filter(text => text.includes('context was cleared'))).toHaveLength(1);
});

test('work that goes on in the background after a turn counts as busy', async () => {
	const world = new World();
	const conversation = await started(world);
	world.session.say(result());
	world.session.say(assistant('msg_2', { type: 'text', text: 'The build is done.' }));
	expect(conversation.isBusy).toBe(true);
	expect(world.uses.at(-1)).toBe(true);
	world.session.say(result());
	expect(world.uses.at(-1)).toBe(false);
});

test('limits of the plan are read in every form in which versions send them', () => {
	const limits = {
		five_hour: { utilization: 42, resets_at: 1_800_000_000 },
		seven_day: { utilization: 7, resets_at: '2026-05-17T00:00:00Z' },
		other: null,
	};
	expect(limitsOf({ rate_limits: limits })).toEqual([
		{ label: '5 hours', usedPercent: 42, resetsAt: 1_800_000_000_000 },
		{ label: '7 days', usedPercent: 7, resetsAt: Date.UTC(2026, 4, 17) },
	]);
	expect(limitsOf({})).toEqual([]);
});

test('a process that is replaced because the budget changed does not end the turn that waits for the next one', async () => {
	const world = new World();
	const conversation = await started(world);
	world.session.say(result());
	world.remaining = 5_000_000_000;
	conversation.send('Again', []);
	await vi.waitFor(() => expect(world.sessions).toHaveLength(2));
	await vi.waitFor(() => expect(world.session.sent).toHaveLength(1));
	expect(conversation.isBusy).toBe(true);
});
