import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Editor, type Theme } from './driver/editor.ts';
import { OtherWindow } from './driver/otherWindow.ts';
import { until } from './driver/until.ts';

let editor: Editor;
let other: OtherWindow;

beforeAll(async () => {
	editor = await Editor.start({
		extensions: inject('extensions'),
		hasClaude: false,
		settings: { 'quarterdeck.budget.dailyUsd': 2, 'quarterdeck.budget.monthlyUsd': 100 },
	});
	const storage = join(editor.place.home, 'data', 'User', 'globalStorage', 'quarterdeck.quarterdeck', 'ledger');
	other = await OtherWindow.open(storage, editor.place.folder);
	await other.fill();
});

afterAll(async () => {
	await other?.close();
	await editor?.close();
});

const executions = (): Promise<readonly string[]> => editor.rows('Executions');
const ferryRow = async (): Promise<string | undefined> =>
	(await executions()).find(row => row.includes('Watch the ferry'));
const hasRow = async (text: string): Promise<boolean> => (await executions()).some(row => row.includes(text));

describe('the ledger in the sidebar', () => {
	test('lists what another window ran, by day', async () => {
		await until('the rows', () => hasRow('Correct the month'));
		const rows = await executions();
		expect(rows[0]).toMatch(/^Today/);
		expect(rows.find(row => row.includes('Correct the month'))).toMatch(/Failed.*1 min 24 s.*\$0\.0843/);
		expect(rows.some(row => row.startsWith('Yesterday'))).toBe(true);
	});

	test('follows a run that begins, goes on and ends in the other window', async () => {
		await other.begin('live', 'Watch the ferry come in');
		await until('the running row', () => hasRow('Watch the ferry come in, Running'));
		const first = await ferryRow();
		await until('a clock that moves', async () => (await ferryRow()) !== first);
		await editor.screenshot('ledger-running');
		await other.end('live');
		await until('its end', () => hasRow('Watch the ferry come in, Succeeded'));
	});

	test('adds up the costs, and says what has no price', async () => {
		const rows = await until('the costs', async () => {
			const found = await editor.rows('Costs');
			return found.some(row => row.includes('claude-sonnet-5')) ? found : undefined;
		});
		expect(rows.find(row => row.startsWith('Today'))).toMatch(/≥ \$1\.\d+ of \$2\.00 \(\d+ %\) · 1 unpriced/);
		expect(rows.find(row => row.startsWith('home-model'))).toMatch(/^home-model.* 1 unpriced/);
	});

	test('shows today in the status bar', async () => {
		const item = editor.page.locator('.statusbar-item[id="quarterdeck.quarterdeck.quarterdeck.costs"]');
		await item.waitFor({ timeout: 60_000 });
		expect(await item.textContent()).toMatch(/≥ \$1\.\d+ · 1 unpriced/);
		await item.hover();
		await editor.page.locator('.monaco-hover').filter({ hasText: 'Costs of your agents' }).waitFor();
		await editor.screenshot('ledger-status-bar');
		await editor.page.keyboard.press('Escape');
	});

	test('is narrowed by a filter and whole again without it', async () => {
		await editor.command('Quarterdeck: Filter Executions');
		await editor.answerInput('Text');
		await editor.answerInput('invoice');
		await editor.page.keyboard.press('Escape');
		await until(
			'only the match',
			async () => (await hasRow('Explain the invoice')) && !(await hasRow('Correct the month')),
		);
		await editor.pane('Executions').getByText('Filter: “invoice”').waitFor();
		await editor.screenshot('ledger-filter');
		await editor.command('Quarterdeck: Clear Filter');
		await until('all rows', () => hasRow('Correct the month'));
	});
});

describe('the execution page', () => {
	let page: Frame;
	const openPage = async (): Promise<void> => {
		await (await editor.row('Executions', 'Correct the month')).click();
		page = await editor.surface('ledger');
	};

	test('shows the steps of a run, and what went in and out', async () => {
		await openPage();
		await page.getByRole('treeitem', { name: /^Edit/ }).click();
		await page.getByLabel('Input as a diff').waitFor();
		await page.getByText('The tests failed.').first().waitFor();
	});

	test.each<Theme>(['dark', 'light', 'contrast'])('can be looked at in %s', async theme => {
		await editor.setTheme(theme);
		await editor.screenshot(`ledger-page-${theme}`);
	});

	test('opens a text in an editor', async () => {
		await page.getByRole('button', { name: 'Open the input in an editor' }).click();
		await editor.page.locator('.tab').filter({ hasText: 'Edit-input.json' }).waitFor();
		await editor.page.locator('.tab').filter({ hasText: 'Correct the month' }).click();
		page = await editor.surface('ledger');
	});

	test('searches 100,000 lines of its log', async () => {
		await page.getByRole('tab', { name: 'Log' }).click();
		await page.getByText(/^100,\d\d\d lines$/).waitFor();
		await page.getByRole('textbox', { name: 'Search the log' }).fill('needle');
		await page.getByText('1 found').waitFor();
		await page.getByRole('button', { name: 'Next match' }).click();
		await page.locator('mark', { hasText: 'needle' }).waitFor();
		await editor.screenshot('ledger-log');
	});

	test('comes back after a reload', async () => {
		await editor.reload();
		page = await editor.surface('ledger');
		await page.getByRole('heading', { name: 'Correct the month' }).waitFor();
	});
});
