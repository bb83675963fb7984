// The editor of flows in the real workbench, with the packaged extension: opening, panning, zooming, dragging.
import { build } from 'esbuild';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Frame } from 'playwright-core';
import { runNode } from '../../scripts/lib/runNode';
import { cache } from '../../scripts/lib/tools';
import { installPackage } from '../../scripts/lib/workbench';
import { printFlow } from '../../src/core/flow/model/print';
import { Editor } from '../e2e/driver/editor';
import type { CanvasBench } from './canvasParts/gestures';
import { sampleFlow } from './flowParts/sampleFlow';
import { median, type PrintLine } from './line';

const sizes = [100, 1000, 5000, 20_000] as const;
const seconds = 5;
const openings = 3;

type WithBench = typeof globalThis & { readonly bench: CanvasBench };

const nameOf = (nodes: number): string => `size-${nodes}.flow.json`;

/** Prints the figures of the canvas. */
export async function run(print: PrintLine): Promise<void> {
	await runNode('scripts/package.ts');
	const home = mkdtempSync(join(tmpdir(), 'qd-'));
	const extensions = join(home, 'extensions');
	const gestures = await bundledGestures();
	await installPackage(join(cache, 'quarterdeck.vsix'), { home, extensions, env: {} });
	const editor = await Editor.start({ extensions, hasClaude: false, width: 1700, height: 950 });
	try {
		await editor.command('View: Toggle Primary Side Bar Visibility');
		for (const nodes of sizes) writeFileSync(join(editor.place.folder, nameOf(nodes)), printFlow(sampleFlow(nodes)));
		for (const nodes of sizes) {
			const line = (metric: string, value: number, unit: string): void =>
				print({ bench: 'canvas', metric: `${metric}@${nodes}`, value: Math.round(value * 10) / 10, unit });
			const name = nameOf(nodes);
			const times: number[] = [];
			for (let round = 0; round < openings; round++) {
				if (round > 0) await closeAll(editor);
				times.push((await open(editor, name)).ms);
			}
			line('open_ms', median(times), 'ms');
			await closeAll(editor);
			const { frame } = await open(editor, name);
			// What loads after the first cards is not part of any gesture.
			await delay(1000);
			await frame.evaluate(gestures);
			await measureGestures(frame, nodes, print);
			await closeAll(editor);
		}
	} finally {
		await editor.close();
		rmSync(home, { recursive: true, force: true });
	}
}

/**
 * Gestures, and then as many plain elements that are moved by one transform in the same page. That comes last: the flow is
 * hidden for it, and what was hidden is painted anew.
 */
async function measureGestures(frame: Frame, nodes: number, print: PrintLine): Promise<void> {
	const measured: (readonly [string, { readonly fps: number; readonly p95: number }])[] = [];
	for (const gesture of ['drag', 'pan', 'zoom'] as const) {
		const frames = await frame.evaluate(([name, time]) => (globalThis as WithBench).bench[name](time), [
			gesture,
			seconds,
		] as const);
		measured.push([gesture, frames]);
	}
	const { fps: plain } = await frame.evaluate(() => (globalThis as WithBench).bench.plain(3));
	for (const [gesture, { fps, p95 }] of measured) {
		const [value, baseline] = [Math.round(fps * 10) / 10, Math.round(plain * 10) / 10];
		const ratio = Number((fps / plain).toFixed(3));
		print({ bench: 'canvas', metric: `${gesture}_fps@${nodes}`, value, unit: 'fps', baseline, ratio });
		print({ bench: 'canvas', metric: `${gesture}_p95_ms@${nodes}`, value: Math.round(p95 * 10) / 10, unit: 'ms' });
	}
}

/** Opens a flow as a user does, and waits until its cards are drawn: milliseconds from the choice on. */
async function open(editor: Editor, name: string): Promise<{ readonly ms: number; readonly frame: Frame }> {
	await editor.page.keyboard.press('Control+p');
	const input = editor.quickInput();
	await input.fill(name);
	await editor.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: name }).first().waitFor();
	const start = performance.now();
	await editor.page.keyboard.press('Enter');
	const frame = await drawn(editor, start + 120_000);
	return { ms: performance.now() - start, frame };
}

async function drawn(editor: Editor, end: number): Promise<Frame> {
	for (;;) {
		for (const frame of editor.page.frames()) {
			const isIt = await frame
				.evaluate(async () => {
					if (document.querySelectorAll('.card').length <= 10) return false;
					await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)));
					return true;
				})
				.catch(() => false);
			if (isIt) return frame;
		}
		if (performance.now() > end) throw new Error('The cards of the flow were never drawn');
		await delay(10);
	}
}

async function closeAll(editor: Editor): Promise<void> {
	await editor.command('View: Close All Editors');
	await editor.page.locator('.editor-group-container.empty').waitFor();
}

/** The gestures as a script that stands by itself. */
async function bundledGestures(): Promise<string> {
	const { outputFiles } = await build({
		entryPoints: [join(import.meta.dirname, 'canvasParts', 'gestures.ts')],
		bundle: true,
		write: false,
		format: 'iife',
		target: 'es2023',
	});
	return outputFiles[0]?.text ?? '';
}
