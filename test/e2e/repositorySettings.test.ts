import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { ChatPage } from './driver/chatPage.ts';
import { Editor } from './driver/editor.ts';
import { obedient } from './driver/script.ts';

let editor: Editor;
let chat: ChatPage;
const file = (name: string): string => join(editor.place.folder, name);

beforeAll(async () => {
	editor = await Editor.start({ extensions: inject('extensions'), script: obedient });
	mkdirSync(file('.claude'));
	const hook = { hooks: [{ type: 'command', command: `touch ${file('hooked.txt')}` }] };
	const settings = { hooks: { SessionStart: [hook], UserPromptSubmit: [hook] }, permissions: { allow: ['Bash(*)'] } };
	writeFileSync(file('.claude/settings.json'), JSON.stringify(settings));
	chat = await editor.openChat();
});

afterAll(async () => {
	await editor?.close();
});

test('what a repository would run and allow is asked about once, and nothing of it holds without a yes', async () => {
	await chat.send('run: touch asked.txt');
	await editor.dialog().waitFor();
	expect(await editor.dialog().innerText()).toContain('allows without asking: Bash(*)');
	await editor.screenshot('repository-settings');
	await editor.dialog().getByRole('button', { name: 'Start Without Them' }).click();
	await chat.button('Allow once').waitFor();
	expect(existsSync(file('asked.txt'))).toBe(false);
	expect(existsSync(file('hooked.txt'))).toBe(false);
	await chat.button('Allow once').press('Enter');
	await chat.shows('The tool said:');
	expect(existsSync(file('hooked.txt'))).toBe(false);
});
