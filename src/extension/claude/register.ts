import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import { setContext } from '../host/commands';
import type { Host } from '../host/context';

export interface ClaudeDeps {
	/** Looks for the CLI again and says what it found. */
	recheck(): Promise<string>;
}

/** The commands about the CLI itself. */
export function registerClaude(host: Host, deps: ClaudeDeps): Disposable {
	const store = new DisposableStore();
	store.add(
		host.commands.register('quarterdeck.claude.recheck', async () => {
			void vscode.window.setStatusBarMessage(`$(info) ${await deps.recheck()}`, 5_000);
			// A walkthrough that was opened after the CLI was found ticks its step only when something else changes.
			setContext('quarterdeck.hasLooked', true);
		}),
	);
	store.add(
		host.commands.register('quarterdeck.claude.locate', async () => {
			const picked = await vscode.window.showOpenDialog({
				title: 'Choose the claude executable',
				openLabel: 'Use This',
				canSelectFiles: true,
			});
			const file = picked?.[0];
			if (!file) return;
			await host.settings.set('claude.path', file.fsPath);
			await deps.recheck();
		}),
	);
	return store;
}
