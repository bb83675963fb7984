import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Editor } from './driver/editor.ts';
import { until } from './driver/until.ts';

let editor: Editor;
let page: Frame;

const flow = {
	flow: 1,
	id: 'greet',
	name: 'Greet',
	inputs: { name: { type: 'text' } },
	nodes: {
		check: { type: 'control.if@1', params: { condition: 'flow.name !== ""' } },
		words: { type: 'text.template@1', params: { template: 'Hello {{ flow.name }}!' } },
		nobody: { type: 'text.static@1', params: { text: 'Hello?' } },
		result: { type: 'flow.output@1', params: { name: 'said' } },
		fallback: { type: 'flow.output@1', params: { name: 'asked' } },
	},
	edges: [
		'check.false -> nobody.after',
		'check.true -> words.value',
		'nobody.text -> fallback.value',
		'words.text -> result.value',
	],
	layout: { check: [0, 0], words: [320, 0], nobody: [320, 160], result: [640, 0], fallback: [640, 160] },
};

const rows = [
	{ name: 'greets Ada', inputs: { name: 'Ada' }, assertions: [{ output: 'said', equals: 'Hello Ada!' }] },
	{ name: 'greets Grace', inputs: { name: 'Grace' }, assertions: [{ output: 'said', equals: 'Hi Grace!' }] },
];

const file = (name: string): string => join(editor.place.folder, name);
const read = (name: string): string => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : '');

beforeAll(async () => {
	editor = await Editor.start({ extensions: inject('extensions'), hasClaude: false, width: 1500 });
	writeFileSync(file('greet.flow.json'), JSON.stringify(flow, null, 2));
	writeFileSync(file('greet.flow.dataset.jsonl'), rows.map(row => `${JSON.stringify(row)}\n`).join(''));
	await openFlow();
});

afterAll(async () => {
	await editor?.close();
});

async function openFlow(): Promise<void> {
	await editor.page.keyboard.press('Control+p');
	await editor.pickInput('greet.flow.json');
	page = await editor.surface('flow');
	await page.locator('#node-words').waitFor();
}

const testRow = (text: string | RegExp): Locator =>
	editor.page.locator('.test-explorer .monaco-list-row').filter({ hasText: text }).first();

async function labelled(row: Locator, wanted: RegExp): Promise<void> {
	await until(`a test that says ${wanted.source}`, async () =>
		wanted.test((await row.getAttribute('aria-label').catch(() => '')) ?? ''),
	);
}

test('the rows beside a flow are in the Testing view: one passes, one says what differs', async () => {
	await editor.command('Quarterdeck: Run Tests of Flow');
	await labelled(testRow('greets Grace'), /failed/i);
	await labelled(testRow('greets Ada'), /passed/i);
	await editor.screenshot('flow-tests');
	await testRow('greets Grace').dblclick();
	await editor.page.locator('.editor-instance[data-editor-id], .monaco-editor').first().waitFor();
	await editor.screenshot('flow-tests-row');
});

test('what came out is accepted as the baseline', async () => {
	await testRow('greets Grace').click({ button: 'right' });
	await editor.page.getByRole('menuitem', { name: 'Accept as Baseline' }).click();
	await until('the baseline', () => read('greet.flow.baseline.json').includes('Hello Grace!'));
});

test('a run with coverage shows which nodes ran and which ways were taken', async () => {
	await editor.command('Test: Run All Tests with Coverage');
	await until('the coverage of the flow', async () =>
		/greet\.flow\.json/.test(await editor.page.locator('.test-coverage-view, .test-explorer').last().innerText()),
	);
	await editor.screenshot('flow-tests-coverage');
});

async function run(name: string): Promise<void> {
	const before = await listed();
	await page.getByRole('button', { name: 'Run', exact: true }).click();
	await editor.answerInput(name);
	await until('the run in the list', async () => (await listed()) > before);
	await page.locator('.run-list > li.selected .codicon-pass, .run-list > li.selected').first().waitFor();
}

const listed = (): Promise<number> => page.locator('.run-list > li').count();

test('a run becomes a test: what it was given, and what came out of it', async () => {
	await openFlow();
	await editor.command('Flow: Show Runs of the Flow');
	await run('Linus');
	await page
		.getByRole('button', { name: /^Add Run all to the tests/ })
		.first()
		.click();
	await editor.answerInput('greets Linus');
	const row = await until('the row', () => read('greet.flow.dataset.jsonl').split('\n')[2] ?? undefined);
	expect(JSON.parse(row)).toEqual({
		name: 'greets Linus',
		inputs: { name: 'Linus' },
		assertions: [{ output: 'said', equals: 'Hello Linus!' }],
	});
});

test('two runs are compared on the graph, and their values side by side', async () => {
	await openFlow();
	await editor.command('Flow: Show Runs of the Flow');
	await run('Margaret');
	await page
		.getByRole('button', { name: /^Compare Run all with/ })
		.last()
		.click();
	const comparison = page.getByRole('region', { name: 'Comparison of two runs' });
	await comparison.getByText(/nodes? differs?/).waitFor();
	await page.locator('#node-words.differs, #node-words .badge-differs, #node-words[class*="differ"]').first().waitFor();
	await editor.screenshot('flow-compare-runs');
	await comparison.getByRole('button', { name: 'text', exact: true }).first().click();
	await editor.page.locator('.monaco-diff-editor').first().waitFor();
	await editor.screenshot('flow-compare-values');
});

test('a run is played again', async () => {
	await openFlow();
	await editor.command('Flow: Show Runs of the Flow');
	await page
		.getByRole('button', { name: /^Play Run all again/ })
		.first()
		.click();
	await page.getByRole('slider', { name: /^Moment of Run all/ }).waitFor();
	await page.locator('#node-result.state-succeeded, #node-result.state-cached').waitFor();
	await editor.screenshot('flow-replay');
	await page.getByRole('button', { name: 'End the film' }).click();
});

test('a problem of the Problems panel leads to its node', async () => {
	writeFileSync(
		file('greet.flow.json'),
		JSON.stringify({ ...flow, edges: [...flow.edges.slice(0, 3), 'words.txt -> result.value'] }, null, 2),
	);
	await page.locator('.card.has-error').first().waitFor();
	await page.locator('#node-check .card-title').click();
	await editor.command('View: Focus Problems');
	const link = editor.page
		.locator('.markers-panel .marker-code, .markers-panel a.code-link, .markers-panel .code a')
		.first();
	await link.waitFor();
	await editor.screenshot('flow-problem-link');
	await link.click();
	await page.locator('#node-result.current, #node-result.selected, #node-words.current').first().waitFor();
	writeFileSync(file('greet.flow.json'), JSON.stringify(flow, null, 2));
	await page.locator('.card.has-error').first().waitFor({ state: 'detached' });
});
