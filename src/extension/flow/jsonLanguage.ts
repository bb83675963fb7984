import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle';
import { flowLanguage } from '../host/ids';

/**
 * The text of a flow is JSON, in a language of its own for its icon. VS Code's JSON extension checks and completes it,
 * but is not woken by a language that it does not know: that is done here, once such a text is shown.
 */
export function wakeJsonLanguage(): Disposable {
	const wake = (editors: readonly vscode.TextEditor[]): void => {
		if (!editors.some(isFlow)) return;
		watching.dispose();
		void vscode.extensions.getExtension('vscode.json-language-features')?.activate();
	};
	const watching = vscode.window.onDidChangeVisibleTextEditors(wake);
	wake(vscode.window.visibleTextEditors);
	return watching;
}

function isFlow({ document }: vscode.TextEditor): boolean {
	return document.languageId === flowLanguage;
}
