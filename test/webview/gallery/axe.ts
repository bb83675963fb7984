import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPage, findChromium, launchBrowser, type BuiltPage } from './browser.ts';

const axe = join(import.meta.dirname, '../../../node_modules/axe-core/axe.min.js');
const themes = ['dark', 'light', 'contrast'] as const;
type Theme = (typeof themes)[number];
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
	let shown: string | undefined;
	const wide = gallery.size ?? size;

	beforeAll(async () => {
		if (!findChromium()) return;
		built = await buildPage(gallery.page);
		browser = await launchBrowser();
		page = await browser.newPage({ viewport: wide });
	}, 60_000);

	afterAll(async () => {
		await browser?.close();
		built?.dispose();
	});

	/** Loads a scene at a width; the themes follow each other in the same page, as when somebody changes theirs. */
	const open = async (scene: string, theme: Theme, width: number): Promise<void> => {
		const wanted = `${scene} ${width}`;
		if (shown !== wanted) {
			shown = undefined;
			await page.setViewportSize({ width, height: width === wide.width ? wide.height : size.height });
			await page.goto(`${built.url}?scene=${scene}&theme=${theme}`);
			await gallery.settle(page);
			shown = wanted;
		}
		await wear(page, theme);
	};

	describe.skipIf(!findChromium()).each(gallery.scenes)('the scene “%s”', scene => {
		test.each(themes)('can be used by everyone in the %s theme', async theme => {
			await open(scene, theme, wide.width);
			expect(await violations(page, theme)).toEqual([]);
		});

		const { narrow } = gallery;
		if (narrow === undefined) return;
		test.each(themes)('has nothing to scroll sideways at 300 pixels in the %s theme', async theme => {
			await open(scene, theme, 300);
			expect(await tooWide(page, narrow)).toEqual([]);
		});
	});
}

/** Changes the theme of an open page; colours that fade are taken at their end. */
async function wear(page: Page, theme: Theme): Promise<void> {
	await page.evaluate(async name => {
		(globalThis as unknown as { wear(theme: string): void }).wear(name);
		// What draws with colours of its own hears of the change first, and draws in a task after that.
		for (let task = 0; task < 2; task++) await new Promise(done => setTimeout(done));
		for (const animation of document.getAnimations()) if (animation instanceof CSSTransition) animation.finish();
	}, theme);
}

/** What breaks a rule, with the first places. */
async function violations(page: Page, theme: Theme): Promise<readonly string[]> {
	const isThere = await page.evaluate(() => 'axe' in globalThis);
	if (!isThere) await page.addScriptTag({ path: axe });
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
