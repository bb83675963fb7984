import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { ChatPage } from './driver/chatPage.ts';
import { Editor } from './driver/editor.ts';
import { obedient } from './driver/script.ts';
import { until } from './driver/until.ts';

let editor: Editor;
let chat: ChatPage;

beforeAll(async () => {
	editor = await Editor.start({
		extensions: inject('extensions'),
		script: obedient,
		settings: { 'quarterdeck.review.openDiff': false },
	});
	chat = await editor.openChat();
});

afterAll(async () => {
	await editor?.close();
});

const file = (name: string): string => join(editor.place.folder, name);

/** The page of the policy, once it has drawn. */
const policyPage = (): Promise<Frame> => editor.frameWith('#root[data-surface="policy"] h2');

test('a repository’s policy raises a call that would have been a click, from the moment it is written', async () => {
	mkdirSync(file('.quarterdeck'));
	const commands = [{ prefix: 'touch', tier: 'RED', reason: 'Files are made by hand here' }];
	writeFileSync(file('.quarterdeck/policy.json'), JSON.stringify({ commands, allow: ['*'] }, null, 2));
	await chat.send('run: touch raised.txt');
	await chat.button(/^Allow/).waitFor();
	await chat.shows('Files are made by hand here');
	await chat.button(/^Allow/).click();
	await editor.dialog().waitFor();
	await editor.dialog().getByRole('button', { name: 'Keep Waiting' }).click();
	expect(existsSync(file('raised.txt'))).toBe(false);
	await chat.button('Refuse').click();
	const reason = chat.frame.getByRole('textbox', { name: /Why not/ });
	await reason.fill('The policy says so');
	await reason.press('Enter');
	await chat.shows(/The tool said: .*The policy says so/);
});

test('an agent does not write the policy by itself', async () => {
	await chat.send('run: echo {} > .quarterdeck/policy.json');
	await chat.button(/^Allow/).waitFor();
	await chat.shows('decides what agents may do in this repository');
	await chat.shows('RED');
	await chat.button('Refuse…').click();
	await chat.frame.getByRole('textbox', { name: /Why not/ }).press('Enter');
	await until('an empty tree', async () => (await editor.rows('Approvals')).length === 0);
});

test('the policy page shows the whole policy and answers for any call', async () => {
	await editor.command('Quarterdeck: Open Safety Policy');
	const page = await policyPage();
	await page.getByText('“touch” is RED: Files are made by hand here').waitFor();
	await page.getByText(/Line \d+: “allow” means nothing here/).waitFor();
	await page.getByRole('textbox', { name: /A shell line/ }).fill('npm test && git push --force');
	await page.getByText('You confirm it in a dialog, each time.').waitFor();
	await page.getByText(/overwrites or deletes what is on the server/).waitFor();
	await editor.screenshot('policy');
});

test('what does not count in the policy stands among the problems', async () => {
	await editor.command('View: Focus Problems');
	await editor.page
		.locator('.markers-panel')
		.getByText(/“allow” means nothing here/)
		.waitFor();
});
