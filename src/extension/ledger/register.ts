import * as vscode from 'vscode';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lazy } from '../../core/base/async';
import { errorText } from '../../core/base/errors';
import { asId, type ExecutionId } from '../../core/base/ids';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import type { Ledger } from '../../core/ledger/queries';
import type { ChatActions } from '../chat/actions';
import type { FlowActions } from '../flow/actions';
import type { Host } from '../host/context';
import { panelTypes, viewIds } from '../host/ids';
import { LazyTree } from '../host/lazyTree';
import { Panels } from '../host/panels';
import type * as Commands from './commands';
import type { CostsProvider } from './costsProvider';
import type { CostsSource } from './costsSource';
import type { ExecutionsProvider } from './executionsProvider';
import { FilterState } from './filterState';
import type { TreeRow } from './treeRow';

export interface LedgerUiDeps {
	readonly ledger: Lazy<Ledger>;
	readonly chat: ChatActions;
	readonly flows: FlowActions;
	/** The ledger's folder: where there is no journal yet, nothing is loaded to count its costs. */
	readonly folder: string;
}

/** Start-up is busy enough: the status bar counts the costs after it. */
const statusBarDelay = 3000;

/** What the features of the ledger share, made when one of them is first used. */
interface Parts {
	executions?: ExecutionsProvider;
	costs?: CostsProvider;
	source?: CostsSource;
}

/** Registers the trees, commands, pages and the status bar item of the ledger. Their code loads on first use. */
export function registerLedger(host: Host, deps: LedgerUiDeps): Disposable {
	const store = new DisposableStore();
	const parts: Parts = {};
	const trees = registerTrees(host, deps, store, parts);
	const pages = store.add(registerPages(host, deps));
	registerExecutionCommands(host, deps, store, { ...trees, pages, parts });
	registerCostCommands(host, deps, store);
	registerStepDocuments(deps, store);
	startStatusBar(host, deps, store, parts);
	return store;
}

interface Trees {
	readonly executions: LazyTree<TreeRow>;
	readonly filter: FilterState;
}

function registerTrees(host: Host, deps: LedgerUiDeps, store: DisposableStore, parts: Parts): Trees {
	const executions: LazyTree<TreeRow> = store.add(
		new LazyTree<TreeRow>(
			viewIds.executions,
			async () => {
				const { ExecutionsProvider } = await import('./executionsProvider');
				const view = executions.view;
				return (parts.executions ??= store.add(
					new ExecutionsProvider({ ...deps, clock: host.clock, log: host.log, filter, view }),
				));
			},
			host.log,
		),
	);
	const filter: FilterState = store.add(new FilterState(executions.view));
	const costs: LazyTree<TreeRow> = store.add(
		new LazyTree<TreeRow>(
			viewIds.costs,
			async () => {
				const { CostsProvider } = await import('./costsProvider');
				const source = await costsSource(host, deps, store, parts);
				return (parts.costs ??= store.add(
					new CostsProvider({ source, clock: host.clock, log: host.log, view: costs.view }),
				));
			},
			host.log,
		),
	);
	return { executions, filter };
}

async function costsSource(host: Host, deps: LedgerUiDeps, store: DisposableStore, parts: Parts): Promise<CostsSource> {
	const { CostsSource } = await import('./costsSource');
	return (parts.source ??= store.add(new CostsSource(deps.ledger, host.clock, host.settings)));
}

function registerPages(host: Host, deps: LedgerUiDeps): Panels {
	const extension = host.context.extensionUri;
	const icon = (name: string): vscode.Uri => vscode.Uri.joinPath(extension, 'media', name);
	return new Panels(extension, {
		viewType: panelTypes.execution,
		surface: 'ledger',
		icon: { light: icon('tab-light.svg'), dark: icon('tab-dark.svg') },
		connect: async (identity, port, panel) => {
			const [page, ledger] = await Promise.all([import('./executionPage'), deps.ledger.get()]);
			return page.connectExecutionPage(asId<ExecutionId>(identity), port, panel, {
				host,
				ledger,
				chat: deps.chat,
				flows: deps.flows,
			});
		},
	});
}

function registerExecutionCommands(
	host: Host,
	deps: LedgerUiDeps,
	store: DisposableStore,
	at: Trees & { readonly pages: Panels; readonly parts: Parts },
): void {
	const { ledger } = deps;
	const target = async (argument: unknown): Promise<{ id: ExecutionId; own: typeof Commands }> => {
		const own = await import('./commands');
		return { id: own.executionOf(argument, at.executions.view.selection), own };
	};
	const { commands, clock } = host;
	store.add(
		commands.register('quarterdeck.executions.open', async (argument: unknown) => {
			const { id } = await target(argument);
			const detail = await (await ledger.get()).query('execution', { id });
			const { pageTitle } = await import('./executionPage');
			await at.pages.show(id, pageTitle(detail?.execution.title ?? ''));
		}),
	);
	store.add(
		commands.register('quarterdeck.executions.stop', async (argument: unknown) => {
			const { id, own } = await target(argument);
			await own.stopExecution(deps, id);
		}),
	);
	store.add(
		commands.register('quarterdeck.executions.resume', async (argument: unknown) => {
			const { id, own } = await target(argument);
			await own.resumeExecution(await ledger.get(), deps, id);
		}),
	);
	store.add(
		commands.register('quarterdeck.executions.copy', async (argument: unknown) => {
			const { id, own } = await target(argument);
			await own.copyExecution(await ledger.get(), id, clock.now());
		}),
	);
	store.add(
		commands.register('quarterdeck.executions.filter', async () => {
			const { pickFilter } = await import('./filterPick');
			await pickFilter(at.filter, await ledger.get());
		}),
	);
	store.add(commands.register('quarterdeck.executions.clearFilter', () => at.filter.set({})));
	store.add(commands.register('quarterdeck.executions.more', () => at.parts.executions?.showMore()));
	store.add(
		commands.register('quarterdeck.ledger.retry', () => {
			at.parts.executions?.retry();
			at.parts.costs?.retry();
		}),
	);
}

function registerCostCommands(host: Host, { ledger }: LedgerUiDeps, store: DisposableStore): void {
	const { commands, clock, settings } = host;
	store.add(
		commands.register('quarterdeck.costs.open', () => vscode.commands.executeCommand(`${viewIds.costs}.focus`)),
	);
	store.add(
		commands.register('quarterdeck.costs.exportCsv', async () => {
			const { exportCosts } = await import('./commands');
			await exportCosts(await ledger.get(), clock.now());
		}),
	);
	store.add(
		commands.register('quarterdeck.costs.setBudget', async () => {
			const { setBudget } = await import('./commands');
			await setBudget(settings);
		}),
	);
	store.add(
		commands.register('quarterdeck.ledger.showHealth', async () => {
			const { showHealth } = await import('./commands');
			await showHealth(await ledger.get());
		}),
	);
}

/** Registered at once, so that tabs of a step's text come back after a reload. */
function registerStepDocuments({ ledger }: LedgerUiDeps, store: DisposableStore): void {
	store.add(
		vscode.workspace.registerTextDocumentContentProvider('quarterdeck-step', {
			provideTextDocumentContent: async uri => {
				const { stepDocument } = await import('./stepText');
				return stepDocument(await ledger.get(), uri);
			},
		}),
	);
}

/** Waits until start-up is over, and until there is a journal: a window that never ran an agent loads nothing. */
function startStatusBar(host: Host, deps: LedgerUiDeps, store: DisposableStore, parts: Parts): void {
	let isStarted = false;
	const show = async (): Promise<void> => {
		if (isStarted || store.isDisposed || !host.settings.get('costs.statusBar')) return;
		isStarted = true;
		const { CostsStatusBar } = await import('./statusBar');
		store.add(new CostsStatusBar(host, await costsSource(host, deps, store, parts)));
	};
	const start = (): void => {
		show().catch((error: unknown) => host.log.error(errorText(error)));
	};
	const hasJournal = (): Promise<boolean> =>
		stat(join(deps.folder, 'journal')).then(
			found => found.isDirectory(),
			// No folder is the usual case of a first start.
			() => false,
		);
	const look = async (): Promise<void> => {
		if (await hasJournal()) start();
	};
	void deps.ledger.whenMade.then(start);
	store.add(host.clock.after(statusBarDelay, () => void look()));
	store.add(
		host.settings.onDidChange(keys => {
			if (keys.has('costs.statusBar')) void look();
		}),
	);
}
