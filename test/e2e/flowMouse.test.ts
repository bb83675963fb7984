import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { Editor } from './driver/editor.ts';
import { until } from './driver/until.ts';

let editor: Editor;
let page: Frame;

interface Document {
	readonly nodes: Readonly<Record<string, unknown>>;
	readonly edges: readonly string[];
	readonly layout: Readonly<Record<string, readonly number[]>>;
}

interface Point {
	readonly x: number;
	readonly y: number;
}

const path = (): string => join(editor.place.folder, 'words.flow.json');

beforeAll(async () => {
	editor = await Editor.start({ extensions: inject('extensions'), hasClaude: false, width: 1600, height: 1000 });
	const empty = { flow: 1, id: 'words', name: 'Words', nodes: {}, edges: [], layout: {} };
	writeFileSync(path(), JSON.stringify(empty));
	await editor.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	await editor.command('View: Close Primary Side Bar');
	await editor.openFile('words.flow.json');
	await opened();
});

afterEach(async ({ task }) => {
	if (task.result?.state === 'fail') await editor.screenshot('flow-mouse-failed');
});

afterAll(async () => {
	await editor?.close();
});

/** The page of the editor, once it draws. */
async function opened(): Promise<void> {
	page = await editor.surface('flow');
	await page.locator('.react-flow__pane').waitFor();
}

const card = (id: string): Locator => page.locator(`#node-${id}`);
const graph = (): Locator => page.locator('.graph');

async function middleOf(target: Locator): Promise<Point> {
	const box = await target.boundingBox();
	if (!box) throw new Error('It is not on the screen');
	return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** A point of the canvas, from its upper left corner. */
async function onCanvas(x: number, y: number): Promise<Point> {
	const box = await page.locator('.canvas').boundingBox();
	if (!box) throw new Error('There is no canvas');
	return { x: box.x + x, y: box.y + y };
}

/** Pulls with the left button, in steps as a hand does. */
async function pull(from: Point, to: Point, meanwhile?: () => Promise<void>): Promise<void> {
	const { mouse } = editor.page;
	await mouse.move(from.x, from.y);
	await mouse.down();
	await mouse.move(from.x + 6, from.y + 6);
	await mouse.move(to.x, to.y, { steps: 12 });
	await mouse.move(to.x, to.y);
	await meanwhile?.();
	await mouse.up();
}

const dot = (id: string, side: 'input' | 'output', handle: string): Locator =>
	page.locator(`.port[data-node="${id}"][data-side="${side}"][data-handle="${handle}"] .port-dot`);

/** What the document says now: it is saved first. */
async function document(): Promise<Document> {
	const dirty = editor.page.locator('.tab.active.dirty');
	if ((await dirty.count()) > 0) {
		await graph().focus();
		await editor.page.keyboard.press('Control+s');
		await dirty.waitFor({ state: 'detached' });
	}
	return JSON.parse(readFileSync(path(), 'utf8')) as Document;
}
const saves = (what: string, isSo: (document: Document) => boolean): Promise<Document> =>
	until(what, async () => {
		const now = await document();
		return isSo(now) ? now : undefined;
	});

/** Pulls an entry of the palette onto the canvas. */
async function place(title: string, to: Point): Promise<void> {
	const entry = page.locator('.palette').getByRole('button', { name: title, exact: true });
	await entry.scrollIntoViewIfNeeded();
	await pull(await middleOf(entry), to);
}

/** Pulls a node so that its middle comes to lie at a point. */
async function moveTo(id: string, to: Point, meanwhile?: () => Promise<void>): Promise<void> {
	const middle = await middleOf(card(id));
	const from = await middleOf(card(id).locator('.card-icon'));
	await pull(from, { x: from.x + to.x - middle.x, y: from.y + to.y - middle.y }, meanwhile);
}

/** The middle of an edge as it is drawn. */
async function middleOfEdge(from: Locator, to: Locator): Promise<Point> {
	const [start, end] = [await middleOf(from), await middleOf(to)];
	return { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
}

/** Takes an entry of the menu of a node. */
async function choose(id: string, entry: string): Promise<void> {
	await card(id).locator('.card-icon').click({ button: 'right' });
	await page.getByRole('menuitem', { name: entry, exact: true }).click();
}

/** Resolves when the workbench would let the window go: it asks until what is not saved is kept. */
async function backedUp(): Promise<void> {
	await until('the backup', () =>
		editor.page.evaluate(() => window.dispatchEvent(new Event('beforeunload', { cancelable: true }))),
	);
}

test('nodes are pulled from the palette, connected port to port, and an edge over nothing asks for a node that fits', async () => {
	await place('Static Text', await onCanvas(160, 160));
	await card('static-text').waitFor();
	await place('Log', await onCanvas(620, 160));
	await card('log').waitFor();
	await pull(await middleOf(dot('static-text', 'output', 'text')), await middleOf(dot('log', 'input', 'value')));
	await saves('the edge', ({ edges }) => edges.includes('static-text.text -> log.value'));
	await pull(await middleOf(dot('log', 'output', 'value')), await onCanvas(640, 480));
	const wanted = page.getByRole('combobox', { name: 'Add a node that fits' });
	await wanted.waitFor();
	const offered = page.getByRole('listbox', { name: 'Nodes' });
	await offered.getByRole('option', { name: /^Output/ }).waitFor();
	// It takes nothing in.
	expect(await offered.getByRole('option', { name: /^Manual/ }).count()).toBe(0);
	await offered.getByRole('option', { name: /^Output/ }).click();
	const { edges } = await saves('the output', ({ nodes }) => 'output' in nodes);
	expect(edges).toEqual(['log.value -> output.value', 'static-text.text -> log.value']);
	await editor.screenshot('flow-mouse');
});

test('a node over an edge is put into it, from the canvas and from the palette; deleting it joins its neighbours', async () => {
	await place('Log', await onCanvas(160, 440));
	await card('log-2').waitFor();
	const edge = [dot('static-text', 'output', 'text'), dot('log', 'input', 'value')] as const;
	await moveTo('log-2', await middleOfEdge(...edge));
	await saves('the node in the edge', ({ edges }) => edges.includes('static-text.text -> log-2.value'));
	await choose('log-2', 'Delete and Reconnect Neighbours');
	await saves('the edge that was before', ({ edges }) => edges.includes('static-text.text -> log.value'));
	await place('Log', await middleOfEdge(...edge));
	const { edges } = await saves('the new node in the edge', ({ edges: all }) => all.length === 3);
	expect(edges).toEqual(['log-2.value -> log.value', 'log.value -> output.value', 'static-text.text -> log-2.value']);
	await choose('log-2', 'Delete and Reconnect Neighbours');
	await card('log-2').waitFor({ state: 'detached' });
});

test('a box selects, what is selected is aligned, duplicated, copied and pasted', async () => {
	const count = async (): Promise<number> => page.locator('.card').count();
	const selected = page.locator('.card.selected');
	const all = async (): Promise<void> => {
		const canvas = await page.locator('.canvas').boundingBox();
		await pull(await onCanvas(6, 6), await onCanvas((canvas?.width ?? 0) - 8, (canvas?.height ?? 0) - 140));
		await until('every node in the box', async () => (await selected.count()) === (await count()));
	};
	const beside = { x: (await onCanvas(628, 0)).x, y: (await middleOf(card('static-text'))).y + 3 };
	await moveTo('log', beside, () => page.locator('.guide').first().waitFor());
	await all();
	await page.getByRole('button', { name: 'Align Left Edges' }).click();
	const { layout } = await saves(
		'one column',
		({ layout: at }) => new Set(Object.values(at).map(([x]) => x)).size === 1,
	);
	expect(Object.keys(layout)).toHaveLength(3);
	await editor.page.keyboard.press('Control+z');
	await until(
		'the places of before',
		async () => new Set(Object.values((await document()).layout).map(([x]) => x)).size > 1,
	);
	await all();
	await page.getByRole('button', { name: 'Duplicate Selection' }).click();
	await until('twice the nodes', async () => (await count()) === 6);
	await saves('copies with their edges', ({ edges }) => edges.length === 4);
	await editor.page.keyboard.press('Control+z');
	await until('the copies gone', async () => (await count()) === 3);
	await choose('static-text', 'Copy Selection');
	await page.locator('.react-flow__pane').click({ button: 'right', position: { x: 200, y: 560 } });
	await page.getByRole('menuitem', { name: 'Paste', exact: true }).click();
	await card('static-text-2').waitFor();
	await document();
});

test('a group is folded and unfolded with the mouse, anywhere on its button', async () => {
	const grouped = { ...(await document()), groups: { all: { name: 'Write it down', nodes: ['log', 'output'] } } };
	writeFileSync(path(), JSON.stringify(grouped));
	for (const share of [0.2, 0.5, 0.8]) {
		const press = async (name: string): Promise<void> => {
			const button = page.getByRole('button', { name, exact: true });
			await button.waitFor();
			const box = (await button.boundingBox())!;
			await editor.page.mouse.click(box.x + box.width * share, box.y + box.height / 2);
		};
		await press('Fold Write it down');
		await card('log').waitFor({ state: 'detached' });
		await press('Unfold Write it down');
		await card('log').waitFor();
	}
	writeFileSync(path(), JSON.stringify({ ...grouped, groups: {} }));
	await page.getByRole('button', { name: 'Fold Write it down' }).waitFor({ state: 'detached' });
});

test('undo goes on over a page that was closed, and what was not saved is there after a reload of the window', async () => {
	writeFileSync(join(editor.place.folder, 'other.txt'), 'other\n');
	await card('static-text-2').locator('.card-icon').click();
	await choose('static-text-2', 'Delete Selection');
	await card('static-text-2').waitFor({ state: 'detached' });
	await editor.openFile('other.txt');
	await until('the page gone', () => page.isDetached());
	await editor.openFile('words.flow.json');
	await opened();
	await card('log').waitFor();
	expect(await card('static-text-2').count()).toBe(0);
	await graph().focus();
	await editor.page.keyboard.press('Control+z');
	await card('static-text-2').waitFor();
	await document();

	await choose('static-text-2', 'Delete Selection');
	await editor.page.locator('.tab.active.dirty').waitFor();
	await backedUp();
	await editor.reload();
	await opened();
	await card('log').waitFor();
	await editor.page.locator('.tab.active.dirty').waitFor();
	await card('static-text-2').waitFor({ state: 'detached' });
});
