import * as vscode from 'vscode';
import type { McpAsker } from '../../core/mcp/ports';
import type { McpToolChange } from '../../core/mcp/protocol';
import { changeTexts } from '../../core/mcp/views/preview';
import { unlinked } from '../host/unlinked';
import type { McpDocuments } from './documents';

/**
 * Asks whether tools that are no longer what the user approved may be offered. What they say is shown in VS Code's own
 * diff editor; the text itself never stands in a dialog, where it could be mistaken for ours.
 */
export async function confirmToolChanges(
	documents: McpDocuments,
	asker: McpAsker,
	changes: readonly McpToolChange[],
	signal: AbortSignal,
): Promise<boolean> {
	const names = changes.slice(0, 4).map(change => `${change.tool} (${change.kind})`);
	const more = changes.length > names.length ? `, and ${changes.length - names.length} more` : '';
	const what = `${names.join(', ')}${more}`;
	const review = 'Review…';
	const first = await vscode.window.showWarningMessage(
		unlinked(
			`What the tools of “${asker.server}” tell models has changed: ${what}. They are switched off until you have looked.`,
		),
		review,
		'Keep Them Off',
	);
	if (first !== review || signal.aborted) return false;
	const { before, after } = changeTexts(changes);
	await documents.showChange(`Tools of ${asker.server}: approved ↔ now`, before, after);
	const accept = 'Accept the Changes';
	const second = await vscode.window.showWarningMessage(
		unlinked(`Offer these tools of “${asker.server}” as they are now?`),
		accept,
		'Keep Them Off',
	);
	return second === accept && !signal.aborted;
}
