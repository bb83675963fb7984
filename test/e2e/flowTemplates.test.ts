import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { callTool, say } from '../fakes/messages/reply.ts';
import type { Script } from '../fakes/messages/server.ts';
import { FakeOllama } from '../fakes/ollama/server.ts';
import { Editor, type Theme } from './driver/editor.ts';
import { journalEvents } from './driver/journal.ts';
import { until } from './driver/until.ts';

const themes: readonly Theme[] = ['light', 'contrast', 'dark'];
let editor: Editor;
let page: Frame;
let ollama: FakeOllama;

const fare = {
	flow: 1,
	id: 'fare',
	name: 'Fare',
	inputs: { zone: { type: 'text', default: 'Islands' } },
	nodes: {
		ask: { type: 'llm.chat@1', params: { prompt: 'Say the fare of the {{ flow.zone }} as a number.' } },
		twice: {
			type: 'tool.call@1',
			params: { tool: 'quarterdeck_calculate', arguments: { expression: '2 * {{ nodes.ask.text }}' } },
		},
		said: { type: 'text.template@1', params: { template: 'Two cost {{ input.fare }}' } },
		result: { type: 'flow.output@1', params: { name: 'fare' } },
	},
	edges: ['twice.text -> said.fare', 'said.text -> result.value'],
	layout: { ask: [0, 0], twice: [320, 0], said: [640, 0], result: [960, 0] },
};

const deploy = {
	flow: 1,
	id: 'deploy',
	name: 'Deploy',
	nodes: {
		send: { type: 'http.request@1', params: { url: 'http://127.0.0.1:9/', auth: 'bearer', secret: 'deployKey' } },
		result: { type: 'flow.output@1' },
	},
	edges: ['send.body -> result.value'],
	layout: { send: [0, 0], result: [320, 0] },
};

/** Writes the guide once it has read the readme; answers what the other flows ask. */
const script: Script = request => {
	if (request.isSide) return say('A title');
	const result = request.toolResults.at(-1);
	const run = /Run the flow (\S+)/u.exec(request.userText)?.[1];
	if (run !== undefined && !result)
		return callTool('mcp__quarterdeck__run_flow', { path: run, inputs: { zone: 'Islands' } });
	if (run !== undefined) return say(`The flow said: ${result?.text ?? ''}`);
	if (request.userText.includes('Write a guide to this repository')) {
		if (!result) return callTool('Read', { file_path: join(editor.place.folder, 'README.md') });
		return say('# Start here\n\nRead src/cli.js first.', { usage: { input: 1000, output: 100 } });
	}
	return say('Hello.');
};

beforeAll(async () => {
	const capabilities = ['completion', 'tools'];
	ollama = await FakeOllama.start({ models: [{ name: 'qwen3:4b', capabilities, contextLength: 32_768 }] });
	ollama.respond(() => ({ text: ['12.80'], usage: { input: 100, output: 20 } }));
	editor = await Editor.start({
		extensions: inject('extensions'),
		script,
		// Wide enough for whole flows: cards that are out of view are not there.
		width: 2000,
		settings: {
			'quarterdeck.providers': [{ id: 'ollama', kind: 'ollama', baseUrl: ollama.url }],
			'quarterdeck.flows.model': 'ollama/qwen3:4b',
			'quarterdeck.review.openDiff': false,
		},
	});
	writeFileSync(file('fare.flow.json'), JSON.stringify(fare, null, 2));
	writeFileSync(file('deploy.flow.json'), JSON.stringify(deploy, null, 2));
});

afterEach(async context => {
	if (context.task.result?.state === 'fail')
		await editor.screenshot(`flow-templates-failed-${context.task.name.slice(0, 20).replaceAll(' ', '-')}`);
});

afterAll(async () => {
	await editor?.close();
	await ollama?.stop();
});

const file = (name: string): string => join(editor.place.folder, name);
const card = (id: string): Locator => page.locator(`#node-${id}`);
const succeeded = (id: string): Promise<void> => page.locator(`#node-${id}.state-succeeded`).waitFor();
const run = (): Promise<void> => page.getByRole('button', { name: 'Run', exact: true }).click();

/** Opens a flow; `node` is one that no flow before had. */
async function open(path: string, node: string): Promise<void> {
	await editor.openFile(path);
	page = await editor.frameWith(`#node-${node}`);
}

/** Answers the question of this title, once it is there. */
async function name(title: string, text: string): Promise<void> {
	await editor.page.locator('.quick-input-titlebar').filter({ hasText: title }).waitFor();
	await editor.answerInput(text);
}

/** Clicks the first of these buttons of a notification. */
async function answer(text: RegExp, button: string): Promise<void> {
	const toast = editor.notifications().filter({ hasText: text }).last();
	await toast.getByRole('button', { name: button }).first().click();
}

test('the gallery is searched by keyboard, fits every theme, and makes a file of the workspace', async () => {
	await editor.command('Quarterdeck: Flow Templates');
	const gallery = await editor.surface('templates');
	await gallery.getByRole('option', { name: /Review my changes/ }).waitFor();
	expect(await gallery.getByRole('option').count()).toBeGreaterThan(20);
	for (const theme of themes) {
		await editor.setTheme(theme);
		await editor.screenshot(`templates-${theme}`);
	}
	await gallery.getByRole('combobox', { name: 'Search templates' }).fill('claude guide');
	await gallery.getByRole('heading', { name: 'Explain this repository' }).waitFor();
	await gallery.getByRole('combobox', { name: 'Search templates' }).press('Enter');
	await gallery.locator('.use-button:focus').press('Enter');
	await name('Use Template', 'Guide to the ferry');
	page = await editor.frameWith('#node-read');
	expect(JSON.parse(readFileSync(file('guide-to-the-ferry.flow.json'), 'utf8'))).toMatchObject({
		id: 'guide-to-the-ferry',
		name: 'Guide to the ferry',
	});
});

test('the flow runs with the real Claude CLI, asks before it writes, and what it cost is shown', async () => {
	await run();
	await page.locator('#node-agree.state-waiting').waitFor();
	await succeeded('read');
	const cost = (await card('read').innerText()).match(/\$[\d.]+/u)?.[0];
	expect(cost).toBeDefined();
	expect(existsSync(file('docs/START-HERE.md'))).toBe(false);
	await answer(/Save this guide as docs\/START-HERE\.md/u, 'Approve');
	await editor.notifications().getByRole('button', { name: 'Allow Once' }).first().click();
	await succeeded('save');
	expect(readFileSync(file('docs/START-HERE.md'), 'utf8')).toBe('# Start here\n\nRead src/cli.js first.');
	await card('guide-out').locator('.card-title').click();
	await editor.command('Flow: Show Values of Selected Node');
	await page.getByRole('region', { name: 'Outputs' }).getByText('Read src/cli.js first.').waitFor();
	const usage = await until('the cost in the ledger', () =>
		journalEvents(editor.place).find(event => event.type === 'usage.recorded' && event.provider === 'claude'),
	);
	expect(usage).toMatchObject({ basis: 'reported' });
	const row = await editor.row('Executions', /Guide to the ferry/);
	await until('the run and its cost in Executions', async () => {
		const said = `${await row.getAttribute('aria-label')} ${await row.innerText()}`;
		return /Succeeded/u.test(said) && said.includes('$');
	});
	await editor.screenshot('templates-run');
});

test('a model, a tool and a template are nodes of one flow', async () => {
	await open('fare.flow.json', 'twice');
	await card('result').waitFor();
	await run();
	await succeeded('result');
	await card('result').locator('.card-title').click();
	await editor.command('Flow: Show Values of Selected Node');
	await page
		.getByRole('region', { name: 'Outputs' })
		.getByText(/Two cost .*25\.6/u)
		.waitFor();
});

test('a secret is named in the flow, set once, and never written into anything', async () => {
	await open('deploy.flow.json', 'send');
	await page.locator('#node-send.has-error, #node-send.has-warning').waitFor();
	await editor.command('Flow: Show Problems of the Flow');
	await page
		.locator('.problems')
		.getByText(/deployKey/u)
		.first()
		.waitFor();
	await editor.command('Quarterdeck: Set Secret of Flows…');
	await name('New Secret', 'deployKey');
	await name('Secret “deployKey”', 'hunter2-hunter2-hunter2');
	await page.locator('#node-send.has-error, #node-send.has-warning').waitFor({ state: 'detached' });
	expect(readFileSync(file('deploy.flow.json'), 'utf8')).not.toContain('hunter2');
	expect(JSON.stringify(journalEvents(editor.place))).not.toContain('hunter2');
});

test('a model runs a flow as a tool, and is given what came out of it', async () => {
	const chat = await editor.openChat();
	await chat.send('Run the flow fare.flow.json');
	await chat.button('Allow once').click();
	await chat.shows(/The flow said:[^]*Two cost [^]*25\.6/u);
	const runs = journalEvents(editor.place).filter(event => event.type === 'execution.started' && event.kind === 'flow');
	expect(runs.length).toBeGreaterThanOrEqual(3);
});
