import { hash } from 'node:crypto';
import * as vscode from 'vscode';
import type { ValuePlace } from '../../core/flow/editorProtocol';
import { textOf, valueAt } from '../../core/flow/runs/runValues';
import type { FlowRuns } from './runs';

/** Read-only documents that show a value of a run, a report, or the code of a node. */
export const valueScheme = 'quarterdeck-value';

/** Documents that were shown last are kept; the oldest go. */
const mostKept = 100;
const texts = new Map<string, string>();

/** The text of a document of `valueScheme`. */
export function valueDocument(uri: vscode.Uri): string {
	return texts.get(uri.path.split('/')[1] ?? '') ?? 'This value is not shown any more. Open it again from its run.';
}

/** Reads a value and gives the document that shows it. */
export async function valueUri(runs: FlowRuns, flow: vscode.Uri, place: ValuePlace): Promise<vscode.Uri> {
	const value = valueAt(await runs.values(flow, place.run), place);
	const text = textOf(value);
	return shownText(`${place.node}-${place.port}.${extensionOf(value, text)}`, text, JSON.stringify(place));
}

/** A document that shows a text; what `of` names tells equal texts apart. */
export function shownText(name: string, text: string, of = ''): vscode.Uri {
	const key = hash('sha256', `${of}\n${text}`).slice(0, 32);
	texts.delete(key);
	texts.set(key, text);
	for (const old of texts.keys()) {
		if (texts.size <= mostKept) break;
		texts.delete(old);
	}
	return vscode.Uri.from({ scheme: valueScheme, path: `/${key}/${name.replaceAll(/[^\w.-]+/g, '-')}` });
}

/** Closes the comparison that showed a document as its right side. */
export async function closeShown(shown: vscode.Uri): Promise<void> {
	const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs);
	const found = tabs.filter(
		({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.toString() === shown.toString(),
	);
	await vscode.window.tabGroups.close(found, true);
}

function extensionOf(value: unknown, text: string): string {
	if (typeof value !== 'string') return 'json';
	if (/^(?:diff --git |--- |@@ )/m.test(text)) return 'diff';
	return /^#{1,6} |^```|^[-*] /m.test(text) ? 'md' : 'txt';
}
