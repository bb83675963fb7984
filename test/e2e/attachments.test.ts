import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { makeExcel, makePdf, makeWord, paragraph } from '../fakes/documents.ts';
import { say } from '../fakes/messages/reply.ts';
import type { SeenRequest } from '../fakes/modelReply.ts';
import { FakeOllama } from '../fakes/ollama/server.ts';
import type { ChatPage } from './driver/chatPage.ts';
import { Editor } from './driver/editor.ts';
import { handOver } from './driver/files.ts';
import { until } from './driver/until.ts';

const picture = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
	'base64',
);
const notebook = JSON.stringify({
	cells: [{ cell_type: 'code', source: 'print(270)', outputs: [{ output_type: 'stream', text: '270\n' }] }],
	metadata: { kernelspec: { language: 'python' } },
});
const files: Readonly<Record<string, Uint8Array>> = {
	'report.pdf': makePdf(['The harbour fare is 320 cents', 'Children pay half']),
	'plan.docx': makeWord(paragraph('Raise the island fare', 'Heading1') + paragraph('In autumn.')),
	'fares.xlsx': makeExcel({
		Fares: [
			['route', 'price'],
			['Islands', 270],
		],
	}),
	'fares.csv': Buffer.from('route,price\nHarbour,320\n'),
	'count.ipynb': Buffer.from(notebook),
	'map.png': picture,
	'locked.docx': Buffer.from([0xd0, 0xcf, 0x11, 0xe0, ...Array<number>(600).fill(0)]),
};

let editor: Editor;
let chat: ChatPage;
let ollama: FakeOllama;
const toClaude: string[] = [];

beforeAll(async () => {
	ollama = await FakeOllama.start({
		models: [{ name: 'qwen3:4b', capabilities: ['completion', 'tools', 'vision'], contextLength: 32_768 }],
	});
	ollama.respond(() => ({ text: ['Read.'], usage: { input: 100, output: 2 } }));
	editor = await Editor.start({
		extensions: inject('extensions'),
		script: request => {
			if (!request.isSide) toClaude.push(JSON.stringify(request.body));
			return say('Read by Claude.');
		},
		settings: {
			'quarterdeck.discoverLocalModels': false,
			'quarterdeck.providers': [{ id: 'ollama', kind: 'ollama', baseUrl: ollama.url }],
		},
	});
	for (const [name, bytes] of Object.entries(files)) writeFileSync(join(editor.place.folder, name), bytes);
	chat = await editor.openChat();
});

afterAll(async () => {
	await editor?.screenshot('attachments-end');
	await editor?.close();
	await ollama?.stop();
});

/** A file as it comes from another program. */
const handed = (name: string, type = ''): { name: string; type: string; bytes: Uint8Array } => ({
	name,
	type,
	bytes: files[name] ?? new Uint8Array(),
});

/** What the chip of an attachment says. */
async function chip(name: string): Promise<string> {
	const remove = chat.frame.getByRole('button', { name: `Remove ${name}`, exact: true });
	await remove.waitFor();
	return remove.locator('xpath=ancestor::*[contains(@class, "chip")][1]').innerText();
}

async function mention(name: string): Promise<void> {
	const box = chat.composer();
	await box.press('End');
	await box.pressSequentially(` @${name}`);
	await chat.frame
		.getByRole('option', { name: new RegExp(name) })
		.first()
		.waitFor();
	await box.press('Enter');
}

/** Right-click in the explorer, as the user does. */
async function addFromExplorer(name: string): Promise<void> {
	await editor.command('View: Show Explorer');
	const row = editor.page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: name }).first();
	await row.click({ button: 'right' });
	const item = editor.page.getByRole('menuitem', { name: 'Add File to Chat' });
	await item.hover();
	// A menu of VS Code ignores the mouse in its first moments; the key counts at once.
	await editor.page.keyboard.press('Enter');
	await item.waitFor({ state: 'detached' });
	chat = await editor.openChat();
}

async function sent(text: string): Promise<void> {
	await chat.composer().press('End');
	await chat.composer().pressSequentially(` ${text}`);
	await chat.composer().press('Enter');
}

/** The last message of the user as a model without an agent of its own got it. */
const asked = (): Promise<NonNullable<SeenRequest['messages'][number]>> =>
	until('the request', () => ollama.seen.at(-1)?.messages.findLast(message => message.role === 'user'));

describe('files for a message', () => {
	test('are dropped: each is read, and says its size and tokens', async () => {
		const names = ['report.pdf', 'plan.docx', 'fares.xlsx', 'fares.csv', 'count.ipynb'];
		await handOver(chat.frame, 'drop', [...names.map(name => handed(name)), handed('map.png', 'image/png')]);
		for (const name of names) expect(await chip(name)).toMatch(/\d+(\.\d)? K?B, \d+ tokens/);
		expect(await chip('map.png')).toMatch(/\d+ B/);
		await editor.screenshot('attachments-dropped');
	});

	test('that cannot be read say why, and the others stay', async () => {
		await handOver(chat.frame, 'drop', [handed('locked.docx')]);
		await chat.shows('“locked.docx” is protected by a password');
		expect(await chip('report.pdf')).toContain('report.pdf');
		await editor.screenshot('attachments-refused');
	});

	test('reach Claude with page numbers, sheets and cells', async () => {
		await sent('What is the fare?');
		await chat.shows('Read by Claude.');
		const text = toClaude.at(-1) ?? '';
		for (const part of [
			'[Page 1]',
			'Children pay half',
			'# Raise the island fare',
			'Islands,270',
			'Harbour,320',
			'Cell 1',
		])
			expect(text).toContain(part);
		expect(text).toContain(picture.toString('base64'));
	});
});

describe('a model without an agent of its own', () => {
	test('gets what was pasted, named with @ and added from the explorer', async () => {
		await editor.newConversation();
		await chat.button(/^Model: /).press('Enter');
		await chat.frame.getByRole('option', { name: 'qwen3:4b' }).first().click();
		await chat.frame.getByRole('dialog', { name: 'Choose a model' }).waitFor({ state: 'detached' });
		await handOver(chat.frame, 'paste', [handed('map.png', 'image/png'), handed('report.pdf')]);
		await chip('report.pdf');
		await mention('plan.docx');
		expect(await chip('plan.docx')).toMatch(/tokens/);
		await addFromExplorer('fares.xlsx');
		expect(await chip('fares.xlsx')).toMatch(/tokens/);
		await addFromExplorer('fares.csv');
		expect(await chip('fares.csv')).toMatch(/\d+ B/);
		await editor.screenshot('attachments-chips');
		await sent('and what else?');
		await chat.shows('Read.');
		const { text, images } = await asked();
		for (const part of ['[Page 2]', 'Children pay half', '# Raise the island fare', 'Islands,270', 'fares.csv'])
			expect(text).toContain(part);
		expect(images).toEqual([picture.toString('base64')]);
	});
});
