import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { formatCost, toNano } from '../../src/core/base/money.ts';
import type { LedgerEvent } from '../../src/core/ledger/events.ts';
import type { ReplyUsage } from '../fakes/messages/reply.ts';
import type { ChatPage } from './driver/chatPage.ts';
import { Editor } from './driver/editor.ts';
import { journalEvents } from './driver/journal.ts';
import { holding } from './driver/script.ts';
import { until } from './driver/until.ts';
import { WrappedClaude } from './driver/wrappedClaude.ts';

/** Unround on purpose: what is added up wrongly or rounded too early shows. */
const usage: ReplyUsage = {
	input: 12_347,
	output: 7_919,
	cacheRead: 104_729,
	cacheWrite5m: 6_571,
	cacheWrite1h: 1_301,
};
const model = 'claude-sonnet-5';
const held = holding();

let editor: Editor;
let chat: ChatPage;
let claude: WrappedClaude;

beforeAll(async () => {
	// The real CLI; what it says is kept beside it, to be compared with what the ledger made of it.
	claude = new WrappedClaude('echo "$$" >> "$FOLDER/pids"\n"$REAL" "$@" | tee "$FOLDER/said.$$"');
	editor = await Editor.start({
		extensions: inject('extensions'),
		script: async request => {
			const reply = await held.script(request);
			return reply.kind === 'message' ? { ...reply, usage } : reply;
		},
		settings: { 'quarterdeck.claude.path': claude.path, 'quarterdeck.chat.model': model },
	});
	chat = await editor.openChat();
});

afterAll(async () => {
	await editor?.screenshot('turns');
	await editor?.close();
	claude?.remove();
});

const stop = () => chat.button('Stop (Escape)');
const idle = (): Promise<void> => stop().waitFor({ state: 'detached', timeout: 60_000 });
const title = () => chat.frame.getByRole('heading', { level: 1 });
const user = (text: string) => chat.frame.locator('.user-message').filter({ hasText: text }).last();

/** Presses a button of a message, which is only drawn while the mouse or the keyboard is there. */
async function act(text: string, name: string): Promise<void> {
	await user(text).hover();
	await user(text).getByRole('button', { name }).press('Enter');
}

/** What the list of conversations says, one line each, and the list closed again. */
async function conversations(): Promise<readonly string[]> {
	await chat.button(/^Conversations/).press('Enter');
	const entries = chat.frame.locator('.conversation-open');
	await entries.first().waitFor();
	const texts = await entries.allInnerTexts();
	await chat.frame.getByRole('textbox', { name: 'Search conversations' }).press('Escape');
	await entries.first().waitFor({ state: 'detached' });
	return texts.map(text => text.replaceAll('\n', ' · '));
}

async function switchTo(name: RegExp): Promise<void> {
	await chat.button(/^Conversations/).press('Enter');
	const named = chat.frame.locator('.conversation-title').getByText(name).first();
	await chat.frame.locator('.conversation-open').filter({ has: named }).first().press('Enter');
	await until(`the conversation ${String(name)}`, async () => name.test(await title().innerText()));
}

describe('an answer', () => {
	test('grows while the model writes it', async () => {
		await chat.send('held');
		await chat.shows('Sentence 2 of');
		expect(await chat.text()).not.toContain('Sentence 60 of a long answer.');
		held.release();
		await chat.shows('Sentence 60 of a long answer.');
		await idle();
	});

	test('folds what the model thought', async () => {
		await chat.send('think');
		await chat.shows('I have thought about it.');
		await idle();
		const toggle = chat.button(/^Thought/);
		expect(await chat.text()).not.toContain('The fares are in whole cents');
		await toggle.press('Enter');
		await chat.shows('The fares are in whole cents');
		await toggle.press('Enter');
		await until('folded thoughts', async () => !(await chat.text()).includes('The fares are in whole cents'));
	});
});

describe('Stop', () => {
	test.each([
		['Escape', () => chat.composer().press('Escape')],
		['its button', () => stop().press('Enter')],
	])('with %s ends the turn as stopped, and the conversation goes on', async (name, press) => {
		await editor.newConversation();
		await chat.send('forever');
		await chat.shows('It begins');
		await press();
		await idle();
		await chat.shows('Stopped');
		await chat.send(`on after ${name}`);
		await chat.shows(`You said: on after ${name}`);
		await idle();
		await until('both runs', async () => {
			const rows = await editor.rows('Executions');
			return (
				rows.some(row => row.startsWith('forever, Stopped')) &&
				rows.some(row => row.startsWith(`on after ${name}, Suc`))
			);
		});
	});
});

describe('a prompt while one is running', () => {
	test('waits, can be changed and dropped, and is sent when the turn is over', async () => {
		await editor.newConversation();
		await chat.send('held');
		await chat.shows('Sentence 1 of');
		await chat.send('a queued one');
		await chat.send('a dropped one');
		await until('two queued prompts', async () => (await chat.frame.locator('.user-message.queued').count()) === 2);
		await act('a dropped one', 'Drop the queued prompt');
		await until('one queued prompt', async () => (await chat.frame.locator('.user-message.queued').count()) === 1);
		await act('a queued one', 'Edit the queued prompt');
		const box = chat.frame.getByLabel('Edit the prompt');
		await box.fill('a changed one');
		await box.press('Enter');
		held.release();
		await chat.shows('You said: a changed one');
		await idle();
		const asked = editor.api.requests.map(request => request.userText);
		expect(asked.some(text => text.includes('a queued one') || text.includes('a dropped one'))).toBe(false);
	});
});

describe('several conversations', () => {
	test('one waits while another streams, and the list says so', async () => {
		await editor.newConversation();
		await chat.send('run: touch waited.txt');
		await chat.button('Allow once').waitFor();
		await editor.newConversation();
		await chat.send('held');
		await chat.shows('Sentence 1 of');
		await chat.button('Conversations, 1 waiting for you').waitFor();
		const list = await conversations();
		expect(list.find(entry => entry.includes('touch waited.txt'))).toContain('Waiting for you');
		expect(list.find(entry => entry.startsWith('held'))).toContain('Running');
		await switchTo(/touch waited/);
		await chat.button('Allow once').press('Enter');
		await chat.shows('The tool said:');
		await idle();
		held.release();
		await switchTo(/^held$/);
		await chat.shows('Sentence 60 of a long answer.');
		await idle();
	});
});

describe('a view that was closed', () => {
	test('shows the whole answer when it comes back', async () => {
		await editor.newConversation();
		await chat.send('slow');
		await chat.shows('Sentence 2 of');
		await editor.page.keyboard.press('Control+Shift+E');
		await editor.page.locator('.explorer-folders-view').waitFor();
		await until('the end of the turn', () => {
			const ended = journalEvents(editor.place).filter(event => event.type === 'execution.ended');
			const started = journalEvents(editor.place).filter(event => event.type === 'execution.started');
			return ended.length === started.length;
		});
		chat = await editor.openChat();
		await chat.shows('Sentence 60 of');
		const text = (await chat.text()).replaceAll(/\s+/g, ' ');
		for (let number = 1; number <= 60; number++) expect(text).toContain(`Sentence ${number} of a long answer.`);
	});
});

describe('a conversation', () => {
	test('is renamed, forked and taken back to an earlier message', async () => {
		await editor.newConversation();
		await chat.send('first words');
		await chat.shows('You said: first words');
		await idle();
		await chat.send('second words');
		await chat.shows('You said: second words');
		await idle();
		await title().press('F2');
		const box = chat.frame.getByRole('textbox', { name: 'Title of the conversation' });
		await box.fill('Two words');
		await box.press('Enter');
		await until('the new title', async () => (await title().innerText()) === 'Two words');
		await act('first words', 'Fork from here');
		await until('the fork', async () => (await title().innerText()) === 'Two words (fork)');
		expect(await chat.text()).not.toContain('second words');
		await chat.send('words of the fork');
		await chat.shows('You said: words of the fork');
		await idle();
		expect(lastBody('words of the fork')).toMatch(/first words/);
		expect(lastBody('words of the fork')).not.toMatch(/second words/);
		await switchTo(/^Two words$/);
		await act('second words', 'Edit and retry');
		const edit = chat.frame.getByLabel('Edit the prompt');
		await edit.fill('other words');
		await edit.press('Enter');
		await chat.shows('You said: other words');
		await idle();
		expect(await chat.text()).not.toContain('second words');
		expect(lastBody('other words')).toMatch(/first words/);
		expect(lastBody('other words')).not.toMatch(/second words/);
		expect((await conversations()).some(entry => entry.startsWith('Two words (before the edit)'))).toBe(true);
	});
});

/** The conversation as the CLI sent it with the newest prompt that has this text. */
function lastBody(text: string): string {
	return JSON.stringify(editor.api.requests.findLast(request => request.userText.includes(text))?.body['messages']);
}

describe('costs', () => {
	test("equal the CLI's own modelUsage to the nano-dollar", async () => {
		const said = cliCosts();
		expect([...said.keys()]).toEqual([model]);
		const total = [...said.values()].reduce((sum, cost) => sum + cost, 0);
		expect(journalCost()).toBe(total);
		await until('the sum in the tree', async () => {
			const rows = await editor.rows('Costs');
			return ['Today', 'This Month', model].every(name =>
				rows.some(row => row.startsWith(name) && row.includes(formatCost(total))),
			);
		});
	});
});

type ModelUsages = Readonly<Record<string, { readonly costUSD: number }>>;

interface Result {
	readonly type: string;
	readonly modelUsage: ModelUsages;
	readonly model_usage_since_last_result: ModelUsages;
}

/**
 * What every CLI process of this test said last of its models. Those sums are cumulative, and one that goes on with an
 * earlier session (a fork, a retry) begins with what that one had used: its first result tells how much that was.
 */
function cliCosts(): ReadonlyMap<string, number> {
	const sums = new Map<string, number>();
	for (const pid of claude.lines('pids').filter(line => line !== '')) {
		const results = claude
			.lines(`said.${pid}`)
			.filter(line => line.includes('"type":"result"'))
			.map(line => JSON.parse(line) as Result)
			.filter(message => message.type === 'result');
		const [first, last] = [results[0], results.at(-1)];
		if (!first || !last) continue;
		for (const name of Object.keys(last.modelUsage)) {
			const earlier = nano(first.modelUsage, name) - nano(first.model_usage_since_last_result, name);
			sums.set(name, (sums.get(name) ?? 0) + nano(last.modelUsage, name) - earlier);
		}
	}
	return sums;
}

function nano(usages: ModelUsages, name: string): number {
	return toNano(usages[name]?.costUSD ?? 0);
}

/** What the ledger holds: the newest final row of each execution and model. */
function journalCost(): number {
	const rows = new Map<string, Extract<LedgerEvent, { type: 'usage.recorded' }>>();
	for (const event of journalEvents(editor.place))
		if (event.type === 'usage.recorded') rows.set(`${event.execution} ${event.model}`, event);
	return [...rows.values()].reduce((sum, row) => sum + (row.cost ?? 0), 0);
}
