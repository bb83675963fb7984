import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { JournalEvent } from '../../src/core/ledger/events.ts';
import { ledgerFolders } from '../../src/core/ledger/journal/layout.ts';
import { signal, tree } from '../../scripts/lib/processes.ts';
import { root } from '../../scripts/lib/tools.ts';
import { Editor, type Theme } from './driver/editor.ts';
import { journalEvents, storageOf } from './driver/journal.ts';
import { until } from './driver/until.ts';

const themes: readonly Theme[] = ['light', 'dark', 'contrast'];
const script = join(root, 'test/fakes/mcp/badServer.ts');

let editor: Editor;
let home: string;
/** While it counts more than one start, the server crashes. */
let starts: string;

beforeAll(async () => {
	home = realpathSync(mkdtempSync(join(tmpdir(), 'qd-')));
	starts = join(home, 'starts');
	editor = await Editor.start({
		extensions: inject('extensions'),
		home,
		hasClaude: false,
		settings: {
			'quarterdeck.mcp.servers': { files: { command: process.execPath, args: [script, 'crashLoop', starts] } },
			'quarterdeck.mcp.autoStart': 'window',
			'quarterdeck.discoverLocalModels': false,
		},
	});
});

afterAll(async () => {
	await editor?.close();
});

function events(): readonly JournalEvent[] {
	const { journal } = ledgerFolders(join(storageOf(editor.place), 'ledger'));
	return existsSync(journal) ? journalEvents(editor.place) : [];
}

/** States of the server as they were told, the latest last. */
function states(): readonly string[] {
	return events().flatMap(event =>
		event.type === 'health.changed' && event.service.startsWith('mcp:') ? [event.state] : [],
	);
}

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
	await editor.page.locator('.tab', { hasText: name }).waitFor();
	await pictures('monitors-report');
});
