import * as vscode from 'vscode';
import { errorText } from '../../core/base/errors';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import { repairOfRow, type RepairRef } from '../../core/health/views/repairNodes';
import type { Host } from '../host/context';
import { TreeRow } from '../ledger/treeRow';
import type { Machine } from '../machine';

/** After the start: a kill switch that is on is shown before anything could act. */
const restMs = 3_000;

/** Registers the commands of repairs and reports. Nothing loads before services are watched, or somebody asks. */
export function registerMonitors(
	host: Host,
	{ health, monitors, killSwitch, reports }: Pick<Machine, 'health' | 'monitors' | 'killSwitch' | 'reports'>,
): Disposable {
	const store = new DisposableStore();
	const { commands, clock, log } = host;
	const warn = (error: unknown): void => log.warn(`Repairs are not looked after: ${errorText(error)}`);
	store.add(commands.register('quarterdeck.monitors.suggestions', async () => (await monitors.get()).notices.list()));
	store.add(
		commands.register('quarterdeck.monitors.runRepair', async (argument?: unknown) => {
			const { notices } = await monitors.get();
			const repair = repairOf(argument);
			await (repair ? notices.run(repair) : notices.list());
		}),
	);
	store.add(
		commands.register('quarterdeck.monitors.dismissRepair', async (argument?: unknown) => {
			const repair = repairOf(argument);
			if (repair) (await monitors.get()).decline(repair.key);
		}),
	);
	store.add(commands.register('quarterdeck.monitors.toggleKillSwitch', async () => (await killSwitch.get()).toggle()));
	store.add(commands.register('quarterdeck.monitors.report', async () => (await reports.get()).show()));
	store.add(
		commands.register('quarterdeck.monitors.reportWithModel', async () => (await reports.get()).showWithModel()),
	);
	store.add(clock.after(restMs, () => void killSwitch.get().catch(warn)));
	void health.whenMade.then(() => {
		if (store.isDisposed) return;
		monitors.get().catch(warn);
		const isScheduled = (): boolean => host.settings.get('report.schedule') !== '';
		const start = (): void => {
			if (isScheduled() && vscode.workspace.isTrusted) reports.get().catch(warn);
		};
		start();
		store.add(host.settings.onDidChange(keys => keys.has('report.schedule') && start()));
	});
	return store;
}

/** What a row of the view of alerts stands for. */
function repairOf(argument: unknown): RepairRef | undefined {
	return argument instanceof TreeRow ? repairOfRow(argument.node.id) : undefined;
}
