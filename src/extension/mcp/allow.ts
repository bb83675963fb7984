import * as vscode from 'vscode';
import type { McpServerDefinition } from '../../core/mcp/definition';
import { previewText, previewWarning } from '../../core/mcp/views/preview';
import { unlinked } from '../host/unlinked';
import type { McpDocuments } from './documents';

const longest = 1500;

/**
 * The look at exactly what would run or be reached. VS Code's own modal, which no page can fake; what is too long for it
 * is shown whole in a document first.
 */
export async function confirmLaunch(
	documents: McpDocuments,
	definition: McpServerDefinition,
	question: string,
	button: string,
	notes: readonly string[] = [],
): Promise<boolean> {
	const text = previewText(definition);
	const isLong = text.length > longest || text.split('\n').length > 20;
	const shown = isLong ? `${text.slice(0, longest)}…` : text;
	const detail = [shown, '', ...notes, previewWarning(definition)].join('\n');
	const yes = { title: button };
	const all = { title: 'Show All of It' };
	// The first button has the focus: Enter out of habit must not run what came with a folder.
	const buttons = definition.source.kind === 'settings' ? (isLong ? [yes, all] : [yes]) : [all, yes];
	const picked = await vscode.window.showWarningMessage(question, { modal: true, detail }, ...buttons);
	if (picked !== all) return picked === yes;
	await documents.show(`${definition.name}, exactly`, text);
	const again = await vscode.window.showWarningMessage(
		unlinked(`${question} You see all of it in the editor.`),
		button,
	);
	return again === button;
}
