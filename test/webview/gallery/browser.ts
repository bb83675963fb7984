// Finds a Chromium and builds pages for it. Shared by the gallery and the bench.
import { build } from 'esbuild';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { findTool, tool, withoutGpu, type Tools } from '../../../scripts/lib/tools.ts';

/** A Chromium: named by the environment, made ready by the test harness, or installed on the system. */
export function findChromium(): Tools['browser'] | undefined {
	const named = process.env['QUARTERDECK_TEST_CHROMIUM'];
	if (named) return { executable: named, args: [], env: {} };
	const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
	const installed = places.find(path => existsSync(path));
	return findTool('browser') ?? (installed ? { executable: installed, args: [], env: {} } : undefined);
}

/** Starts the browser; whoever asked closes it. */
export async function launchBrowser(): Promise<Browser> {
	const { executable, args, env } = findChromium() ?? tool('browser');
	return chromium.launch({
		executablePath: executable,
		args: [...withoutGpu(args), '--no-sandbox', '--disable-quic', '--no-first-run'],
		env: { ...process.env, ...env },
	});
}

export interface BuiltPage {
	readonly url: string;
	dispose(): void;
}

/** Bundles `entry` as the package does and puts it into an HTML file of its own. */
export async function buildPage(entry: string): Promise<BuiltPage> {
	const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-page-'));
	await build({
		entryPoints: { page: entry },
		outdir: folder,
		bundle: true,
		minify: true,
		format: 'iife',
		platform: 'browser',
		target: 'es2023',
		jsx: 'automatic',
		loader: { '.ttf': 'file' },
		assetNames: '[name]',
		define: { 'process.env.NODE_ENV': '"production"' },
		logLevel: 'warning',
	});
	const html =
		'<!doctype html><html lang="en"><meta charset="utf-8"><title>Quarterdeck</title><link rel="stylesheet" href="page.css"><body><div id="root" data-surface="chat"></div><script src="page.js"></script></body>';
	const file = join(folder, 'page.html');
	writeFileSync(file, html);
	return { url: `file://${file}`, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}
