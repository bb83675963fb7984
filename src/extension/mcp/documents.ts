import * as vscode from 'vscode';
import { Owner } from '../../core/base/lifecycle';

const scheme = 'quarterdeck-mcp';

/** Read-only documents of the MCP feature: what would run, and what changed. They live as long as they are open. */
export class McpDocuments extends Owner {
	readonly #texts = new Map<string, string>();
	#next = 1;

	constructor() {
		super();
		this.own(
			vscode.workspace.registerTextDocumentContentProvider(scheme, {
				provideTextDocumentContent: uri => this.#texts.get(uri.authority) ?? 'This is no longer known.\n',
			}),
		);
		this.own(
			vscode.workspace.onDidCloseTextDocument(({ uri }) => {
				if (uri.scheme === scheme) this.#texts.delete(uri.authority);
			}),
		);
	}

	async show(name: string, text: string): Promise<void> {
		const document = await vscode.workspace.openTextDocument(this.#add(name, text));
		await vscode.window.showTextDocument(document, { preview: true });
	}

	async showChange(name: string, before: string, after: string): Promise<void> {
		await vscode.commands.executeCommand('vscode.diff', this.#add(name, before), this.#add(name, after), name);
	}

	#add(name: string, text: string): vscode.Uri {
		const authority = String(this.#next++);
		this.#texts.set(authority, text);
		return vscode.Uri.from({ scheme, authority, path: `/${name.replaceAll(/[\\/:?#]/g, ' ')}` });
	}
}
