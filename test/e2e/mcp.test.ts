import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { tree } from '../../scripts/lib/processes.ts';
import { root } from '../../scripts/lib/tools.ts';
import { Editor, type Theme } from './driver/editor.ts';
import { until } from './driver/until.ts';

const everything = join(root, 'node_modules/@modelcontextprotocol/server-everything/dist/index.js');
const themes: readonly Theme[] = ['light', 'dark', 'contrast'];
/** What must be found nowhere but in the secret storage. */
const secret = 'sk-never-written-4711';

let editor: Editor;
let home: string;

beforeAll(async () => {
	home = realpathSync(mkdtempSync(join(tmpdir(), 'qd-')));
	const folder = join(home, 'config', 'Claude');
	mkdirSync(folder, { recursive: true });
	const server = { command: process.execPath, args: [everything, 'stdio'], env: { API_TOKEN: secret, MODE: 'demo' } };
	writeFileSync(join(folder, 'claude_desktop_config.json'), JSON.stringify({ mcpServers: { everything: server } }));
	editor = await Editor.start({
		extensions: inject('extensions'),
		home,
		env: { XDG_CONFIG_HOME: join(home, 'config') },
		hasClaude: false,
	});
});

afterAll(async () => {
	await editor?.close();
});

const row = (text: string | RegExp): Promise<Locator> => editor.row('MCP Servers', text);

/** Processes of MCP servers that this workbench runs. */
const servers = (): readonly string[] =>
	tree(editor.workbench.pid)
		.map(({ command }) => command)
		.filter(command => command.includes('server-everything'));

async function pictures(name: string): Promise<void> {
	for (const theme of themes) {
		await editor.setTheme(theme);
		await editor.page.mouse.move(900, 700);
		await editor.screenshot(`${name}-${theme}`);
	}
}

/** All settings files that the workbench wrote. */
function settingsText(folder: string): string {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter(name => name.endsWith('settings.json') || name.endsWith('.mcp.json'))
		.map(name => readFileSync(join(folder, name), 'utf8'))
		.join('\n');
}

async function pressInDialog(name: string): Promise<void> {
	await editor.dialog().getByRole('button', { name }).click();
	await editor.dialog().waitFor({ state: 'detached' });
}

/** The frame that shows something of ours; both pages of the feature come from one bundle. */
const frameWith = (selector: string): Promise<Frame> => editor.frameWith(selector);

/** A button of the toolkit holds its words in its own content. */
const press = (frame: Frame, name: string): Promise<void> =>
	frame.locator('vscode-button', { hasText: name }).first().click();

async function chooseTool(frame: Frame, name: string): Promise<void> {
	await frame.getByRole('tab', { name: /^Tools/ }).click();
	await frame.getByRole('option').filter({ hasText: name }).first().click();
	await frame.locator('.detail-head .mono', { hasText: name }).waitFor();
}

describe('adding a server', () => {
	test('an empty view says what to do', async () => {
		await editor.openSidebar();
		await editor.expand('MCP Servers');
		await editor.pane('MCP Servers').getByText('No MCP servers yet').waitFor();
		await editor.pane('MCP Servers').locator('.monaco-button', { hasText: 'Add MCP Server' }).waitFor();
		await editor.screenshot('mcp-empty');
	});

	test('what Claude Desktop has is imported after a look at exactly what runs, without its secret', async () => {
		await editor.pane('MCP Servers').locator('.monaco-button', { hasText: 'Add MCP Server' }).click();
		await editor.page.locator('.quick-input-list').getByText('From the catalogue').waitFor();
		await editor.screenshot('mcp-add');
		await editor.answerInput('Import from Claude Desktop');
		await editor.page.locator('.quick-input-widget').getByText('How is it called here?').waitFor();
		await editor.page.keyboard.press('Enter');
		await editor.page.locator('.quick-input-list').getByText('For me, in every folder').waitFor();
		await editor.page.keyboard.press('Enter');
		await editor.dialog().waitFor();
		const text = await editor.dialog().innerText();
		expect(text).toContain(`${everything} stdio`);
		expect(text).toContain('MODE=demo');
		expect(text).toContain('API_TOKEN=(kept secret)');
		expect(text).not.toContain(secret);
		expect(servers()).toEqual([]);
		await editor.screenshot('mcp-preview');
		await pressInDialog('Save and Start');
		await (await row(/everything.*running/)).waitFor();
		expect(servers().length).toBeGreaterThan(0);
		expect(settingsText(home)).toContain('${input:everything-API_TOKEN}');
		expect(settingsText(home)).not.toContain(secret);
	});

	test('the catalogue shows what a server would run, and Escape leaves everything as it was', async () => {
		await editor.command('Quarterdeck: Add MCP Server');
		await editor.answerInput('From the catalogue');
		await editor.page.locator('.quick-input-list').getByText('Filesystem', { exact: true }).first().waitFor();
		await editor.screenshot('mcp-catalogue');
		await editor.answerInput('Brave Search');
		await editor.page.locator('.quick-input-widget').getByText('API key of Brave Search').waitFor();
		await editor.page.keyboard.press('Escape');
		await editor.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
		expect(settingsText(home)).not.toContain('brave');
	});
});

describe('the view', () => {
	test('lists tools with their tiers, resources and prompts, and switches a tool off', async () => {
		const server = await row(/everything.*running/);
		await server.click();
		await editor.page.keyboard.press('ArrowRight');
		const tools = await row(/^Tools/);
		await tools.waitFor();
		await (await row(/echo.*YELLOW/i)).waitFor();
		const echo = await row(/echo/i);
		await echo.hover();
		await echo.locator('[aria-label^="Switch Tool Off"]').click();
		await (await row(/echo.*off/i)).waitFor();
		await pictures('mcp-tree');
		await echo.hover();
		await echo.locator('[aria-label^="Switch Tool On"]').click();
		await until('the tool to be on', async () => !/off/.test(await (await row(/echo/i)).innerText()));
	});
});

describe('the inspector', () => {
	let frame: Frame;

	test('opens from the tree and lists what the server has', async () => {
		// The row that is selected says which server.
		await editor.command('Quarterdeck: Inspect MCP Server');
		frame = await frameWith('.inspector');
		await frame.getByRole('tab', { name: /Tools \(\d+\)/ }).waitFor();
		await frame.locator('.state-running').waitFor();
	});

	test('a tool is called with the form of its schema', async () => {
		await chooseTool(frame, 'get-sum');
		await frame.locator('input[data-path="/a"]').fill('19');
		await press(frame, 'Call Tool');
		await frame.getByText('Fill this in.').waitFor();
		await frame.locator('input[data-path="/b"]').fill('23');
		await press(frame, 'Call Tool');
		await frame.locator('.result').getByText(/42/).waitFor();
		await editor.command('View: Toggle Primary Side Bar Visibility');
		await pictures('mcp-inspector');
		await editor.command('View: Toggle Primary Side Bar Visibility');
	});

	test('images and structured results are drawn', async () => {
		await chooseTool(frame, 'get-tiny-image');
		await press(frame, 'Call Tool');
		const image = frame.locator('.picture img');
		await image.waitFor();
		await until('a drawn image', () => image.evaluate(picture => (picture as HTMLImageElement).naturalWidth > 0));
		await chooseTool(frame, 'get-structured-content');
		await frame
			.locator('select[data-path="/location"]')
			.selectOption({ index: 1 })
			.catch(async () => {
				await frame.locator('[data-path="/location"]').fill('Chicago');
			});
		await press(frame, 'Call Tool');
		await frame.locator('.result').getByText('Structured, as its output schema says').waitFor();
	});

	test('a long call says how far it is and can be cancelled', async () => {
		await chooseTool(frame, 'trigger-long-running-operation');
		await frame.locator('input[data-path="/duration"]').fill('60');
		await frame.locator('input[data-path="/steps"]').fill('120');
		await press(frame, 'Call Tool');
		await frame
			.locator('.call-bar [role="status"]')
			.getByText(/\d+\/120/)
			.waitFor();
		await press(frame, 'Cancel');
		await frame.getByText('Cancelled.').waitFor();
	});

	test('resources are read, prompts are run', async () => {
		await frame.getByRole('tab', { name: /^Resources/ }).click();
		await press(frame, 'Read');
		await frame.locator('.result .code').first().waitFor();
		await frame.getByRole('tab', { name: /^Prompts/ }).click();
		await frame
			.getByRole('option')
			.filter({ hasText: 'args-prompt' })
			.or(frame.getByRole('option').filter({ hasText: /arg/i }))
			.first()
			.click();
		await frame.locator('.detail .form-input').first().fill('Paris');
		await press(frame, 'Get Prompt');
		await frame.locator('.message').first().waitFor();
		expect(await frame.locator('.result').innerText()).toContain('Paris');
	});

	test('a question of the server is a form that says who asks; its answer reaches the tool', async () => {
		await chooseTool(frame, 'trigger-elicitation-request');
		await press(frame, 'Call Tool');
		const question = await frameWith('.elicitation');
		await question.getByText('The MCP server “everything” asks you').waitFor();
		await question.locator('input[data-path="/name"]').fill('Ada');
		await pictures('mcp-question');
		await press(question, 'Send the Answer');
		frame = await frameWith('.inspector');
		await frame.locator('.result').getByText(/Ada/).first().waitFor();
	});

	test('the traffic shows both directions and can be filtered', async () => {
		await frame.getByRole('tab', { name: 'Traffic' }).click();
		await frame.locator('.traffic-method', { hasText: 'elicitation/create' }).first().waitFor();
		await frame.getByLabel('Filter messages').fill('get-sum');
		await until('one call', async () => (await frame.locator('.traffic').count()) >= 1);
		await frame.locator('.traffic summary').first().click();
		await frame.locator('.traffic .code').first().waitFor();
		await editor.screenshot('mcp-traffic');
	});
});

describe('a server that comes with the folder', () => {
	const marker = (): string => join(home, 'ran.txt');

	test('does not run before the user said yes to exactly it, and is asked about again when it changed', async () => {
		const file = join(editor.place.folder, '.mcp.json');
		const definition = (note: string): string =>
			JSON.stringify({
				mcpServers: {
					fromrepo: {
						command: 'sh',
						args: ['-c', `echo ${note} >> ${marker()}; exec ${process.execPath} ${everything} stdio`],
					},
				},
			});
		// Rows below the fold are not drawn.
		await (await row(/everything.*running/)).click();
		await editor.page.keyboard.press('ArrowLeft');
		writeFileSync(file, definition('first'));
		await (await row(/fromrepo.*not allowed yet/)).waitFor();
		expect(existsSync(marker())).toBe(false);
		await editor.screenshot('mcp-repository');
		const server = await row(/fromrepo/);
		await server.hover();
		await server.locator('[aria-label^="Allow and Switch On"]').click();
		await editor.dialog().waitFor();
		expect(await editor.dialog().innerText()).toContain(`echo first >> ${marker()}`);
		await pressInDialog('Allow and Start');
		await (await row(/fromrepo.*running/)).waitFor();
		expect(readFileSync(marker(), 'utf8')).toBe('first\n');
		writeFileSync(file, definition('second'));
		await (await row(/fromrepo.*changed, not allowed/)).waitFor();
		expect(readFileSync(marker(), 'utf8')).toBe('first\n');
	});

	test('no process of a server is left when it is stopped', async () => {
		await editor.command('Quarterdeck MCP: Stop');
		await until('no server process', () => servers().length === 0);
	});
});
