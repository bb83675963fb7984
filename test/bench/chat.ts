// The real chat page in a browser: frames while an answer streams into 10,000 messages and while they are scrolled.
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { buildPage, launchBrowser } from '../webview/gallery/browser.ts';
import { median, type PrintLine } from './line.ts';
import type { ChatBench } from './chatParts/page.ts';

const streamSeconds = 10;
const scrollSeconds = 6;

type WithBench = typeof globalThis & { readonly bench: ChatBench };

/** Frames a second of a page that does nothing: what this machine's browser can show at all. */
async function idleFps(page: Page): Promise<number> {
	return page.evaluate(
		() =>
			new Promise<number>(resolve => {
				const start = performance.now();
				let frames = 0;
				const step = (): void => {
					frames++;
					const elapsed = performance.now() - start;
					if (elapsed > 2000) resolve((frames * 1000) / elapsed);
					else requestAnimationFrame(step);
				};
				requestAnimationFrame(step);
			}),
	);
}

async function heapMb(page: Page): Promise<number> {
	const session = await page.context().newCDPSession(page);
	await session.send('HeapProfiler.collectGarbage');
	const { usedSize } = await session.send('Runtime.getHeapUsage');
	return usedSize / 1e6;
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

/** Prints the figures of the chat page. */
export async function run(print: PrintLine): Promise<void> {
	const built = await buildPage(join(import.meta.dirname, 'chatParts/page.ts'));
	const browser = await launchBrowser();
	try {
		const page = await browser.newPage({ viewport: { width: 420, height: 800 } });
		await page.goto('about:blank');
		const baseline = rounded(await idleFps(page));
		const start = performance.now();
		await page.goto(built.url);
		await page.waitForFunction(() => (globalThis as WithBench).bench.rows() > 3);
		print({ bench: 'chat', metric: 'open_ms', value: Math.round(performance.now() - start), unit: 'ms' });
		const stream = await page.evaluate(seconds => (globalThis as WithBench).bench.stream(seconds), streamSeconds);
		const frames = (metric: string, fps: number): void =>
			print({
				bench: 'chat',
				metric,
				value: rounded(fps),
				unit: 'fps',
				baseline,
				ratio: Number((fps / baseline).toFixed(3)),
			});
		frames('stream_fps', stream.fps);
		print({ bench: 'chat', metric: 'token_to_frame_ms', value: rounded(median(stream.delays)), unit: 'ms' });
		const scroll = await page.evaluate(seconds => (globalThis as WithBench).bench.scroll(seconds), scrollSeconds);
		frames('scroll_fps', scroll.fps);
		print({ bench: 'chat', metric: 'scroll_blank_percent', value: rounded(scroll.blankPercent), unit: '%' });
		print({
			bench: 'chat',
			metric: 'rows_in_document',
			value: await page.evaluate(() => (globalThis as WithBench).bench.rows()),
			unit: 'rows',
		});
		print({ bench: 'chat', metric: 'memory_mb', value: rounded(await heapMb(page)), unit: 'MB' });
	} finally {
		await browser.close();
		built.dispose();
	}
}
