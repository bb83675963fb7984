import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Lazy } from '../../../core/base/async';
import { errorText } from '../../../core/base/errors';
import { DisposableStore, type Disposable } from '../../../core/base/lifecycle';
import type { Host } from '../../host/context';
import type { FlowService } from '../service';

/** After the start, milliseconds. */
const restMs = 2000;

/** Registers what turns triggers of flows on and off. Nothing loads in a window whose machine has none that is on. */
export function registerTriggers(host: Host, service: Lazy<FlowService>): Disposable {
	const store = new DisposableStore();
	const { commands } = host;
	store.add(
		commands.register('quarterdeck.flows.turnOnTrigger', async (argument?: unknown) =>
			(await import('./commands')).turnOnTrigger(await service.get(), argument),
		),
	);
	store.add(
		commands.register('quarterdeck.flows.turnOffTrigger', async (argument?: unknown) =>
			(await import('./commands')).turnOffTrigger(await service.get(), argument),
		),
	);
	store.add(
		commands.register('quarterdeck.flows.runTrigger', async (argument?: unknown) =>
			(await import('./commands')).runTrigger(await service.get(), argument),
		),
	);
	store.add(
		commands.register('quarterdeck.flows.copyCurl', async (argument?: unknown) =>
			(await import('./commands')).copyCurl(await service.get(), argument),
		),
	);
	store.add(
		commands.register('quarterdeck.flows.turnOffAllTriggers', async () =>
			(await import('./commands')).turnOffAllTriggers(await service.get()),
		),
	);
	const folder = join(host.context.globalStorageUri.fsPath, 'flows', 'triggers');
	const start = (): void => {
		if (!vscode.workspace.isTrusted || !existsSync(folder)) return;
		if (!readdirSync(folder).some(name => name.endsWith('.json'))) return;
		service.get().catch((error: unknown) => host.log.warn(`Triggers could not be started: ${errorText(error)}`));
	};
	store.add(host.clock.after(restMs, start));
	store.add(vscode.workspace.onDidGrantWorkspaceTrust(start));
	return store;
}
