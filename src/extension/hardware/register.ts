import * as vscode from 'vscode';
import type { Lazy } from '../../core/base/async';
import { errorText } from '../../core/base/errors';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import type { Host } from '../host/context';
import type { HardwareService } from './service';

/** The gauge comes once a window has settled: nothing of it is loaded while others start. */
const patienceMs = 3_000;

/** Registers the gauge and the report on the machine. */
export function registerHardware(host: Host, hardware: Lazy<HardwareService>): Disposable {
	const store = new DisposableStore();
	const start = async (): Promise<void> => {
		const [{ Gauge }, { feed }] = await Promise.all([import('./gauge'), hardware.get()]);
		store.add(new Gauge(host, feed));
	};
	let isStarted = false;
	const startWhereShown = (): void => {
		if (isStarted || host.settings.get('gauge.position') === 'hidden') return;
		isStarted = true;
		start().catch((error: unknown) => host.log.error(`The gauge could not start: ${errorText(error)}`));
	};
	store.add(
		host.settings.onDidChange(keys => {
			if (keys.has('gauge.position')) startWhereShown();
		}),
	);
	store.add(host.clock.after(patienceMs, startWhereShown));
	store.add(
		host.commands.register('quarterdeck.hardware.copyReport', async () => {
			const [{ hardwareReport }, { feed }] = await Promise.all([import('../../core/hardware/report'), hardware.get()]);
			const report = hardwareReport(await feed.facts(), feed.latest, feed.gpuProblem);
			await vscode.env.clipboard.writeText(report);
			void vscode.window.showInformationMessage('The report on this machine is in the clipboard.');
		}),
	);
	return store;
}
