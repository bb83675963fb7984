import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { FakeOllama, everything } from '../fakes/ollama/server.ts';
import { FakeOpenAi } from '../fakes/openai/server.ts';
import { Editor, type Theme } from './driver/editor.ts';
import { until } from './driver/until.ts';

let editor: Editor;
let ollama: FakeOllama;
let openai: FakeOpenAi;

beforeAll(async () => {
	const small = { name: 'llama3.2:3b', vramBytes: 2_100_000_000, contextLength: 131_072 };
	ollama = await FakeOllama.start({ models: [everything, small] });
	openai = await FakeOpenAi.start({ key: 'sk-good', models: ['gpt-4.1', 'gpt-4.1-mini', 'text-embedding-3-large'] });
	editor = await Editor.start({
		extensions: inject('extensions'),
		env: { OLLAMA_HOST: `127.0.0.1:${ollama.port}` },
		settings: { 'quarterdeck.providers': [{ id: 'groq', kind: 'openai', preset: 'groq' }] },
	});
	await editor.openSidebar();
	// The chat takes the room that the tree needs to be read.
	await editor.pane('Chat').locator('.pane-header').click();
});

afterAll(async () => {
	await editor?.screenshot('providers-end');
	await editor?.close();
	await openai?.stop();
	await ollama?.stop();
});

const rows = (): Promise<readonly string[]> => editor.rows('Models');
const rowThat = (test: (row: string) => boolean): Promise<string> =>
	until('a row of the models', async () => (await rows()).find(test), 60_000);
const notification = (text: string): Locator => editor.notifications().filter({ hasText: text });

/** Answers an input box once it is the one with this title. */
async function answer(title: string, text: string): Promise<void> {
	await editor.page.locator('.quick-input-widget .quick-input-title').filter({ hasText: title }).waitFor();
	await editor.answerInput(text);
}

async function pictures(name: string): Promise<void> {
	for (const theme of ['light', 'contrast', 'dark'] as Theme[]) {
		await editor.setTheme(theme);
		await editor.screenshot(`${name}-${theme}`);
	}
}

describe('the view of models', () => {
	test('finds the Ollama of this machine by itself, with its models, sizes and what is loaded', async () => {
		expect(await rowThat(row => row.startsWith('Ollama: up'))).toMatch(/\d+ ms · 2 models · found on this machine/);
		expect(await rowThat(row => row.startsWith('qwen3:4b'))).toContain('32k context, 2.6 GB');
		expect(await rowThat(row => row.startsWith('llama3.2:3b'))).toContain('loaded, 2.1 GB on the GPU');
	});

	test('says of a provider without a key what is missing, and offers to set it', async () => {
		expect(await rowThat(row => row.startsWith('Groq'))).toContain('needs a key, and none is set');
		await (await editor.row('Models', 'Groq')).click();
		await rowThat(row => row.startsWith('Set Key'));
		await rowThat(row => row.startsWith('Get a Key'));
		await pictures('providers');
	});

	test('the Claude CLI stands beside the others', async () => {
		expect(await rowThat(row => row.startsWith('Claude'))).toContain('up');
	});
});

describe('adding a provider', () => {
	test('a wrong key is told, the right one is kept, and its models are listed', async () => {
		await editor.command('Quarterdeck: Add Provider…');
		await editor.quickInput().waitFor();
		await editor.screenshot('providers-presets');
		await editor.answerInput('Other OpenAI-compatible');
		await answer('Address of', openai.url);
		await answer('Name of the', 'House Server');
		await answer('Key for', 'sk-bad');
		const dialog = editor.dialog();
		await dialog.filter({ hasText: 'does not accept the key' }).waitFor();
		await editor.screenshot('providers-wrong-key');
		await dialog.getByRole('button', { name: 'Enter Another Key' }).click();
		await answer('Key for', 'sk-good');
		await notification('2 models').waitFor();
		expect(await rowThat(row => row.startsWith('House Server: up'))).toContain('2 models');
		const settings = readFileSync(join(editor.place.home, 'data', 'Machine', 'settings.json'), 'utf8');
		expect(settings).toContain(openai.url);
		expect(settings).not.toContain('sk-good');
		await editor.command('Notifications: Clear All Notifications');
	});

	test('the test says what answered and how fast', async () => {
		await (await editor.row('Models', 'House Server')).hover();
		await (await editor.row('Models', 'House Server')).locator('[aria-label^="Test Provider"]').click();
		await notification('It answered in').waitFor();
		await editor.screenshot('providers-tested');
	});

	test('a key that is taken back, and a server that is gone, say what to do', async () => {
		openai.key = 'sk-new';
		await (await editor.row('Models', 'House Server')).hover();
		await (await editor.row('Models', 'House Server')).locator('[aria-label^="Test Provider"]').click();
		await notification('does not accept the key').getByRole('button', { name: 'Set Key' }).click();
		await answer('Key for', 'sk-new');
		await rowThat(row => row.startsWith('House Server: up'));
		await openai.stop();
		await (await editor.row('Models', 'House Server')).hover();
		await (await editor.row('Models', 'House Server')).locator('[aria-label^="Test Provider"]').click();
		await notification('nothing listens there').getByRole('button', { name: 'Test Again' }).waitFor();
		await rowThat(row => row.startsWith('House Server') && row.includes('is not running'));
		await editor.screenshot('providers-gone');
	});
});

describe('downloading a model', () => {
	test('shows its progress and lists the model when it is there', async () => {
		await (await editor.row('Models', 'Ollama')).hover();
		await (await editor.row('Models', 'Ollama')).locator('[aria-label^="Download Model"]').click();
		await answer('Download a Model', 'gemma3:1b');
		await rowThat(row => row.startsWith('gemma3:1b'));
	});
});

describe('a server of this machine', () => {
	test('lets go of a loaded model when it is told to', async () => {
		const row = await editor.row('Models', 'llama3.2:3b');
		await row.hover();
		await row.locator('[aria-label^="Unload Model"]').click();
		await rowThat(text => text.startsWith('llama3.2:3b') && !text.includes('loaded'));
	});

	test('that is stopped stays in the view as stopped, and comes back', async () => {
		const { port } = ollama;
		const again = async (): Promise<void> => {
			await editor.pane('Models').locator('.pane-header').hover();
			await editor.pane('Models').locator('[aria-label^="Look for Models Again"]').click();
		};
		await ollama.stop();
		await again();
		expect(await rowThat(row => row.startsWith('Ollama: is not running'))).toContain('ran here before');
		ollama = await FakeOllama.start({ port, models: [everything] });
		await again();
		await rowThat(row => row.startsWith('Ollama: up'));
	});
});
