import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { JournalEvent } from '../../src/core/ledger/events.ts';
import { ledgerFolders } from '../../src/core/ledger/journal/layout.ts';
import { signal, tree } from '../../scripts/lib/processes.ts';
import { root } from '../../scripts/lib/tools.ts';
import { FakeOllama } from '../fakes/ollama/server.ts';
import { Editor, type Theme } from './driver/editor.ts';
import { journalEvents, storageOf } from './driver/journal.ts';
import { until } from './driver/until.ts';

const themes: readonly Theme[] = ['light', 'dark', 'contrast'];
const script = join(root, 'test/fakes/mcp/badServer.ts');

let editor: Editor;
let ollama: FakeOllama;
let home: string;
/** A service is well for as long as this file of the workspace is there. */
let kept: string;
/** While it counts more than one start, the server crashes. */
let starts: string;

/** A runbook of the user: it writes the file again, with the name of what is wrong in it. */
const restore = {
	flow: 1,
	id: 'restore',
	name: 'Restore',
	inputs: { name: { type: 'text' } },
	nodes: {
		what: { type: 'flow.input@1', params: { name: 'name' } },
		words: { type: 'text.template@1', params: { template: 'Restored for {{ input.value }}' } },
		write: { type: 'file.write@1', params: { path: 'README.md' } },
	},
	edges: ['what.value -> words.value', 'words.text -> write.text'],
	layout: { what: [0, 0], words: [320, 0], write: [640, 0] },
};

beforeAll(async () => {
	home = realpathSync(mkdtempSync(join(tmpdir(), 'qd-')));
	starts = join(home, 'starts');
	kept = join(home, 'ferry-fares', 'README.md');
	ollama = await FakeOllama.start();
	ollama.respond(() => ({ text: ['- Close the browser.\n![](https://example.invalid/seen)'] }));
	editor = await Editor.start({
		extensions: inject('extensions'),
		home,
		hasClaude: false,
		settings: {
			'quarterdeck.mcp.servers': { files: { command: process.execPath, args: [script, 'crashLoop', starts] } },
			'quarterdeck.mcp.autoStart': 'window',
			'quarterdeck.discoverLocalModels': false,
			'quarterdeck.providers': [{ id: 'ollama', kind: 'ollama', baseUrl: ollama.url }],
			'quarterdeck.health.services': [
				{ name: 'Docs', kind: 'file', path: kept, intervalSeconds: 5, failures: 1, successes: 1 },
			],
			'quarterdeck.runbooks': [
				{
					condition: 'service.down',
					subject: 'user:Docs',
					flow: 'restore.flow.json',
					title: 'Restore the docs',
					coolDownMinutes: 1,
				},
			],
		},
	});
	writeFileSync(join(editor.place.folder, 'restore.flow.json'), JSON.stringify(restore, null, 2));
});

afterAll(async () => {
	await editor?.screenshot('monitors-end');
	await editor?.close();
	await ollama?.stop();
});

function events(): readonly JournalEvent[] {
	const { journal } = ledgerFolders(join(storageOf(editor.place), 'ledger'));
	return existsSync(journal) ? journalEvents(editor.place) : [];
}

/** States of services as they were told, the latest last. */
function statesOf(prefix: string): readonly string[] {
	return events().flatMap(event =>
		event.type === 'health.changed' && event.service.startsWith(prefix) ? [event.state] : [],
	);
}

const states = (): readonly string[] => statesOf('mcp:');

/** Repairs that have ended, by how. */
function repairs(): readonly string[] {
	const all = events();
	const titles = new Map(
		all.flatMap(event =>
			event.type === 'execution.started' && event.kind === 'runbook'
				? [[event.execution, `${event.trigger}: ${event.title}`] as const]
				: [],
		),
	);
	return all.flatMap(event => {
		const title = event.type === 'execution.ended' ? titles.get(event.execution) : undefined;
		return event.type === 'execution.ended' && title !== undefined ? [`${title}: ${event.status}`] : [];
	});
}

const notice = (text: string | RegExp) => editor.notifications().filter({ hasText: text }).last();

async function press(text: string | RegExp, button: string): Promise<void> {
	await notice(text).waitFor({ timeout: 30_000 });
	await notice(text).getByRole('button', { name: button, exact: true }).click();
}

async function pictures(name: string): Promise<void> {
	for (const theme of themes) {
		await editor.setTheme(theme);
		await editor.screenshot(`${name}-${theme}`);
	}
}

test('a server that is killed and does not come back is told once, with what could be done', async () => {
	await until('the server at work', () => states().at(-1) === 'healthy', 60_000);
	const running = tree(editor.workbench.pid).filter(({ command }) => command.includes('badServer'));
	expect(running).toHaveLength(1);
	signal(running[0]!.pid, 'SIGKILL');
	// The hub tries five times by itself.
	await notice('files stopped answering').waitFor({ timeout: 120_000 });
	expect(await notice('files stopped answering').innerText()).toMatch(/stopped answering \d+ s ago. Start it\?/);
	// The alert of the same thing is not told beside it.
	expect(await notice('files is down').count()).toBe(0);
	await editor.screenshot('monitors-suggestion');
	await press('files stopped answering', 'Show Why');
	const why = await editor.dialog().innerText();
	expect(why).toContain('Start files?');
	expect(why).toMatch(/Seen: .+is not started again by itself/);
	await editor.screenshot('monitors-why');
	await editor.dialog().getByRole('button', { name: 'Not Now' }).click();
	await editor.dialog().waitFor({ state: 'detached' });
	expect(repairs()).toEqual([]);
}, 240_000);

test('with the kill switch on nothing is repaired, and it says so where everybody sees it', async () => {
	await editor.command('Quarterdeck: Toggle Kill Switch of Repairs');
	const item = editor.page
		.locator('#quarterdeck\\.quarterdeck\\.quarterdeck\\.killSwitch, .statusbar-item')
		.filter({ hasText: 'Repairs off' });
	await item.first().waitFor();
	await editor.command('Quarterdeck: Show Suggested Repairs');
	await editor.page.locator('.quick-input-list').getByText('Refused (kill switch)').waitFor();
	await editor.screenshot('monitors-list');
	await editor.pickInput('Start files');
	await notice('Refused (kill switch): The kill switch is on.').waitFor();
	await pictures('monitors-refused');
	expect(repairs()).toEqual([]);
	await press('Refused (kill switch)', 'Turn Off Kill Switch');
	await item.first().waitFor({ state: 'hidden' });
});

test('what is allowed is done, verified and on the record', async () => {
	expect(existsSync(starts)).toBe(true);
	rmSync(starts);
	await editor.command('Quarterdeck: Show Suggested Repairs');
	await editor.pickInput('Start files');
	await until('the repair in the ledger', () => repairs().includes('user: Start files: succeeded'), 60_000);
	expect(states().at(-1)).toBe('healthy');
	const outputs = events().flatMap(event => (event.type === 'step.ended' ? [event.output] : []));
	expect(outputs).toEqual([
		expect.stringMatching(/^files is unhealthy: /),
		expect.stringMatching(/^files was started: /),
		expect.stringMatching(/^files is healthy: /),
	]);
	await press('files was started', 'Show Execution');
	const page = await editor.surface('ledger');
	await page.getByText('Start files').first().waitFor();
	await pictures('monitors-execution');
});

test('the report says how the machine is', async () => {
	await editor.command('Quarterdeck: Machine Report');
	const folder = join(storageOf(editor.place), 'monitors', 'reports');
	const name = await until(
		'a report',
		() => (existsSync(folder) ? readdirSync(folder).find(file => file.endsWith('.md')) : undefined),
		30_000,
	);
	const text = readFileSync(join(folder, name), 'utf8');
	expect(text).toMatch(/^# Machine report: \d+ of 100\n/);
	expect(text).toMatch(/\| files +\| healthy +\|/);
	await editor.page.locator('.tab', { hasText: `Preview ${name}` }).waitFor();
	await pictures('monitors-report');
});

/** A row of the view of alerts that has the text, with its buttons. */
async function alertRow(text: string, timeout = 60_000): Promise<Locator> {
	const row = await editor.row('Alerts', text);
	await row.waitFor({ timeout });
	await row.hover();
	return row;
}

test('a flow of the user is suggested below its alert, run by a button there, verified and on the record', async () => {
	await until('the docs to be well', () => statesOf('user:Docs').at(-1) === 'healthy', 60_000);
	await editor.command('Notifications: Clear All Notifications');
	// With an alert, its number would lie over the icon that is clicked.
	await editor.openSidebar();
	rmSync(kept);
	await notice(/Docs stopped answering \d+ s ago. Restore the docs\?/).waitFor({ timeout: 60_000 });
	await alertRow('Restore the docs');
	await pictures('monitors-tree');
	expect(await (await alertRow('Docs is down')).getAttribute('aria-expanded')).toBe('true');
	await (await alertRow('Restore the docs')).getByRole('button', { name: 'Run Repair' }).click();
	// The repair itself was allowed; what the flow writes is asked about in turn, as a change to look at.
	await editor.page.locator('.editor-actions [aria-label^="Apply Accepted Changes"]').click({ timeout: 60_000 });
	const restored = await until(
		'the repair in the ledger',
		() => repairs().find(line => line.startsWith('user: Restore the docs: ')),
		90_000,
	);
	expect(restored).toBe('user: Restore the docs: succeeded');
	expect(readFileSync(kept, 'utf8')).toBe('Restored for Docs');
	const all = events();
	const started = all.findLast(event => event.type === 'execution.started' && event.title === 'Restore the docs');
	const outputs = all.flatMap(event =>
		event.type === 'step.ended' && started?.type === 'execution.started' && event.execution === started.execution
			? [event.output]
			: [],
	);
	expect(outputs).toEqual([
		expect.stringMatching(/^Docs is unhealthy: /),
		'The flow “Restore” has run.',
		expect.stringMatching(/^Docs is healthy: /),
	]);
	// What was repaired is no alert any more, and nothing is offered.
	await until('nothing to be offered', async () => !(await editor.rows('Alerts')).some(row => row.includes('Restore')));
}, 240_000);

test('a suggestion that is dismissed is gone from the view, and comes no more for this time', async () => {
	await editor.command('Notifications: Clear All Notifications');
	await until('the docs to be well', () => statesOf('user:Docs').at(-1) === 'healthy', 60_000);
	rmSync(kept);
	// The repair of before has a minute to cool down, and is offered no earlier.
	const row = await alertRow('Restore the docs', 200_000);
	await row.getByRole('button', { name: 'Dismiss Repair' }).click();
	await row.waitFor({ state: 'detached' });
	await (await editor.row('Alerts', 'Docs is down')).waitFor();
	writeFileSync(kept, '');
	await until('the docs to be well', () => statesOf('user:Docs').at(-1) === 'healthy', 60_000);
}, 360_000);

test('a model adds its advice to the report, from the facts alone', async () => {
	await editor.command('Quarterdeck: Machine Report with Advice of a Model');
	await editor.pickInput('qwen3:4b');
	const text = await until(
		'a report with advice',
		() => reports().find(report => report.includes('## What ollama/qwen3:4b says')),
		60_000,
	);
	expect(text).toContain('- Close the browser.');
	// Whoever looks at it as a page must not fetch what a model names.
	expect(text).not.toContain('![');
	const asked = ollama.seen.at(-1)!;
	expect([asked.tools, asked.messages.map(({ role }) => role)]).toEqual([[], ['system', 'user']]);
	await until('it in the ledger', () => repairs().includes('user: Advice on the machine report: succeeded'));
}, 180_000);

test('a report is made by its schedule, and told', async () => {
	await editor.changeSettings({ 'quarterdeck.report.schedule': '* * * * *' });
	await until('a report of the schedule', () => repairs().some(isScheduledReport), 240_000);
	await press(/Machine report: \d+ of 100\./, 'Open Report');
	await editor.page
		.locator('.tab', { hasText: /machine-report-.+\.md/ })
		.first()
		.waitFor();
}, 360_000);

const isScheduledReport = (line: string): boolean => /^schedule: Machine report: \d+ of 100: succeeded$/.test(line);

function reports(): readonly string[] {
	const folder = join(storageOf(editor.place), 'monitors', 'reports');
	const names = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.md')) : [];
	return names.map(name => readFileSync(join(folder, name), 'utf8'));
}
