import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import type { Host } from '../host/context';
import { walkthroughId } from '../host/ids';

/** The walkthrough and the output channel. */
export function registerWelcome(host: Host, output: vscode.LogOutputChannel): Disposable {
	const store = new DisposableStore();
	store.add(host.commands.register('quarterdeck.showOutput', () => output.show()));
	store.add(
		host.commands.register('quarterdeck.showWalkthrough', () =>
			vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthroughId, false),
		),
	);
	return store;
}
