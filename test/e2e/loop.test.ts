import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { LedgerEvent } from '../../src/core/ledger/events.ts';
import type { FakeReply, SeenRequest } from '../fakes/modelReply.ts';
import { FakeOllama } from '../fakes/ollama/server.ts';
import { FakeOpenAi } from '../fakes/openai/server.ts';
import type { ChatPage } from './driver/chatPage.ts';
import { Editor } from './driver/editor.ts';
import { journalEvents } from './driver/journal.ts';
import { until } from './driver/until.ts';

const tools = { capabilities: ['completion', 'tools', 'thinking'], contextLength: 32_768 };

let editor: Editor;
let chat: ChatPage;
let ollama: FakeOllama;
let openai: FakeOpenAi;

const said = (request: SeenRequest): string =>
	request.messages.findLast(message => message.role === 'user')?.text ?? '';
const results = (request: SeenRequest): readonly string[] => {
	const from = request.messages.findLastIndex(message => message.role === 'user');
	return request.messages.slice(from).flatMap(message => (message.role === 'tool' ? [message.text] : []));
};

/** What the model does, whatever wire it is asked over: it obeys the last message, step by step. */
function obey(request: SeenRequest): FakeReply {
	const usage = { input: 100, output: 20 };
	const text = said(request);
	const done = results(request).length;
	if (text.startsWith('read and write') && done === 0)
		return {
			thinking: ['I look first.'],
			text: ['Looking.'],
			calls: [
				{ name: 'quarterdeck_read_file', arguments: { file_path: 'fares.txt' } },
				{ name: 'quarterdeck_list_folder', arguments: { path: '.' } },
			],
			usage,
		};
	if (text.startsWith('read and write') && done === 2)
		return {
			calls: [{ name: 'quarterdeck_write_file', arguments: { file_path: 'out.txt', content: 'written\n' } }],
			usage,
		};
	if (text.startsWith('run ') && done === 0)
		return { calls: [{ name: 'quarterdeck_run_command', arguments: { command: text.slice(4) } }], usage };
	return { text: [`Done after ${done} results: `, text], usage };
}

beforeAll(async () => {
	ollama = await FakeOllama.start({
		models: [
			{ name: 'qwen3:4b', ...tools },
			{ name: 'gemma3:1b', capabilities: ['completion'], contextLength: 32_768 },
		],
	});
	openai = await FakeOpenAi.start({ models: ['gpt-4.1'] });
	ollama.respond(obey);
	openai.respond(obey);
	editor = await Editor.start({
		extensions: inject('extensions'),
		// Who has no Claude at all gets a working chat.
		hasClaude: false,
		settings: {
			'quarterdeck.claude.path': '/nowhere/claude',
			'quarterdeck.discoverLocalModels': false,
			'quarterdeck.providers': [
				{ id: 'ollama', kind: 'ollama', baseUrl: ollama.url },
				{ id: 'fake', kind: 'openai', label: 'Fake AI', baseUrl: openai.url },
			],
			'quarterdeck.fallbackModels': ['fake/gpt-4.1'],
		},
	});
	writeFileSync(join(editor.place.folder, 'fares.txt'), 'The fare is 270 cents.\n');
	chat = await editor.openChat();
});

afterAll(async () => {
	await editor?.screenshot('loop-end');
	await editor?.close();
	await openai?.stop();
	await ollama?.stop();
});

const idle = (): Promise<void> => chat.button('Stop (Escape)').waitFor({ state: 'detached', timeout: 60_000 });

async function choose(model: string | RegExp): Promise<void> {
	await chat.button(/^Model: /).press('Enter');
	await chat.frame.getByRole('option', { name: model }).first().click();
	await chat.frame.getByRole('dialog', { name: 'Choose a model' }).waitFor({ state: 'detached' });
}

const usages = (): readonly Extract<LedgerEvent, { type: 'usage.recorded' }>[] =>
	journalEvents(editor.place).filter(event => event.type === 'usage.recorded');

describe('a user without Claude', () => {
	test('is offered the Ollama of this machine, and goes on with it', async () => {
		await chat.shows('Ollama is ready');
		await chat.shows('There is no Claude CLI at /nowhere/claude');
		await chat.button('Add a Model Provider').waitFor();
		await editor.screenshot('loop-no-claude');
		await chat.button('Use Ollama').press('Enter');
		await chat.composer().waitFor();
		await chat.shows('What shall qwen3:4b do?');
	});

	test('sees the models of every provider, with what is wrong with the others', async () => {
		await chat.button(/^Model: qwen3:4b/).press('Enter');
		await chat.frame.getByRole('option', { name: /gpt-4\.1/ }).waitFor();
		expect(await chat.frame.getByRole('group', { name: 'Claude' }).innerText()).toContain('Install the Claude CLI');
		await editor.screenshot('loop-models');
		await chat.frame.getByRole('combobox', { name: 'Search models' }).fill('gpt');
		await until('the other models to go', async () => (await chat.frame.getByRole('option').count()) === 1);
		await chat.frame.getByRole('combobox', { name: 'Search models' }).press('Escape');
	});
});

describe.each([
	['Ollama', 'qwen3:4b', 'ollama', 'qwen3:4b'],
	['an OpenAI-compatible server', /gpt-4\.1/, 'fake', 'gpt-4.1'],
])('a conversation over %s', (_, option, provider, model) => {
	test('reads with tools, asks before it writes, and the ledger knows who answered', async () => {
		await editor.newConversation();
		await choose(option);
		await chat.send(`read and write ${provider}`);
		await chat.button('Allow once').waitFor();
		await editor.screenshot(`loop-approval-${provider}`);
		await chat.button('Allow once').press('Enter');
		await chat.shows(`Done after 3 results: read and write ${provider}`);
		await idle();
		expect(readFileSync(join(editor.place.folder, 'out.txt'), 'utf8')).toBe('written\n');
		const seen = (provider === 'ollama' ? ollama : openai).seen.findLast(request => results(request).length === 3);
		expect(results(seen!)[0]).toContain('The fare is 270 cents.');
		expect(results(seen!)[0]).toContain('<tool_data');
		await chat.shows(`${provider}/${model}`);
		await until('the usage', () =>
			usages().some(row => row.provider === provider && row.model === model && row.isFinal),
		);
		await editor.screenshot(`loop-done-${provider}`);
	});

	test('restores the file that it wrote', async () => {
		const message = chat.frame
			.locator('.user-message')
			.filter({ hasText: `read and write ${provider}` })
			.last();
		await message.hover();
		await message.getByRole('button', { name: /^Restore files/ }).press('Enter');
		await chat.button(/^Restore 1 file/).press('Enter');
		await chat.shows('Restored 1 file');
		expect(() => readFileSync(join(editor.place.folder, 'out.txt'))).toThrow(/ENOENT/);
	});

	test('runs no command that reaches far without its word', async () => {
		await chat.send('run git push --force origin main');
		await chat.shows('git push --force origin main');
		await chat.button('Refuse').click();
		const reason = chat.frame.getByRole('textbox', { name: /Why not/ });
		await reason.fill('Not today');
		await reason.press('Enter');
		await chat.shows('Done after 1 results');
		await idle();
	});
});

describe('when something fails', () => {
	test('a provider that breaks off is replaced by the next of the chain, and it is said', async () => {
		await editor.newConversation();
		await choose('qwen3:4b');
		ollama.respond(request =>
			said(request) === 'go on elsewhere' ? { text: ['It beg'], fault: { type: 'cut' } } : obey(request),
		);
		await chat.send('go on elsewhere');
		await chat.shows('Going on with fake/gpt-4.1');
		await chat.shows('Done after 0 results: go on elsewhere');
		await idle();
		await editor.screenshot('loop-fallback');
		ollama.respond(obey);
	});

	test('a key that is taken back in the middle of a conversation says so, with what to do', async () => {
		await editor.newConversation();
		await choose(/gpt-4\.1/);
		await chat.send('first');
		await chat.shows('Done after 0 results: first');
		await idle();
		openai.key = 'another';
		await chat.send('second');
		await chat.button('Set Key').waitFor();
		await editor.screenshot('loop-key-revoked');
		openai.key = undefined;
		await chat.button('Try Again').press('Enter');
		await chat.shows('Done after 0 results: second');
		await idle();
	});

	test('Ollama stopped during a reply is told, and Try Again goes on once it is back', async () => {
		await editor.newConversation();
		await choose('qwen3:4b');
		openai.key = 'another';
		const { port } = ollama;
		ollama.respond(() => ({ text: ['It begins'], fault: { type: 'silent' } }));
		await chat.send('are you there?');
		await chat.shows('It begins');
		await ollama.stop();
		await chat.button('Try Again').waitFor();
		await editor.screenshot('loop-ollama-stopped');
		ollama = await FakeOllama.start({
			port,
			models: [{ name: 'qwen3:4b', ...tools }],
		});
		ollama.respond(obey);
		await chat.button('Try Again').press('Enter');
		await chat.shows('Done after 0 results: are you there?');
		await idle();
		openai.key = undefined;
	});
});

describe('Auto', () => {
	test('chooses by its rules, says which model answered and why, and can explain itself', async () => {
		await editor.newConversation();
		await choose('Auto');
		await chat.send('Hello there');
		await chat.shows('Auto chose ollama/qwen3:4b: Talk: on this machine');
		await idle();
		await editor.screenshot('loop-auto');
		await chat.button('Why this one?').press('Enter');
		const tabs = (): Promise<string[]> => editor.page.locator('.tab').allInnerTexts();
		await until('the explanation', async () => (await tabs()).some(tab => tab.includes('Preview')));
		expect((await tabs()).some(tab => tab.includes('Untitled'))).toBe(false);
	});
});
