// `node test/webview/ledger/gallery/shoot.ts FOLDER [scene…]` takes a picture of each scene in each theme and width.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { buildPage, launchBrowser } from '../../gallery/browser.ts';

const [folder = '.cache/gallery', ...wanted] = process.argv.slice(2);
const looks = [
	{ theme: 'dark', width: 1100 },
	{ theme: 'dark', width: 300 },
	{ theme: 'light', width: 700 },
	{ theme: 'contrast', width: 1100 },
];

interface Gallery {
	readonly names: readonly string[];
	readonly press: readonly (readonly [string, string])[];
	readonly search: string;
}

const galleryOf = (page: Page): Promise<Gallery> =>
	page.evaluate(() => (globalThis as unknown as { gallery: Gallery }).gallery);

async function settle(page: Page): Promise<void> {
	await page.waitForSelector('main h1');
	const { press, search } = await galleryOf(page);
	for (const [role, name] of press) {
		if (role === 'summary') await page.locator('summary').click();
		else
			await page
				.getByRole(role as 'tab', { name })
				.first()
				.click();
	}
	if (search !== '') {
		await page.getByLabel('Search the log').first().fill(search);
		await page.waitForSelector('.search-count:not(:empty)');
		await page.keyboard.press('Enter');
	}
	await page.evaluate(() => document.fonts.ready);
	// Text and colours arrive a moment after the press; a picture has no condition to wait for.
	await page.waitForTimeout(400);
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
