import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { callTool, say } from '../fakes/messages/reply.ts';
import type { ChatPage } from './driver/chatPage.ts';
import { Editor } from './driver/editor.ts';
import { until } from './driver/until.ts';

let editor: Editor;
let chat: ChatPage;
let path: string;
let original: string;

/** What the scripted model writes: a change at the top, two new lines, a change at the end. */
function proposal(): string {
	const lines = original.split('\n');
	lines[0] = `${lines[0]} // first`;
	lines.splice(8, 0, '// second, a', '// second, b');
	lines[lines.length - 2] = `${lines[lines.length - 2]} // third`;
	return lines.join('\n');
}

beforeAll(async () => {
	editor = await Editor.start({
		extensions: inject('extensions'),
		script: request => {
			if (request.toolResults.length > 0) return say(`The tool said: ${request.toolResults[0]?.text}`);
			if (request.userText.includes('read it')) return callTool('Read', { file_path: path });
			if (request.userText.includes('rewrite it')) return callTool('Write', { file_path: path, content: proposal() });
			const rename = { file_path: path, old_string: 'const sum', new_string: 'const total' };
			return callTool('Edit', rename);
		},
	});
	path = join(editor.place.folder, 'src', 'fares.js');
	original = readFileSync(path, 'utf8');
	chat = await editor.openChat();
	// The CLI writes over a file only after it has read it.
	await chat.send('read it');
	await chat.shows('The tool said:');
});

beforeEach(async () => {
	await until('no review', async () => (await tab().count()) === 0);
});

afterAll(async () => {
	await editor?.close();
});

const tab = (): Locator => editor.page.locator('.tab').filter({ hasText: 'proposed by' });
const lens = (text: string): Locator => editor.page.locator('.codelens-decoration a').filter({ hasText: text });
const action = (name: string): Locator => editor.page.locator(`.editor-actions [aria-label^="${name}"]`).first();
const rightSide = (): Locator => editor.page.locator('.monaco-diff-editor .editor.modified');

/** What a turn changed is known for good when it has ended. */
const idle = (): Promise<void> => chat.button('Stop').waitFor({ state: 'detached' });

/** The lens of one change, by what stands beside it: lenses come in no order. */
async function change(number: number, offer: string): Promise<void> {
	const line = editor.page.locator('.codelens-decoration').filter({ hasText: new RegExp(`Change ${number} of \\d`) });
	await line.locator('a').filter({ hasText: offer }).click();
}

describe('an edit', () => {
	test('opens in the diff editor by itself, without taking the focus from the composer', async () => {
		await chat.send('rename it');
		await lens('Refuse change').first().waitFor();
		await chat.composer().pressSequentially('still typing here');
		expect(readFileSync(path, 'utf8')).toBe(original);
		expect(await rightSide().innerText()).not.toContain('still typing');
		await action('Apply Accepted Changes').click();
		await until(
			'the renamed variable',
			() => readFileSync(path, 'utf8') === original.replace('const sum', 'const total'),
		);
		writeFileSync(path, original);
		await chat.composer().fill('');
	});

	test('is taken in part: one change refused, one changed by typing', async () => {
		await chat.send('read it once more');
		await editor.api.waitFor(({ userText, toolResults }) => userText.includes('once more') && toolResults.length > 0);
		await chat.send('rewrite it');
		await lens('Refuse change').nth(2).waitFor();
		await change(2, 'Refuse change');
		await lens('Bring change back').waitFor();
		await rightSide().locator('.view-lines').getByText('// first').click();
		await editor.page.keyboard.press('End');
		await editor.page.keyboard.type(' and by hand');
		await editor.page.locator('.codelens-decoration').filter({ hasText: 'edited by you' }).waitFor();
		for (const theme of ['light', 'contrast', 'dark'] as const) {
			await editor.setTheme(theme);
			await editor.screenshot(`review-${theme}`);
		}
		await action('Apply Accepted Changes').click();
		const wanted = proposal().replace('// second, a\n// second, b\n', '').replace('// first', '// first and by hand');
		await until('the written file', () => readFileSync(path, 'utf8') === wanted);
	});

	test('shows afterwards as one diff of the turn', async () => {
		await idle();
		await chat.frame.getByRole('button', { name: 'Show changes' }).last().click();
		const title = editor.page.locator('.tab[aria-label*="Changes of the Turn"]');
		await title.waitFor();
		const shown = editor.page.locator('.multiDiffEditor, .monaco-component.multiDiffEditor').first();
		await shown.getByText('and by hand').first().waitFor();
		await editor.screenshot('review-turn');
		await editor.command('View: Close Editor');
	});

	test('is refused with a reason, which the model reads', async () => {
		writeFileSync(path, original);
		await chat.send('rename it');
		await lens('Refuse change').first().waitFor();
		await action('Refuse Edit').click();
		await editor.answerInput('the name is fine');
		await chat.shows(/The tool said: .*the name is fine/);
		expect(readFileSync(path, 'utf8')).toBe(original);
	});

	test('of which every change is refused is a refusal', async () => {
		await chat.send('rename it');
		await lens('Refuse change').first().click();
		await lens('Bring change back').waitFor();
		await action('Apply Accepted Changes').click();
		await chat.shows('The user refused every change of this edit');
		expect(readFileSync(path, 'utf8')).toBe(original);
	});

	test('stays pending when its tab is closed, and closes its tab when it is decided in the chat', async () => {
		await chat.send('rename it');
		await tab().waitFor();
		await tab().locator('.tab-actions a').first().click();
		await until('a closed tab', async () => (await tab().count()) === 0);
		await chat.button('Review').click();
		await tab().waitFor();
		await chat.button('Allow once').click();
		await until('the renamed variable', () => readFileSync(path, 'utf8').includes('const total'));
		await until('a closed tab', async () => (await tab().count()) === 0);
	});
});
