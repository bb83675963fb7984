import { spawn, type ChildProcess } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAlive, tree } from '../../scripts/lib/processes';
import { root } from '../../scripts/lib/tools';
import { launchBrowser } from './driver/browser';
import { until } from './driver/until';
import { WorkbenchPage } from './driver/workbenchPage';

let start: ChildProcess;
let browser: Browser;
let workbench: WorkbenchPage;
let output = '';

beforeAll(async () => {
	start = spawn(process.execPath, ['scripts/start.ts', '--demo', '--browser'], {
		cwd: root,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	for (const stream of [start.stdout, start.stderr]) stream?.on('data', (data: Buffer) => (output += data.toString()));
	const isReady = (): boolean => {
		if (start.exitCode !== null) throw new Error(output);
		return output.includes('Ctrl+C');
	};
	await until('the demo to be ready', isReady, 60_000);
	browser = await launchBrowser();
	const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
	await page.goto(/http:\/\/127\.0\.0\.1:\S+/.exec(output)?.[0] ?? '');
	workbench = new WorkbenchPage(page);
	await workbench.drawn();
});

afterAll(async () => {
	await workbench?.screenshot('start-demo');
	await browser?.close();
	start?.kill('SIGINT');
});

describe('npm start without an account', () => {
	test('says what it chose and that the words are scripted', () => {
		expect(output).toContain('Editor: the browser workbench');
		expect(output).toContain('SCRIPTED');
	});

	test('lists what can be typed', async () => {
		const chat = await workbench.openChat();
		await chat.send('hello');
		await chat.shows('Type one of these words');
		await chat.shows('These words are scripted');
	});

	test('plays a scripted question', async () => {
		const chat = await workbench.openChat();
		await chat.send('question');
		await chat.shows('Who should get the group discount?');
	});

	test('leaves no process behind after Ctrl+C', async () => {
		const all = tree(start.pid ?? 0).map(item => item.pid);
		expect(all.length).toBeGreaterThan(3);
		start.kill('SIGINT');
		await until('everything to end', () => !all.some(isAlive), 5000);
	});
});
