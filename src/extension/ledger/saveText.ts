import { basename } from 'node:path';
import * as vscode from 'vscode';

/** Asks where to save, beginning in the workspace, and writes the text there. `undefined` when the user cancels. */
export async function saveText(
	suggestedName: string,
	text: string,
	filters: Record<string, string[]>,
): Promise<vscode.Uri | undefined> {
	const name = basename(suggestedName).replaceAll(/[<>:"/\\|?*]/g, '-') || 'export.txt';
	const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
	const file = await vscode.window.showSaveDialog({
		filters,
		...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : { defaultUri: vscode.Uri.file(name) }),
	});
	if (!file) return undefined;
	await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
	return file;
}
