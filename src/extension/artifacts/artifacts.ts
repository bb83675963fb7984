import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { artifactExtension, artifactKind, artifactTitle, type Artifact } from '../../core/artifacts/artifact';
import type { ArtifactPageContract } from '../../core/artifacts/artifactPage';
import { sandboxedHtml } from '../../core/artifacts/sandbox';
import { ExpectedError } from '../../core/base/errors';
import { Emitter } from '../../core/base/event';
import { DisposableStore, Owner, type Disposable } from '../../core/base/lifecycle';
import { serve } from '../../core/rpc/rpc';
import { htmlPanelType } from '../host/ids';
import type { Panels } from '../host/panels';
import type { WebviewPort } from '../host/webviewHost';
import { saveText } from '../ledger/saveText';

/** Milliseconds without a key press after which a preview follows its source. */
const followMs = 250;

/** VS Code's ids of languages that answers name otherwise. */
const editorLanguages: Readonly<Record<string, string>> = {
	svg: 'xml',
	md: 'markdown',
	htm: 'html',
	chart: 'json',
	diagram: 'mermaid',
};

interface Opened {
	artifact: Artifact;
	source: vscode.TextDocument | undefined;
	readonly changed: Emitter<Artifact>;
}

const kept = z.nullable(z.object({ text: z.string(), language: z.string().check(z.maxLength(100)) }));
const link = z.object({ href: z.string().check(z.maxLength(10_000), z.regex(/^https?:\/\//iu)) });

/** Artifacts that are open beside the chat. Each follows its source once that is open in an editor. */
export class Artifacts extends Owner {
	readonly #open = new Map<string, Opened>();
	readonly #htmlPanels = new Map<vscode.WebviewPanel, string>();

	constructor() {
		super();
		let timer: ReturnType<typeof setTimeout> | undefined;
		this.own({ dispose: () => clearTimeout(timer) });
		this.own(
			vscode.workspace.onDidChangeTextDocument(({ document }) => {
				const followed = [...this.#open.values()].filter(({ source }) => source === document);
				if (followed.length === 0) return;
				clearTimeout(timer);
				timer = setTimeout(() => followed.forEach(opened => this.#follow(opened, document.getText())), followMs);
			}),
		);
	}

	/** Shows an artifact in a tab. */
	async show(artifact: Artifact, panels: Panels, source?: vscode.TextDocument): Promise<void> {
		const identity = randomUUID();
		const opened = this.#keep(identity, artifact);
		opened.source = source;
		if (artifactKind(artifact) === 'html') this.#showHtml(identity, opened);
		else await panels.show(identity, artifactTitle(artifact));
	}

	/** Joins a tab's page, also one that came back after a reload and brings what it showed. */
	connect(identity: string, port: WebviewPort, panel: vscode.WebviewPanel): Disposable {
		const store = new DisposableStore();
		const server = store.add(
			serve<ArtifactPageContract>(port, {
				open: params => {
					const brought = kept.parse(params.kept);
					const opened = this.#open.get(identity) ?? (brought ? this.#keep(identity, brought) : undefined);
					if (!opened)
						throw new ExpectedError('no-artifact', 'This is not there any more. Open it from the chat again.');
					store.add(opened.changed.event(next => server.emit('changed', next)));
					panel.title = artifactTitle(opened.artifact);
					return opened.artifact;
				},
				edit: () => this.#edit(identity),
				save: () => this.#save(identity),
				copy: async ({ text }) => vscode.env.clipboard.writeText(z.string().parse(text)),
				openLink: async params => {
					await vscode.env.openExternal(vscode.Uri.parse(link.parse(params).href, true));
				},
			}),
		);
		store.add({ dispose: () => this.#open.delete(identity) });
		return store;
	}

	#keep(identity: string, artifact: Artifact): Opened {
		const opened: Opened = { artifact, source: undefined, changed: new Emitter<Artifact>() };
		this.#open.set(identity, opened);
		return opened;
	}

	#follow(opened: Opened, text: string): void {
		opened.artifact = { ...opened.artifact, text };
		opened.changed.fire(opened.artifact);
	}

	#require(identity: string): Opened {
		const opened = this.#open.get(identity);
		if (!opened) throw new ExpectedError('no-artifact', 'This is not there any more. Open it from the chat again.');
		return opened;
	}

	async #edit(identity: string): Promise<void> {
		const opened = this.#require(identity);
		const { text, language } = opened.artifact;
		if (!opened.source || opened.source.isClosed) {
			const wanted = editorLanguages[language] ?? language;
			const known = await vscode.languages.getLanguages();
			opened.source = await vscode.workspace.openTextDocument({
				content: text,
				language: known.includes(wanted) ? wanted : 'plaintext',
			});
		}
		await vscode.window.showTextDocument(opened.source, vscode.ViewColumn.Beside);
	}

	async #save(identity: string): Promise<void> {
		const { artifact } = this.#require(identity);
		const extension = artifactExtension(artifact);
		const uri = await saveText(`${artifactTitle(artifact)}.${extension}`, artifact.text, { [extension]: [extension] });
		if (uri) await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Beside, preview: true });
	}

	/**
	 * HTML runs its own scripts, so it has a webview to itself: no bundle of ours in it, no file it may read, and nobody
	 * listens to what it sends.
	 */
	#showHtml(identity: string, opened: Opened): void {
		const title = artifactTitle(opened.artifact);
		const panel = vscode.window.createWebviewPanel(htmlPanelType, title, vscode.ViewColumn.Active, {
			enableScripts: true,
			localResourceRoots: [],
		});
		const draw = ({ text }: Artifact): void => {
			panel.webview.html = sandboxedHtml(text);
		};
		draw(opened.artifact);
		const listening = opened.changed.event(draw);
		panel.onDidDispose(() => {
			listening.dispose();
			this.#open.delete(identity);
			this.#htmlPanels.delete(panel);
		});
		this.#htmlPanels.set(panel, identity);
	}

	/** The HTML artifact in the tab in front, for commands of the editor's title. */
	async editHtml(): Promise<void> {
		await this.#edit(this.#activeHtml());
	}

	/** Saves the HTML artifact in the tab in front. */
	async saveHtml(): Promise<void> {
		await this.#save(this.#activeHtml());
	}

	#activeHtml(): string {
		for (const [panel, identity] of this.#htmlPanels) if (panel.active) return identity;
		throw new ExpectedError('no-artifact', 'Open an artifact first.');
	}
}
