import type { Page } from 'playwright-core';
import { still } from '../../gallery/still.ts';

/** Presses what the scene wants pressed, and waits until the page is still. */
export async function settle(page: Page): Promise<void> {
	await page.waitForSelector('main h1');
	const press = await page.evaluate(
		() => (globalThis as unknown as { gallery: { press: readonly string[] } }).gallery.press,
	);
	for (const words of press) await page.locator('vscode-button', { hasText: words }).first().click();
	await page.evaluate(() => document.fonts.ready);
	// Text and colours arrive a moment after the press.
	await still(page);
}
