import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Frame, Locator, Page } from 'playwright-core';
import { processesOfRun, runVariable, signal, tree, type ProcessInfo } from '../../../scripts/lib/processes.ts';
import { root } from '../../../scripts/lib/tools.ts';
import { startWorkbench, type Workbench } from '../../../scripts/lib/workbench.ts';
import { claudeEnvironment, claudeForTests } from '../../fakes/claudePath.ts';
import { say } from '../../fakes/messages/reply.ts';
import { startMessagesApi, type MessagesApi, type Script } from '../../fakes/messages/server.ts';
import { launchBrowser } from './browser.ts';
import { ChatPage } from './chatPage.ts';
import { makePlace, type Place } from './place.ts';
import { until } from './until.ts';

export interface EditorOptions {
	/** Folder with the installed extension. */
	readonly extensions: string;
	/** What the model answers; a fixed sentence when absent. */
	readonly script?: Script;
	readonly settings?: Readonly<Record<string, unknown>>;
	readonly env?: Readonly<Record<string, string | undefined>>;
	/** Point the extension to the real CLI. On unless told otherwise. */
	readonly hasClaude?: boolean;
	readonly isTrustAsked?: boolean;
	readonly width?: number;
	readonly height?: number;
}

export type Theme = 'light' | 'dark' | 'contrast';

const themes: Readonly<Record<Theme, { readonly name: string; readonly mark: string }>> = {
	light: { name: 'Light Modern', mark: 'vs' },
	dark: { name: 'Dark Modern', mark: 'vs-dark' },
	contrast: { name: 'Default High Contrast', mark: 'hc-black' },
};

/** One running workbench with a page open in it, the scripted API behind the real CLI, and the handles to drive them. */
export class Editor {
	readonly page: Page;
	readonly api: MessagesApi;
	readonly place: Place;
	readonly workbench: Workbench;
	/** Lines of the browser's console, newest last. */
	readonly console: readonly string[];
	readonly #browser: Browser;

	private constructor(parts: Pick<Editor, 'page' | 'api' | 'place' | 'workbench' | 'console'>, browser: Browser) {
		this.page = parts.page;
		this.api = parts.api;
		this.place = parts.place;
		this.workbench = parts.workbench;
		this.console = parts.console;
		this.#browser = browser;
	}

	/** Starts everything and resolves when the workbench is drawn. */
	static async start(options: EditorOptions): Promise<Editor> {
		const place = makePlace();
		const api = await startMessagesApi({ script: options.script ?? (() => say('Hello from the script.')) });
		const claude = options.hasClaude === false ? {} : { 'quarterdeck.claude.path': claudeForTests() };
		const workbench = await startWorkbench({
			home: place.home,
			extensions: options.extensions,
			folder: place.folder,
			settings: { ...claude, ...options.settings },
			env: {
				...claudeEnvironment(api.url, place.claudeConfig),
				[runVariable]: process.env[runVariable],
				...options.env,
			},
			isTrustAsked: options.isTrustAsked ?? false,
		});
		const browser = await launchBrowser();
		const size = { width: options.width ?? 1280, height: options.height ?? 900 };
		const page = await browser.newPage({ viewport: size });
		const lines: string[] = [];
		page.on('console', message => lines.push(`${message.type()}: ${message.text()}`));
		page.on('pageerror', error => lines.push(`error: ${error.message}`));
		const editor = new Editor({ page, api, place, workbench, console: lines }, browser);
		try {
			await page.goto(workbench.url);
			await editor.drawn();
		} catch (error) {
			await editor.close();
			throw error;
		}
		return editor;
	}

	/** Resolves when the activity bar has our icon: the workbench is drawn and knows the extension. */
	async drawn(): Promise<void> {
		await this.activityIcon().waitFor({ timeout: 45_000 });
	}

	activityIcon(): Locator {
		return this.page.locator('.activitybar .action-label[aria-label^="Quarterdeck"]').first();
	}

	/** Opens our sidebar. A click on the icon of an open one would close it, and a fresh window may still be about to open it. */
	async openSidebar(): Promise<void> {
		const pane = this.pane('Chat');
		await until('our sidebar', async () => {
			if (await pane.isVisible()) return true;
			const item = this.page.locator('.activitybar .action-item:has([aria-label^="Quarterdeck"])').first();
			const isOpening = /\bchecked\b/.test((await item.getAttribute('class')) ?? '');
			if (!isOpening) await this.activityIcon().click();
			return pane.waitFor({ timeout: 2000 }).then(
				() => true,
				() => false,
			);
		});
	}

	/** Opens the chat and resolves when its page is drawn. */
	async openChat(): Promise<ChatPage> {
		await this.openSidebar();
		return new ChatPage(await this.surface('chat'));
	}

	/** The frame of one of our pages: the content of a webview is two frames deep. */
	surface(name: string): Promise<Frame> {
		return until(
			`the page '${name}'`,
			async () => {
				for (const frame of this.page.frames()) {
					if (frame.isDetached()) continue;
					const isOurs = await frame
						.evaluate(
							wanted =>
								document.querySelector(`#root[data-surface="${wanted}"]`)?.childElementCount !== undefined &&
								(document.querySelector('#root')?.childElementCount ?? 0) > 0,
							name,
						)
						.catch(() => false);
					if (isOurs) return frame;
				}
				return undefined;
			},
			30_000,
		);
	}

	/** A section of the sidebar, by its title. */
	pane(title: string): Locator {
		return this.page
			.locator('.pane')
			.filter({ has: this.page.locator(`.pane-header[aria-label^="${title}"]`) })
			.first();
	}

	/** Opens a section where it is folded and returns its rows as a person reads them. */
	async rows(title: string): Promise<readonly string[]> {
		await this.expand(title);
		const rows = this.pane(title).locator('.monaco-list-row');
		const labels = await rows.evaluateAll(items =>
			items.map(item => item.getAttribute('aria-label') ?? item.textContent ?? ''),
		);
		return labels.map(label => label.trim());
	}

	/** One row of a section. */
	async row(title: string, text: string | RegExp): Promise<Locator> {
		await this.expand(title);
		return this.pane(title).locator('.monaco-list-row').filter({ hasText: text }).first();
	}

	async expand(title: string): Promise<void> {
		await this.openSidebar();
		const header = this.pane(title).locator('.pane-header');
		if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
	}

	/** Runs a command by what the palette shows for it, `Quarterdeck: Open Chat`. */
	async command(title: string): Promise<void> {
		await this.page.keyboard.press('F1');
		const input = this.quickInput();
		await input.waitFor();
		await input.fill(`>${title}`);
		const entry = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first();
		await entry.waitFor();
		await entry.click();
	}

	/** The text box of the palette, of picks and of questions. */
	quickInput(): Locator {
		return this.page.locator('.quick-input-widget .quick-input-box input').first();
	}

	/** Toasts on the screen. */
	notifications(): Locator {
		return this.page.locator('.notifications-toasts .notification-list-item');
	}

	/** Buttons of VS Code's own modal question. */
	dialog(): Locator {
		return this.page.locator('.monaco-dialog-box');
	}

	/** Types into an input box or a pick, and takes the first match. */
	async answerInput(text: string): Promise<void> {
		const input = this.quickInput();
		await input.waitFor();
		await input.fill(text);
		await this.page.keyboard.press('Enter');
	}

	/** Changes user settings in the file. The workbench does not watch it, so the window is reloaded. */
	async changeSettings(changes: Readonly<Record<string, unknown>>): Promise<void> {
		const file = this.workbench.settingsFile;
		const now = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
		writeFileSync(file, JSON.stringify({ ...now, ...changes }, undefined, '\t'));
		await this.reload();
	}

	/** Picks a theme as the user does. */
	async setTheme(theme: Theme): Promise<void> {
		const { name, mark } = themes[theme];
		await this.command('Preferences: Color Theme');
		await this.answerInput(name);
		await this.page.locator(`.monaco-workbench.${mark}`).waitFor();
		await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
	}

	/** Writes test/results/NAME.png and returns its path. */
	async screenshot(name: string): Promise<string> {
		const folder = join(root, 'test', 'results');
		mkdirSync(folder, { recursive: true });
		const path = join(folder, `${name}.png`);
		await this.page.screenshot({ path });
		return path;
	}

	/** Reloads the window as the user does; the old extension host ends, a new one starts. */
	async reload(): Promise<void> {
		const old = this.hostProcess()?.pid;
		await this.page.reload();
		await this.drawn();
		await until('a new extension host', () => {
			const now = this.hostProcess()?.pid;
			return now !== undefined && now !== old ? now : undefined;
		});
	}

	/** The extension host of this workbench. */
	hostProcess(): ProcessInfo | undefined {
		return tree(this.workbench.pid).findLast(item => item.command.includes('--type=extensionHost'));
	}

	/** Ends the extension host as a crash does: nothing of it gets to run. */
	killHost(): void {
		const host = this.hostProcess();
		if (!host) throw new Error('There is no extension host to end');
		signal(host.pid, 'SIGKILL');
	}

	/** The CLI processes that this workbench runs. */
	claudeProcesses(): readonly ProcessInfo[] {
		const path = claudeForTests();
		const run = process.env[runVariable];
		const all = run === undefined ? tree(this.workbench.pid) : processesOfRun(run);
		return all.filter(item => item.command.startsWith(path));
	}

	/** Ends everything and removes the folders. */
	async close(): Promise<void> {
		await this.#browser.close();
		await this.workbench.stop();
		await this.api.close();
		this.place.remove();
	}
}
