import * as vscode from 'vscode';
import { errorText } from '../../core/base/errors';
import { DisposableStore, Owner, type Disposable } from '../../core/base/lifecycle';
import { WebviewPort, webviewHtml, webviewOptions, type Surface } from './webviewHost';

/** One kind of editor tab that shows a page. */
export interface PanelKind {
	readonly viewType: string;
	readonly surface: Surface;
	readonly icon: vscode.Uri | { readonly light: vscode.Uri; readonly dark: vscode.Uri } | undefined;
	/** Joins a page to its feature. What it returns lives as long as the panel. */
	connect(identity: string, port: WebviewPort, panel: vscode.WebviewPanel): Promise<Disposable>;
}

/** One panel per identity, brought back after a reload by a serializer. */
export class Panels extends Owner {
	readonly #open = new Map<vscode.WebviewPanel, string>();
	readonly #extension: vscode.Uri;
	readonly #kind: PanelKind;

	constructor(extension: vscode.Uri, kind: PanelKind) {
		super();
		this.#extension = extension;
		this.#kind = kind;
		this.own(
			vscode.window.registerWebviewPanelSerializer(kind.viewType, {
				deserializeWebviewPanel: async (panel, state: unknown) => {
					const identity = identityOf(state);
					if (identity === undefined) panel.dispose();
					else await this.#attach(identity, panel);
				},
			}),
		);
	}

	/** The open panel of an identity, for commands that act on the active tab. */
	get active(): string | undefined {
		for (const [panel, identity] of this.#open) if (panel.active) return identity;
		return undefined;
	}

	/** Brings the identity's panel to the front, or opens one. */
	async show(identity: string, title: string, column = vscode.ViewColumn.Active): Promise<void> {
		for (const [panel, shown] of this.#open) {
			if (shown === identity) return panel.reveal();
		}
		const panel = vscode.window.createWebviewPanel(this.#kind.viewType, title, column, webviewOptions(this.#extension));
		await this.#attach(identity, panel);
	}

	/** The page of this panel shows something else now, or what it shows has another title. */
	update(panel: vscode.WebviewPanel, identity: string, title: string): void {
		if (!this.#open.has(panel)) return;
		this.#open.set(panel, identity);
		if (panel.title !== title) panel.title = title;
	}

	async #attach(identity: string, panel: vscode.WebviewPanel): Promise<void> {
		const lifetime = new DisposableStore();
		this.#open.set(panel, identity);
		if (this.#kind.icon) panel.iconPath = this.#kind.icon;
		panel.webview.options = webviewOptions(this.#extension);
		const port = lifetime.add(new WebviewPort(panel.webview));
		lifetime.add(
			panel.onDidDispose(() => {
				this.#open.delete(panel);
				lifetime.dispose();
			}),
		);
		panel.webview.html = webviewHtml(panel.webview, this.#extension, this.#kind.surface, { identity });
		try {
			lifetime.add(await this.#kind.connect(identity, port, panel));
		} catch (error) {
			panel.dispose();
			throw new Error(`The page could not be opened: ${errorText(error)}`, { cause: error });
		}
	}

	override dispose(): void {
		super.dispose();
		for (const panel of this.#open.keys()) panel.dispose();
	}
}

function identityOf(state: unknown): string | undefined {
	const isRecord = typeof state === 'object' && state !== null && 'identity' in state;
	return isRecord && typeof state.identity === 'string' ? state.identity : undefined;
}
