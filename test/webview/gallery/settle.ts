import type { Page } from 'playwright-core';
import { still } from './still.ts';

export interface Gallery {
	readonly names: readonly string[];
	readonly press: readonly string[];
	readonly type: string;
}

/** What the page says of its scene. */
export const galleryOf = (page: Page): Promise<Gallery> =>
	page.evaluate(() => (globalThis as unknown as { gallery: Gallery }).gallery);

/** Does what the scene wants done and waits until the page is still. */
export async function settle(page: Page): Promise<void> {
	await page.waitForSelector('.header');
	const { press, type } = await galleryOf(page);
	if (type !== '') await page.locator('.composer textarea').pressSequentially(type);
	for (const name of press) await page.getByRole('button', { name }).first().click();
	await page.evaluate(() => document.fonts.ready);
	await page.waitForFunction(() => {
		const list = document.querySelector<HTMLElement>('[data-testid=virtuoso-item-list]');
		return list === null || list.style.visibility !== 'hidden';
	});
	// Menus and code colours arrive a moment after the press.
	await still(page);
}
