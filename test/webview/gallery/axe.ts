import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPage, findChromium, launchBrowser, type BuiltPage } from './browser.ts';

const axe = join(import.meta.dirname, '../../../node_modules/axe-core/axe.min.js');
const themes = ['dark', 'light', 'contrast'] as const;
const size = { width: 420, height: 760 };

export interface GalleryToCheck {
	/** The page's module, as the shooter takes it. */
	readonly page: string;
	readonly scenes: readonly string[];
	/** Waits until a scene has come to rest. */
	readonly settle: (page: Page) => Promise<void>;
	/** CSS selectors of what must not have to be scrolled sideways at 300 pixels. */
	readonly narrow?: string;
	readonly size?: { readonly width: number; readonly height: number };
}

/** Holds every scene, in every theme, to the rules of axe, in a real browser: contrast needs real colours and sizes. */
export function everyoneCanUse(gallery: GalleryToCheck): void {
	let browser: Browser;
	let built: BuiltPage;
	let page: Page;

	beforeAll(async () => {
		if (!findChromium()) return;
		built = await buildPage(gallery.page);
		browser = await launchBrowser();
		page = await browser.newPage({ viewport: gallery.size ?? size });
	}, 60_000);

	afterAll(async () => {
		await browser?.close();
		built?.dispose();
	});

	const open = async (scene: string, theme: string): Promise<void> => {
		await page.goto(`${built.url}?scene=${scene}&theme=${theme}`);
		await gallery.settle(page);
	};

	describe.skipIf(!findChromium()).each(themes)('in the %s theme', theme => {
		test.each(gallery.scenes)('the scene “%s” can be used by everyone', async scene => {
			await open(scene, theme);
			expect(await violations(page, theme)).toEqual([]);
		});

		const { narrow } = gallery;
		if (narrow === undefined) return;
		test('nothing has to be scrolled sideways at 300 pixels', async () => {
			await page.setViewportSize({ width: 300, height: size.height });
			for (const scene of gallery.scenes) {
				await open(scene, theme);
				expect(await tooWide(page, narrow), scene).toEqual([]);
			}
			await page.setViewportSize(gallery.size ?? size);
		}, 60_000);
	});
}

/** What breaks a rule, with the first places. */
async function violations(page: Page, theme: (typeof themes)[number]): Promise<readonly string[]> {
	await page.addScriptTag({ path: axe });
	// Themes differ in nothing but colours.
	const rules = theme === 'dark' ? {} : { runOnly: ['color-contrast', 'link-in-text-block'] };
	const results = await page.evaluate(async options => {
		const { axe: checker } = globalThis as unknown as { axe: { run(where: object, how: object): Promise<AxeResults> } };
		return checker.run(document, { resultTypes: ['violations'], ...options });
	}, rules);
	return results.violations.flatMap(({ id, nodes }) =>
		nodes.slice(0, 4).map(node => `${id}: ${node.target.join(' ')} ${node.any[0]?.message ?? ''}`),
	);
}

function tooWide(page: Page, selector: string): Promise<readonly string[]> {
	return page.evaluate(
		wanted =>
			[...document.querySelectorAll(wanted)]
				.filter(part => part.scrollWidth > part.clientWidth + 1)
				.map(part => part.className),
		selector,
	);
}
