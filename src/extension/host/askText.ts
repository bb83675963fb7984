import * as vscode from 'vscode';

/**
 * Asks for one line of text; `undefined` when the user presses Escape. It stays open when the focus goes elsewhere: what
 * was typed is not lost by a look at another file, nor to an editor that takes the focus because it has just loaded.
 */
export function askText(
	options: Omit<vscode.InputBoxOptions, 'ignoreFocusOut'>,
	token?: vscode.CancellationToken,
): Thenable<string | undefined> {
	return vscode.window.showInputBox({ ...options, ignoreFocusOut: true }, token);
}
