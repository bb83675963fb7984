import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Editor } from './driver/editor.ts';

let editor: Editor;

const flow = {
	flow: 1,
	id: 'release',
	name: 'Release',
	nodes: {
		words: { type: 'text.static@1', params: { text: 'hello' } },
		old: { type: 'log@1' },
		result: { type: 'flow.output@1' },
	},
	edges: ['old.value -> result.value', 'words.text -> old.value'],
	layout: { words: [0, 0], old: [320, 0], result: [640, 0] },
};
const file = (): string => join(editor.place.folder, 'release.flow.json');

function commit(message: string): void {
	const git = (...args: string[]): void => void execFileSync('git', args, { cwd: editor.place.folder });
	git('add', '.');
	git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '-q', '-m', message);
}

beforeAll(async () => {
	editor = await Editor.start({ extensions: inject('extensions'), hasClaude: false, width: 1500 });
	writeFileSync(file(), JSON.stringify(flow, null, 2));
	commit('A flow');
});

afterAll(async () => {
	await editor?.close();
});

/** The read-only side of the comparison. */
const comparison = (): Promise<Frame> => editor.frameWith('.mode-compare .card');

test('Git’s comparison colours what was added, removed and changed, and follows the file', async () => {
	await editor.openFile('release.flow.json');
	await (await editor.surface('flow')).locator('#node-old').waitFor();
	const { old: _, ...nodes } = flow.nodes;
	const changed = {
		...flow,
		nodes: { ...nodes, words: { type: 'text.static@1', params: { text: 'goodbye' } }, fresh: { type: 'log@1' } },
		edges: ['fresh.value -> result.value', 'words.text -> fresh.value'],
		layout: { words: [0, 0], fresh: [320, 160], result: [640, 0] },
	};
	writeFileSync(file(), JSON.stringify(changed, null, 2));
	await (await editor.surface('flow')).locator('#node-fresh').waitFor();
	await editor.command('Quarterdeck: Compare Flow With Last Commit');
	const frame = await comparison();
	await frame.locator('#node-words.change-changed').waitFor();
	await frame.locator('#node-old.change-removed').waitFor();
	await frame.locator('#node-fresh.change-added').waitFor();
	expect(await frame.locator('.toolbar').count()).toBe(0);
	await editor.screenshot('flow-compare');
	writeFileSync(file(), readFileSync(file(), 'utf8').replace('goodbye', 'hello'));
	await frame.locator('#node-words.change-changed').waitFor({ state: 'detached' });
});

/** Closes what is open, so that one comparison is on the screen at most. */
async function closeAll(): Promise<void> {
	await editor.command('View: Close All Editors');
	await editor.page.locator('.editor-group-container.empty').waitFor();
}

test('any two versions are compared on the graph: a commit that is picked, and what a comparison of texts shows', async () => {
	const { words, old } = flow.nodes;
	writeFileSync(
		file(),
		JSON.stringify({ ...flow, nodes: { words, old }, edges: ['words.text -> old.value'] }, null, 2),
	);
	commit('No output');
	writeFileSync(file(), JSON.stringify({ ...flow, nodes: { words }, edges: [] }, null, 2));
	await closeAll();
	await editor.openFile('release.flow.json');
	await (await editor.surface('flow')).locator('#node-words').waitFor();
	await editor.command('Quarterdeck: Compare Flow With…');
	await editor.pickInput('A flow');
	let frame = await comparison();
	await frame.locator('#node-old.change-removed').waitFor();
	await frame.locator('#node-result.change-removed').waitFor();
	await frame.locator('.compare-legend', { hasText: '→ Working Tree' }).waitFor();

	// The change of the Source Control view, whose sides are the last commit and the file.
	await closeAll();
	await editor.page.locator('.activitybar .action-item:has([aria-label^="Source Control"])').first().click();
	await editor.page.locator('.monaco-list-row[aria-label^="release.flow.json"]').first().click();
	await editor.page.locator('.editor-actions [aria-label^="Show Changes on the Graph"]').click();
	frame = await comparison();
	await frame.locator('#node-old.change-removed').waitFor();
	expect(await frame.locator('#node-result').count()).toBe(0);
	await editor.screenshot('flow-compare-change');
	// A commit makes both sides the same.
	commit('Only words');
	await frame.locator('.compare-legend', { hasText: 'No node differs' }).waitFor();
});
