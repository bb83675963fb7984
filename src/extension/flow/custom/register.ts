import * as vscode from 'vscode';
import { Lazy } from '../../../core/base/async';
import { DisposableStore, type Disposable } from '../../../core/base/lifecycle';
import type { Host } from '../../host/context';
import { panelTypes } from '../../host/ids';
import { Panels } from '../../host/panels';
import type { FlowService } from '../service';
import type { NodePages } from './pages';

/** Registers what makes, tries and allows custom nodes, and what leads into and out of flows. Code loads on first use. */
export function registerCustomNodes(host: Host, service: Lazy<FlowService>): Disposable {
	const store = new DisposableStore();
	const { commands, context } = host;
	const pages = new Lazy<NodePages>(async () => {
		const [{ NodePages }, flows] = await Promise.all([import('./pages'), service.get()]);
		return store.add(new NodePages(flows));
	});
	const icon = (name: string): vscode.Uri => vscode.Uri.joinPath(context.extensionUri, 'media', name);
	const panels = store.add(
		new Panels(context.extensionUri, {
			viewType: panelTypes.customNode,
			surface: 'node',
			icon: { light: icon('tab-light.svg'), dark: icon('tab-dark.svg') },
			connect: async (identity, port, panel) => (await pages.get()).connect(identity, port, panel),
		}),
	);
	store.add(
		commands.register('quarterdeck.newCustomNode', async () =>
			(await import('./commands')).newCustomNode(await service.get(), await pages.get(), panels),
		),
	);
	store.add(
		commands.register('quarterdeck.flows.testNode', async (argument?: unknown) =>
			(await import('./commands')).testNode(await service.get(), panels, argument),
		),
	);
	store.add(
		commands.register('quarterdeck.flows.allowNode', async (argument: unknown) =>
			(await import('./commands')).allowNode(await service.get(), argument),
		),
	);
	store.add(
		commands.register('quarterdeck.flows.revokeNode', async (argument: unknown) =>
			(await import('./commands')).revokeNode(await service.get(), argument),
		),
	);
	store.add(
		commands.register('quarterdeck.flows.nodeGrants', async () =>
			(await import('./commands')).showNodeGrants(await service.get()),
		),
	);
	store.add(
		commands.register('quarterdeck.importFlow', async (argument?: unknown) =>
			(await import('../interop/importing')).importFlowFile(await service.get(), argument),
		),
	);
	store.add(
		commands.register('quarterdeck.exportFlow', async (argument?: unknown) =>
			(await import('../interop/exporting')).exportFlow(await service.get(), argument),
		),
	);
	return store;
}
