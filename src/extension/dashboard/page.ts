import * as vscode from 'vscode';
import { z } from 'zod';
import { ExpectedError } from '../../core/base/errors';
import { asId } from '../../core/base/ids';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import type { Dashboard, DashboardId } from '../../core/dashboard/dashboard';
import { readDashboard } from '../../core/dashboard/dashboardFile';
import type { DashboardContract, DashboardView } from '../../core/dashboard/dashboardProtocol';
import { linkedFile } from '../../core/dashboard/noteLink';
import { TopicHub, type OpenTopic } from '../../core/dashboard/topicHub';
import { serve, type Handlers } from '../../core/rpc/rpc';
import type { WebviewPort } from '../host/webviewHost';
import { askName, exportDashboard, importDashboard } from './files';
import type { Doer, Source, SourceDeps, Teller } from './source';
import { sources } from './sources/catalog';
import type { DashboardStore } from './store';

export interface DashboardPageDeps {
	readonly store: DashboardStore;
	readonly sources: SourceDeps;
	/** The tab shows something else now, or it has another title. */
	update(panel: vscode.WebviewPanel, id: string, title: string): void;
}

/** More topics than a page of widgets can need. */
const mostTopics = 300;

const request = z.object({ name: z.string().max(100), params: z.json() });
const wishes = z.object({ topics: z.array(request).max(mostTopics) });
const one = z.object({ id: z.string() });
const act = z.object({ action: z.string(), params: z.json() });
const offered = z.object({ command: z.string(), args: z.array(z.unknown()) });

/** Answers the page of a dashboard, and tells it what it watches for as long as somebody can see it. */
export function connectDashboardPage(
	identity: string,
	port: WebviewPort,
	panel: vscode.WebviewPanel,
	deps: DashboardPageDeps,
): Disposable {
	const lifetime = new DisposableStore();
	const { store } = deps;
	const shown = new ShownDashboard(identity, panel, deps);
	const server = lifetime.add(
		serve<DashboardContract>(
			port,
			handlers(deps, shown, () => hub),
		),
	);
	const hub: TopicHub = lifetime.add(
		new TopicHub(openTopic(deps.sources), updates => server.emit('data', updates), deps.sources.host.clock),
	);
	lifetime.add(
		store.onDidChange(() => {
			const view = shown.view();
			shown.retitle();
			server.emit('view', view);
		}),
	);
	lifetime.add(
		panel.onDidChangeViewState(() => {
			// VS Code takes a hidden page down; a fresh one asks again.
			if (!panel.visible) hub.watch([]);
		}),
	);
	// What was refused in Restricted Mode may be told now.
	lifetime.add(vscode.workspace.onDidGrantWorkspaceTrust(() => hub.reopenFailed()));
	return lifetime;
}

/** Which dashboard this tab shows. */
class ShownDashboard {
	readonly #panel: vscode.WebviewPanel;
	readonly #deps: DashboardPageDeps;
	#id: DashboardId;

	constructor(identity: string, panel: vscode.WebviewPanel, deps: DashboardPageDeps) {
		this.#id = asId<DashboardId>(identity);
		this.#panel = panel;
		this.#deps = deps;
		void this.show(this.dashboard.id);
	}

	/** One that was taken away meanwhile gives way to the one that was looked at last. */
	get dashboard(): Dashboard {
		const { store } = this.#deps;
		return store.find(this.#id) ?? store.shown;
	}

	async show(id: DashboardId): Promise<void> {
		this.#id = id;
		this.retitle();
		await this.#deps.store.show(this.dashboard.id);
	}

	retitle(): void {
		const { id, name } = this.dashboard;
		this.#id = id;
		this.#deps.update(this.#panel, id, name);
	}

	view(): DashboardView {
		const all = this.#deps.store.all.map(({ id, name }) => ({ id, name }));
		return { dashboard: this.dashboard, all };
	}
}

function idOf(params: unknown): DashboardId {
	return asId<DashboardId>(one.parse(params).id);
}

function handlers(deps: DashboardPageDeps, shown: ShownDashboard, hub: () => TopicHub): Handlers<DashboardContract> {
	const { store, sources: sourceDeps } = deps;
	const { host } = sourceDeps;
	return {
		view: () => shown.view(),
		save: async ({ dashboard }) => store.save(readDashboard(dashboard)),
		show: params => shown.show(idOf(params)),
		create: async ({ copyOf }) => {
			const made = await (copyOf === null ? store.create('Dashboard') : store.duplicate(copyOf));
			await shown.show(made.id);
		},
		rename: async params => {
			const dashboard = store.find(idOf(params));
			const name = dashboard && (await askName(dashboard.name));
			if (name !== undefined) await store.rename(idOf(params), name);
		},
		remove: async params => store.remove(idOf(params)),
		importFile: async () => {
			const imported = await importDashboard(store);
			if (imported) await shown.show(imported.id);
		},
		exportFile: async params => {
			const dashboard = store.find(idOf(params));
			if (dashboard) await exportDashboard(dashboard);
		},
		watch: params => hub().watch(wishes.parse(params).topics),
		act: async params => {
			const { action, params: given } = act.parse(params);
			const doer = doers.get(action);
			if (!doer) throw new ExpectedError('unknown-action', `'${action}' is not something that a dashboard does.`);
			return doer.run(given, sourceDeps);
		},
		runAction: async params => {
			const { command, args } = offered.parse(params);
			await host.commands.run(command, args);
		},
		openLink: async ({ href }) => openLink(href),
	};
}

const tellers = new Map<string, Teller>(named(({ tells }) => tells));
const doers = new Map<string, Doer>(named(({ does }) => does ?? []));

function named<T extends { readonly name: string }>(
	of: (source: Source) => readonly T[],
): readonly (readonly [string, T])[] {
	return sources.flatMap(of).map(entry => [entry.name, entry] as const);
}

function openTopic(deps: SourceDeps): OpenTopic {
	return ({ name, params }, sink) => {
		const teller = tellers.get(name);
		if (!teller) throw new ExpectedError('unknown-topic', `Nothing here tells '${name}'.`);
		return teller.open(params, sink, deps);
	};
}

/** A link of a note: a web page, or a file of the workspace. */
async function openLink(href: string): Promise<void> {
	if (/^https?:\/\//i.test(href)) {
		await vscode.env.openExternal(vscode.Uri.parse(href, true));
		return;
	}
	const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
	const path = linkedFile(href);
	if (!folder || path === undefined)
		throw new ExpectedError('bad-link', `'${href}' is neither a web page nor a file of this workspace.`);
	await vscode.commands.executeCommand('vscode.open', vscode.Uri.joinPath(folder, path));
}
