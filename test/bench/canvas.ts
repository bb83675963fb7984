// The real editor of flows in a browser, over a host of its own: opening, panning, zooming, dragging.
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { buildPage, launchBrowser, type BuiltPage } from '../webview/gallery/browser.ts';
import type { CanvasBench } from './canvasParts/page.tsx';
import { median, type PrintLine } from './line.ts';

const sizes = [100, 1000, 5000, 20_000] as const;
const seconds = 5;
const openings = 3;

type WithBench = typeof globalThis & { readonly bench: CanvasBench };

/** Milliseconds from asking for the page until cards are in the document and the page has drawn them. */
async function open(browser: Browser, built: BuiltPage, nodes: number): Promise<number> {
	const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
	try {
		const start = performance.now();
		await page.goto(`${built.url}?nodes=${nodes}`);
		await page.waitForFunction(() => (globalThis as WithBench).bench.cards() > 10);
		await page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))));
		return performance.now() - start;
	} finally {
		await page.close();
	}
}

/** Prints the figures of the canvas. */
export async function run(print: PrintLine): Promise<void> {
	const built = await buildPage(join(import.meta.dirname, 'canvasParts/page.tsx'));
	const browser = await launchBrowser();
	try {
		for (const nodes of sizes) {
			const times: number[] = [];
			for (let round = 0; round < openings; round++) times.push(await open(browser, built, nodes));
			const line = (metric: string, value: number, unit: string): void =>
				print({ bench: 'canvas', metric: `${metric}@${nodes}`, value: Math.round(value * 10) / 10, unit });
			line('open_ms', median(times), 'ms');
			const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
			await page.goto(`${built.url}?nodes=${nodes}`);
			await page.waitForFunction(() => (globalThis as WithBench).bench.cards() > 10);
			// What loads after the first cards is not part of any gesture.
			await page.waitForTimeout(500);
			const { fps: plain } = await page.evaluate(() => (globalThis as WithBench).bench.plain(3));
			line('plain_pan_fps', plain, 'fps');
			for (const gesture of ['drag', 'pan', 'zoom'] as const) {
				const { fps, p95 } = await page.evaluate(([name, time]) => (globalThis as WithBench).bench[name](time), [
					gesture,
					seconds,
				] as const);
				print({
					bench: 'canvas',
					metric: `${gesture}_fps@${nodes}`,
					value: Math.round(fps * 10) / 10,
					unit: 'fps',
					baseline: Math.round(plain * 10) / 10,
					ratio: Number((fps / plain).toFixed(3)),
				});
				line(`${gesture}_p95_ms`, p95, 'ms');
			}
			await page.close();
		}
	} finally {
		await browser.close();
		built.dispose();
	}
}
