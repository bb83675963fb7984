import * as vscode from 'vscode';
import { applyOps } from '../../core/flow/model/apply';
import type { FlowFix } from '../../core/flow/model/problem';
import { canonicalEdit } from './canonical';
import { rangeOf, type FlowChecker } from './checker';

/** Offers what mends a problem in the text of a flow. */
export class FlowFixes implements vscode.CodeActionProvider {
	static readonly kinds = [vscode.CodeActionKind.QuickFix];
	readonly #checker: FlowChecker;

	constructor(checker: FlowChecker) {
		this.#checker = checker;
	}

	provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
		return this.#checker.problemsOf(document.uri).flatMap(problem => {
			const { fixes = [], message, node } = problem;
			if (!rangeOf(problem.range).intersection(range)) return [];
			const mends = fixes.map(fix => {
				const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
				action.edit = editOf(document, fix);
				action.isPreferred = fixes.length === 1;
				action.diagnostics = vscode.languages
					.getDiagnostics(document.uri)
					.filter(each => each.source === 'Quarterdeck' && each.message === message);
				return action;
			});
			return node === undefined ? mends : [...mends, showAction(document.uri, node)];
		});
	}
}

function showAction(uri: vscode.Uri, node: string): vscode.CodeAction {
	const title = `Show '${node}' on the graph`;
	const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
	action.command = { title, command: 'quarterdeck.flows.reveal', arguments: [uri.toString(), node] };
	return action;
}

/** The smallest edit that does what a fix says. */
export function editOf(document: vscode.TextDocument, fix: FlowFix): vscode.WorkspaceEdit {
	const edit = new vscode.WorkspaceEdit();
	const change = canonicalEdit(document, flow => applyOps(flow, fix.ops));
	if (change) edit.set(document.uri, [change]);
	return edit;
}
