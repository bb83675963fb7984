import * as vscode from 'vscode';
import type { Lazy } from '../../core/base/async';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import type { Host } from '../host/context';
import { viewIds } from '../host/ids';
import { LazyTree } from '../host/lazyTree';
import type { TreeRow } from '../ledger/treeRow';
import type * as Commands from './commands';
import type { ProviderService } from './service';

/** Registers the view of models and the commands about providers. Their code loads on first use. */
export function registerProviders(host: Host, service: Lazy<ProviderService>): Disposable {
	const store = new DisposableStore();
	const tree: LazyTree<TreeRow> = store.add(
		new LazyTree<TreeRow>(
			viewIds.models,
			async () => {
				const [{ ModelsProvider }, opened] = await Promise.all([import('./modelsProvider'), service.get()]);
				return store.add(new ModelsProvider(host, opened, tree.view));
			},
			host.log,
		),
	);
	registerCommands(host, service, store);
	registerModelCommands(host, service, store);
	return store;
}

/** The code of the commands, loaded with the first of them. */
function own(): Promise<typeof Commands> {
	return import('./commands');
}

function registerCommands(host: Host, service: Lazy<ProviderService>, store: DisposableStore): void {
	const { commands } = host;
	const deps = async (): Promise<Commands.ProviderCommandDeps> => ({ host, service: await service.get() });
	store.add(
		commands.register('quarterdeck.providers.open', () => vscode.commands.executeCommand(`${viewIds.models}.focus`)),
	);
	store.add(
		commands.register('quarterdeck.providers.add', async () => {
			const { addProvider } = await import('./addProvider');
			await addProvider(await deps());
		}),
	);
	store.add(
		commands.register('quarterdeck.providers.test', async (argument: unknown) =>
			(await own()).testProvider(await deps(), argument),
		),
	);
	store.add(
		commands.register('quarterdeck.providers.setKey', async (argument: unknown) =>
			(await own()).setProviderKey(await deps(), argument),
		),
	);
	store.add(
		commands.register('quarterdeck.providers.remove', async (argument: unknown) =>
			(await own()).removeProvider(await deps(), argument),
		),
	);
	store.add(
		commands.register('quarterdeck.providers.keep', async (argument: unknown) =>
			(await own()).keepProvider(await deps(), argument),
		),
	);
	store.add(
		commands.register('quarterdeck.providers.refresh', async () => {
			const { requireTrust } = await own();
			requireTrust();
			await (await service.get()).refresh();
		}),
	);
	store.add(
		commands.register('quarterdeck.providers.runAction', (command: string, ...args: unknown[]) =>
			commands.run(command, args),
		),
	);
}

/** What is done with single models. */
function registerModelCommands(host: Host, service: Lazy<ProviderService>, store: DisposableStore): void {
	const { commands } = host;
	const deps = async (): Promise<Commands.ProviderCommandDeps> => ({ host, service: await service.get() });
	store.add(
		commands.register('quarterdeck.providers.pull', async (argument: unknown, model: unknown) => {
			const { pullModel } = await import('./pull');
			await pullModel(await deps(), argument, model);
		}),
	);
	store.add(
		commands.register('quarterdeck.providers.unload', async (argument: unknown) => {
			const { unloadModel } = await import('./pull');
			await unloadModel(await deps(), argument);
		}),
	);
	store.add(
		commands.register('quarterdeck.providers.copyModel', async (argument: unknown) =>
			(await own()).copyModelName(argument),
		),
	);
}
