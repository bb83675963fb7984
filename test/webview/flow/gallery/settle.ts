import type { Page } from 'playwright-core';
import { still } from '../../gallery/still.ts';

/** Selects and does what the scene wants, and waits until the page is still. */
export async function settle(page: Page): Promise<void> {
	await page.waitForSelector('.canvas');
	await page.evaluate(() => (globalThis as unknown as { gallery: { start(): void } }).gallery.start());
	await page.evaluate(() => document.fonts.ready);
	// Markdown and the picture below the cards arrive a moment later.
	await still(page);
}
