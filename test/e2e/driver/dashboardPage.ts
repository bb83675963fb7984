import { basename } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { until } from './until.ts';
import type { WorkbenchPage } from './workbenchPage.ts';

/** The page of the dashboard, and its widgets by their titles. */
export class DashboardPage {
	readonly #editor: WorkbenchPage;

	constructor(editor: WorkbenchPage) {
		this.#editor = editor;
	}

	frame(): Promise<Frame> {
		return this.#editor.surface('dashboard');
	}

	/** The page once it shows a dashboard of that name. A fresh tab hides the one before, whose page is taken down then. */
	named(name: string): Promise<Frame> {
		return this.#editor.frameWith(`#root[data-surface="dashboard"] h1:text-is("${name}")`);
	}

	async widget(name: string): Promise<Locator> {
		return (await this.frame()).getByRole('region', { name, exact: true });
	}

	/** A widget that is scrolled into view: outside of it, it is told nothing. */
	async seen(name: string): Promise<Locator> {
		const found = await this.widget(name);
		await found.scrollIntoViewIfNeeded();
		return found;
	}

	/** Imports a file of the workspace's own folder, through the file dialog. */
	async importFile(file: string): Promise<void> {
		await this.#editor.command('Quarterdeck: Import Dashboard');
		await this.dialogAt('/');
		const row = this.#editor.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: basename(file) });
		await row.first().click();
		await this.#editor.quickInput().waitFor({ state: 'hidden' });
	}

	/** The file dialog looks at its folder first, and takes what is typed after that. */
	async dialogAt(ending: string): Promise<void> {
		await until('the dialog', async () => {
			const input = this.#editor.quickInput();
			return (await input.isVisible()) && (await input.inputValue()).endsWith(ending);
		});
	}
}
