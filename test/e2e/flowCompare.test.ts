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

beforeAll(async () => {
	editor = await Editor.start({ extensions: inject('extensions'), hasClaude: false, width: 1500 });
	writeFileSync(file(), JSON.stringify(flow, null, 2));
	const git = (...args: string[]): void => void execFileSync('git', args, { cwd: editor.place.folder });
	git('add', '.');
	git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '-q', '-m', 'A flow');
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
