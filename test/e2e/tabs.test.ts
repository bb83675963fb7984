import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { say } from '../fakes/messages/reply.ts';
import { Editor } from './driver/editor.ts';
import { until } from './driver/until.ts';
import { editorsWrittenDown } from './driver/writtenDown.ts';

let editor: Editor;

beforeAll(async () => {
	editor = await Editor.start({ extensions: inject('extensions'), script: () => say('The fares are in whole cents.') });
});

afterAll(async () => {
	await editor?.screenshot('tabs');
	await editor?.close();
});

const tab = (title: string): Promise<unknown> =>
	editor.page.locator('.tabs-container .tab').filter({ hasText: title }).first().waitFor();

const pages = (count: number): Promise<unknown> =>
	until(`${count} pages of the chat`, async () => {
		const shown = editor.page
			.frames()
			.map(frame =>
				frame.evaluate(() => document.querySelector('#root[data-surface="chat"] .header') !== null).catch(() => false),
			);
		return (await Promise.all(shown)).filter(Boolean).length === count;
	});

describe('a conversation in an editor tab', () => {
	test('opens beside the view, and its title follows a rename', async () => {
		const chat = await editor.openChat();
		await chat.send('How are fares stored?');
		await chat.shows('The fares are in whole cents.');
		await editor.command('Quarterdeck: Open Conversation in Editor');
		await tab('How are fares stored?');
		// The new page takes the focus when it is drawn, from the palette too.
		await pages(2);
		await editor.command('Quarterdeck: Rename Conversation…');
		await editor.answerInput('Fares');
		await tab('Fares');
	});

	test('is there again after the window is reloaded', async () => {
		// Only the tab is left, so the page that is found is the tab's.
		await editor.page.keyboard.press('Control+B');
		await pages(1);
		await editorsWrittenDown(editor.page, 'chatPanel', 'Fares');
		await editor.reload();
		await tab('Fares');
		const root = await editor.surface('chat');
		await until('the conversation in the tab', async () =>
			(await root.locator('#root').innerText()).includes('The fares are in whole cents.'),
		);
		expect(await root.getByRole('button', { name: 'New conversation' }).count()).toBe(1);
	});
});
