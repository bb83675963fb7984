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

const waiting = {
	flow: 1,
	id: 'send',
	name: 'Send',
	nodes: {
		approve: { type: 'people.approval@1', params: { title: 'Send it out?' } },
		result: { type: 'flow.output@1' },
	},
	edges: ['approve.approved -> result.value'],
	layout: { approve: [0, 0], result: [320, 0] },
};

const rows = [
	{ name: 'greets Ada', inputs: { name: 'Ada' }, assertions: [{ output: 'said', equals: 'Hello Ada!' }] },
	{ name: 'greets Grace', inputs: { name: 'Grace' }, assertions: [{ output: 'said', equals: 'Hi Grace!' }] },
];

const file = (name: string): string => join(editor.place.folder, name);
const read = (name: string): string => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : '');

/** The graph has the room that the panel would take. */
const settings = { 'testing.automaticallyOpenTestResults': 'neverOpen' };

beforeAll(async () => {
	editor = await Editor.start({
		extensions: inject('extensions'),
		hasClaude: false,
		width: 1500,
		height: 1200,
		settings,
	});
	writeFileSync(file('greet.flow.json'), JSON.stringify(flow, null, 2));
	writeFileSync(file('send.flow.json'), JSON.stringify(waiting, null, 2));
	writeFileSync(file('greet.flow.dataset.jsonl'), rows.map(row => `${JSON.stringify(row)}\n`).join(''));
	page = await openFlow('greet.flow.json', 'words');
});

afterAll(async () => {
	await editor?.close();
});

async function openFlow(name: string, node: string): Promise<Frame> {
	await editor.openFile(name);
	const opened = await editor.surface('flow');
	await opened.locator(`#node-${node}`).waitFor();
	return opened;
}

/** A menu of VS Code ignores the mouse in its first moments; the key counts at once. */
async function chosen(entry: string): Promise<void> {
	const item = editor.page.getByRole('menuitem', { name: entry, exact: true });
	await item.hover();
	await editor.page.keyboard.press('Enter');
	await item.waitFor({ state: 'detached' });
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
	await labelled(testRow('greet.flow.json'), /failed/i);
	await testRow('greet.flow.json').click();
	await editor.page.keyboard.press('ArrowRight');
	await labelled(testRow('greets Grace'), /failed/i);
	await labelled(testRow('greets Ada'), /passed/i);
	await testRow('greets Grace').dblclick();
	await editor.page.locator('.tab.active').filter({ hasText: 'greet.flow.dataset.jsonl' }).waitFor();
	await editor.page.getByText("'said' is another value.").first().waitFor();
	await editor.screenshot('flow-tests');
});

test('what came out is accepted as the baseline', async () => {
	await testRow('greets Grace').click({ button: 'right' });
	await chosen('Accept as Baseline');
	await until('the baseline', () => read('greet.flow.baseline.json').includes('Hello Grace!'));
});

test('a run with coverage shows how much of the flow ran', async () => {
	await editor.command('Test: Run All Tests with Coverage');
	const coverage = editor.page.locator('.pane').filter({ has: editor.page.locator('[aria-label^="Test Coverage"]') });
	const row = coverage.locator('.monaco-list-row').filter({ hasText: 'greet.flow.json' }).first();
	await row.waitFor();
	await editor.screenshot('flow-tests-coverage');
	await editor.command('View: Close Editor');
});

const listed = (): Promise<number> => page.locator('.run-list > li').count();

async function run(name: string): Promise<void> {
	const before = await listed();
	await page.getByRole('button', { name: 'Run', exact: true }).click();
	await editor.answerInput(name);
	await until('the run in the list', async () => (await listed()) > before);
	await page.locator('.run-list > li.selected .codicon-pass-filled').waitFor();
}

test('a run becomes a test: what it was given, and what came out of it', async () => {
	page = await editor.surface('flow');
	await editor.command('Flow: Show Runs of the Flow');
	await run('Linus');
	await page.getByRole('button', { name: 'Add Run all to the tests' }).first().click();
	await editor.answerInput('greets Linus');
	const row = await until('the row', () => read('greet.flow.dataset.jsonl').split('\n')[2]?.trim() || undefined);
	expect(JSON.parse(row)).toEqual({
		name: 'greets Linus',
		inputs: { name: 'Linus' },
		assertions: [{ output: 'said', equals: 'Hello Linus!' }],
	});
	await editor.page.locator('.tab.active').filter({ hasText: 'greet.flow.dataset.jsonl' }).waitFor();
	await editor.command('View: Close Editor');
});

test('two runs are compared on the graph, and their values side by side', async () => {
	await run('Margaret');
	await page
		.getByRole('button', { name: /^Compare Run all with/ })
		.last()
		.click();
	const comparison = page.getByRole('region', { name: 'Comparison of two runs' });
	await comparison.getByText(/nodes? differs?/).waitFor();
	await page.locator('#node-words.differing').waitFor();
	await editor.screenshot('flow-compare-runs');
	await comparison.getByRole('button', { name: 'text', exact: true }).first().click();
	await editor.page.locator('.monaco-diff-editor').first().waitFor();
	await editor.page.getByText('Hello Margaret!').first().waitFor();
	await editor.screenshot('flow-compare-values');
	await editor.command('View: Close Editor');
});

test('a run is played again', async () => {
	await page.getByRole('button', { name: 'Play Run all again' }).first().click();
	await page.getByRole('slider', { name: 'Moment of Run all' }).waitFor();
	await page.locator('#node-result:is(.state-succeeded, .state-cached)').waitFor();
	await editor.screenshot('flow-replay');
	await page.getByRole('button', { name: 'End the film' }).click();
});

test('a test that is debugged stops at a breakpoint of the graph', async () => {
	await page.locator('#node-words .card-title').click();
	await editor.command('Flow: Toggle Breakpoint');
	await page.locator('#node-words .badge-breakpoint').waitFor();
	await testRow('greets Ada').click({ button: 'right' });
	await chosen('Debug Test');
	await page.locator('#node-words.state-paused').waitFor();
	await page.getByRole('button', { name: 'Pause or Continue Run' }).click();
	await page.locator('#node-result:is(.state-succeeded, .state-cached)').waitFor();
});

test('a problem of the Problems panel leads to its node', async () => {
	await page.locator('#node-check .card-title').click();
	const broken = { ...flow, nodes: { ...flow.nodes, nobody: { type: 'text.nothing@1' } } };
	writeFileSync(file('greet.flow.json'), JSON.stringify(broken, null, 2));
	await page.locator('#node-nobody.has-error').waitFor();
	await editor.page.locator('[id="status.problems"]').click();
	const link = editor.page.locator('.markers-panel a.monaco-link').filter({ hasText: 'unknown-type' }).first();
	await link.click();
	await page.locator('#node-nobody.current').waitFor();
	await editor.screenshot('flow-problem-link');
	writeFileSync(file('greet.flow.json'), JSON.stringify(flow, null, 2));
	await page.locator('#node-nobody.has-error').waitFor({ state: 'detached' });
	await editor.page.locator('[id="status.problems"]').click();
});

test('a row that cannot be run is in the Problems panel, with what is meant', async () => {
	const rowsText = readFileSync(file('greet.flow.dataset.jsonl'), 'utf8');
	writeFileSync(file('greet.flow.dataset.jsonl'), `${rowsText}{ "name": "wrong", "inputs": { "nme": "Ada" } }\n`);
	await editor.page.locator('[id="status.problems"]').click();
	const problem = editor.page.locator('.markers-panel .monaco-list-row').filter({ hasText: "has no input 'nme'" });
	await problem.first().waitFor();
	writeFileSync(file('greet.flow.dataset.jsonl'), rowsText);
	await problem.first().waitFor({ state: 'detached' });
	await editor.page.locator('[id="status.problems"]').click();
});

async function onExecution(action: string): Promise<void> {
	const row = await editor.row('Executions', /^Send: Run all/);
	await row.waitFor();
	await row.click({ button: 'right' });
	await chosen(action);
}

test('a run that goes on says that the flow was changed since, and is stopped from the Executions view', async () => {
	await editor.command('View: Close All Editors');
	page = await openFlow('send.flow.json', 'approve');
	await page.getByRole('button', { name: 'Run', exact: true }).click();
	await page.locator('#node-approve.state-waiting').waitFor();
	const changed = {
		...waiting,
		nodes: { ...waiting.nodes, result: { type: 'flow.output@1', params: { name: 'sent' } } },
	};
	writeFileSync(file('send.flow.json'), JSON.stringify(changed, null, 2));
	await page.getByText('The run keeps its own copy').waitFor();
	await onExecution('Stop Execution');
	await page.locator('#node-approve.state-stopped').waitFor();
});

test('a run that was cut off goes on from the Executions view', async () => {
	await page.getByRole('button', { name: 'Run', exact: true }).click();
	await page.locator('#node-approve.state-waiting').waitFor();
	editor.killHost();
	await editor.page.reload();
	await editor.drawn();
	const row = await editor.row('Executions', /^Send: Run all/);
	await until('the run to be known as interrupted', async () =>
		/interrupted/i.test((await row.getAttribute('aria-label').catch(() => '')) ?? ''),
	);
	await onExecution('Resume');
	page = await editor.surface('flow');
	await page.locator('#node-approve.state-waiting').waitFor();
});
