import * as vscode from 'vscode';
import { Lazy } from '../../core/base/async';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import type { Host } from '../host/context';
import { panelTypes } from '../host/ids';
import { Panels } from '../host/panels';
import type { Runners } from '../ledger/commands';
import type { Machine } from '../machine';
import type { SourceDeps } from './source';
import type { DashboardStore } from './store';

/** Registers the dashboard's page and its commands. */
export function registerDashboard(machine: Machine, runners: Runners): Disposable {
	const { host, ledger, approvals } = machine.deps;
	const lifetime = new DisposableStore();
	const sources: SourceDeps = {
		host,
		ledger,
		approvals,
		runners,
		machine,
		hardware: new Lazy(async () => (await machine.hardware.get()).feed),
		newGate: () => machine.deps.newGate(),
	};
	const store = new Lazy<DashboardStore>(async () => {
		const { DashboardStore } = await import('./store');
		return lifetime.add(new DashboardStore(host.state, host.log));
	});
	const icon = (name: string): vscode.Uri => vscode.Uri.joinPath(host.context.extensionUri, 'media', name);
	const panels: Panels = lifetime.add(
		new Panels(host.context.extensionUri, {
			viewType: panelTypes.dashboard,
			surface: 'dashboard',
			icon: { light: icon('tab-light.svg'), dark: icon('tab-dark.svg') },
			connect: async (identity, port, panel) => {
				const { connectDashboardPage } = await import('./page');
				return connectDashboardPage(identity, port, panel, {
					store: await store.get(),
					sources,
					update: (of, id, title) => panels.update(of, id, title),
				});
			},
		}),
	);
	lifetime.add(registerCommands(host, store, panels));
	return lifetime;
}

function registerCommands({ commands }: Host, store: Lazy<DashboardStore>, panels: Panels): Disposable {
	const lifetime = new DisposableStore();
	lifetime.add(
		commands.register('quarterdeck.dashboard.open', async () => {
			const { id, name } = (await store.get()).shown;
			await panels.show(id, name);
		}),
	);
	lifetime.add(
		commands.register('quarterdeck.dashboard.new', async () => {
			const { askName } = await import('./files');
			const name = await askName('');
			if (name === undefined) return;
			const made = await (await store.get()).create(name);
			await panels.show(made.id, made.name);
		}),
	);
	lifetime.add(
		commands.register('quarterdeck.dashboard.import', async () => {
			const { importDashboard } = await import('./files');
			const imported = await importDashboard(await store.get());
			if (imported) await panels.show(imported.id, imported.name);
		}),
	);
	lifetime.add(
		commands.register('quarterdeck.dashboard.export', async () => {
			const { exportDashboard } = await import('./files');
			await exportDashboard((await store.get()).shown);
		}),
	);
	return lifetime;
}
