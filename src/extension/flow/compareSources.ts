import * as vscode from 'vscode';
import { flowSuffix, textOf } from './files';

/** Scheme of a comparison of two versions that are named in its address. */
export const compareScheme = 'quarterdeck-flow-compare';

/** Two versions of a flow, the older one first. */
export interface ComparedSides {
	readonly before: vscode.Uri;
	readonly after: vscode.Uri;
}

/** The address of a comparison: it says all that is needed, so that it is there again after a reload. */
export function compareUri({ before, after }: ComparedSides): vscode.Uri {
	const query = JSON.stringify({ before: before.toString(), after: after.toString() });
	const { path } = after.path.endsWith(flowSuffix) ? after : before;
	return vscode.Uri.from({ scheme: compareScheme, path, query });
}

/** What a document stands for: a comparison names both sides, any other version is compared with the file. */
export function sidesOf(uri: vscode.Uri): ComparedSides {
	if (uri.scheme !== compareScheme) return { before: uri, after: vscode.Uri.file(uri.path) };
	const { before, after } = JSON.parse(uri.query) as { readonly before: string; readonly after: string };
	return { before: vscode.Uri.parse(before, true), after: vscode.Uri.parse(after, true) };
}

/** What a side is called; where both would be called the same, or are two files, their paths say more. */
export function sideNames({ before, after }: ComparedSides): readonly [string, string] {
	if (before.path !== after.path)
		return [before, after].map(
			uri =>
				`${vscode.workspace.asRelativePath(vscode.Uri.file(uri.path))}${uri.scheme === 'file' ? '' : ` (${nameOf(uri)})`}`,
		) as [string, string];
	return [nameOf(before), nameOf(after)];
}

/** The text of a comparison: that of its newer side. */
export async function compareText(uri: vscode.Uri): Promise<string> {
	return (await textOf(sidesOf(uri).after)) ?? '';
}

/** What Git calls the version: the query of its addresses has it. */
function nameOf({ query, scheme }: vscode.Uri): string {
	if (scheme === 'file') return 'Working Tree';
	try {
		const { ref } = JSON.parse(query) as { readonly ref?: unknown };
		if (ref === '~' || ref === '') return 'Index';
		if (typeof ref === 'string') return /^[0-9a-f]{40}/.test(ref) ? `${ref.slice(0, 8)}${ref.slice(40)}` : ref;
	} catch {
		// Another extension's scheme.
	}
	return scheme;
}
