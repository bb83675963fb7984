import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FakeReply, SeenRequest } from '../fakes/modelReply.ts';
import type { FakeOllama } from '../fakes/ollama/server.ts';
import type { ChatPage } from './driver/chatPage.ts';
import type { Editor } from './driver/editor.ts';
import { idle, openWithOllama, type OllamaEditor } from './driver/ollamaEditor.ts';
import { until } from './driver/until.ts';

let editor: Editor;
let chat: ChatPage;
let ollama: FakeOllama;
let world: OllamaEditor | undefined;
/** What the model that learns finds in the next exchange. */
let facts: readonly object[] = [];

const fact = (text: string, more: object = {}): object => ({
	text,
	category: 'preference',
	lasting: true,
	confidence: 0.9,
	...more,
});
const said = (request: SeenRequest): string => request.messages.findLast(({ role }) => role === 'user')?.text ?? '';

function answer(request: SeenRequest): FakeReply {
	const usage = { input: 50, output: 10 };
	const isLearner = JSON.stringify(request.schema ?? null).includes('lasting');
	if (!isLearner) return { text: ['Understood: ', said(request).split('\n').at(-1) ?? ''], usage };
	return { text: [JSON.stringify({ facts })], usage };
}

beforeAll(async () => {
	world = await openWithOllama(answer, {
		'quarterdeck.memory.learn': true,
		'quarterdeck.memory.model': 'ollama/qwen3:4b',
	});
	({ editor, chat, ollama } = world);
});

afterAll(() => world?.close('memory-end'));

const page = (): Promise<Frame> => editor.surface('memory');
const rows = async (): Promise<readonly string[]> => (await page()).locator('.memory-fact bdi').allInnerTexts();
const remembers = (wanted: readonly string[]): Promise<unknown> =>
	until(`the page to hold ${wanted.join(' | ')}`, async () => {
		const shown = await rows();
		return shown.length === wanted.length && wanted.every(text => shown.includes(text));
	});

describe('memory', () => {
	test('a fact is learned, shown in its conversation, and undone there', async () => {
		facts = [fact('Answers in German are wanted'), fact('The key is sk-ant-api03-Zk3vQ8tYw2LmN7xRb5Hc9JdFs4Gp6UaEoV1')];
		await chat.send('From now on answer in German, please.');
		await chat.shows('Remembered: Answers in German are wanted');
		await idle(chat);
		await editor.screenshot('memory-learned');
		expect(await chat.text()).not.toContain('sk-ant');
		await chat.button('Undo').press('Enter');
		await editor.notifications().filter({ hasText: 'Forgotten: Answers in German are wanted' }).first().waitFor();
		await editor.command('Quarterdeck: Open Memory');
		await (await page()).getByText('Nothing is remembered yet').waitFor();
		await editor.screenshot('memory-empty');
	});

	test('facts are edited, merged, forgotten and brought back on the page', async () => {
		facts = [fact('Tabs are wanted'), fact('Tests run with pnpm', { category: 'project', confidence: 0.6 })];
		await chat.send('Please indent with tabs and run the tests with pnpm.');
		await remembers(['Tabs are wanted', 'Tests run with pnpm']);
		const memory = await page();
		await memory.getByText(/60 % sure/).waitFor();
		await editor.screenshot('memory-page');
		await memory
			.locator('.memory-fact')
			.filter({ hasText: 'Tabs' })
			.getByRole('button', { name: 'Edit' })
			.press('Enter');
		await memory.getByLabel('Text of the fact').fill('Tabs of width four are wanted');
		await memory.getByRole('button', { name: 'Save' }).press('Enter');
		await remembers(['Tabs of width four are wanted', 'Tests run with pnpm']);
		await memory.locator('.memory-all input').check();
		await memory.getByRole('button', { name: 'Merge…' }).press('Enter');
		await memory.getByRole('textbox', { name: 'Text of the merged fact' }).fill('Tabs of width four, tests with pnpm');
		await memory.getByRole('button', { name: 'Merge 2 Into One' }).press('Enter');
		await remembers(['Tabs of width four, tests with pnpm']);
		await memory.getByRole('button', { name: 'Undo' }).press('Enter');
		await remembers(['Tabs of width four are wanted', 'Tests run with pnpm']);
		await memory
			.locator('.memory-fact')
			.filter({ hasText: 'pnpm' })
			.getByRole('button', { name: 'Forget' })
			.press('Enter');
		await remembers(['Tabs of width four are wanted']);
		await memory.getByRole('button', { name: 'Undo' }).press('Enter');
		await remembers(['Tabs of width four are wanted', 'Tests run with pnpm']);
	});

	test('the next conversation is given what fits, and says so', async () => {
		facts = [];
		chat = await editor.newConversation();
		await chat.send('How do I run the tests?');
		await chat.shows('2 facts from memory were given.');
		await idle(chat);
		const asked = ollama.seen.findLast(request => said(request).includes('How do I run the tests?') && !request.schema);
		expect(said(asked!)).toContain('<memory>');
		expect(said(asked!)).toContain('(preference) Tabs of width four are wanted');
		expect(said(asked!).indexOf('Tabs')).toBeLessThan(said(asked!).indexOf('pnpm'));
		await editor.screenshot('memory-given');
		await chat.send('And how do I run the tests again?');
		await chat.shows('Understood: And how do I run the tests again?');
		await idle(chat);
		expect((await chat.text()).match(/facts? from memory/g)).toHaveLength(1);
	});

	test('facts go out as a file and come back; a file that is none changes nothing and says so', async () => {
		const file = join(editor.place.folder, 'memory.json');
		await more('Export…', '.json', file);
		const text = await until('the export', () => {
			try {
				return readFileSync(file, 'utf8');
			} catch {
				return undefined;
			}
		});
		expect(JSON.parse(text)).toMatchObject({ format: 'quarterdeck-memory', version: 1 });
		await editor.command('Quarterdeck: Open Memory');
		const memory = await page();
		await memory.locator('.memory-all input').check();
		await memory.getByRole('button', { name: 'Forget 2' }).press('Enter');
		await remembers([]);
		const bad = join(editor.place.folder, 'bad.json');
		writeFileSync(bad, '{"format":"quarterdeck-memory","version":1,"facts":[{"text":"x","tier":"forever"}]}');
		await more('Import…', '', bad);
		await memory.getByRole('alert').filter({ hasText: 'facts.0' }).waitFor();
		await editor.screenshot('memory-bad-file');
		await more('Import…', '', file);
		await remembers(['Tabs of width four are wanted', 'Tests run with pnpm']);
	});

	test('a fact is written into the file of the repository, and shown there', async () => {
		const memory = await page();
		await memory
			.locator('.memory-fact')
			.filter({ hasText: 'pnpm' })
			.getByRole('button', { name: 'Write into AGENTS.md or CLAUDE.md' })
			.press('Enter');
		await editor.pickInput('AGENTS.md');
		await editor.page
			.locator('.monaco-editor .view-lines')
			.filter({ hasText: 'Tests run with pnpm' })
			.first()
			.waitFor();
		await editor.screenshot('memory-agents-file');
	});
});

/** Takes an entry of the page's menu and answers VS Code's file dialog. */
async function more(entry: string, proposed: string, file: string): Promise<void> {
	await editor.command('Quarterdeck: Open Memory');
	const memory = await page();
	await memory.getByRole('button', { name: 'More actions' }).press('Enter');
	await memory.getByRole('menuitem', { name: entry }).press('Enter');
	await until('the dialog', async () => {
		const input = editor.quickInput();
		return (await input.isVisible()) && (await input.inputValue()).endsWith(proposed === '' ? '/' : proposed);
	});
	if (proposed !== '') return editor.answerInput(file);
	const row = editor.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: basename(file) });
	await row.first().click();
	await editor.quickInput().waitFor({ state: 'hidden' });
}
