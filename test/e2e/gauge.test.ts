import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { folderWithNvidiaSmi } from '../fakes/gpu/nvidiaSmi.ts';
import { Editor, type Theme } from './driver/editor.ts';
import { until } from './driver/until.ts';

/** What the scripted nvidia-smi says, at each look. */
const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-gauge-'));
const state = join(folder, 'state.json');
const card = {
	uuid: 'GPU-9b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0',
	name: 'NVIDIA GeForce RTX 4090',
	'utilization.gpu': '63',
	'memory.total': '24564',
	'memory.used': '18637',
	'temperature.gpu': '71',
	'fan.speed': '45',
	'power.draw': '310.22',
	'power.limit': '450.00',
	'clocks_throttle_reasons.active': '0x0000000000000000',
};
const second = { ...card, uuid: 'GPU-2', 'utilization.gpu': '4', 'memory.used': '1033', 'temperature.gpu': '41' };
const say = (said: unknown): void => writeFileSync(state, JSON.stringify(said));
const heated = (degrees: number) => ({ ...card, 'temperature.gpu': String(degrees) });

let editor: Editor;

beforeAll(async () => {
	say({ gpus: [card] });
	editor = await Editor.start({
		extensions: inject('extensions'),
		hasClaude: false,
		env: {
			PATH: [folderWithNvidiaSmi(), process.env['PATH']].join(delimiter),
			FAKE_GPU_STATE: state,
		},
	});
});

afterAll(async () => {
	await editor?.screenshot('gauge-end');
	await editor?.close();
	rmSync(folder, { recursive: true, force: true });
});

const item = (): Locator => editor.page.locator('.statusbar-item[id="quarterdeck.quarterdeck.quarterdeck.gauge"]');
const shows = (pattern: RegExp): Promise<string> =>
	until(
		`a gauge with ${pattern.source}`,
		async () => {
			const text = (await item().count()) === 0 ? '' : await item().innerText();
			return pattern.test(text) && text;
		},
		60_000,
	);
const looksLike = (kind: RegExp, isWanted = true): Promise<unknown> =>
	until(
		`a gauge ${isWanted ? 'of' : 'not of'} ${kind.source}`,
		async () => kind.test((await item().getAttribute('class')) ?? '') === isWanted,
		60_000,
	);
const label = async (): Promise<string> => (await item().locator('a').getAttribute('aria-label')) ?? '';

/** The hover, opened as by a mouse that comes from elsewhere. */
async function hover(text: RegExp): Promise<Locator> {
	const shown = editor.page.locator('.monaco-hover').filter({ hasText: text }).first();
	await until(
		'the hover',
		async () => {
			await editor.page.mouse.move(600, 300);
			await item().hover();
			return shown.waitFor({ timeout: 3_000 }).then(
				() => true,
				() => false,
			);
		},
		60_000,
	);
	return shown;
}

describe('the gauge', () => {
	test('shows use, memory and temperature of the card, also to a screen reader', async () => {
		await shows(/63 % · 18\.2\/24 GB · 71 °C/u);
		expect(await label()).toContain('GPU 63 %, GPU memory 18.2 of 24 GB, GPU temperature 71 °C');
	});

	test('takes the colour of a warning and of an error, and gives it back', async () => {
		say({ gpus: [heated(84)] });
		await looksLike(/warning-kind/u);
		say({ gpus: [heated(93)] });
		await looksLike(/error-kind/u);
		expect(await label()).toContain('error: GPU temperature 93 °C');
		await editor.screenshot('gauge-hot');
		say({ gpus: [card, second] });
		await looksLike(/(warning|error)-kind/u, false);
	});

	test('has a hover with bars for each card, in every theme', async () => {
		for (const theme of ['light', 'contrast', 'dark'] as Theme[]) {
			await editor.setTheme(theme);
			const shown = await hover(/GPU 1 · GeForce RTX 4090/u);
			expect(await shown.innerText()).toMatch(/█████░\s18\.2\sof\s24\sGB/u);
			await editor.screenshot(`gauge-hover-${theme}`);
			await editor.page.mouse.move(600, 300);
		}
	});

	test('falls back to the processor when the card is lost, says why, and finds it again', async () => {
		const lost = 'Unable to determine the device handle for GPU0000:65:00.0: GPU is lost.';
		say({ gpus: [card], trouble: lost, exit: 15 });
		await shows(/^\s*\d+ % · [\d.]+\/[\d.]+ GB\s*$/u);
		await hover(/NVIDIA: Unable to determine the device handle/u);
		await editor.screenshot('gauge-lost');
		await editor.page.mouse.move(600, 300);
		say({ gpus: [card] });
		await shows(/63 % · 18\.2\/24 GB · 71 °C/u);
	});

	test('leads to the dashboard, and the report is one command away', async () => {
		await item().click();
		await editor.page.locator('.tab').filter({ hasText: 'Dashboard' }).first().waitFor({ timeout: 60_000 });
		await editor.command('Quarterdeck: Copy Hardware Report');
		await editor.notifications().filter({ hasText: 'The report on this machine is in the clipboard' }).waitFor();
	});

	test('stands where and shows what the settings say', async () => {
		await editor.changeSettings({
			'quarterdeck.gauge.position': 'left',
			'quarterdeck.gauge.format': 'Ada {cpu}, {gpu} {swap}',
		});
		await shows(/^\s*Ada \d+ %, 63 %/u);
		expect(await item().evaluate(node => node.closest('.left-items') !== null)).toBe(true);
		await editor.screenshot('gauge-left');
	});
});
