import { existsSync, mkdirSync, readFileSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { Editor } from './driver/editor.ts';
import { until } from './driver/until.ts';

let editor: Editor;
let page: Frame;

beforeAll(async () => {
	editor = await Editor.start({ extensions: inject('extensions'), hasClaude: false, width: 1500 });
});

afterEach(async context => {
	if (context.task.result?.state === 'fail') await editor.screenshot('flow-nodes-failed');
});

afterAll(async () => {
	await editor?.close();
});

interface Document {
	readonly nodes: Readonly<Record<string, { readonly type: string; readonly params?: Record<string, unknown> }>>;
	readonly edges: readonly string[];
}

const path = (name: string): string => join(editor.place.folder, name);
const read = (name: string): Document => JSON.parse(readFileSync(path(name), 'utf8')) as Document;
const card = (id: string): Locator => page.locator(`#node-${id}`);
const tab = (title: string): Locator => editor.page.locator('.tab').filter({ hasText: title });

/** Writes a file of another system and imports it by its path, as the dialog takes it. */
async function importFile(name: string, value: unknown): Promise<void> {
	writeFileSync(path(name), JSON.stringify(value));
	const dialog = editor.page.locator('.quick-input-widget').filter({ hasText: 'Import a Flow of ClaraVerse' });
	// A window that has just started does not offer yet what only a trusted workspace can do.
	const entry = editor.page
		.locator('.quick-input-list .monaco-list-row')
		.filter({ hasText: 'Quarterdeck: Import Flow…' });
	await until(
		'the command',
		async () => {
			await editor.page.keyboard.press('Escape');
			await editor.page.keyboard.press('F1');
			await editor.quickInput().waitFor();
			await editor.quickInput().fill('>Quarterdeck: Import Flow…');
			return entry
				.first()
				.waitFor({ timeout: 3000 })
				.then(
					() => true,
					() => false,
				);
		},
		40_000,
	);
	await entry.first().click();
	await dialog.waitFor();
	// It reads the folder for a while, and takes no path until it has.
	await until('the dialog to take the path', async () => {
		await editor.quickInput().fill(path(name));
		await editor.page.keyboard.press('Enter');
		return dialog.waitFor({ state: 'detached', timeout: 2000 }).then(
			() => true,
			() => dialog.isHidden(),
		);
	});
}

/** Goes to a flow that is open, and to the whole of it: beside another group there is less room than when it was left. */
async function shown(title: string): Promise<void> {
	await tab(title).first().click();
	page = await until(`the page of ${title}`, async () => {
		const found = await editor.surface('flow');
		// For a moment the page of the tab that was left may still be there.
		const isOurs = await editor.page.locator('.tab.active').filter({ hasText: title }).first().isVisible();
		return isOurs && (await found.locator('.react-flow__pane').count()) > 0 ? found : undefined;
	});
	await editor.command('Flow: Zoom to Fit');
}

/** Saves what is open, and gives the file once it is as wanted. */
async function saved(name: string, what: (document: Document) => boolean): Promise<Document> {
	await page.locator('.graph').focus();
	await editor.command('File: Save');
	return until(`${name} as wanted`, () => {
		const now = read(name);
		return what(now) ? now : undefined;
	});
}

const claraNode = {
	type: 'word-counter',
	name: 'Word Counter',
	description: 'Counts words.',
	inputs: [{ id: 'text', name: 'Text', type: 'input', dataType: 'string' }],
	outputs: [{ id: 'count', name: 'Count', type: 'output', dataType: 'number' }],
	properties: [],
	executionCode: 'async function execute(inputs) { return { count: inputs.text.split(" ").length }; }',
};
const claraFlow = {
	format: 'clara-native',
	version: '1.0.0',
	flow: {
		id: 'f',
		name: 'Counting',
		nodes: [
			{ id: 't', type: 'static-text', name: 'Words', position: { x: 0, y: 0 }, data: { text: 'one two three' } },
			{
				id: 'w',
				type: 'word-counter',
				name: 'Counter',
				position: { x: 300, y: 0 },
				data: {},
				inputs: claraNode.inputs,
				outputs: claraNode.outputs,
			},
			{ id: 'o', type: 'output', name: 'Result', position: { x: 600, y: 0 }, data: {} },
		],
		connections: [
			{ id: '1', sourceNodeId: 't', sourcePortId: 'text', targetNodeId: 'w', targetPortId: 'text' },
			{ id: '2', sourceNodeId: 'w', sourcePortId: 'count', targetNodeId: 'o', targetPortId: 'input' },
		],
		variables: [],
		settings: {},
	},
	customNodes: [claraNode],
};

test('a flow of ClaraVerse comes with its custom node, which is shown before it is written, and runs', async () => {
	await importFile('counting.clara.json', claraFlow);
	await tab('word-counter.js (would be written)').waitFor();
	expect(existsSync(path('.quarterdeck/nodes/word-counter.js'))).toBe(false);
	await editor.screenshot('flow-import-code');
	await editor.pickInput('Write this custom node');
	page = await editor.surface('flow');
	await card('counter').waitFor();
	expect(existsSync(path('.quarterdeck/nodes/word-counter.js'))).toBe(true);
	expect(existsSync(path('.quarterdeck/nodes/quarterdeck.d.ts'))).toBe(true);
	await tab('Report').waitFor();
	await editor.screenshot('flow-import-clara');
	await tab('Report').click();
	await editor.command('View: Close Editor');
	await tab('Report').waitFor({ state: 'detached' });
	await page.getByRole('button', { name: 'Run', exact: true }).click();
	await page.locator('#node-result.state-succeeded').waitFor();
});

test('a node is made by a form, stands in the palette of the open editor, and reaches what it was allowed to', async () => {
	await editor.command('Quarterdeck: New Custom Node…');
	await editor.pickInput('Fill in a form');
	const form = await editor.surface('node');
	await form.getByRole('textbox', { name: /^Name/ }).first().fill('Peek inside');
	await form.getByRole('textbox', { name: 'Description' }).fill('Looks into files');
	await form.getByRole('checkbox', { name: 'It reads files of the workspace' }).check();
	await editor.screenshot('flow-node-form');
	await form.getByRole('button', { name: 'Write the File' }).click();
	await until('the file', () => existsSync(path('.quarterdeck/nodes/peek-inside.js')));
	await tab('peek-inside.js').waitFor();
	writeFileSync(
		path('.quarterdeck/nodes/peek-inside.js'),
		readFileSync(path('.quarterdeck/nodes/peek-inside.js'), 'utf8').replace(
			'inputs.input ?? null',
			"await context.files.read('README.md')",
		),
	);
	await shown('counting.flow.json');
	if ((await page.locator('.palette').count()) === 0) await editor.command('Flow: Show or Hide Node Palette');
	const search = page.getByRole('searchbox', { name: 'Search nodes' });
	await search.fill('peek');
	await page.locator('.palette-entry').filter({ hasText: 'Peek inside' }).waitFor();
	await search.press('Enter');
	await card('peek-inside').waitFor();
	await saved('counting.flow.json', ({ nodes }) => nodes['peek-inside'] !== undefined);
	await page.locator('#node-peek-inside .card-title').click();
	await editor.command('Flow: Run Only This Node');
	const asked = editor.dialog().filter({ hasText: 'May the custom node “Peek inside” reach out of its sandbox?' });
	await asked.waitFor();
	expect(await asked.textContent()).toContain('read files of the workspace');
	await editor.screenshot('flow-node-asked');
	await asked.getByRole('button', { name: 'Allow' }).click();
	await page.locator('#node-peek-inside.state-succeeded').waitFor();
});

test('what was allowed is in the Flows view, and is taken back there', async () => {
	const row = await editor.row('Flows', 'Peek inside');
	await row.waitFor();
	await until('the permission', async () => ((await row.getAttribute('aria-label')) ?? '').includes('may reach files'));
	await row.hover();
	await editor.screenshot('flow-node-row');
	await row.locator('[aria-label^="Revoke Permissions"]').click();
	await until('the revocation', async () =>
		((await (await editor.row('Flows', 'Peek inside')).getAttribute('aria-label')) ?? '').includes(
			'asks for permission',
		),
	);
});

test('a node is tried out with inputs, and says what failed where', async () => {
	mkdirSync(path('.quarterdeck/nodes'), { recursive: true });
	writeFileSync(
		path('.quarterdeck/nodes/halve.js'),
		"export default {\n\ttype: 'halve',\n\ttitle: 'Halve',\n\tports: { inputs: [{ name: 'value', kind: 'number', required: true }] },\n\trun({ value }, params, { log }) {\n\t\tlog('halving');\n\t\tif (value % 2) throw new Error(value + ' is odd');\n\t\treturn value / 2;\n\t},\n};\n",
	);
	await (await editor.row('Flows', 'Halve')).click();
	await tab('halve.js').waitFor();
	await editor.command('Quarterdeck: Test Custom Node…');
	const form = await editor.surface('node');
	const value = form.getByRole('textbox', { name: /^Value/ });
	await value.fill('9');
	await form.getByRole('button', { name: 'Run It' }).click();
	await form.getByText('9 is odd').waitFor();
	await form.getByRole('button', { name: 'Show line 7' }).waitFor();
	await editor.screenshot('flow-node-failed-trial');
	await value.fill('8');
	await form.getByRole('button', { name: 'Run It' }).click();
	await form.locator('.node-outputs').getByText('4').waitFor();
	await form.getByText('halving').waitFor();
	await editor.screenshot('flow-node-trial');
});

test('nodes become a flow of their own, which is opened from its node, and one undo brings them back', async () => {
	await shown('counting.flow.json');
	await card('counter').locator('.card-title').click();
	await editor.command('Flow: Extract Selection to Sub-Flow…');
	await editor.answerInput('Count words');
	await card('count-words').waitFor();
	const { nodes, edges } = await saved('counting.flow.json', document => document.nodes['counter'] === undefined);
	expect(nodes['count-words']).toMatchObject({ type: 'flow.call@1', params: { path: 'count-words.flow.json' } });
	expect(edges).toEqual(['count-words.counterCount -> result.value', 'words.text -> count-words.wordsText']);
	expect(read('count-words.flow.json')).toMatchObject({ inputs: { wordsText: { type: 'text' } } });
	await editor.screenshot('flow-extracted');
	await editor.command('Flow: Zoom to Fit');
	await card('count-words').locator('.card-title').click();
	await editor.command('Flow: Go to Definition');
	await tab('count-words.flow.json').waitFor();
	await shown('counting.flow.json');
	await page.locator('.graph').focus();
	await editor.page.keyboard.press('Control+z');
	await card('counter').waitFor();
	await card('count-words').waitFor({ state: 'detached' });
});

test('a workflow of n8n is imported, with a report of what could not be translated', async () => {
	const node = (name: string, type: string, x: number, parameters: object = {}): object => ({
		id: name,
		name,
		type: `n8n-nodes-base.${type}`,
		typeVersion: 1,
		position: [x, 0],
		parameters,
	});
	await importFile('notes.n8n.json', {
		name: 'Notes of the week',
		nodes: [
			node('Start', 'manualTrigger', 0),
			node('Nothing', 'noOp', 300),
			node('Ask Slack', 'slack', 600, { text: 'hi' }),
		],
		connections: {
			Start: { main: [[{ node: 'Nothing', type: 'main', index: 0 }]] },
			Nothing: { main: [[{ node: 'Ask Slack', type: 'main', index: 0 }]] },
		},
	});
	await tab('notes-of-the-week.flow.json').waitFor();
	await tab('Report').waitFor();
	await editor.notifications().filter({ hasText: '“Notes of the week” was imported.' }).waitFor();
	expect(read('notes-of-the-week.flow.json').nodes['ask-slack']).toMatchObject({ type: 'import.kept@1' });
	await editor.screenshot('flow-import-n8n');
});

test('a file that may not be written says so, and is not changed', async () => {
	chmodSync(path('count-words.flow.json'), 0o444);
	await shown('count-words.flow.json');
	await page.getByText('The file may not be written').waitFor();
	await card('counter').locator('.card-title').click();
	await page.locator('.graph').press('Delete');
	expect(await card('counter').count()).toBe(1);
	await editor.screenshot('flow-readonly');
	chmodSync(path('count-words.flow.json'), 0o644);
});
