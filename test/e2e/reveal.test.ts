import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Editor } from './driver/editor.ts';
import { obedient } from './driver/script.ts';
import { until } from './driver/until.ts';

let editor: Editor;

beforeAll(async () => {
	editor = await Editor.start({ extensions: inject('extensions'), script: obedient });
});

afterAll(async () => {
	await editor?.screenshot('reveal');
	await editor?.close();
});

test('a conversation that is asked for while the chat is hidden is the one that it opens with', async () => {
	const chat = await editor.openChat();
	await chat.send('first topic');
	await chat.shows('You said: first topic');
	await editor.command('Quarterdeck: New Conversation');
	await until('the new conversation', async () => !(await chat.text()).includes('You said: first topic'));
	await chat.send('second topic');
	await chat.shows('You said: second topic');
	await editor.page.keyboard.press('Control+Shift+KeyE');
	await until('the Explorer', async () => !(await editor.pane('Chat').isVisible()));
	await editor.command('Quarterdeck: Switch Conversation');
	await editor.answerInput('first topic');
	const again = await editor.openChat();
	await again.shows('You said: first topic');
	expect(await again.text()).not.toContain('You said: second topic');
});
