import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import type { Port } from '../../core/rpc/rpc';

/** A surface is one bundle, `dist/webviews/<name>.js` and `.css`; what all look like is in `theme.css`. */
export type Surface =
	'chat' | 'ledger' | 'memory' | 'mcp' | 'artifact' | 'policy' | 'flow' | 'templates' | 'node' | 'dashboard' | 'health';

/** The page of a surface: strict content security policy, one nonce, nothing inline, nothing remote. */
export function webviewHtml(webview: vscode.Webview, extension: vscode.Uri, surface: Surface, state: unknown): string {
	const nonce = randomBytes(18).toString('base64url');
	const file = (name: string): string =>
		webview.asWebviewUri(vscode.Uri.joinPath(extension, 'dist', 'webviews', name)).toString();
	const policy = [
		"default-src 'none'",
		`script-src 'nonce-${nonce}' ${webview.cspSource}`,
		`style-src 'nonce-${nonce}' ${webview.cspSource}`,
		`font-src ${webview.cspSource}`,
		`img-src ${webview.cspSource} data: blob:`,
	].join('; ');
	const data = escapeAttribute(JSON.stringify(state ?? null));
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file('theme.css')}">
<link rel="stylesheet" href="${file(`${surface}.css`)}">
<title>Quarterdeck</title>
</head>
<body>
<div id="root" data-surface="${surface}" data-state="${data}"></div>
<script type="module" nonce="${nonce}" src="${file(`${surface}.js`)}"></script>
</body>
</html>`;
}

function escapeAttribute(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

/** What a page may load: our own bundles and icons. */
export function webviewOptions(extension: vscode.Uri): vscode.WebviewOptions {
	return {
		enableScripts: true,
		localResourceRoots: [vscode.Uri.joinPath(extension, 'dist', 'webviews'), vscode.Uri.joinPath(extension, 'media')],
	};
}

/**
 * A webview as a port. Nothing is posted before the page has said `ready`; what was waiting for a page that has been
 * reloaded is dropped, because a fresh page asks for a whole snapshot. What a page asks before its feature is loaded is
 * kept for it.
 */
export class WebviewPort extends Owner implements Port {
	readonly #messages = this.own(new Emitter<unknown>());
	readonly #webview: vscode.Webview;
	#isReady = false;
	#waiting: unknown[] = [];
	/** What came while nobody listened; `undefined` once somebody does. */
	#early: unknown[] | undefined = [];

	constructor(webview: vscode.Webview) {
		super();
		this.#webview = webview;
		this.own(webview.onDidReceiveMessage(message => this.#receive(message)));
	}

	get isReady(): boolean {
		return this.#isReady;
	}

	post(message: unknown): void {
		if (this.isDisposed) return;
		// oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window: there is no origin
		if (this.#isReady) void this.#webview.postMessage(message);
		else this.#waiting.push(message);
	}

	onMessage(listener: (message: unknown) => void): { dispose(): void } {
		const listening = this.#messages.event(listener);
		const early = this.#early ?? [];
		this.#early = undefined;
		// Whoever listens is still being made.
		queueMicrotask(() => early.forEach(message => this.#messages.fire(message)));
		return listening;
	}

	#receive(message: unknown): void {
		if (typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'ready') {
			const isReload = this.#isReady;
			this.#isReady = true;
			const waiting = this.#waiting;
			this.#waiting = [];
			if (isReload && this.#early) this.#early = [];
			// oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window: there is no origin
			if (!isReload) for (const old of waiting) void this.#webview.postMessage(old);
			return;
		}
		if (this.#early) this.#early.push(message);
		else this.#messages.fire(message);
	}
}
