import * as vscode from 'vscode';

/**
 * Shows Markdown as it reads; as text where VS Code's own extension for it is switched off.
 * @param isBeside whether it is read beside what it is about, which keeps the focus
 */
export async function showMarkdown(uri: vscode.Uri, isBeside = false): Promise<void> {
	try {
		await vscode.commands.executeCommand(isBeside ? 'markdown.showPreviewToSide' : 'markdown.showPreview', uri);
		if (isBeside) await vscode.commands.executeCommand('workbench.action.focusPreviousGroup');
	} catch {
		const viewColumn = isBeside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
		await vscode.window.showTextDocument(uri, { viewColumn, preserveFocus: isBeside, preview: true });
	}
}
