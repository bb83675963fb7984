// `node test/webview/gallery/shoot.ts FOLDER [scene…]` takes a picture of each scene in each theme and width.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { buildPage, launchBrowser } from './browser.ts';

const [folder = '.cache/gallery', ...wanted] = process.argv.slice(2);
const looks = [
	{ theme: 'dark', width: 300 },
	{ theme: 'dark', width: 1000 },
	{ theme: 'light', width: 420 },
	{ theme: 'contrast', width: 420 },
];

interface Gallery {
	readonly names: readonly string[];
	readonly press: readonly string[];
	readonly type: string;
}

const galleryOf = (page: Page): Promise<Gallery> =>
	page.evaluate(() => (globalThis as unknown as { gallery: Gallery }).gallery);

async function settle(page: Page): Promise<void> {
	await page.waitForSelector('.header');
	const { press, type } = await galleryOf(page);
	if (type !== '') await page.locator('.composer textarea').pressSequentially(type);
	for (const name of press) await page.getByRole('button', { name }).first().click();
	await page.evaluate(() => document.fonts.ready);
	await page.waitForFunction(() => {
		const list = document.querySelector<HTMLElement>('[data-testid=virtuoso-item-list]');
		return list === null || list.style.visibility !== 'hidden';
	});
	// Menus and code colours arrive a moment after the press; a picture has no condition to wait for.
	await page.waitForTimeout(250);
}

mkdirSync(folder, { recursive: true });
const built = await buildPage(join(import.meta.dirname, 'page.ts'));
const browser = await launchBrowser();
try {
	for (const { theme, width } of looks) {
		const page = await browser.newPage({ viewport: { width, height: 760 } });
		page.on('console', message => {
			if (message.type() === 'error') console.log(`console: ${message.text()}`);
		});
		page.on('pageerror', error => console.log(`error: ${error.message}`));
		await page.goto(built.url);
		for (const scene of wanted.length > 0 ? wanted : (await galleryOf(page)).names) {
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
