import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { buildPage, launchBrowser } from './browser.ts';

export interface Shooting {
	/** The gallery's page, which says by `?scene=` and `?theme=` what it shows. */
	readonly page: string;
	readonly looks: readonly { readonly theme: string; readonly width: number }[];
	/** Does what the scene wants done and waits until the page is still. */
	readonly settle: (page: Page) => Promise<void>;
}

/** Takes a picture of each scene in each look. The command line names the folder, and the scenes if not all. */
export async function shootScenes({ page: entry, looks, settle }: Shooting): Promise<void> {
	const [folder = '.cache/gallery', ...wanted] = process.argv.slice(2);
	mkdirSync(folder, { recursive: true });
	const built = await buildPage(entry);
	const browser = await launchBrowser();
	try {
		for (const { theme, width } of looks) {
			const page = await browser.newPage({ viewport: { width, height: 760 } });
			page.on('console', message => {
				if (message.type() === 'error') console.log(`console: ${message.text()}`);
			});
			page.on('pageerror', error => console.log(`error: ${error.message}`));
			await page.goto(built.url);
			for (const scene of wanted.length > 0 ? wanted : await scenesOf(page)) {
				await page.goto(`${built.url}?scene=${scene}&theme=${theme}`);
				await settle(page);
				await page.screenshot({ path: join(folder, `${scene}-${theme}-${width}.png`) });
			}
			await page.close();
		}
	} finally {
		await browser.close();
		built.dispose();
	}
}

function scenesOf(page: Page): Promise<readonly string[]> {
	return page.evaluate(() => (globalThis as unknown as { gallery: { names: readonly string[] } }).gallery.names);
}
