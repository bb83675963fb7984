import type { Browser } from 'playwright-core';
import { processesOfRun, runVariable, signal, tree, type ProcessInfo } from '../../../scripts/lib/processes.ts';
import { startWorkbench, type Workbench } from '../../../scripts/lib/workbench.ts';
import { claudeEnvironment, claudeForTests } from '../../fakes/claudePath.ts';
import { say } from '../../fakes/messages/reply.ts';
import { startMessagesApi, type MessagesApi, type Script } from '../../fakes/messages/server.ts';
import { launchBrowser } from './browser.ts';
import { makePlace, type Place } from './place.ts';
import { until } from './until.ts';
import { WorkbenchPage } from './workbenchPage.ts';

export interface EditorOptions {
	/** Folder with the installed extension. */
	readonly extensions: string;
	/** What the model answers; a fixed sentence when absent. */
	readonly script?: Script;
	readonly settings?: Readonly<Record<string, unknown>>;
	readonly env?: Readonly<Record<string, string | undefined>>;
	/** Point the extension to the real CLI. On unless told otherwise. */
	readonly hasClaude?: boolean;
	readonly isTrustAsked?: boolean;
	readonly width?: number;
	readonly height?: number;
	/** Pixels of the screen for one of the page. */
	readonly scale?: number;
	/** An empty folder to work in, instead of a temporary one. It is removed at the end. */
	readonly home?: string;
}

/** The machine that tests run on may be short of anything and slow, which is not what they are about. */
const calm = {
	'quarterdeck.alerts.rules': ['disk-full', 'memory-full', 'gpu-hot'].map(id => ({ id, mute: true })),
	// An editor that takes the focus when it has loaded, seconds late on a slow machine, must not close what is asked.
	'workbench.quickOpen.closeOnFocusLost': false,
};

export type { Theme } from './workbenchPage.ts';

/** One running workbench with a window open in it, the scripted API behind the real CLI, and the handles to drive them. */
export class Editor extends WorkbenchPage {
	readonly api: MessagesApi;
	readonly place: Place;
	readonly workbench: Workbench;
	/** Lines of the browser's console, newest last. */
	readonly console: readonly string[];
	readonly #browser: Browser;

	private constructor(parts: Pick<Editor, 'page' | 'api' | 'place' | 'workbench' | 'console'>, browser: Browser) {
		super(parts.page);
		this.api = parts.api;
		this.place = parts.place;
		this.workbench = parts.workbench;
		this.console = parts.console;
		this.#browser = browser;
	}

	/** Starts everything and resolves when the workbench is drawn. */
	static async start(options: EditorOptions): Promise<Editor> {
		const place = makePlace(options.home);
		const api = await startMessagesApi({ script: options.script ?? (() => say('Hello from the script.')) });
		const claude = options.hasClaude === false ? {} : { 'quarterdeck.claude.path': claudeForTests() };
		const workbench = await startWorkbench({
			home: place.home,
			extensions: options.extensions,
			folder: place.folder,
			settings: { ...calm, ...claude, ...options.settings },
			env: {
				...claudeEnvironment(api.url, place.claudeConfig),
				[runVariable]: process.env[runVariable],
				...options.env,
			},
			isTrustAsked: options.isTrustAsked ?? false,
		});
		const browser = await launchBrowser();
		const size = { width: options.width ?? 1280, height: options.height ?? 900 };
		const page = await browser.newPage({ viewport: size, deviceScaleFactor: options.scale ?? 1 });
		page.setDefaultTimeout(60_000);
		const lines: string[] = [];
		page.on('console', message => lines.push(`${message.type()}: ${message.text()}`));
		page.on('pageerror', error => lines.push(`error: ${error.message}`));
		const editor = new Editor({ page, api, place, workbench, console: lines }, browser);
		try {
			await page.goto(workbench.url);
			await editor.drawn();
		} catch (error) {
			await editor.close();
			throw error;
		}
		return editor;
	}

	/** Changes settings in their files. The workbench does not watch it, so the window is reloaded. */
	async changeSettings(changes: Readonly<Record<string, unknown>>): Promise<void> {
		this.workbench.changeSettings(changes);
		await this.reload();
	}

	/** Reloads the window as the user does; the old extension host ends, a new one starts. */
	async reload(): Promise<void> {
		const old = this.hostProcess()?.pid;
		await this.page.reload();
		await this.drawn();
		await until('a new extension host', () => {
			const now = this.hostProcess()?.pid;
			return now !== undefined && now !== old ? now : undefined;
		});
	}

	/** The extension host of this workbench. */
	hostProcess(): ProcessInfo | undefined {
		return tree(this.workbench.pid).findLast(item => item.command.includes('--type=extensionHost'));
	}

	/** Ends the extension host as a crash does: nothing of it gets to run. */
	killHost(): void {
		const host = this.hostProcess();
		if (!host) throw new Error('There is no extension host to end');
		signal(host.pid, 'SIGKILL');
	}

	/** The CLI processes that this workbench runs. */
	claudeProcesses(): readonly ProcessInfo[] {
		const path = claudeForTests();
		const run = process.env[runVariable];
		const all = run === undefined ? tree(this.workbench.pid) : processesOfRun(run);
		return all.filter(item => item.command.startsWith(path));
	}

	/** Ends everything and removes the folders. */
	async close(): Promise<void> {
		await this.#browser.close();
		await this.workbench.stop();
		await this.api.close();
		this.place.remove();
	}
}
