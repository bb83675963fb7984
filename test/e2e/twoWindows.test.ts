import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import type { ChatPage } from './driver/chatPage.ts';
import { Editor } from './driver/editor.ts';
import { obedient } from './driver/script.ts';
import { until } from './driver/until.ts';
import { WorkbenchPage } from './driver/workbenchPage.ts';

let editor: Editor;
let second: WorkbenchPage;
let here: ChatPage;
let there: ChatPage;

beforeAll(async () => {
	editor = await Editor.start({ extensions: inject('extensions'), script: obedient });
	here = await editor.openChat();
	await here.send('words of the first window');
	await here.shows('You said: words of the first window');
	second = new WorkbenchPage(await editor.page.context().browser()!.newPage({ viewport: editor.page.viewportSize() }));
	await second.page.goto(editor.workbench.url);
	await second.drawn();
	there = await second.openChat();
});

afterEach(async context => {
	if (context.task.result?.state !== 'fail') return;
	await second.screenshot('two-windows-failed-there');
	await editor.screenshot('two-windows-failed-here');
});

afterAll(async () => {
	await second?.screenshot('two-windows');
	await editor?.close();
});

const running = (window: WorkbenchPage, text: RegExp): Promise<true> =>
	until(`a run ${String(text)}`, async () => (await window.rows('Executions')).some(row => text.test(row)));

describe('two windows on one workspace', () => {
	test('see the same conversation and the same run', async () => {
		await there.shows('You said: words of the first window');
		await running(second, /^words of the first window, Succeeded/);
	});

	test('a run of one is followed in the other, where its conversation can only be read meanwhile', async () => {
		await here.send('run: touch two.txt');
		await here.button('Allow once').waitFor();
		await running(second, /^run: touch two.txt, Waiting for you/);
		await there.shows('at work in another window');
		await second.screenshot('two-windows-busy');
		expect(await there.button(/^Allow/).count()).toBe(0);
		await here.button('Allow once').press('Enter');
		await here.shows('The tool said:');
		await running(second, /^run: touch two.txt, Succeeded/);
		await there.shows('The tool said:');
	});

	test('the conversation goes on in the other, in the same session', async () => {
		await there.send('words of the second window');
		await there.shows('You said: words of the second window');
		await running(editor, /^words of the second window, Succeeded/);
		const asked = editor.api.requests.findLast(request => request.userText.includes('words of the second window'));
		expect(JSON.stringify(asked?.body['messages'])).toContain('words of the first window');
		await here.shows('You said: words of the second window');
	});

	test('show the same costs', async () => {
		const today = async (window: WorkbenchPage): Promise<string | undefined> =>
			(await window.rows('Costs')).find(row => row.startsWith('Today'));
		await until('the same costs', async () => {
			const cost = await today(editor);
			return cost !== undefined && cost === (await today(second));
		});
	});
});
