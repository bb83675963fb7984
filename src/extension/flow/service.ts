import * as vscode from 'vscode';
import { Owner } from '../../core/base/lifecycle';
import type { LedgerEvent } from '../../core/ledger/events';
import type { Host } from '../host/context';
import { WebviewPort } from '../host/webviewHost';
import type { ChoiceSources } from './choices';
import { WorkspaceNodes } from './custom/nodes';
import { FlowChecker } from './checker';
import { FlowDocuments } from './document';
import { ComparePage } from './comparePage';
import { FlowFixes } from './fixes';
import { flowSuffix } from './files';
import { FlowNotices } from './notices';
import { FlowPage } from './page';
import type { FlowParts } from './parts';
import { FlowPins } from './pins';
import { FlowRuns } from './runs';
import { FlowRunServices, type RunServiceDeps } from './runServices';
import { FlowSecrets } from './secrets';
import { FlowTriggers } from './triggers/flowTriggers';
import { FlowWorld } from './world';

export interface FlowServiceDeps extends Omit<RunServiceDeps, 'secrets'> {
	readonly append: (event: LedgerEvent) => void;
	/** Starts what brings tools, MCP servers among it. */
	readonly prepareTools: () => Promise<void>;
}

/** Everything about flows in this window. Made when the first one is opened, run or listed. */
export class FlowService extends Owner implements FlowParts {
	readonly host: Host;
	readonly secrets: FlowSecrets;
	readonly nodes: WorkspaceNodes;
	readonly services: FlowRunServices;
	readonly append: (event: LedgerEvent) => void;
	readonly world: FlowWorld;
	readonly documents = this.own(new FlowDocuments());
	readonly checker: FlowChecker;
	readonly pins = this.own(new FlowPins());
	readonly runs: FlowRuns;
	readonly triggers: FlowTriggers;
	readonly choices: ChoiceSources;
	readonly notices: FlowNotices;
	readonly #pages = new Set<FlowPage>();

	constructor(deps: FlowServiceDeps) {
		super();
		const { host, toolbox, append, providers, prepareTools } = deps;
		this.host = host;
		this.secrets = this.own(new FlowSecrets(host));
		const services = this.own(new FlowRunServices({ ...deps, secrets: this.secrets }));
		this.services = services;
		this.append = append;
		this.nodes = this.own(new WorkspaceNodes(host, () => services.sandbox));
		this.world = this.own(new FlowWorld(host, toolbox, this.secrets, this.nodes));
		this.checker = this.own(new FlowChecker(host.clock, this.world, this.documents));
		this.runs = this.own(new FlowRuns({ host, world: this.world, pins: this.pins, services, append }));
		const { world, checker, runs } = this;
		this.triggers = this.own(new FlowTriggers({ host, world, checker, runs }));
		this.notices = this.own(new FlowNotices(this));
		this.choices = { toolbox, providers, secrets: this.secrets, prepareTools };
		const pattern = { pattern: `**/*${flowSuffix}` };
		this.own(
			vscode.languages.registerCodeActionsProvider(pattern, new FlowFixes(this.checker), {
				providedCodeActionKinds: FlowFixes.kinds,
			}),
		);
		// Its ports depend on tools; the built-in ones cost nothing to start.
		if (vscode.workspace.isTrusted) deps.runner().catch((error: unknown) => host.log.warn(String(error)));
	}

	/** The page that has the focus, or was last in front. */
	get activePage(): FlowPage | undefined {
		return [...this.#pages].find(({ panel }) => panel.active) ?? [...this.#pages].find(({ panel }) => panel.visible);
	}

	pagesOf(uri: vscode.Uri): readonly FlowPage[] {
		return [...this.#pages].filter(page => page.uri.toString() === uri.toString());
	}

	/** Joins an editor's page to its document. What is not the file itself is compared with it. */
	connect(text: vscode.TextDocument, panel: vscode.WebviewPanel): void {
		if (!['file', 'untitled'].includes(text.uri.scheme)) {
			const port = new WebviewPort(panel.webview);
			const page = new ComparePage(text, panel, port, this);
			panel.onDidDispose(() => {
				page.dispose();
				port.dispose();
			});
			return;
		}
		const document = this.documents.take(text);
		const port = new WebviewPort(panel.webview);
		const page = new FlowPage(document, panel, port, this);
		this.#pages.add(page);
		panel.onDidDispose(() => {
			this.#pages.delete(page);
			page.dispose();
			port.dispose();
			this.documents.release(document);
		});
	}

	/** The window ends: runs stay as they are, to be resumed. */
	async stop(): Promise<void> {
		await this.triggers.stop();
		await this.runs.abandon();
	}
}
