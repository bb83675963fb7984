import { expect, onTestFinished, test, vi } from 'vitest';
import { Emitter } from '../../../src/core/base/event';
import { WebviewPort } from '../../../src/extension/host/webviewHost';

vi.mock('vscode', () => ({ Uri: {} }));

function open() {
	const page = new Emitter<unknown>();
	const posted: unknown[] = [];
	const webview = { onDidReceiveMessage: page.event, postMessage: async (message: unknown) => posted.push(message) };
	const port = new WebviewPort(webview as never);
	onTestFinished(() => {
		port.dispose();
		page.dispose();
	});
	return { page, port, posted };
}

test('what a page asks before its feature is loaded is not lost', async () => {
	const { page, port } = open();
	page.fire({ kind: 'ready' });
	page.fire('first');
	page.fire('second');
	const heard: unknown[] = [];
	port.onMessage(message => heard.push(message));
	await Promise.resolve();
	page.fire('third');
	expect(heard).toEqual(['first', 'second', 'third']);
});

test('a page that was loaded again is answered what it asks, not what the one before asked', async () => {
	const { page, port } = open();
	page.fire({ kind: 'ready' });
	page.fire('of the first');
	page.fire({ kind: 'ready' });
	page.fire('of the second');
	const heard: unknown[] = [];
	port.onMessage(message => heard.push(message));
	await Promise.resolve();
	expect(heard).toEqual(['of the second']);
});

test('nothing is posted before the page is ready', () => {
	const { page, port, posted } = open();
	port.post('early');
	expect(posted).toEqual([]);
	page.fire({ kind: 'ready' });
	expect(posted).toEqual(['early']);
});
