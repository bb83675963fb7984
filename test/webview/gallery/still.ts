import type { Page } from 'playwright-core';

const quietMs = 120;
const longestMs = 3_000;

/**
 * Waits until nothing of the page changes any more: what comes a moment later (Markdown, colours of code, a chunk that is
 * loaded) has come. A scene that never rests, as one that counts seconds or runs, is taken as it is after a while.
 */
export async function still(page: Page): Promise<void> {
	await page.evaluate(
		async ({ quiet, longest }) =>
			new Promise<void>(done => {
				const began = performance.now();
				let changed = began;
				const observer = new MutationObserver(() => (changed = performance.now()));
				observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
				// Asked when the page has nothing else to do: a busy machine makes it wait longer, not see less.
				const look = (): void => {
					const now = performance.now();
					if (now - changed < quiet && now - began < longest) {
						setTimeout(() => requestIdleCallback(look, { timeout: 500 }), quiet / 4);
						return;
					}
					observer.disconnect();
					done();
				};
				requestIdleCallback(look, { timeout: 500 });
			}),
		{ quiet: quietMs, longest: longestMs },
	);
}
