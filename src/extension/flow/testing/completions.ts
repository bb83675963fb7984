import * as vscode from 'vscode';
import { completeRow } from '../../../core/flow/datasets/complete';
import type { FlowDocuments } from '../document';
import { testedFlow } from './datasetFiles';

/** Offers what may stand in a row of tests: keys, inputs, nodes and outputs of the flow beside. */
export class DatasetCompletions implements vscode.CompletionItemProvider {
	readonly #documents: FlowDocuments;

	constructor(documents: FlowDocuments) {
		this.#documents = documents;
	}

	async provideCompletionItems(
		document: vscode.TextDocument,
		position: vscode.Position,
	): Promise<vscode.CompletionItem[]> {
		const flow = await testedFlow(this.#documents, document.uri).catch(() => undefined);
		const { text } = document.lineAt(position.line);
		return completeRow(text, position.character, flow).map(({ label, detail, insert, from, length }) => {
			const item = new vscode.CompletionItem(label, vscode.CompletionItemKind.Property);
			item.detail = detail;
			item.insertText = new vscode.SnippetString(insert.replaceAll('}', '\\}'));
			item.range = new vscode.Range(position.line, from, position.line, from + length);
			item.filterText = JSON.stringify(label);
			return item;
		});
	}
}
