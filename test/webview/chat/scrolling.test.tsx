// @vitest-environment node
// The virtual list is drawn by a real browser here: jsdom has no sizes. Skipped where none was fetched.
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChatItem } from '../../../src/core/chat/items';
import { buildPage, findChromium, launchBrowser, type BuiltPage } from '../gallery/browser';
import type { FakeHost } from '../gallery/fakeHost';

type WithGallery = typeof globalThis & { readonly gallery: { readonly host: FakeHost } };

const place = (page: Page): Promise<{ readonly fromEnd: number; readonly top: string }> =>
	page.evaluate(() => {
		const scroller = document.querySelector('.scroller')!;
		const top =
			document
				.elementFromPoint(innerWidth / 2, 60)
				?.closest('.row')
				?.textContent.slice(0, 12) ?? '';
		return { fromEnd: scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight, top };
	});

const atEnd = (page: Page): Promise<unknown> =>
	page.waitForFunction(
		() => {
			const scroller = document.querySelector('.scroller');
			// The list hides its rows until it stands where it was told to begin.
			const rows = document.querySelector<HTMLElement>('[data-testid=virtuoso-item-list]');
			if (!scroller || !rows || rows.style.visibility === 'hidden' || scroller.scrollTop === 0) return false;
			return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 4;
		},
		null,
		{ timeout: 60_000 },
	);

const add = (page: Page, item: Partial<ChatItem>): Promise<void> =>
	page.evaluate(value => (globalThis as WithGallery).gallery.host.change([{ op: 'add', item: value as ChatItem }]), {
		at: 0,
		parent: null,
		...item,
	});

/** Two frames: what a change led to is drawn. */
const frames = (page: Page): Promise<unknown> =>
	page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))));

const askedEarlier = (page: Page): Promise<number> =>
	page.evaluate(() => (globalThis as WithGallery).gallery.host.calls.filter(call => call.name === 'earlier').length);

describe.skipIf(!findChromium())('scrolling', () => {
	let browser: Browser;
	let built: BuiltPage;
	let page: Page;
	beforeAll(async () => {
		built = await buildPage(join(import.meta.dirname, '../gallery/page.ts'));
		browser = await launchBrowser();
		page = await browser.newPage({ viewport: { width: 400, height: 700 } });
		await page.goto(`${built.url}?scene=long`);
		await atEnd(page);
	}, 60_000);
	afterAll(async () => {
		await browser.close();
		built.dispose();
	});

	test('the view goes with a growing answer while it is at the end', async () => {
		await add(page, { kind: 'text', id: 'grow' as ChatItem['id'], text: 'Begin', isStreaming: true });
		await page.getByText('Begin').waitFor();
		for (let round = 0; round < 5; round++) {
			await page.evaluate(
				id =>
					(globalThis as WithGallery).gallery.host.change([
						{ op: 'append', id: id as ChatItem['id'], text: '\n\nmore words '.repeat(8) },
					]),
				'grow',
			);
			await atEnd(page);
		}
	});

	test('who reads further up is left alone, is offered the way back, and sees their own prompt', async () => {
		await page.mouse.move(200, 300);
		await page.mouse.wheel(0, -1500);
		await page.getByText('Jump to latest').waitFor();
		await frames(page);
		const before = await place(page);
		await add(page, { kind: 'text', id: 'late' as ChatItem['id'], text: 'Late words', isStreaming: false });
		await frames(page);
		expect((await place(page)).top).toBe(before.top);
		await page.getByText('Jump to latest').click();
		await atEnd(page);
		await page.mouse.wheel(0, -1500);
		await page.getByText('Jump to latest').waitFor();
		await add(page, {
			kind: 'user',
			id: 'mine' as ChatItem['id'],
			text: 'My own words',
			attachments: [],
			state: 'sent',
		});
		await atEnd(page);
	});

	test('a question that is taller than the view is shown from its top, once', async () => {
		await page.setViewportSize({ width: 300, height: 330 });
		await page.goto(`${built.url}?scene=orange`);
		const card = page.locator('[data-approval]');
		await card.waitFor();
		const isShort = await page.evaluate(
			() =>
				document.querySelector('[data-approval]')!.getBoundingClientRect().height >
				document.querySelector('.scroller')!.clientHeight,
		);
		expect(isShort).toBe(true);
		const above = (): Promise<number> =>
			page.evaluate(
				() =>
					document.querySelector('[data-approval]')!.getBoundingClientRect().top -
					document.querySelector('.scroller')!.getBoundingClientRect().top,
			);
		await expect.poll(above).toBeGreaterThanOrEqual(-1);
		expect(await above()).toBeLessThan(40);
		await page.mouse.move(150, 100);
		await page.mouse.wheel(0, 60);
		await expect.poll(above).toBeLessThan(-20);
		await page.setViewportSize({ width: 310, height: 330 });
		await frames(page);
		expect(await above()).toBeLessThan(-20);
		await page.setViewportSize({ width: 400, height: 700 });
	});

	test('earlier rows come before without moving what is read', async () => {
		await page.goto(`${built.url}?scene=long`);
		await atEnd(page);
		await page.evaluate(() => {
			const { host } = (globalThis as WithGallery).gallery;
			const old = { kind: 'user', at: 0, parent: null, attachments: [], state: 'sent' } as const;
			const items = Array.from({ length: 50 }, (_, at) => ({
				...old,
				id: `old-${at}` as ChatItem['id'],
				text: `Old ${at}`,
			}));
			host.answer({ earlier: () => ({ items, earlier: 0 }) });
		});
		expect(await askedEarlier(page)).toBe(0);
		await page.evaluate(() => document.querySelector('.scroller')?.scrollTo(0, 0));
		await page.waitForFunction(() => (document.querySelector('.scroller')?.scrollTop ?? 0) > 500);
		expect(await askedEarlier(page)).toBe(1);
		await expect.poll(async () => (await place(page)).top).toMatch(/^(Old 4|Question 0|Answer 0)/);
	});
});
