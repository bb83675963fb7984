import * as vscode from 'vscode';
import { DisposableStore, Owner } from '../../core/base/lifecycle';
import { WebviewPort, webviewHtml, webviewOptions } from '../host/webviewHost';
import { viewIds } from '../host/ids';

/** What a page is joined to. It lives as long as the view. */
export interface ConnectedPage {
	/** VS Code takes a hidden page down: until it opens again it hears nothing. */
	hidden(): void;
	dispose(): void;
}

/** Joins a page to the feature. */
export type ConnectPage = (port: WebviewPort) => Promise<ConnectedPage>;

/** The chat in the sidebar. VS Code makes and drops its page as the view is shown, moved and hidden. */
export class ChatView extends Owner implements vscode.WebviewViewProvider {
	readonly #extension: vscode.Uri;
	readonly #connect: ConnectPage;
	#view: vscode.WebviewView | undefined;

	constructor(extension: vscode.Uri, connect: ConnectPage) {
		super();
		this.#extension = extension;
		this.#connect = connect;
		this.own(vscode.window.registerWebviewViewProvider(viewIds.chat, this));
	}

	get isVisible(): boolean {
		return this.#view?.visible ?? false;
	}

	async resolveWebviewView(view: vscode.WebviewView): Promise<void> {
		const lifetime = new DisposableStore();
		this.#view = view;
		view.webview.options = webviewOptions(this.#extension);
		const port = lifetime.add(new WebviewPort(view.webview));
		lifetime.add(
			view.onDidDispose(() => {
				if (this.#view === view) this.#view = undefined;
				lifetime.dispose();
			}),
		);
		view.webview.html = webviewHtml(view.webview, this.#extension, 'chat', { place: 'sidebar' });
		const page = lifetime.add(await this.#connect(port));
		lifetime.add(
			view.onDidChangeVisibility(() => {
				if (!view.visible) page.hidden();
			}),
		);
	}
}
