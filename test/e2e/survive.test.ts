import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import type { ChatItem } from '../../src/core/chat/items.ts';
import { isAlive } from '../../scripts/lib/processes.ts';
import type { ChatPage } from './driver/chatPage.ts';
import { Editor } from './driver/editor.ts';
import { journalEvents } from './driver/journal.ts';
import { obedient } from './driver/script.ts';
import { until } from './driver/until.ts';

let editor: Editor;
let chat: ChatPage;

beforeAll(async () => {
	editor = await Editor.start({ extensions: inject('extensions'), script: obedient });
	chat = await editor.openChat();
});

afterEach(async context => {
	if (context.task.result?.state === 'fail') await editor.screenshot('survive-failed');
});

afterAll(async () => {
	await editor?.screenshot('survive');
	await editor?.close();
});

/** Sessions of the CLI that conversations were given, in the order in which they were. */
function sessions(): readonly string[] {
	return journalEvents(editor.place).flatMap(event =>
		event.type === 'conversation.changed' && typeof event.session === 'string' ? [event.session] : [],
	);
}

/** The rows that are on disk: those that were acknowledged. */
function storedRows(): readonly ChatItem[] {
	const rows = new Map<string, ChatItem>();
	for (const event of journalEvents(editor.place)) {
		if (event.type !== 'conversation.item') continue;
		if (event.body === null) rows.delete(event.item);
		else rows.set(event.item, JSON.parse(event.body) as ChatItem);
	}
	return [...rows.values()];
}

/** Waits at most 5 seconds for the end of the CLI processes that ran before. */
async function noneOf(pids: readonly number[]): Promise<void> {
	expect(pids.length).toBeGreaterThan(0);
	await until('the end of every CLI', () => !pids.some(isAlive), 5000);
}

async function executionRow(text: RegExp): Promise<void> {
	await until(`a run ${String(text)}`, async () => (await editor.rows('Executions')).some(row => text.test(row)));
}

describe('a window that is reloaded', () => {
	test('finds everything again', async () => {
		await chat.send('before the reload');
		await chat.shows('You said: before the reload');
		await chat.button('Stop (Escape)').waitFor({ state: 'detached' });
		await chat.composer().fill('a draft');
		await executionRow(/^before the reload, Succeeded/);
		await editor.reload();
		chat = await editor.openChat();
		await chat.shows('You said: before the reload');
		await executionRow(/^before the reload, Succeeded/);
		await until('the draft', async () => (await chat.composer().inputValue()) === 'a draft');
	});

	test('in the middle of an answer keeps what was written, says that it was cut, and goes on in the same session', async () => {
		await chat.send('slow');
		await chat.shows('Sentence 5 of');
		const pids = editor.claudeProcesses().map(item => item.pid);
		await editor.reload();
		await noneOf(pids);
		chat = await editor.openChat();
		await chat.shows('Sentence 1 of');
		expect(await chat.text()).not.toContain('Sentence 60');
		await chat.shows('Stopped');
		await executionRow(/^slow, (Stopped|Interrupted)/);
		await chat.send('after the reload');
		await chat.shows('You said: after the reload');
		expect(new Set(sessions()).size).toBe(1);
		const asked = editor.api.requests.findLast(request => request.userText.includes('after the reload'));
		expect(JSON.stringify(asked?.body['messages'])).toContain('before the reload');
	});
});

describe('an extension host that is killed', () => {
	test('in the middle of an answer loses nothing that was acknowledged, and leaves no process', async () => {
		await chat.send('slow');
		await until('a second answer', async () => ((await chat.text()).match(/Sentence 5 of/g) ?? []).length === 2);
		// The answer that streams is not finished, and what was shown of it is kept all the same.
		const answers = (): readonly string[] =>
			storedRows().flatMap(row => (row.kind === 'text' && row.text.includes('Sentence 3 of') ? [row.text] : []));
		await until('what streams on disk', () => answers().length === 2);
		const before = storedRows();
		const pids = editor.claudeProcesses().map(item => item.pid);
		editor.killHost();
		await noneOf(pids);
		await editor.page.reload();
		await editor.drawn();
		chat = await editor.openChat();
		await executionRow(/^slow, Interrupted/);
		const after = storedRows();
		expect(after.map(row => row.id)).toEqual(expect.arrayContaining(before.map(row => row.id)));
		await chat.shows('Interrupted');
		expect(answers()).toHaveLength(2);
		// Rows out of view are not drawn: of the two answers on disk at least the last is seen.
		expect(await chat.text()).toContain('Sentence 3 of');
		await chat.send('after the kill');
		await chat.shows('You said: after the kill');
		expect(new Set(sessions()).size).toBe(1);
	});
});
