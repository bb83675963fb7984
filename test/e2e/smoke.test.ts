import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { say } from '../fakes/messages/reply';
import { Editor } from './driver/editor';
import { until } from './driver/until';

let editor: Editor;

beforeAll(async () => {
	editor = await Editor.start({
		extensions: inject('extensions'),
		script: request =>
			say(`You said: ${request.userText.split('\n').at(-1)}. These words are scripted.`, { chunk: 4, delayMs: 5 }),
	});
});

afterAll(async () => {
	await editor?.screenshot('smoke');
	await editor?.close();
});

describe('the installed package', () => {
	test('shows its sidebar with the chat and the three trees', async () => {
		await editor.openSidebar();
		for (const title of ['Chat', 'Approvals', 'Executions', 'Costs']) {
			await editor.pane(title).waitFor();
		}
	});

	test('draws the chat', async () => {
		const chat = await editor.openChat();
		await chat.composer().waitFor();
	});

	test('breaks no rule of its own content security policy', () => {
		expect(editor.console.filter(line => /content security policy/i.test(line) && !/code-server/i.test(line))).toEqual(
			[],
		);
	});

	test('answers through the real CLI', async () => {
		const chat = await editor.openChat();
		await chat.send('good morning');
		await chat.shows('You said: good morning. These words are scripted.');
		expect(editor.claudeProcesses().length).toBeGreaterThan(0);
	});

	test('lists the run and its cost', async () => {
		await until('a row in Executions', async () =>
			(await editor.rows('Executions')).some(row => row.includes('good morning')),
		);
		await until('a cost in Costs', async () => (await editor.rows('Costs')).some(row => row.includes('$')));
	});

	test('finds everything again after the window is reloaded', async () => {
		await editor.reload();
		const chat = await editor.openChat();
		await chat.shows('You said: good morning.');
	});
});
