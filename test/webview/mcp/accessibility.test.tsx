// @vitest-environment node
// The rules of axe over every scene, in a real browser: contrast needs real colours and sizes.
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPage, findChromium, launchBrowser, type BuiltPage } from '../gallery/browser.ts';
import { scenes } from './gallery/scenes';
import { settle } from './gallery/settle.ts';

const axe = join(import.meta.dirname, '../../../node_modules/axe-core/axe.min.js');
const themes = ['dark', 'light', 'contrast'] as const;

let browser: Browser;
let built: BuiltPage;
let page: Page;

beforeAll(async () => {
	if (!findChromium()) return;
	built = await buildPage(join(import.meta.dirname, 'gallery/page.tsx'));
	browser = await launchBrowser();
	page = await browser.newPage({ viewport: { width: 420, height: 760 } });
}, 60_000);

afterAll(async () => {
	await browser?.close();
	built?.dispose();
});

/** What breaks a rule, with the first places. */
async function violations(): Promise<readonly string[]> {
	await page.addScriptTag({ path: axe });
	const results = await page.evaluate(async () => {
		const { axe: checker } = globalThis as unknown as { axe: { run(where: object, how: object): Promise<AxeResults> } };
		return checker.run(document, { resultTypes: ['violations'] });
	});
	return results.violations.flatMap(({ id, nodes }) =>
		nodes.slice(0, 4).map(node => `${id}: ${node.target.join(' ')} ${node.any[0]?.message ?? ''}`),
	);
}

describe.skipIf(!findChromium()).each(themes)('in the %s theme', theme => {
	test.each(Object.keys(scenes))('the scene “%s” can be used by everyone', async scene => {
		await page.goto(`${built.url}?scene=${scene}&theme=${theme}`);
		await settle(page);
		expect(await violations()).toEqual([]);
	});

	test('nothing has to be scrolled sideways at 300 pixels', async () => {
		await page.setViewportSize({ width: 300, height: 760 });
		for (const scene of Object.keys(scenes)) {
			await page.goto(`${built.url}?scene=${scene}&theme=${theme}`);
			await settle(page);
			const wide = await page.evaluate(() =>
				[...document.querySelectorAll('main, .split, .split-list, .split-detail, .stream, .inspector-header')]
					.filter(part => part.scrollWidth > part.clientWidth + 1)
					.map(part => part.className),
			);
			expect(wide, scene).toEqual([]);
		}
		await page.setViewportSize({ width: 420, height: 760 });
	}, 60_000);
});
