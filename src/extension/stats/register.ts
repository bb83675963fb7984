import * as vscode from 'vscode';
import type { Lazy } from '../../core/base/async';
import { errorText } from '../../core/base/errors';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import type { Host } from '../host/context';
import type { StatsService } from './service';

/** After the start, milliseconds. */
const restMs = 3_000;

/** Registers the stats server and the export. Nothing of them loads for a user who has turned neither on. */
export function registerStats(host: Host, service: Lazy<StatsService>): Disposable {
	const store = new DisposableStore();
	const { clock, commands, log, settings } = host;
	store.add(
		commands.register('quarterdeck.stats.copyAddress', async () =>
			(await import('./commands')).copyAddress(host, await service.get()),
		),
	);
	store.add(
		commands.register('quarterdeck.stats.copyToken', async () =>
			(await import('./commands')).copyToken(await service.get()),
		),
	);
	store.add(
		commands.register('quarterdeck.stats.newToken', async () =>
			(await import('./commands')).newToken(await service.get()),
		),
	);
	store.add(
		commands.register('quarterdeck.stats.copyCurl', async () =>
			(await import('./commands')).copyCurl(host, await service.get()),
		),
	);
	store.add(
		commands.register('quarterdeck.otlp.setHeaders', async () => (await import('./commands')).setOtlpHeaders(host)),
	);
	const isWanted = (): boolean => settings.get('statsServer.enable') || settings.get('otlp.endpoint').trim() !== '';
	const start = async (): Promise<void> => {
		if (!isWanted() || !vscode.workspace.isTrusted) return;
		await (await service.get()).look();
	};
	const startQuietly = (): void =>
		void start().catch((error: unknown) => log.warn(`The stats service could not be started: ${errorText(error)}`));
	store.add(clock.after(restMs, startQuietly));
	store.add(vscode.workspace.onDidGrantWorkspaceTrust(startQuietly));
	store.add(
		settings.onDidChange(keys => {
			if (!keys.has('statsServer.enable') && !keys.has('otlp.endpoint')) return;
			startQuietly();
			// The windows behind the one in which it was turned on say nothing.
			if (!keys.has('statsServer.enable') || !settings.get('statsServer.enable') || !vscode.window.state.focused)
				return;
			void tell().catch((error: unknown) => commands.showFailure(error));
		}),
	);
	const tell = async (): Promise<void> => (await import('./commands')).tellServing(host, await service.get());
	return store;
}
