import * as vscode from 'vscode';
import type { Lazy } from '../../core/base/async';
import { asId, type ConversationId } from '../../core/base/ids';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import type { Host } from '../host/context';
import { panelTypes } from '../host/ids';
import { Panels } from '../host/panels';
import type { ChatActions } from './actions';
import type { Chat } from './chat';
import { ChatView } from './view';

export interface ChatRegistration extends Disposable {
	readonly actions: ChatActions;
	readonly view: ChatView;
	readonly panels: Panels;
}

/** Registers the chat's view, tabs and commands. Everything behind them is made by `chat` on first use. */
export function registerChat(host: Host, chat: Lazy<Chat>): ChatRegistration {
	const store = new DisposableStore();
	const extension = host.context.extensionUri;
	const icon = (name: string): vscode.Uri => vscode.Uri.joinPath(extension, 'media', name);
	const view: ChatView = store.add(
		new ChatView(extension, async port =>
			(await chat.get()).connect(
				port,
				'sidebar',
				undefined,
				() => view.isVisible,
				() => undefined,
			),
		),
	);
	const panels: Panels = store.add(
		new Panels(extension, {
			viewType: panelTypes.chat,
			surface: 'chat',
			icon: { light: icon('tab-light.svg'), dark: icon('tab-dark.svg') },
			connect: async (identity, port, panel) =>
				(await chat.get()).connect(
					port,
					'tab',
					asId<ConversationId>(identity),
					() => panel.visible,
					(conversation, title) => panels.update(panel, conversation, title),
				),
		}),
	);
	registerCommands(host, chat, store);
	const actions: ChatActions = {
		reveal: async (conversation, approval) => (await chat.get()).reveal(conversation, approval),
		stopExecution: async execution => (await chat.get()).stopExecution(execution),
		isRunningHere: execution => loaded?.isRunningHere(execution) ?? false,
		isInView: conversation => loaded?.isInView(conversation) ?? false,
	};
	let loaded: Chat | undefined;
	void chat.whenMade.then(made => {
		loaded = made;
	});
	return { actions, view, panels, dispose: () => store.dispose() };
}

function registerCommands({ commands }: Host, chat: Lazy<Chat>, store: DisposableStore): void {
	store.add(commands.register('quarterdeck.chat.open', () => vscode.commands.executeCommand('quarterdeck.chat.focus')));
	store.add(commands.register('quarterdeck.chat.new', async () => (await chat.get()).create()));
	store.add(commands.register('quarterdeck.chat.pick', async () => (await chat.get()).pick()));
	store.add(commands.register('quarterdeck.chat.stop', async () => (await chat.get()).stopShown()));
	store.add(commands.register('quarterdeck.chat.sendAgain', async () => (await chat.get()).sendShownAgain()));
	store.add(commands.register('quarterdeck.chat.goOn', async () => (await chat.get()).goOnShown()));
	store.add(
		commands.register('quarterdeck.chat.useModel', async (model?: string) => (await chat.get()).useModel(model)),
	);
	store.add(
		commands.register('quarterdeck.routing.explain', async (execution?: unknown) =>
			(await chat.get()).explainModel(typeof execution === 'string' ? execution : undefined),
		),
	);
	store.add(commands.register('quarterdeck.routing.rules', async () => (await chat.get()).editRules()));
	store.add(commands.register('quarterdeck.chat.continueSession', async () => (await chat.get()).continueSession()));
	store.add(commands.register('quarterdeck.chat.rename', async () => (await chat.get()).renameShown()));
	store.add(commands.register('quarterdeck.chat.export', async () => (await chat.get()).exportShown()));
	store.add(commands.register('quarterdeck.chat.openInEditor', async () => (await chat.get()).openShownInTab()));
	store.add(commands.register('quarterdeck.chat.addSelection', async () => (await chat.get()).addSelection()));
	store.add(commands.register('quarterdeck.chat.addFile', async (uri?: vscode.Uri) => (await chat.get()).addFile(uri)));
}
