import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

	test('shows flows and lists custom nodes, and runs neither', async () => {
		const { folder } = editor.place;
		mkdirSync(join(folder, '.quarterdeck', 'nodes'), { recursive: true });
		writeFileSync(join(folder, '.quarterdeck', 'nodes', 'count.js'), 'throw new Error("it ran")');
		const flow = { flow: 1, id: 'count', name: 'Count', nodes: { count: { type: 'custom.count@1' } } };
		writeFileSync(join(folder, 'count.flow.json'), JSON.stringify(flow));
		const row = await editor.row('Flows', 'count.js');
		await row.waitFor();
		expect(await row.getAttribute('aria-label')).toContain('not read in Restricted Mode');
		await (await editor.row('Flows', 'Count')).click();
		const page = await editor.surface('flow');
		await page.getByText('This workspace is not trusted').waitFor();
		await page.locator('#node-count').waitFor();
		await editor.screenshot('untrusted-flow');
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
