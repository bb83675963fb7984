import { appendFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { root } from '../../scripts/lib/tools.ts';
import { newDashboardId, type Dashboard } from '../../src/core/dashboard/dashboard.ts';
import { printDashboard } from '../../src/core/dashboard/dashboardFile.ts';
import { withWidget } from '../../src/core/dashboard/edits.ts';
import { FakeOllama } from '../fakes/ollama/server.ts';
import { DashboardPage } from './driver/dashboardPage.ts';
import { Editor, type Theme } from './driver/editor.ts';
import { journalEvents } from './driver/journal.ts';
import { until } from './driver/until.ts';

let editor: Editor;
let page: DashboardPage;
let ollama: FakeOllama;
/** Answers the widgets that ask an address. */
let web: Server;
let origin: string;
const answers: Record<string, unknown> = {
	'/status': { data: { queue: { length: 42 } } },
	'/inbox': {
		messages: [
			{ id: 'a', from: 'Grace', subject: 'Lunch?', text: 'At noon.', importance: 'low' },
			{
				id: 'b',
				from: 'CI',
				subject: 'The build is red',
				text: 'Test 7 fails.',
				importance: 'critical',
				suggestedReply: 'I look at it at once.',
			},
		],
	},
};
/** A service is well for as long as this file is there. */
let alive: string;

const flows = {
	'greet.flow.json': {
		flow: 1,
		id: 'greet',
		name: 'Greet',
		nodes: {
			words: { type: 'text.static@1', params: { text: 'Hello from the flow' } },
			result: { type: 'flow.output@1' },
		},
		edges: ['words.text -> result.value'],
		layout: { words: [0, 0], result: [320, 0] },
	},
	'nightly.flow.json': {
		flow: 1,
		id: 'nightly',
		name: 'Nightly',
		nodes: {
			at: { type: 'trigger.schedule@1', params: { cron: '0 3 * * *' } },
			words: { type: 'text.template@1', params: { template: 'Night of {{ input.value }}' } },
			result: { type: 'flow.output@1' },
		},
		edges: ['at.at -> words.value', 'words.text -> result.value'],
		layout: { at: [0, 0], words: [320, 0], result: [640, 0] },
	},
};

const themes: readonly Theme[] = ['light', 'contrast', 'dark'];
const patience = 60_000;
/** Of a test with several waits, on a machine that is four times slower. */
const slow = 240_000;

beforeAll(async () => {
	ollama = await FakeOllama.start({
		models: [
			{
				name: 'qwen3:4b',
				capabilities: ['completion'],
				contextLength: 32_768,
				sizeBytes: 2_600_000_000,
				vramBytes: 2_400_000_000,
			},
		],
	});
	ollama.respond(() => ({ text: ['Forty-', '**two**.'], usage: { input: 12, output: 3 } }));
	web = createServer((request, response) => {
		const answer = answers[request.url ?? ''];
		response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer));
	});
	await new Promise<void>(resolve => web.listen(0, '127.0.0.1', resolve));
	origin = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
	alive = join(realpathSync(mkdtempSync(join(tmpdir(), 'qd-'))), 'backup.ok');
	writeFileSync(alive, '');
	const server = { command: process.execPath, args: [join(root, 'test/fakes/mcp/badServer.ts')] };
	editor = await Editor.start({
		extensions: inject('extensions'),
		hasClaude: false,
		width: 1500,
		height: 1000,
		settings: {
			'quarterdeck.discoverLocalModels': false,
			'quarterdeck.providers': [{ id: 'ollama', kind: 'ollama', baseUrl: ollama.url }],
			'quarterdeck.mcp.servers': { files: server },
			'quarterdeck.health.services': [
				{ name: 'Backup', kind: 'file', path: alive, intervalSeconds: 5, failures: 1, successes: 1 },
			],
		},
	});
	await editor.command('View: Toggle Primary Side Bar Visibility');
	page = new DashboardPage(editor);
	const { folder } = editor.place;
	for (const [name, flow] of Object.entries(flows)) writeFileSync(join(folder, name), JSON.stringify(flow, null, 2));
	writeFileSync(join(folder, 'server.log'), 'one\ntwo\n');
	const widgets = {
		flow: {},
		quickChat: {},
		mcpServers: {},
		services: {},
		alerts: {},
		schedules: {},
		modelServer: {},
		webhook: { url: `${origin}/status`, path: 'data.queue.length', unit: 'jobs', seconds: 10 },
		inbox: { url: `${origin}/inbox` },
		fileTail: { path: 'server.log' },
	};
	let dashboard: Dashboard = { id: newDashboardId(), name: 'Everything', widgets: [], layouts: { wide: {} } };
	for (const [kind, settings] of Object.entries(widgets)) ({ dashboard } = withWidget(dashboard, kind, settings));
	const file = join(folder, 'everything.dashboard.json');
	writeFileSync(file, printDashboard(dashboard));
	await page.importFile(file);
	await page.named('Everything');
}, 180_000);

afterAll(async () => {
	await editor?.screenshot('widgets-end');
	await editor?.close();
	await ollama?.stop();
	web?.closeAllConnections();
	web?.close();
	if (alive) rmSync(join(alive, '..'), { recursive: true, force: true });
});

const succeeded = (title: RegExp): boolean => {
	const events = journalEvents(editor.place);
	const runs = new Set(
		events.flatMap(event => (event.type === 'execution.started' && title.test(event.title) ? [event.execution] : [])),
	);
	return events.some(
		event => event.type === 'execution.ended' && runs.has(event.execution) && event.status === 'succeeded',
	);
};

test(
	'a flow is chosen, run and seen',
	async () => {
		const flow = await page.seen('Flow');
		await flow.getByRole('button', { name: /Greet/ }).click();
		await flow.getByText('It has not run yet.').waitFor();
		await flow.getByText('Run', { exact: true }).click();
		await flow.getByText(/succeeded ·/).waitFor({ timeout: patience });
		await flow.getByText('Hello from the flow').waitFor();
	},
	slow,
);

test(
	'a question is answered, and is in the ledger',
	async () => {
		const chat = await page.seen('Quick Chat');
		await chat.getByRole('button', { name: 'ollama/qwen3:4b' }).waitFor({ timeout: patience });
		await chat.getByRole('textbox', { name: 'Ask' }).fill('What is six times seven?');
		await chat.getByRole('textbox', { name: 'Ask' }).press('Enter');
		await chat.locator('.quick-turn.model strong').getByText('two').waitFor({ timeout: patience });
		await until('the answer in the ledger', () => succeeded(/^What is six times seven/));
		await chat.getByRole('button', { name: 'Forget this exchange' }).click();
		await chat.locator('.quick-turn').first().waitFor({ state: 'detached' });
	},
	slow,
);

test(
	'an MCP server is started and stopped',
	async () => {
		const servers = await page.seen('MCP Servers');
		await servers.getByRole('button', { name: 'Start files' }).click();
		await servers.getByText(/^\d+ tools?$/).waitFor({ timeout: patience });
		await servers.getByRole('button', { name: 'Stop files' }).click();
		await servers.getByRole('button', { name: 'Start files' }).waitFor({ timeout: patience });
	},
	slow,
);

test(
	'a model is seen in memory, and sent out of it',
	async () => {
		const server = await page.seen('Model Server');
		await server.getByText(/1 of 1 loaded/).waitFor({ timeout: patience });
		await server.getByText(/of GPU memory/).waitFor();
		await server.getByRole('button', { name: /^Unload qwen3:4b/ }).click();
		await server.getByText(/0 of 1 loaded/).waitFor({ timeout: patience });
	},
	slow,
);

test(
	'a schedule is turned on, run and turned off',
	async () => {
		const schedules = await page.seen('Schedules');
		await schedules.getByRole('button', { name: /^Turn on Nightly/ }).click();
		await schedules.getByRole('button', { name: /^Turn off Nightly/ }).waitFor({ timeout: patience });
		await schedules.getByRole('button', { name: /^Run now Nightly/ }).click();
		await until('a run of it', () => succeeded(/^Nightly/), patience);
		await schedules.getByRole('button', { name: /^Turn off Nightly/ }).click();
		await schedules.getByRole('button', { name: /^Turn on Nightly/ }).waitFor({ timeout: patience });
	},
	slow,
);

test(
	'an address is asked once it is allowed: a number at a path, and messages with their replies',
	async () => {
		const value = await page.seen('Web Value');
		await value.getByText(`${origin} is asked only when you allow it.`).waitFor();
		await value.getByText('Allow…', { exact: true }).click();
		expect(await editor.dialog().innerText()).toContain(`Allow ${origin} to be asked?`);
		await editor.dialog().getByRole('button', { name: 'Allow', exact: true }).click();
		await value.getByText('42', { exact: true }).waitFor();
		await value.getByText('jobs', { exact: true }).waitFor();
		answers['/status'] = { data: { queue: { length: 7 } } };
		await value.getByText('7', { exact: true }).waitFor({ timeout: patience });
		// One word is enough for all of the server.
		const inbox = await page.seen('Inbox');
		await inbox.getByRole('button', { name: /The build is red/ }).click();
		expect(await inbox.locator('.execution-title').allInnerTexts()).toEqual(['The build is red', 'Lunch?']);
		await inbox.getByText('Test 7 fails.').waitFor();
		await inbox.getByText('I look at it at once.').waitFor();
	},
	slow,
);

test(
	'a file is followed',
	async () => {
		const tail = await page.seen('File Tail');
		await tail.getByText('two').waitFor();
		appendFileSync(join(editor.place.folder, 'server.log'), 'three\n');
		await tail.getByText('three').waitFor();
	},
	slow,
);

test(
	'a service that goes down is seen with its alert, and both are well again',
	async () => {
		const services = await page.seen('Services');
		await services
			.getByRole('button', { name: /Backup/ })
			.first()
			.waitFor({ timeout: patience });
		await (await page.seen('Alerts')).getByText('No alert is open.').waitFor();
		rmSync(alive);
		await services.locator('.tone-bad').filter({ hasText: 'Backup' }).waitFor({ timeout: patience });
		const alerts = await page.seen('Alerts');
		await alerts.getByRole('button', { name: 'Acknowledge Backup is down' }).click({ timeout: patience });
		await alerts
			.getByText(/acknowledged/)
			.first()
			.waitFor();
		await editor.command('Notifications: Clear All Notifications');
		for (const theme of themes) {
			await editor.setTheme(theme);
			await (await page.seen('Flow')).getByText('Greet').first().waitFor();
			await editor.screenshot(`dashboard-everything-${theme}`);
		}
		writeFileSync(alive, '');
		await services.locator('.tone-good').filter({ hasText: 'Backup' }).waitFor({ timeout: patience });
		await alerts.getByText('No alert is open.').waitFor({ timeout: patience });
	},
	slow,
);
