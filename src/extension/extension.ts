import * as vscode from 'vscode';
import { startApp, type App } from './app';
import { unlinked } from './host/unlinked';

let app: App | undefined;

/** Registers every feature's ids; their code loads on first use. */
export function activate(context: vscode.ExtensionContext): void {
	try {
		app = startApp(context);
	} catch (error) {
		// VS Code stays silent when an activation fails, so say it aloud.
		const text = error instanceof Error ? error.message : String(error);
		void vscode.window.showErrorMessage(unlinked(`Quarterdeck could not start: ${text}`));
		throw error;
	}
}

/** Ends what runs: conversations first, so that their last events still reach the ledger. */
export async function deactivate(): Promise<void> {
	await app?.stop();
	app = undefined;
}
