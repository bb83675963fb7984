import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Editor } from './driver/editor.ts';
import { until } from './driver/until.ts';

let editor: Editor;
let page: Frame;

beforeAll(async () => {
	editor = await Editor.start({ extensions: inject('extensions'), hasClaude: false });
});

afterAll(async () => {
	await editor?.close();
});

interface Document {
	readonly name: string;
	readonly nodes: Readonly<Record<string, { readonly type: string; readonly params?: Record<string, unknown> }>>;
	readonly edges: readonly string[];
}

const path = (): string => join(editor.place.folder, 'greet-the-world.flow.json');
const saved = (): Document | undefined => {
	try {
		return JSON.parse(readFileSync(path(), 'utf8')) as Document;
	} catch {
		return undefined; // It is being written.
	}
};
const save = async (what: (document: Document) => boolean): Promise<Document> => {
	await graph().focus();
	await editor.command('File: Save');
	await editor.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
	return until('the saved flow', () => {
		const now = saved();
		return now && what(now) ? now : undefined;
	});
};
const graph = (): ReturnType<Frame['locator']> => page.locator('.graph');

test('a new flow asks for its name, is written and opens as a graph', async () => {
	await editor.command('Quarterdeck: New Flow…');
	await editor.answerInput('Greet the world');
	await until('the file', () => existsSync(path()) && saved());
	expect(saved()).toMatchObject({ flow: 1, id: 'greet-the-world', name: 'Greet the world' });
	page = await editor.surface('flow');
	await page.locator('#node-start').waitFor();
	await page.locator('#node-result').waitFor();
});

test('a node is added and connected by keyboard alone, and the file says it in one line each', async () => {
	const wanted = page.getByRole('combobox', { name: /Add a node/ });
	await graph().focus();
	await until('the list of nodes', async () => {
		await graph().press('Tab');
		return wanted.waitFor({ timeout: 2000 }).then(
			() => true,
			() => false,
		);
	});
	await wanted.fill('template');
	await wanted.press('Enter');
	await page.locator('.card.current[id^="node-template"]').waitFor();
	await graph().press('c');
	const picker = page.getByRole('combobox', { name: /Connect/ });
	await picker.fill('Text → Output');
	await picker.press('Enter');
	const { edges } = await save(({ edges: lines }) => lines.some(line => line.startsWith('template.')));
	expect(edges.some(line => /^template\.\w+ -> result\.value$/.test(line))).toBe(true);
	await editor.screenshot('flow-new');
});

test('undo and redo are VS Code’s own', async () => {
	await graph().focus();
	await editor.page.keyboard.press('Control+z');
	await save(({ edges }) => !edges.some(line => line.startsWith('template.')));
	await editor.page.keyboard.press('Control+z');
	await page.locator('[id^="node-template"]').waitFor({ state: 'detached' });
	await editor.page.keyboard.press('Control+Shift+z');
	await page.locator('[id^="node-template"]').waitFor();
	await editor.page.keyboard.press('Control+z');
	await save(({ nodes }) => Object.keys(nodes).length === 2);
});

test('what another program writes into the file is on the canvas, and a mistake in it is a banner', async () => {
	const before = saved();
	const more = { ...before, nodes: { ...before?.nodes, words: { type: 'text.static@1', params: { text: 'hello' } } } };
	writeFileSync(path(), JSON.stringify({ ...more, edges: ['words.text -> result.value'] }, null, 2));
	await page.locator('#node-words').waitFor();
	const good = readFileSync(path(), 'utf8');
	writeFileSync(path(), good.replace('"nodes"', '"nodes'));
	await page
		.getByRole('alert')
		.filter({ hasText: /^Line \d+/ })
		.waitFor();
	expect(await page.locator('#node-words').count()).toBe(1);
	writeFileSync(path(), good);
	await page.getByRole('alert').waitFor({ state: 'detached' });
});

test('a run shows states and values on the graph', async () => {
	await page.getByRole('button', { name: 'Run', exact: true }).click();
	await page.locator('#node-result.state-succeeded').waitFor();
	await page.locator('#node-words.state-succeeded').waitFor();
	await page.locator('#node-words .card-title').click();
	await editor.command('Flow: Show Values of Selected Node');
	await page.getByRole('region', { name: 'Outputs' }).getByText('hello').waitFor();
	await editor.screenshot('flow-run');
});

test('what is wrong is in Problems, and a quick fix mends it', async () => {
	const before = saved();
	writeFileSync(path(), JSON.stringify({ ...before, edges: ['words.txt -> result.value'] }, null, 2));
	await page.locator('#node-words.has-error, #node-result.has-error').first().waitFor();
	await editor.command('Flow: Show Problems of the Flow');
	const fix = page.locator('.problems').getByRole('button', { name: /^Change it to/ });
	await fix.first().waitFor();
	await editor.screenshot('flow-problems');
	await fix.first().click();
	await save(({ edges }) => edges.includes('words.text -> result.value'));
	await page.locator('#node-words.has-error').waitFor({ state: 'detached' });
});
