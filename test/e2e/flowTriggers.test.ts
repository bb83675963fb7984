import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { root } from '../../scripts/lib/tools.ts';
import { Editor } from './driver/editor.ts';
import { journalEvents, storageOf } from './driver/journal.ts';
import { until } from './driver/until.ts';

let editor: Editor;
let page: Frame;
let curl = '';

const flow = {
	flow: 1,
	id: 'watch',
	name: 'Watch',
	nodes: {
		call: { type: 'trigger.webhook@1', params: { path: 'deploy-done' } },
		changed: { type: 'trigger.fileChange@1', params: { pattern: 'docs/**/*.md' } },
		nightly: { type: 'trigger.schedule@1', params: { cron: '0 3 * * *' } },
		result: { type: 'flow.output@1' },
		words: { type: 'text.template@1', params: { template: 'Saw {{ input.value }}' } },
	},
	edges: ['changed.path -> words.value', 'words.text -> result.value'],
	layout: { call: [0, 200], changed: [0, 0], nightly: [0, 400], words: [320, 0], result: [640, 0] },
};

beforeAll(async () => {
	editor = await Editor.start({ extensions: inject('extensions'), hasClaude: false, width: 1500 });
	await editor.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	mkdirSync(join(editor.place.folder, 'docs'), { recursive: true });
	writeFileSync(join(editor.place.folder, 'watch.flow.json'), JSON.stringify(flow, null, 2));
	await editor.openFile('watch.flow.json');
	page = await editor.surface('flow');
	await page.locator('#node-changed').waitFor();
});

afterAll(async () => {
	await editor?.close();
});

const card = (id: string): ReturnType<Frame['locator']> => page.locator(`#node-${id}`);
const trigger = (): ReturnType<Frame['locator']> => page.getByRole('region', { name: 'Trigger' });

/** Executions that the ledger has, by what began them, once they have ended. */
function endedRuns(): readonly string[] {
	// The ledger begins with the first run.
	if (!existsSync(join(storageOf(editor.place), 'ledger', 'journal'))) return [];
	const events = journalEvents(editor.place);
	const ended = new Set(events.flatMap(event => (event.type === 'execution.ended' ? [event.execution] : [])));
	return events.flatMap(event =>
		event.type === 'execution.started' && ended.has(event.execution) ? [`${event.trigger}: ${event.title}`] : [],
	);
}

async function picture(name: string): Promise<void> {
	const folder = join(root, 'test', 'results');
	mkdirSync(folder, { recursive: true });
	await editor.page.screenshot({ path: join(folder, `${name}.png`) });
}

test('a trigger is off until somebody turns it on; then a changed file starts a run', async () => {
	await card('changed').locator('.card-title').click();
	await trigger().getByText('off', { exact: true }).waitFor();
	await trigger().getByRole('button', { name: 'Turn on' }).click();
	await trigger().getByText('on', { exact: true }).waitFor({ timeout: 60_000 });
	await card('changed').locator('.trigger-on').waitFor();
	writeFileSync(join(editor.place.folder, 'docs', 'guide.md'), '# Guide\n');
	await until('a run that the file began', () => endedRuns().includes('files: Watch: File Change Trigger'), 60_000);
	await page.locator('#node-result.state-succeeded').waitFor();
	await card('result').locator('.card-title').click();
	await editor.command('Flow: Show Values of Selected Node');
	await page.getByRole('region', { name: 'Outputs' }).getByText('Saw docs/guide.md').waitFor();
});

test('a webhook is called with what was copied, and with nothing else', async () => {
	await card('call').locator('.card-title').click();
	await trigger().getByRole('button', { name: 'Turn on' }).click();
	await trigger().getByText(/^on\b/).waitFor({ timeout: 60_000 });
	await trigger().getByRole('button', { name: 'Copy as curl' }).click();
	curl = await until('a call on the clipboard', async () => {
		const text = await editor.page.evaluate(() => navigator.clipboard.readText());
		return text.startsWith('curl ') ? text : undefined;
	});
	const [, url = ''] = /'(http:\/\/127\.0\.0\.1:\d+\/hooks\/deploy-done)'/.exec(curl) ?? [];
	const [, token = ''] = /Bearer ([\w-]+)'/.exec(curl) ?? [];
	expect(await page.locator('body').innerText()).not.toContain(token);
	const call = (headers: Record<string, string>): Promise<Response> =>
		fetch(url, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...headers },
			body: '{"status":"ok"}',
		});
	expect((await call({})).status).toBe(401);
	expect((await call({ authorization: `Bearer ${token}`, origin: 'https://example.com' })).status).toBe(403);
	expect((await call({ authorization: `Bearer ${token}` })).status).toBe(202);
	await until('a run that the call began', () => endedRuns().includes('webhook: Watch: Webhook Trigger'), 60_000);
	expect(endedRuns()).toHaveLength(2);
});

test('the views show what is on, when it comes next and what it started', async () => {
	await card('nightly').locator('.card-title').click();
	await trigger().getByRole('button', { name: 'Turn on' }).click();
	await trigger()
		.getByText(/^on · next /)
		.waitFor({ timeout: 60_000 });
	const row = await editor.row('Flows', 'File Change Trigger');
	await until('the state of the trigger', async () =>
		/Trigger File Change Trigger, on · last succeeded/.test((await row.getAttribute('aria-label')) ?? ''),
	);
	await until('both runs among the executions', async () => {
		const rows = (await editor.rows('Executions')).join('\n');
		return rows.includes('Webhook Trigger') && rows.includes('File Change Trigger');
	});
	await editor.expand('Flows');
	await picture('flow-triggers');
});

test('a new window goes on with what is on, and all of it is turned off at once', async () => {
	await editor.reload();
	const [, url = ''] = /'(http:[^']+)'/.exec(curl) ?? [];
	const [, token = ''] = /Bearer ([\w-]+)'/.exec(curl) ?? [];
	const answered = async (): Promise<number | undefined> =>
		fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` } }).then(
			({ status }) => status,
			() => undefined,
		);
	await until('the webhook of the new window', async () => (await answered()) === 202, 60_000);
	await editor.command('Quarterdeck: Turn Off All Triggers');
	await editor.notifications().filter({ hasText: '3 triggers are off now.' }).waitFor();
	expect(await answered()).toBeUndefined();
});
