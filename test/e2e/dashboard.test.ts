import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { DashboardPage } from './driver/dashboardPage.ts';
import { Editor, type Theme } from './driver/editor.ts';
import { until } from './driver/until.ts';

let editor: Editor;
let dashboard: DashboardPage;

const themes: readonly Theme[] = ['light', 'contrast', 'dark'];

beforeAll(async () => {
	editor = await Editor.start({ extensions: inject('extensions'), hasClaude: false, width: 1500, height: 1000 });
	dashboard = new DashboardPage(editor);
	await editor.command('View: Toggle Primary Side Bar Visibility');
});

afterAll(async () => {
	await editor?.screenshot('dashboard-end');
	await editor?.close();
});

const page = (): Promise<Frame> => dashboard.frame();
const widget = (name: string): Promise<Locator> => dashboard.widget(name);

type Place = readonly [left: number, top: number, width: number, height: number];

/** Where each widget stands, rounded: what a user would see move. */
async function places(): Promise<Readonly<Record<string, Place>>> {
	const frame = await page();
	const found = await frame.evaluate(() =>
		[...document.querySelectorAll<HTMLElement>('.cell')].map(cell => {
			const [, x = '0', y = '0'] = /translate\(([-\d.]+)px, ([-\d.]+)px\)/.exec(cell.style.transform) ?? [];
			const size = [Number.parseFloat(cell.style.width), Number.parseFloat(cell.style.height)];
			const name = cell.querySelector('.widget')?.getAttribute('aria-label') ?? '';
			return [name, [Number(x), Number(y), ...size].map(Math.round)] as const;
		}),
	);
	return Object.fromEntries(found) as unknown as Readonly<Record<string, Place>>;
}

describe('the dashboard', () => {
	test('opens with widgets that live', async () => {
		await editor.command('Quarterdeck: Open Dashboard');
		const cpu = await widget('CPU');
		await cpu.getByText(/of \d+ cores?/).waitFor();
		await (
			await widget('Memory')
		)
			.getByText(/ of .+ GB/)
			.first()
			.waitFor();
		await (await widget('Running')).getByText('Nothing runs now.').waitFor();
		await (await widget('Costs')).getByText('Set a Budget').waitFor();
		// It is told again and again: the load or the use moves.
		const first = await cpu.innerText();
		await until('another sample', async () => (await cpu.innerText()) !== first, 30_000);
		await (await page()).locator('.chart-root canvas').waitFor();
		await editor.screenshot('dashboard-first');
	});

	test('a widget is added from the gallery', async () => {
		const frame = await page();
		await frame.getByText('Add Widget', { exact: true }).first().click();
		await frame.getByRole('searchbox', { name: 'Search widgets' }).fill('clock');
		await editor.screenshot('dashboard-gallery');
		await frame.locator('.gallery-entry[data-kind="clock"]').click();
		await frame.getByRole('searchbox', { name: 'Search widgets' }).press('Escape');
		await (await widget('Clock')).getByText(/^\d{1,2}:\d{2}/).waitFor();
	});

	test('a widget is pulled by its header, and made larger at its corner', async () => {
		const before = await places();
		await drag((await widget('Memory')).locator('.widget-head'), 0, 320);
		await until('the memory to stand elsewhere', async () => (await places())['Memory']![1] !== before['Memory']![1]);
		const moved = await places();
		const cell = (await page()).locator('.cell').filter({ has: (await page()).locator('[data-kind="memory"]') });
		await drag(cell.locator('.react-resizable-handle'), 0, 90);
		await until('the memory to be higher', async () => (await places())['Memory']![3] > moved['Memory']![3]);
	});

	test('a widget is moved and resized by keyboard', async () => {
		const before = await places();
		const clock = await widget('Clock');
		await clock.focus();
		await clock.press('Enter');
		await (await page()).getByText(/^Arrows move/).waitFor();
		await clock.press('ArrowUp');
		await clock.press('ArrowUp');
		await clock.press('Shift+ArrowRight');
		await editor.screenshot('dashboard-moving');
		await clock.press('Enter');
		await until('the clock to stand elsewhere', async () => {
			const now = (await places())['Clock'];
			return now![1] < before['Clock']![1] && now![2] > before['Clock']![2];
		});
	});

	test('all is found again after a reload', async () => {
		const before = await places();
		const old = editor.hostProcess()?.pid;
		await editor.command('Developer: Reload Window');
		await until('a new extension host', () => {
			const now = editor.hostProcess()?.pid;
			return now !== undefined && now !== old;
		});
		await (await widget('CPU')).getByText(/of \d+ cores?/).waitFor();
		await until('the same places', async () => JSON.stringify(await places()) === JSON.stringify(before));
	});

	test('it goes out as a file and comes back; a file that is none says what is wrong where', async () => {
		const file = join(editor.place.folder, 'mine.dashboard.json');
		await editor.command('Quarterdeck: Export Dashboard');
		await dashboard.dialogAt('.json');
		await editor.answerInput(file);
		const text = await until('the export', () => {
			try {
				return readFileSync(file, 'utf8');
			} catch {
				return undefined;
			}
		});
		expect(JSON.parse(text)).toMatchObject({ format: 'quarterdeck-dashboard', version: 1, name: 'Dashboard' });
		await dashboard.importFile(file);
		await dashboard.named('Dashboard 2');
		const bad = join(editor.place.folder, 'bad.dashboard.json');
		writeFileSync(bad, text.replace(/"w": \d+/, '"w": 99'));
		await dashboard.importFile(bad);
		await editor
			.notifications()
			.filter({ hasText: '.w must be a whole number from 1 to 12, and is 99.' })
			.first()
			.waitFor();
		await editor.screenshot('dashboard-bad-file');
		await editor.command('Notifications: Clear All Notifications');
	});

	test('in three themes, and at 300 pixels', async () => {
		for (const theme of themes) {
			await editor.setTheme(theme);
			await (await page()).locator('.chart-root canvas').first().waitFor();
			await editor.screenshot(`dashboard-${theme}`);
		}
		await editor.page.setViewportSize({ width: 360, height: 1000 });
		await until('one column', async () => new Set(Object.values(await places()).map(([left]) => left)).size === 1);
		// Widgets glide to their new places.
		await until('nothing to be wider than the page', async () =>
			(await page()).evaluate(() =>
				[...document.querySelectorAll('.dashboard-page, .grid-scroll')].every(
					part => part.scrollWidth <= part.clientWidth + 1,
				),
			),
		);
		await editor.screenshot('dashboard-narrow');
	});
});

async function drag(from: Locator, right: number, down: number): Promise<void> {
	await from.hover();
	const box = await until('the place of what is dragged', async () => (await from.boundingBox()) ?? undefined);
	const { mouse } = editor.page;
	// The header's buttons are at its end; the handle is small: its middle is right for both.
	const [x, y] = [box.x + Math.min(box.width / 2, 60), box.y + box.height / 2];
	await mouse.move(x, y);
	await mouse.down();
	await mouse.move(x + right / 2, y + down / 2, { steps: 8 });
	await mouse.move(x + right, y + down, { steps: 8 });
	await mouse.up();
}
