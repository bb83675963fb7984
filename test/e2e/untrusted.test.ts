import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { Editor } from './driver/editor.ts';

let editor: Editor;

beforeAll(async () => {
	editor = await Editor.start({ extensions: inject('extensions'), isTrustAsked: true });
	await editor.page.getByText('Restricted Mode').first().waitFor();
});

afterEach(async context => {
	if (context.task.result?.state === 'fail') await editor.screenshot('untrusted-failed');
});

afterAll(async () => {
	await editor?.close();
});

describe('a workspace that is not trusted', () => {
	test('explains Restricted Mode in the chat and starts nothing', async () => {
		const chat = await editor.openChat();
		await chat.shows('This workspace is in Restricted Mode');
		await chat.button('Manage Workspace Trust').waitFor();
		expect(await chat.composer().count()).toBe(0);
		expect(editor.claudeProcesses()).toEqual([]);
		await editor.screenshot('untrusted');
	});

	test('is answered once it is trusted, by itself', async () => {
		const chat = await editor.openChat();
		await chat.button('Manage Workspace Trust').press('Enter');
		const page = editor.page.locator('.workspace-trust-editor');
		await page.getByRole('button', { name: 'Trust', exact: true }).first().press('Enter');
		await chat.composer().waitFor();
		await chat.send('good morning');
		await chat.shows('Hello from the script.');
	});
});
