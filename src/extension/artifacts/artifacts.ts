import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { artifactExtension, artifactKind, artifactTitle, type Artifact } from '../../core/artifacts/artifact';
import type { ArtifactPageContract } from '../../core/artifacts/artifactPage';
import { diagramLimit, drawingLimitMs } from '../../core/artifacts/diagramLimits';
import type { DiagramsContract } from '../../core/artifacts/diagram';
import { sandboxKeys, sandboxedHtml, type SandboxMessage } from '../../core/artifacts/sandbox';
import { ExpectedError, errorText } from '../../core/base/errors';
import { Emitter } from '../../core/base/event';
import { DisposableStore, MutableDisposable, Owner, type Disposable } from '../../core/base/lifecycle';
import type { Logger } from '../../core/base/logger';
import { serve } from '../../core/rpc/rpc';
import { excerpt, visibleText } from '../../core/safety/visible';
import { htmlPanelType } from '../host/ids';
import type { Panels } from '../host/panels';
import { askWorker } from '../host/workerHost';
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

const artifact = z.object({ text: z.string(), language: z.string().check(z.maxLength(100)) });
const kept = z.nullable(artifact);
const restored = z.object({ artifact });
const link = z.object({ href: z.string().check(z.maxLength(10_000), z.regex(/^https?:\/\//iu)) });
const sandboxMessage = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('link'),
		href: z.string().check(z.maxLength(2_000), z.regex(/^(?:https?:\/\/|mailto:)/iu)),
	}),
	z.object({ kind: z.literal('key'), key: z.enum(sandboxKeys) }),
]) satisfies z.ZodMiniType<SandboxMessage>;

/** What VS Code does on a key that was pressed in a page; `close` closes its tab. */
const keyCommands: Readonly<Record<Exclude<(typeof sandboxKeys)[number], 'close'>, string>> = {
	palette: 'workbench.action.showCommands',
	files: 'workbench.action.quickOpen',
	nextPart: 'workbench.action.focusNextPart',
	previousPart: 'workbench.action.focusPreviousPart',
	nextTab: 'workbench.action.nextEditor',
	previousTab: 'workbench.action.previousEditor',
};
const colour = z.string().check(z.maxLength(100));
const drawing = z.object({
	text: z.string(),
	colours: z.object({ background: colour, foreground: colour, line: colour, accent: colour }),
});

const htmlOptions: vscode.WebviewOptions = { enableScripts: true, localResourceRoots: [] };

export interface ArtifactsDeps {
	readonly log: Logger;
	/** Absolute path of the diagrams worker. */
	readonly diagrams: string;
	readonly icon: { readonly light: vscode.Uri; readonly dark: vscode.Uri };
}

/** Artifacts that are open beside the chat. Each follows its source once that is open in an editor. */
export class Artifacts extends Owner {
	readonly #open = new Map<string, Opened>();
	readonly #htmlPanels = new Map<vscode.WebviewPanel, string>();
	readonly #deps: ArtifactsDeps;
	/** Sources that were changed and not yet drawn. */
	readonly #edited = new Set<vscode.TextDocument>();
	#timer: ReturnType<typeof setTimeout> | undefined;
	#isAsking = false;

	constructor(deps: ArtifactsDeps) {
		super();
		this.#deps = deps;
		this.own({ dispose: () => clearTimeout(this.#timer) });
		this.own(
			vscode.workspace.onDidChangeTextDocument(({ document }) => {
				if (![...this.#open.values()].some(({ source }) => source === document)) return;
				this.#edited.add(document);
				clearTimeout(this.#timer);
				this.#timer = setTimeout(() => this.#followAll(), followMs);
			}),
		);
	}

	/** Shows an artifact in a tab. */
	async show(artifact: Artifact, panels: Panels, source?: vscode.TextDocument): Promise<void> {
		const identity = randomUUID();
		const opened = this.#keep(identity, artifact);
		opened.source = source;
		const title = artifactTitle(artifact);
		if (artifactKind(artifact) !== 'html') return panels.show(identity, title);
		const panel = vscode.window.createWebviewPanel(htmlPanelType, title, vscode.ViewColumn.Active, htmlOptions);
		this.#showHtml(identity, opened, panel);
	}

	/** Joins a tab's page, also one that came back after a reload and brings what it showed. */
	connect(identity: string, port: WebviewPort, panel: vscode.WebviewPanel): Disposable {
		const store = new DisposableStore();
		const following = store.add(new MutableDisposable<Disposable>());
		const drawn = store.add(new MutableDisposable<Disposable>());
		const server = store.add(
			serve<ArtifactPageContract>(port, {
				open: params => {
					const brought = kept.parse(params.kept);
					const opened = this.#open.get(identity) ?? (brought ? this.#keep(identity, brought) : undefined);
					if (!opened)
						throw new ExpectedError('no-artifact', 'This is not there any more. Open it from the chat again.');
					following.value = opened.changed.event(next => {
						panel.title = artifactTitle(next);
						server.emit('changed', next);
					});
					panel.title = artifactTitle(opened.artifact);
					return opened.artifact;
				},
				draw: params => {
					const stopping = new AbortController();
					drawn.value = { dispose: () => stopping.abort() };
					return this.#draw(drawing.parse(params), stopping.signal);
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

	/** In a worker: what a model wrote may take for ever to lay out. */
	async #draw({ text, colours }: z.infer<typeof drawing>, signal: AbortSignal): Promise<string> {
		if (text.length > diagramLimit) {
			const most = diagramLimit.toLocaleString('en');
			throw new ExpectedError('bad-diagram', `it has more than ${most} characters`);
		}
		const { diagrams: file, log } = this.#deps;
		try {
			return await askWorker<DiagramsContract, string>(
				{ file, log, timeoutMs: drawingLimitMs, memoryMb: 512, signal },
				client => client.call('draw', { text, colours }),
			);
		} catch (error) {
			if (ExpectedError.is(error, 'bad-diagram')) throw error;
			log.warn(`A diagram was not drawn: ${errorText(error)}`);
			throw new ExpectedError('bad-diagram', `drawing it takes too long or too much memory`, { cause: error });
		}
	}

	#keep(identity: string, artifact: Artifact): Opened {
		const opened: Opened = { artifact, source: undefined, changed: new Emitter<Artifact>() };
		this.#open.set(identity, opened);
		return opened;
	}

	#followAll(): void {
		for (const opened of this.#open.values()) {
			if (!opened.source || !this.#edited.has(opened.source)) continue;
			opened.artifact = { ...opened.artifact, text: opened.source.getText() };
			opened.changed.fire(opened.artifact);
		}
		this.#edited.clear();
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
	 * HTML runs its own scripts, so it has a webview to itself: no bundle of ours in it and no file it may read. Of what it
	 * sends, only a few keys and links are heard, and the user is asked about each link.
	 */
	#showHtml(identity: string, opened: Opened, panel: vscode.WebviewPanel): void {
		panel.iconPath = this.#deps.icon;
		panel.webview.options = htmlOptions;
		const draw = (artifact: Artifact): void => {
			panel.title = artifactTitle(artifact);
			panel.webview.html = sandboxedHtml(artifact, panel.title);
		};
		draw(opened.artifact);
		const listening = new DisposableStore();
		listening.add(opened.changed.event(draw));
		listening.add(panel.webview.onDidReceiveMessage(message => this.#hear(message, panel)));
		panel.onDidDispose(() => {
			listening.dispose();
			this.#open.delete(identity);
			this.#htmlPanels.delete(panel);
		});
		this.#htmlPanels.set(panel, identity);
	}

	/** Fills a tab that VS Code brings back after a reload; its page kept what it showed. */
	restoreHtml(panel: vscode.WebviewPanel, state: unknown): void {
		const read = z.safeParse(restored, state);
		if (!read.success) return panel.dispose();
		const identity = randomUUID();
		this.#showHtml(identity, this.#keep(identity, read.data.artifact), panel);
	}

	async #hear(message: unknown, panel: vscode.WebviewPanel): Promise<void> {
		const read = z.safeParse(sandboxMessage, message);
		if (!read.success || !panel.active) return;
		if (read.data.kind === 'link') return this.#followLink(read.data.href);
		if (read.data.key === 'close') return panel.dispose();
		await vscode.commands.executeCommand(keyCommands[read.data.key]);
	}

	/** One question at a time: a page that sends a hundred links is no reason for a hundred questions. */
	async #followLink(href: string): Promise<void> {
		if (this.#isAsking) return;
		this.#isAsking = true;
		try {
			const detail = excerpt(visibleText(href));
			const picked = await vscode.window.showInformationMessage(
				'Open this link of the page?',
				{ modal: true, detail },
				'Open',
			);
			if (picked === 'Open') await vscode.env.openExternal(vscode.Uri.parse(href, true));
		} finally {
			this.#isAsking = false;
		}
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
