import type { Page } from 'playwright-core';

/** Waits until the dashboard is drawn, and presses what the scene wants pressed. */
export async function settle(page: Page): Promise<void> {
	await page.waitForSelector('.widget, .dashboard-empty');
	const names = await page.evaluate(() => (globalThis as unknown as { press: readonly string[] }).press);
	for (const name of names) {
		const button = page.locator(`[aria-label="${name}"], vscode-button:has-text("${name}")`).first();
		await button.dispatchEvent('click');
		await page.waitForSelector('.side-pane');
	}
	await page.evaluate(() => document.fonts.ready);
	// Charts are a chunk of their own, and draw in the next frame.
	await page
		.waitForFunction(
			() =>
				document.querySelectorAll('.chart-root canvas, [data-kind=timeSeries] .widget-state').length >=
				document.querySelectorAll('[data-kind=timeSeries]').length,
			undefined,
			{ timeout: 1500 },
		)
		.catch(() => undefined);
	await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
}
