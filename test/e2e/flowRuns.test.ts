import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { root } from '../../scripts/lib/tools.ts';
import { Editor } from './driver/editor.ts';
import { journalEvents } from './driver/journal.ts';
import { until } from './driver/until.ts';

let editor: Editor;
let page: Frame;

const flow = {
	flow: 1,
	id: 'release',
	name: 'Release',
	nodes: {
		words: { type: 'text.static@1', params: { text: 'hello' } },
		shout: { type: 'text.template@1', params: { template: '{{ input.value }}!' } },
		approve: { type: 'people.approval@1', params: { title: 'Send it out?' } },
		result: { type: 'flow.output@1' },
	},
	edges: ['approve.approved -> result.value', 'shout.text -> approve.value', 'words.text -> shout.value'],
	layout: { words: [0, 0], shout: [320, 0], approve: [640, 0], result: [960, 0] },
};

beforeAll(async () => {
	editor = await Editor.start({ extensions: inject('extensions'), hasClaude: false, width: 1500 });
	writeFileSync(join(editor.place.folder, 'release.flow.json'), JSON.stringify(flow, null, 2));
	await open();
});

afterAll(async () => {
	await editor?.close();
});

async function open(): Promise<void> {
	await editor.openFile('release.flow.json');
	page = await editor.surface('flow');
	await page.locator('#node-shout').waitFor();
}

const card = (id: string): ReturnType<Frame['locator']> => page.locator(`#node-${id}`);
const run = async (): Promise<void> => page.getByRole('button', { name: 'Run', exact: true }).click();

async function picture(name: string): Promise<void> {
	const folder = join(root, 'test', 'results');
	mkdirSync(folder, { recursive: true });
	await editor.page.screenshot({ path: join(folder, `${name}.png`) });
}

test('a run stops at a breakpoint, goes on with a value that was changed there, and asks for an approval', async () => {
	await card('shout').locator('.card-title').click();
	await editor.command('Flow: Toggle Breakpoint');
	await card('shout').locator('.badge-breakpoint').waitFor();
	await run();
	await page.locator('#node-shout.state-paused').waitFor();
	await card('shout').locator('.card-title').click();
	await editor.command('Flow: Show Values of Selected Node');
	await page.getByRole('button', { name: 'Change value' }).click();
	const value = page.getByRole('region', { name: 'Inputs' }).getByRole('textbox');
	await value.fill('"goodbye"');
	await page
		.getByRole('button', { name: /^(?:Use|Keep|Change|Save|Set)/ })
		.last()
		.click();
	await page.getByRole('button', { name: 'Pause or Continue Run' }).click();
	await page.locator('#node-approve.state-waiting').waitFor();
	await picture('flow-waits');
	const toast = editor.notifications().filter({ hasText: 'Release › approve: Send it out?' });
	await toast.getByRole('button', { name: 'Approve' }).click();
	await page.locator('#node-result.state-succeeded').waitFor();
	// It is out of view until the whole flow is shown.
	await editor.command('Flow: Zoom to Fit');
	await card('result').locator('.card-title').click();
	await page.getByRole('region', { name: 'Outputs' }).getByText('goodbye!').waitFor();
	await picture('flow-done');
});

test('Stop ends a run at once', async () => {
	await card('shout').locator('.card-title').click();
	await editor.command('Flow: Toggle Breakpoint');
	await card('shout').locator('.badge-breakpoint').waitFor({ state: 'detached' });
	await run();
	await page.locator('#node-approve.state-waiting').waitFor();
	await page.getByRole('button', { name: 'Stop Run' }).click();
	await page.locator('#node-approve.state-stopped').waitFor();
	const ends = (): readonly string[] =>
		journalEvents(editor.place).flatMap(event => (event.type === 'execution.ended' ? [event.status] : []));
	await until('both runs in the ledger', () => ends().join() === 'succeeded,stopped');
});

test('a run that was killed with its window is offered, resumes where it was, and repeats nothing', async () => {
	await run();
	await page.locator('#node-approve.state-waiting').waitFor();
	editor.killHost();
	await editor.page.reload();
	await editor.drawn();
	const toast = editor.notifications().filter({ hasText: 'A run of the flow “Release” (Run all) was interrupted.' });
	await toast.getByRole('button', { name: 'Resume' }).click();
	page = await editor.surface('flow');
	await page.locator('#node-approve.state-waiting').waitFor();
	// The run before had the same inputs.
	await page.locator('#node-shout.state-cached').waitFor();
	const question = editor.notifications().filter({ hasText: 'Send it out?' }).last();
	await question.getByRole('button', { name: 'Approve' }).click();
	await page.locator('#node-result.state-succeeded').waitFor();
	const shouts = journalEvents(editor.place).filter(event => event.type === 'step.started' && event.title === 'shout');
	expect(shouts.length).toBeLessThanOrEqual(3);
});

test('Run to Here runs what a node needs, and nothing after it', async () => {
	await card('shout').locator('.card-title').click();
	await page.getByRole('button', { name: 'Ways to run' }).click();
	await page.getByRole('menuitem', { name: 'Run to Here' }).click();
	await page.locator('#node-shout:is(.state-succeeded, .state-cached)').waitFor();
	await page.locator('#node-approve.state-idle').waitFor();
	await page.locator('.run-status.status-succeeded').waitFor();
});

test('the Flows view tells how the last run ended', async () => {
	const row = await editor.row('Flows', /^Release/);
	await until('the state of the last run', async () => /succeeded/.test((await row.getAttribute('aria-label')) ?? ''));
	for (const theme of ['light', 'dark', 'contrast'] as const) {
		await editor.setTheme(theme);
		await picture(`flow-${theme}`);
	}
});
