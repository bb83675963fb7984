import { expect, test, vi } from 'vitest';
import { ExpectedError } from '../../../src/core/base/errors';
import type { Conversation } from '../../../src/core/chat/conversation';
import { asId, type ItemId } from '../../../src/core/base/ids';
import type { ChatItem } from '../../../src/core/chat/items';
import { World, assistant, result, streamText, toolResult } from '../../fakes/conversationWorld';

const items = (conversation: Conversation): readonly ChatItem[] => conversation.snapshot(1_000).items;
const shown = (conversation: Conversation): readonly string[] =>
	items(conversation).map(item =>
		'text' in item
			? `${item.kind}: ${item.text}`
			: item.kind === 'tool'
				? `tool: ${item.tool} ${item.state}`
				: `turn: ${item.status}`,
	);

async function started(world: World, text = 'Hello'): Promise<Conversation> {
	const conversation = await world.conversations.create();
	conversation.send(text, []);
	await vi.waitFor(() => expect(world.session.sent.length).toBeGreaterThan(0));
	return conversation;
}

test('a turn streams, ends, and stands in the journal with its steps and cost', async () => {
	const world = new World();
	const conversation = await started(world, 'Say hello\nplease');
	streamText(world.session, 'msg_1', ['Hel', 'lo']);
	const usage = { input: 10, output: 42, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
	world.session.costRows = [{ model: 'claude-test', usage, cost: 123, basis: 'reported', isFinal: true }];
	world.session.say(result());
	expect(shown(conversation)).toEqual(['user: Say hello\nplease', 'text: Hello', 'turn: succeeded']);
	expect(conversation.view).toMatchObject({ title: 'Say hello', status: 'idle', cost: 123, basis: 'reported' });
	expect(world.journaled('execution.started')).toMatchObject([
		{ title: 'Say hello', kind: 'chat', project: '/project' },
	]);
	expect(world.journaled('step.ended')).toMatchObject([
		{ step: 'msg_1', status: 'succeeded', output: 'Hello', cost: 5 },
	]);
	expect(world.journaled('usage.recorded').at(-1)).toMatchObject({ model: 'claude-test', cost: 123, isFinal: true });
	expect(world.journaled('execution.ended')).toMatchObject([{ status: 'succeeded', error: null }]);
});

test('changes come in batches, numbered without a gap, and replay to the same rows', async () => {
	const world = new World();
	const conversation = await world.conversations.create();
	const { applyChange } = await import('../../../src/core/chat/items');
	let rows: readonly ChatItem[] = [];
	const sequences: number[] = [];
	conversation.onDidChange(batch => {
		sequences.push(batch.sequence);
		for (const change of batch.items) rows = applyChange(rows, change);
	});
	conversation.send('Count', []);
	await vi.waitFor(() => expect(world.session.sent).toHaveLength(1));
	streamText(world.session, 'msg_1', ['one ', 'two ', 'three']);
	world.session.say(result());
	const whole = items(conversation);
	expect(rows).toEqual(whole);
	expect(sequences).toEqual(sequences.map((_, index) => index + 1));
});

test('a tool call is one row from its preparation to its result', async () => {
	const world = new World();
	const conversation = await started(world);
	const call = { type: 'tool_use', id: 'toolu_1', name: 'Write', input: { file_path: '/project/a.ts', content: 'x' } };
	world.session.say(assistant('msg_1', call));
	expect(shown(conversation).at(-1)).toBe('tool: Write running');
	world.session.say(toolResult('toolu_1', 'done'));
	world.session.say(result());
	expect(items(conversation).at(-1)).toMatchObject({ kind: 'turn', changedFiles: ['/project/a.ts'] });
	expect(world.journaled('step.ended').find(event => event.step === 'toolu_1')).toMatchObject({ output: 'done' });
});

test('rows of a sub-agent belong to the call that started it', async () => {
	const world = new World();
	const conversation = await started(world);
	world.session.say(assistant('msg_1', { type: 'tool_use', id: 'toolu_1', name: 'Task', input: { prompt: 'look' } }));
	world.session.say(
		assistant('msg_2', { type: 'tool_use', id: 'toolu_2', name: 'Read', input: { file_path: '/a' } }, 'toolu_1'),
	);
	expect(items(conversation).find(item => item.id === asId<ItemId>('toolu_2'))?.parent).toBe('toolu_1');
});

test('prompts queue while a turn runs, can be changed or dropped, and go in order', async () => {
	const world = new World();
	const conversation = await started(world, 'first');
	const second = conversation.send('second', []);
	const third = conversation.send('third', []);
	conversation.editQueued(second, 'second, changed');
	conversation.editQueued(third, null);
	expect(shown(conversation)).toEqual(['user: first', 'user: second, changed']);
	world.session.say(result());
	await vi.waitFor(() => expect(world.session.sent).toHaveLength(2));
	expect(world.session.sent[1]?.content).toBe('second, changed');
	expect(shown(conversation)).toEqual(['user: first', 'turn: succeeded', 'user: second, changed']);
	const sent = items(conversation).at(-1);
	expect(() => conversation.editQueued(sent!.id, 'late')).toThrow('sent already');
});

test('Stop ends the turn as stopped and leaves nothing moving', async () => {
	const world = new World();
	const conversation = await started(world);
	world.session.say(
		assistant('msg_1', { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'sleep 9' } }),
	);
	await conversation.stop();
	expect(shown(conversation)).toEqual(['user: Hello', 'tool: Bash stopped', 'turn: stopped']);
	expect(world.journaled('execution.ended')).toMatchObject([{ status: 'stopped' }]);
	expect(conversation.view.status).toBe('idle');
});

test('Stop while a call waits for a person keeps what the CLI says to the model from the user', async () => {
	const world = new World();
	const conversation = await started(world);
	world.session.say(assistant('msg_1', { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'x' } }));
	conversation.approvals.ended({
		view: { id: 'a1', step: 'toolu_1' } as never,
		outcome: 'expired',
		decision: null,
	} as never);
	world.session.say(toolResult('toolu_1', "The user doesn't want to proceed with this tool use.", true));
	world.session.say(result({ subtype: 'error_during_execution', is_error: true, terminal_reason: 'aborted_tools' }));
	expect(shown(conversation)).toEqual(['user: Hello', 'tool: Bash stopped', 'turn: stopped']);
	expect(items(conversation)[1]).toMatchObject({ output: null });
	expect(world.journaled('step.ended')).toContainEqual(
		expect.objectContaining({ step: 'toolu_1', status: 'stopped', output: null }),
	);
});

test('a retry announces nothing any more once its turn is over', async () => {
	const world = new World();
	const conversation = await started(world);
	const subtype = 'api_retry';
	const retry = { type: 'system', subtype, attempt: 1, max_retries: 10, retry_delay_ms: 900, error: 'x' };
	world.session.say({ ...retry, error_status: 529 });
	await conversation.stop();
	expect(shown(conversation)).toEqual(['user: Hello', 'notice: The model is overloaded.', 'turn: stopped']);
	conversation.send('Again', []);
	await vi.waitFor(() => expect(world.session.sent).toHaveLength(2));
	world.session.say({ ...retry, error_status: 500 });
	world.session.say(result());
	expect(shown(conversation).at(-2)).toBe('notice: The API has a problem (500). It was tried again, and went well.');
});

test('a crash in the middle of a turn is said, and the next prompt resumes the session', async () => {
	const world = new World();
	const conversation = await started(world);
	const failure = new ExpectedError('cli-broken' as const, 'Claude ended unexpectedly (exit code 7).');
	world.session.end({ code: 7, signal: null, stderrTail: 'boom', wasExpected: false, failure });
	expect(shown(conversation)).toEqual([
		'user: Hello',
		'notice: Claude ended unexpectedly (exit code 7).',
		'turn: failed',
	]);
	const first = world.session.sessionId;
	conversation.send('Again', []);
	await vi.waitFor(() => expect(world.sessions).toHaveLength(2));
	expect(world.session.options.start).toEqual({ kind: 'resume', id: first });
});

test('a prompt that an idle CLI takes to its grave is sent once more, without a word', async () => {
	const world = new World();
	const conversation = await started(world);
	streamText(world.session, 'msg_1', ['Hello']);
	world.session.say(result());
	const [first] = world.sessions;
	conversation.send('Again', []);
	await vi.waitFor(() => expect(first?.sent).toHaveLength(2));
	const failure = new ExpectedError('ended' as const, 'Claude ended.');
	const death = { code: null, signal: 'SIGKILL' as const, stderrTail: '', wasExpected: false, failure };
	first?.end(death);
	await vi.waitFor(() => expect(world.sessions).toHaveLength(2));
	await vi.waitFor(() => expect(world.session.sent).toMatchObject([{ content: 'Again' }]));
	expect(world.session.options.start).toEqual({ kind: 'resume', id: first?.sessionId });
	streamText(world.session, 'msg_2', ['Yes']);
	world.session.say(result());
	expect(shown(conversation).slice(3)).toEqual(['user: Again', 'text: Yes', 'turn: succeeded']);
	// Once: one that dies every time is a failure.
	conversation.send('Third', []);
	const second = world.session;
	await vi.waitFor(() => expect(second.sent).toHaveLength(2));
	second.end(death);
	await vi.waitFor(() => expect(world.sessions).toHaveLength(3));
	await vi.waitFor(() => expect(world.session.sent).toHaveLength(1));
	world.session.end(death);
	expect(shown(conversation).slice(-2)).toEqual(['notice: Claude ended.', 'turn: failed']);
});

test('the first retry is shown at once, and later ones replace it', async () => {
	const world = new World();
	const conversation = await started(world);
	const retry = {
		type: 'system',
		subtype: 'api_retry',
		max_retries: 10,
		retry_delay_ms: 600,
		error_status: 401,
		error: 'invalid x-api-key',
	};
	world.session.say({ ...retry, attempt: 1 });
	world.session.say({ ...retry, attempt: 2 });
	const notices = items(conversation).filter(item => item.kind === 'notice');
	expect(notices).toMatchObject([{ code: 'not-signed-in', level: 'error', details: '401 invalid x-api-key' }]);
	expect(notices[0]?.text).toContain('(2 of 10)');
});

test('what another provider says of its failure is said as it is', async () => {
	const world = new World();
	const conversation = await started(world);
	const sentence = 'Ollama has had too many requests for the moment. It says: slow down';
	const retry = { type: 'system', subtype: 'api_retry', max_retries: 4, retry_delay_ms: 4000, error_status: null };
	world.session.say({ ...retry, attempt: 1, error: sentence, sentence });
	const [shownNotice] = items(conversation).filter(item => item.kind === 'notice');
	expect(shownNotice?.text).toBe(`${sentence}. Trying again in 4.0 s (1 of 4).`);
});

test('when the CLI has lost a session, a new one is told what came before', async () => {
	const world = new World();
	const conversation = await started(world, 'Remember the number 7');
	streamText(world.session, 'msg_1', ['I will.']);
	world.session.say(result());
	await conversation.closeSession();
	world.beforeStart = options => {
		if (options.start.kind === 'resume') throw new ExpectedError('session-missing', 'No conversation found');
	};
	conversation.send('Which number?', []);
	await vi.waitFor(() => expect(world.sessions).toHaveLength(2));
	await vi.waitFor(() => expect(world.session.sent).toHaveLength(1));
	const sent = JSON.stringify(world.session.sent[0]?.content);
	expect(sent).toContain('Remember the number 7');
	expect(sent).toContain('I will.');
	expect(shown(conversation).join('\n')).toContain('The record that the model goes by is gone');
});

test('a budget that is used up refuses the prompt and says where to raise it', async () => {
	const world = new World();
	world.remaining = 0;
	const conversation = await world.conversations.create();
	conversation.send('Hello', []);
	await vi.waitFor(() => expect(conversation.isBusy).toBe(false));
	expect(world.sessions).toHaveLength(0);
	expect(items(conversation).find(item => item.kind === 'notice')).toMatchObject({
		code: 'budget',
		text: expect.stringContaining('The daily budget of $2.00 is used up ($2.13 so far).') as string,
		actions: [{ title: 'Set Budget…' }, { title: 'Send Again' }, { title: 'Show Output' }],
	});
});

test('a prompt that cannot start says why, with what helps', async () => {
	const world = new World();
	const action = { title: 'Choose…', command: 'quarterdeck.claude.locate' };
	world.beforeStart = () => {
		throw new ExpectedError('cli-missing', 'Claude was not found.', { actions: [action] });
	};
	const conversation = await world.conversations.create();
	conversation.send('Hello', []);
	await vi.waitFor(() => expect(conversation.isBusy).toBe(false));
	expect(items(conversation).find(item => item.kind === 'notice')).toMatchObject({
		code: 'cli-missing',
		actions: [action, { title: 'Show Output' }],
	});
});

test('an edited message goes again in a fork; what came after it stays as a conversation', async () => {
	const world = new World();
	const conversation = await started(world, 'one');
	streamText(world.session, 'msg_1', ['first answer']);
	world.session.say(result());
	conversation.send('two', []);
	await vi.waitFor(() => expect(world.session.sent).toHaveLength(2));
	streamText(world.session, 'msg_2', ['second answer']);
	world.session.say(result());
	const two = items(conversation).find(item => item.kind === 'user' && item.text === 'two');
	const before = world.session.sessionId;
	await world.conversations.retry(conversation.id, two!.id, 'two, better');
	await vi.waitFor(() => expect(world.sessions).toHaveLength(2));
	expect(world.session.options.start).toMatchObject({ kind: 'fork', from: before, at: 'uuid-msg_1' });
	expect(shown(conversation)).toEqual(['user: one', 'text: first answer', 'turn: succeeded', 'user: two, better']);
	const titles = (await world.conversations.summaries('')).map(summary => summary.title);
	expect(titles).toContain('one (before the edit)');
});

test('rows that a killed window left unfinished are settled when they are read again', async () => {
	const world = new World();
	const conversation = await started(world);
	world.session.say(assistant('msg_1', { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'make' } }));
	const reopened = new World();
	reopened.events.push(...world.events);
	const again = await reopened.conversations.open(conversation.id);
	expect(shown(again!)).toEqual(['user: Hello', 'tool: Bash stopped']);
});

test('a sub-agent says on the row of its call what it does and how it ended', async () => {
	const world = new World();
	const conversation = await started(world);
	world.session.say(assistant('msg_1', { type: 'tool_use', id: 'toolu_1', name: 'Agent', input: { prompt: 'look' } }));
	const progress = (): unknown => items(conversation).find(item => item.kind === 'tool');
	world.session.say({
		type: 'system',
		subtype: 'task_progress',
		tool_use_id: 'toolu_1',
		description: 'Reading fares.js',
	});
	expect(progress()).toMatchObject({ progress: 'Reading fares.js' });
	world.session.say({
		type: 'system',
		subtype: 'task_notification',
		tool_use_id: 'toolu_1',
		status: 'completed',
		summary: 'Found it',
	});
	expect(progress()).toMatchObject({ progress: 'Found it' });
});
