import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { ChatPage } from '../../test/e2e/driver/chatPage.ts';
import { Editor } from '../../test/e2e/driver/editor.ts';
import { storageOf } from '../../test/e2e/driver/journal.ts';
import { OtherWindow } from '../../test/e2e/driver/otherWindow.ts';
import { until } from '../../test/e2e/driver/until.ts';
import { claudeForTests } from '../../test/fakes/claudePath.ts';
import { folderWithNvidiaSmi } from '../../test/fakes/gpu/nvidiaSmi.ts';
import { toPalettePng } from '../lib/palettePng.ts';
import { root } from '../lib/tools.ts';
import { lastWords, morning, prompts } from './conversation.ts';
import { reviewFlow } from './flow.ts';
import { workGpu } from './gpu.ts';
import { earlierRuns } from './history.ts';

export interface PictureOptions {
	readonly home: string;
	readonly extensions: string;
}

/** Part of the window, in the page's own pixels. */
interface Clip {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

const window = { width: 1340, height: 980 };
/** Widths of the side bar: for pictures of the whole window, and for those of the side bar alone. */
const [narrow, wide] = [420, 552];
const margin = 14;

const settings = {
	'workbench.colorTheme': 'Dark Modern',
	'window.commandCenter': false,
	'workbench.layoutControl.enabled': false,
	'window.menuBarVisibility': 'hidden',
	'breadcrumbs.enabled': false,
	'scm.countBadge': 'off',
	'editor.minimap.enabled': false,
	'editor.fontSize': 12,
	'editor.stickyScroll.enabled': false,
	'editor.wordWrap': 'on',
	'editor.lightbulb.enabled': 'off',
	'diffEditor.renderSideBySide': false,
	'remote.autoForwardPorts': false,
	'quarterdeck.chat.model': 'sonnet',
	'quarterdeck.budget.dailyUsd': 5,
	'quarterdeck.budget.monthlyUsd': 60,
};

/** Works through a morning in the sample project and writes media/walkthrough and docs/pictures. */
export async function takePictures(options: PictureOptions): Promise<void> {
	const { home, extensions } = options;
	const claude = join(home, '.local', 'bin', 'claude');
	mkdirSync(dirname(claude), { recursive: true });
	// Its path is on a picture: the place where it usually is.
	symlinkSync(claudeForTests(), claude);
	const gpuState = join(home, '.editor', 'gpu.json');
	const restGpu = workGpu(gpuState);
	const editor = await Editor.start({
		...window,
		home,
		extensions,
		scale: 1.6,
		script: morning(join(home, 'ferry-fares')),
		settings: { ...settings, 'quarterdeck.claude.path': claude },
		env: {
			// Nobody's shell and npm settings, and the project's own Node, whose test runner prints for people.
			HOME: home,
			FAKE_GPU_STATE: gpuState,
			PATH: [join(root, 'node_modules', 'node', 'bin'), folderWithNvidiaSmi(), process.env['PATH']].join(delimiter),
			npm_config_update_notifier: 'false',
		},
	});
	try {
		const studio = new Studio(editor);
		await studio.work(home);
	} catch (error) {
		await editor.screenshot('pictures-failed');
		throw error;
	} finally {
		restGpu();
		await editor.close();
	}
}

class Studio {
	readonly #editor: Editor;

	constructor(editor: Editor) {
		this.#editor = editor;
	}

	async work(home: string): Promise<void> {
		const other = await OtherWindow.open(join(storageOf(this.#editor.place), 'ledger'), this.#editor.place.folder);
		await other.add(earlierRuns(home));
		const chat = await this.#editor.openChat();
		await this.#ask(chat);
		await this.#review(chat);
		await this.#approve(chat);
		await this.#ledger();
		await this.#flow();
		await this.#dashboard();
		await other.close();
	}

	/** An explanation with code beside the file it is about, and a tool with what it printed. */
	async #ask(chat: ChatPage): Promise<void> {
		await chat.shows('What shall Claude do?');
		await this.#widen(wide);
		await this.#resize(700);
		await this.#takeSideBar('connect', await this.#paneBox('Chat'));
		await this.#resize(window.height);
		await chat.send(prompts.explain);
		await chat.shows(lastWords);
		await this.#idle(chat);
		const from = await this.#box(chat.frame.locator('.user-message').last());
		await this.#takeSideBar('ask', { from, to: await this.#box(chat.frame.locator('.turn').last()) });
		await this.#open('src/fares.js');
		await this.#widen(narrow);
		await this.#begin(chat);
		await chat.send(prompts.test);
		await chat.button('Allow for this session').press('Enter');
		await chat.shows('should pay', 120_000);
		await this.#idle(chat);
		await this.#take('chat');
	}

	async #review(chat: ChatPage): Promise<void> {
		await chat.send(prompts.fix);
		await this.#editor.page.locator('.codelens-decoration a').filter({ hasText: 'Refuse change' }).nth(1).waitFor();
		await this.#take('review');
		await this.#editor.page.locator('.editor-actions [aria-label^="Apply Accepted Changes"]').first().click();
		await chat.shows('All six tests pass', 120_000);
		await this.#idle(chat);
	}

	async #approve(chat: ChatPage): Promise<void> {
		await this.#widen(wide);
		await chat.send(prompts.push);
		await chat.button('Allow once').press('Enter');
		await chat.frame.getByRole('textbox', { name: /^Type \w+ to allow/ }).waitFor();
		const from = await this.#box(chat.frame.locator('.user-message').last());
		await this.#takeSideBar('approve', { from, to: await this.#box(chat.frame.locator('.approval').last()) });
		await this.#widen(narrow);
		await this.#begin(chat);
		await chat.send(prompts.clean);
		await chat.button(/^Allow/).waitFor();
		await until('both approvals', async () => (await this.#editor.rows('Approvals')).length === 2);
		await this.#take('approvals');
		await chat.button(/^Allow/).press('Enter');
		await this.#editor.dialog().waitFor();
		await this.#take('confirm', 'docs/pictures', await this.#box(this.#editor.dialog()));
		await this.#editor.dialog().getByRole('button', { name: 'Keep Waiting' }).click();
		await chat.button('Stop').press('Enter');
		await this.#idle(chat);
		await this.#fold('Approvals');
	}

	/** The page of a run beside the tree, and the two trees by themselves. */
	async #ledger(): Promise<void> {
		await this.#fold('Chat');
		await this.#editor.expand('Executions');
		await until('the costs', async () => (await this.#editor.rows('Costs')).length > 1);
		await this.#widen(wide);
		await this.#resize(820);
		await this.#raiseCosts();
		await this.#takeSideBar('cost', await this.#trees());
		await this.#resize(window.height);
		await this.#widen(narrow);
		await (await this.#editor.row('Executions', 'Fix it with')).click();
		const page = await this.#editor.surface('ledger');
		await page.getByRole('treeitem', { name: /^Edit/ }).click();
		await page.getByLabel('Input as a diff').waitFor();
		await this.#take('execution');
		await this.#fold('Executions');
		for (const title of ['By Project', 'By Day']) await (await this.#editor.row('Costs', title)).click();
		const rows = this.#editor.pane('Costs').locator('.monaco-list-row');
		await until('all of it', async () => (await rows.count()) > 14);
		await this.#editor.page.keyboard.press('Escape');
		const bar = await this.#box(this.#editor.pane('Costs'));
		await this.#takeSideBar(
			'costs',
			{ from: { ...bar, y: bar.y + margin }, to: await this.#lowest(rows) },
			'docs/pictures',
		);
	}

	/** A run that waits for a person, with what the nodes before it gave and cost. */
	async #flow(): Promise<void> {
		const editor = this.#editor;
		writeFileSync(join(editor.place.folder, 'review.flow.json'), `${JSON.stringify(reviewFlow, null, 2)}\n`);
		await editor.command('View: Close All Editors');
		await editor.command('View: Toggle Primary Side Bar Visibility');
		await editor.openFile('review.flow.json');
		const page = await editor.surface('flow');
		await page.locator('#node-diff').waitFor();
		await page.getByRole('button', { name: 'Run', exact: true }).click();
		await page.locator('#node-agree.state-waiting').waitFor({ timeout: 120_000 });
		await page.getByRole('button', { name: 'Hide the palette' }).click();
		await page.locator('#node-tests').click();
		await page.locator('.graph').press('Shift+1');
		await editor.command('Notifications: Clear All Notifications');
		await this.#take('flow');
	}

	async #dashboard(): Promise<void> {
		await this.#editor.command('View: Close All Editors');
		await this.#editor.command('Quarterdeck: Open Dashboard');
		const begun = performance.now();
		const page = await this.#editor.surface('dashboard');
		await page.locator('.u-over').waitFor({ timeout: 60_000 });
		await until('a while of samples', () => Promise.resolve(performance.now() > begun + 60_000), 90_000);
		await this.#editor.command('Notifications: Clear All Notifications');
		await this.#take('dashboard');
	}

	/** Drags the costs up to the last execution, so that both trees are seen whole. */
	async #raiseCosts(): Promise<void> {
		const last = await this.#lowest(this.#editor.pane('Executions').locator('.monaco-list-row'));
		const costs = await this.#box(this.#editor.pane('Costs'));
		await this.#drag({ x: costs.x + 100, y: costs.y }, { x: costs.x + 100, y: last.y + last.height + margin });
		await until('all costs', async () => (await this.#editor.rows('Costs')).some(row => row.startsWith('By Month')));
	}

	/** From the head of the executions to the last row of the costs. */
	async #trees(): Promise<{ readonly from: Clip; readonly to: Clip }> {
		const { from } = await this.#paneBox('Executions');
		return { from, to: await this.#lowest(this.#editor.pane('Costs').locator('.monaco-list-row')) };
	}

	/** Rows of a list stand in any order in the page. */
	async #lowest(rows: Locator): Promise<Clip> {
		await until('rows', async () => (await rows.count()) > 0);
		const boxes = await Promise.all((await rows.all()).map(row => this.#box(row)));
		return boxes.reduce((low, box) => (box.y > low.y ? box : low));
	}

	async #begin(chat: ChatPage): Promise<void> {
		await this.#editor.command('Quarterdeck: New Conversation');
		await chat.shows('What shall Claude do?');
	}

	async #open(path: string): Promise<void> {
		await this.#editor.page.keyboard.press('Control+P');
		await this.#editor.quickInput().fill(path);
		await this.#editor.page.locator('.quick-input-list .monaco-list-row').first().click();
		const name = path.split('/').at(-1) ?? path;
		await this.#editor.page.locator('.tab').filter({ hasText: name }).first().waitFor();
	}

	#idle(chat: ChatPage): Promise<void> {
		return chat.button(/^Stop/).waitFor({ state: 'detached', timeout: 60_000 });
	}

	/** Drags the edge of the side bar. */
	async #widen(width: number): Promise<void> {
		const box = await this.#box(this.#editor.page.locator('.part.sidebar'));
		const y = window.height / 2;
		await this.#drag({ x: box.x + box.width, y }, { x: box.x + width, y });
	}

	async #drag(from: Pick<Clip, 'x' | 'y'>, to: Pick<Clip, 'x' | 'y'>): Promise<void> {
		const { mouse } = this.#editor.page;
		await mouse.move(from.x, from.y);
		await mouse.down();
		await mouse.move(to.x, to.y, { steps: 5 });
		await mouse.up();
		await this.#rest();
	}

	#resize(height: number): Promise<void> {
		return this.#editor.page.setViewportSize({ width: window.width, height });
	}

	async #fold(title: string): Promise<void> {
		const header = this.#editor.pane(title).locator('.pane-header');
		if ((await header.getAttribute('aria-expanded')) === 'true') await header.click();
	}

	/** The mouse over an empty part of the editor, where nothing answers to it. */
	async #rest(): Promise<void> {
		const { page } = this.#editor;
		const { height } = page.viewportSize() ?? window;
		await page.mouse.move(window.width - 150, height - 60);
		await until('no hover', async () => (await page.locator('.monaco-hover:visible').count()) === 0);
	}

	async #box(element: Locator): Promise<Clip> {
		const box = await element.boundingBox();
		if (!box) throw new Error(`Not in view: ${element.toString()}`);
		return box;
	}

	async #paneBox(first: string, last = first): Promise<{ readonly from: Clip; readonly to: Clip }> {
		const [from, to] = [await this.#box(this.#editor.pane(first)), await this.#box(this.#editor.pane(last))];
		return { from: { ...from, y: from.y + margin }, to: { ...to, y: to.y - margin } };
	}

	/** A picture of the side bar alone, from the top of one part to the bottom of another. */
	async #takeSideBar(
		name: string,
		{ from, to }: { readonly from: Clip; readonly to: Clip },
		folder = 'media/walkthrough',
	): Promise<void> {
		const bar = await this.#box(this.#editor.page.locator('.part.sidebar'));
		const y = Math.max(from.y - margin, 0);
		await this.#take(name, folder, { x: bar.x, y, width: bar.width, height: to.y + to.height + margin - y });
	}

	async #take(name: string, folder = 'docs/pictures', clip?: Clip): Promise<void> {
		await this.#rest();
		const png = await this.#shoot(clip);
		const file = join(root, folder, `${name}.png`);
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, toPalettePng(png));
		console.log(`${folder}/${name}.png: ${Math.round(readFileSync(file).length / 1024)} KB`);
	}

	/** A busy browser now and then draws no frame for a picture, and draws one when it is asked again. */
	async #shoot(clip: Clip | undefined, tries = 3): Promise<Buffer> {
		const options = { animations: 'disabled', timeout: 20_000, ...(clip ? { clip } : {}) } as const;
		try {
			return await this.#editor.page.screenshot(options);
		} catch (error) {
			if (tries <= 1) throw error;
			await this.#editor.page.bringToFront();
			return this.#shoot(clip, tries - 1);
		}
	}
}
