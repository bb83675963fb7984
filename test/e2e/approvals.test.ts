import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
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

describe('a call that needs a person', () => {
	test('waits in the chat and in the tree, and runs once it is allowed', async () => {
		await chat.send('run: touch allowed.txt');
		await chat.button('Allow once').waitFor();
		await chat.shows('touch allowed.txt');
		await until('the approval in the tree', async () =>
			(await editor.rows('Approvals')).some(row => row.includes('touch allowed.txt')),
		);
		expect(existsSync(file('allowed.txt'))).toBe(false);
		await editor.screenshot('approval-yellow');
		await chat.button('Allow once').click();
		await chat.shows('The tool said:');
		expect(existsSync(file('allowed.txt'))).toBe(true);
		await until('an empty tree', async () => (await editor.rows('Approvals')).length === 0);
	});

	test('is refused with a reason, which the model reads', async () => {
		await chat.send('run: touch refused.txt');
		await chat.button('Allow once').waitFor();
		// Below the fold: the top of a question that is taller than the view is held until somebody scrolls.
		await chat.button('Refuse').press('Enter');
		const reason = chat.frame.getByRole('textbox', { name: /Why not/ });
		await reason.fill('Use another name');
		await reason.press('Enter');
		await chat.shows(/The tool said: .*Use another name/);
		expect(existsSync(file('refused.txt'))).toBe(false);
	});

	test('is not asked again for the session once that was granted', async () => {
		await chat.send('run: touch session.txt');
		await chat.button('Allow once').waitFor();
		await chat.button(/this session/i).press('Enter');
		await until('the file', () => existsSync(file('session.txt')));
		await until('the end of the turn', async () => /Details/.test(await chat.text()));
		const turns = async (): Promise<number> => ((await chat.text()).match(/The tool said:/g) ?? []).length;
		const before = await turns();
		writeFileSync(file('session.txt'), '');
		await chat.send('run: touch session.txt');
		await until(
			'a second turn that nobody was asked about',
			async () => (await turns()) > before || (await chat.button('Allow once').isVisible()),
		);
		expect(await chat.button('Allow once').isVisible()).toBe(false);
	});

	test('ORANGE runs only after its word was typed', async () => {
		await chat.send('run: git push origin main');
		const word = chat.frame.getByRole('textbox', { name: /^Type \w+ to allow/ });
		await word.waitFor();
		await chat.shows('git push origin main');
		await editor.screenshot('approval-orange');
		expect(await chat.button(/^Allow/).isEnabled()).toBe(false);
		const shown = /Type (\w+) to allow/.exec(await chat.text())?.[1] ?? '';
		await word.fill('wrong');
		expect(await chat.button(/^Allow/).isEnabled()).toBe(false);
		await word.fill(shown);
		await chat.button(/^Allow/).click();
		await until('the end of the turn', async () => (await editor.rows('Approvals')).length === 0);
	});

	test('RED is confirmed in a modal of the window itself, and Cancel keeps it waiting', async () => {
		await chat.send('run: git reset --hard HEAD~1');
		await chat.button(/^Allow/).waitFor();
		await chat.button(/^Allow/).click();
		await editor.dialog().waitFor();
		await editor.screenshot('approval-red');
		expect(await editor.dialog().innerText()).toContain('git reset --hard HEAD~1');
		// Enter out of habit must not run it.
		const focused = editor.dialog().locator('.monaco-button:focus');
		expect(await focused.innerText()).toBe('Show the Whole Call');
		await editor.dialog().getByRole('button', { name: 'Keep Waiting' }).click();
		await chat.button(/^Allow/).waitFor();
		await chat.button(/^Allow/).click();
		await editor.dialog().getByRole('button', { name: 'Run It' }).click();
		await until('the end of the approval', async () => (await editor.rows('Approvals')).length === 0);
	});

	test('BLACK is refused at once, with the reason', async () => {
		await chat.send('run: cat ~/.ssh/id_rsa');
		await chat.shows(/The tool said: .*never allowed/);
		await editor.screenshot('approval-black');
		expect((await editor.rows('Approvals')).length).toBe(0);
	});
});

describe('questions and plans', () => {
	test('a question is answered by choosing', async () => {
		await chat.send('question');
		await chat.shows('Which currency should fares use?');
		await editor.screenshot('question');
		await chat.frame.getByRole('radio', { name: /Krona/ }).press(' ');
		await chat.frame.getByRole('button', { name: /^Answer|^Send answer/ }).click();
		await chat.shows(/The tool said: .*Krona/);
	});

	test('a plan is approved and edits are then accepted', async () => {
		await chat.button(/^Permission mode/).press('Enter');
		await chat.frame.getByRole(/* any of the menu's kinds */ 'menuitemradio', { name: /^Plan/ }).press('Enter');
		await chat.button('Permission mode: Plan').waitFor();
		await chat.send('plan');
		await chat.shows('Fix the rounding');
		await editor.screenshot('plan');
		await chat.button(/^Approve/).press('Enter');
		await chat.shows(/The tool said: .*approved/i);
	});
});
