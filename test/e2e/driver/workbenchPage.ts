import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import { root } from '../../../scripts/lib/tools.ts';
import { ChatPage } from './chatPage.ts';
import { until } from './until.ts';

export type Theme = 'light' | 'dark' | 'contrast';

const themes: Readonly<Record<Theme, { readonly name: string; readonly mark: string }>> = {
	light: { name: 'Light Modern', mark: 'vs' },
	dark: { name: 'Dark Modern', mark: 'vs-dark' },
	contrast: { name: 'Default High Contrast', mark: 'hc-black' },
};

/** A window of the workbench, driven as a person does. */
export class WorkbenchPage {
	readonly page: Page;

	constructor(page: Page) {
		this.page = page;
	}

	/** Resolves when the activity bar has our icon: the workbench is drawn and knows the extension. */
	async drawn(): Promise<void> {
		await this.#activityItem().waitFor({ timeout: 120_000 });
	}

	/** The icon of ours with its badge, which may lie over it. */
	#activityItem(): Locator {
		return this.page.locator('.activitybar .action-item:has([aria-label^="Quarterdeck"])').first();
	}

	/** Opens our sidebar. A click on the icon of an open one would close it, and a fresh window may still be about to open it. */
	async openSidebar(): Promise<void> {
		const pane = this.pane('Chat');
		await until('our sidebar', async () => {
			if (await pane.isVisible()) return true;
			const item = this.#activityItem();
			const isOpening = /\bchecked\b/.test((await item.getAttribute('class')) ?? '');
			if (!isOpening) await item.click();
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

	/** Begins a conversation with the view's own button, unless the one that is shown has nothing in it yet. */
	async newConversation(): Promise<ChatPage> {
		const chat = await this.openChat();
		await chat.composer().waitFor();
		const isNew = async (): Promise<boolean> => /What shall .+ do\?/.test(await chat.text());
		if (await isNew()) return chat;
		await this.pane('Chat').locator('.pane-header [aria-label^="New Conversation"]').press('Enter');
		await until('an empty conversation', isNew);
		return chat;
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
			60_000,
		);
	}

	/** The frame that holds something, once it does. */
	frameWith(selector: string): Promise<Frame> {
		return until(
			`a page with ${selector}`,
			async () => {
				for (const frame of this.page.frames()) {
					const count = await frame
						.locator(selector)
						.count()
						.catch(() => 0);
					if (count > 0) return frame;
				}
				return undefined;
			},
			60_000,
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
		// By key: the hover of our icon, where the mouse may still be, lies over the headers beside it.
		if ((await header.getAttribute('aria-expanded')) === 'false') await header.press('Enter');
	}

	/** Runs a command by what the palette shows for it, `Quarterdeck: Open Chat`. */
	async command(title: string): Promise<void> {
		await this.#pick('F1', `>${title}`, title);
	}

	/** Opens a file of the workspace by its name. */
	async openFile(name: string): Promise<void> {
		await this.#pick('Control+p', name, name);
	}

	/** An editor that takes the focus when it has loaded closes a pick: then it is opened again. */
	async #pick(key: string, text: string, entry: string): Promise<void> {
		for (let tries = 4; !(await this.#tryPick(key, text, entry, tries === 1)); tries--)
			await this.page.keyboard.press('Escape');
	}

	async #tryPick(key: string, text: string, entry: string, isLast: boolean): Promise<boolean> {
		const row = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: entry }).first();
		const timeout = isLast ? 30_000 : 8_000;
		try {
			await this.page.keyboard.press(key);
			await this.quickInput().waitFor({ timeout });
			await this.quickInput().fill(text, { timeout });
			// A list that is drawn anew while it is clicked takes nothing. Once the palette has gone, what stands there is the command's own.
			await until('the palette to go', async () => {
				if (await this.#isGone(text)) return true;
				await row.click({ timeout }).catch(() => undefined);
				return until('it', () => this.#isGone(text), 1500).catch(() => false);
			});
			return true;
		} catch (error) {
			if (isLast) throw error;
			return false;
		}
	}

	/** Whether the palette has gone, or has become what the command asks. */
	async #isGone(text: string): Promise<boolean> {
		const input = this.quickInput();
		if (!(await input.isVisible())) return true;
		return (await input.inputValue().catch(() => '')) !== text;
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
		await input.press('Enter');
	}

	/** Types into a pick, and takes the entry that holds the text once there is one. */
	async pickInput(text: string): Promise<void> {
		const input = this.quickInput();
		await input.waitFor();
		await input.fill(text);
		await this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first().click();
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
}
