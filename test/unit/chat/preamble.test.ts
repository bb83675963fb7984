import { expect, test, vi } from 'vitest';
import { asId, type MemoryId } from '../../../src/core/base/ids';
import { World, assistant, result, streamText } from '../../fakes/conversationWorld';

const facts = [{ text: 'Answers in German are wanted' }, { text: 'Tests run with pnpm' }];

test('what the memory knows goes before the prompt, and the user sees it', async () => {
	const world = new World();
	world.remembered = (project, prompt) =>
		prompt.includes('fares') ? { text: `<memory>${project}</memory>`, facts } : null;
	const conversation = await world.conversations.create();
	conversation.send('Explain the fares', []);
	await vi.waitFor(() => expect(world.session.sent).toHaveLength(1));
	expect(world.session.sent[0]?.content).toEqual([
		{ type: 'text', text: '<memory>/project</memory>' },
		{ type: 'text', text: 'Explain the fares' },
	]);
	const [asked, told] = conversation.snapshot(10).items;
	expect(asked).toMatchObject({ kind: 'user', text: 'Explain the fares' });
	expect(told).toMatchObject({
		code: 'memory',
		text: '2 facts from memory were given.',
		details: 'Answers in German are wanted\nTests run with pnpm',
	});
});

test('a command stays at the beginning, and a memory that fails holds nothing up', async () => {
	const world = new World();
	world.remembered = () => {
		throw new Error('no ledger');
	};
	const conversation = await world.conversations.create();
	conversation.send('Hello there', []);
	await vi.waitFor(() => expect(world.session.sent).toHaveLength(1));
	expect(world.session.sent[0]?.content).toBe('Hello there');
	world.session.say(result());
	world.remembered = () => ({ text: 'facts', facts });
	conversation.send('/compact', []);
	await vi.waitFor(() => expect(world.session.sent).toHaveLength(2));
	expect(world.session.sent[1]?.content).toBe('/compact');
});

test('a turn that went well is learned from, with what was asked and what was said', async () => {
	const world = new World();
	const conversation = await world.conversations.create();
	conversation.send('Use tabs from now on', []);
	await vi.waitFor(() => expect(world.session.sent).toHaveLength(1));
	streamText(world.session, 'msg_1', ['I will ', 'use tabs.']);
	world.session.say(assistant('msg_2', { type: 'text', text: 'Of a sub-agent' }, 'toolu_1'));
	world.session.say(result());
	expect(world.learned).toEqual([
		{ conversation: conversation.id, project: '/project', prompt: 'Use tabs from now on', answer: 'I will use tabs.' },
	]);
	conversation.send('And now fail', []);
	await vi.waitFor(() => expect(world.session.sent).toHaveLength(2));
	world.session.say(result({ subtype: 'error_during_execution', is_error: true }));
	expect(world.learned).toHaveLength(1);
});

test('what was learned is a row of its conversation, with the way back; a closed one shows nothing', async () => {
	const world = new World();
	const conversation = await world.conversations.create();
	conversation.send('Use tabs from now on', []);
	await vi.waitFor(() => expect(world.session.sent).toHaveLength(1));
	world.session.say(result());
	const id = asId<MemoryId>('m1');
	expect(world.showLearned?.({ id, text: 'Tabs are wanted' })).toBe(true);
	expect(conversation.snapshot(10).items.at(-1)).toMatchObject({
		code: 'learned',
		text: 'Remembered: Tabs are wanted',
		actions: [
			{ title: 'Undo', command: 'quarterdeck.memory.forget', args: ['m1'] },
			{ title: 'Open Memory', command: 'quarterdeck.memory.open' },
		],
	});
	conversation.dispose();
	expect(world.showLearned?.({ id, text: 'Tabs are wanted' })).toBe(false);
});

test('a session that begins afresh is given its facts again', async () => {
	const world = new World();
	const conversation = await world.conversations.create();
	conversation.handOn('what came before');
	expect(world.restarted).toEqual([conversation.id]);
	conversation.send('Go on', []);
	await vi.waitFor(() => expect(world.session.sent).toHaveLength(1));
	expect(JSON.stringify(world.session.sent[0]?.content)).toContain('<earlier_conversation>');
});
