// `node test/webview/ledger/gallery/shoot.ts FOLDER [scene…]` takes a picture of each scene in each theme and width.
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { shootScenes } from '../../gallery/shootScenes.ts';

interface Gallery {
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

await shootScenes({
	page: join(import.meta.dirname, 'page.ts'),
	looks: [
		{ theme: 'dark', width: 1100 },
		{ theme: 'dark', width: 300 },
		{ theme: 'light', width: 700 },
		{ theme: 'contrast', width: 1100 },
	],
	settle,
});
