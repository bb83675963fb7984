// The dashboard's page in a real browser, with twenty widgets and charts of a day, driven by a simulated clock.
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { root } from '../../scripts/lib/tools';
import { buildPage, launchBrowser } from '../webview/gallery/browser';
import { median, type PrintLine } from './line';

interface Frames {
	readonly fps: number;
	readonly p95: number;
}

type WithBench = typeof globalThis & {
	readonly bench: { frames(seconds: number, isLive: boolean): Promise<Frames>; pass(seconds: number): Promise<number> };
};

const widgets = 20;
const rounds = 3;
const seconds = 4;
const hour = 3600;

/** Prints the figures of the dashboard. */
export async function run(print: PrintLine): Promise<void> {
	const built = await buildPage(join(root, 'test', 'bench', 'dashboardParts', 'page.ts'));
	const browser = await launchBrowser();
	const line = (metric: string, value: number, unit: string, more = {}): void =>
		print({ bench: 'dashboard', metric, value: Math.round(value * 10) / 10, unit, ...more });
	try {
		// As high as all of it: every widget is in view, and so is live.
		const page = await browser.newPage({ viewport: { width: 1600, height: 1300 } });
		await page.goto(built.url);
		await drawn(page);
		await measureFrames(page, line);
		const devtools = await page.context().newCDPSession(page);
		const before = await heap(devtools);
		const bytes = await page.evaluate(time => (globalThis as WithBench).bench.pass(time), hour);
		line('bytes_per_s', bytes / hour, 'B/s');
		const after = await heap(devtools);
		line('memory_mb', after, 'MB', {
			baseline: Math.round(before * 10) / 10,
			ratio: Number((after / before).toFixed(2)),
		});
	} finally {
		await browser.close();
		built.dispose();
	}
}

/** Nothing is told before the simulated clock moves. */
async function drawn(page: Page): Promise<void> {
	const isDrawn = (): Promise<boolean> =>
		page.evaluate(
			all =>
				document.querySelectorAll('.widget').length === all &&
				document.querySelectorAll('.chart-root canvas').length >= 6,
			widgets,
		);
	for (let passed = 0; !(await isDrawn()); passed++) {
		if (passed > 600) throw new Error('The dashboard was not drawn.');
		await page.evaluate(() => (globalThis as WithBench).bench.pass(1));
		await page.waitForTimeout(50);
	}
}

/** Frames while it lives and is scrolled, beside the same page at rest, in turns. */
async function measureFrames(
	page: Page,
	line: (metric: string, value: number, unit: string, more?: object) => void,
): Promise<void> {
	const live: Frames[] = [];
	const idle: Frames[] = [];
	for (let round = 0; round < rounds; round++) {
		for (const [isLive, frames] of [
			[true, live],
			[false, idle],
		] as const) {
			frames.push(
				await page.evaluate(([time, asked]) => (globalThis as WithBench).bench.frames(time, asked), [
					seconds,
					isLive,
				] as const),
			);
		}
	}
	const fps = median(live.map(frames => frames.fps));
	const baseline = median(idle.map(frames => frames.fps));
	line('fps', fps, 'fps', { baseline: Math.round(baseline * 10) / 10, ratio: Number((fps / baseline).toFixed(3)) });
	line('frame_p95_ms', median(live.map(frames => frames.p95)), 'ms');
}

/** Megabytes of what is still used. */
async function heap(devtools: CDPSession): Promise<number> {
	await devtools.send('HeapProfiler.collectGarbage');
	const { usedSize } = await devtools.send('Runtime.getHeapUsage');
	return usedSize / 1e6;
}
