import { realpathSync } from 'node:fs';
import { sep } from 'node:path';
import * as vscode from 'vscode';
import { CancelledError } from '../../core/base/errors';
import type { CodePlace, CodePort, CodeSymbol, Diagnostic } from '../../core/tools/ports';

const severities: readonly Diagnostic['severity'][] = ['error', 'warning', 'info', 'hint'];

/** What VS Code's language features know. */
export const editorCode: CodePort = {
	diagnostics: path =>
		vscode.languages.getDiagnostics().flatMap(([uri, found]) => {
			if (uri.scheme !== 'file' || !isWithin(uri.fsPath, path)) return [];
			return found.map(one => ({
				path: uri.fsPath,
				line: one.range.start.line + 1,
				column: one.range.start.character + 1,
				severity: severities[one.severity] ?? 'info',
				message: one.message,
				source: sourceOf(one),
			}));
		}),

	async symbolsOf(path, signal) {
		const uri = vscode.Uri.file(path);
		const found = await ask<readonly (vscode.DocumentSymbol | vscode.SymbolInformation)[]>(
			signal,
			'vscode.executeDocumentSymbolProvider',
			uri,
		);
		return found.flatMap(symbol => ('children' in symbol ? outline(symbol, path, '') : [flat(symbol)]));
	},

	async symbolsNamed(query, signal) {
		const found = await ask<readonly vscode.SymbolInformation[]>(
			signal,
			'vscode.executeWorkspaceSymbolProvider',
			query,
		);
		return found.filter(symbol => symbol.location.uri.scheme === 'file').map(flat);
	},

	async references({ path, line, column }, signal) {
		const uri = vscode.Uri.file(path);
		const at = new vscode.Position(line - 1, column - 1);
		const [definitions, references] = await Promise.all([
			ask<readonly (vscode.Location | vscode.LocationLink)[]>(signal, 'vscode.executeDefinitionProvider', uri, at),
			ask<readonly vscode.Location[]>(signal, 'vscode.executeReferenceProvider', uri, at),
		]);
		if (definitions.length === 0 && references.length === 0) return null;
		return { definitions: await places(definitions, signal), references: await places(references, signal) };
	},

	unsavedText(path) {
		const real = realOf(path);
		const open = vscode.workspace.textDocuments.find(
			document => document.isDirty && document.uri.scheme === 'file' && realOf(document.uri.fsPath) === real,
		);
		return open?.getText();
	},
};

/** Asks VS Code's providers; they take no signal, so that a stopped call merely stops to wait for them. */
async function ask<T extends readonly unknown[]>(
	signal: AbortSignal,
	command: string,
	...args: readonly unknown[]
): Promise<T> {
	signal.throwIfAborted();
	const stopped = new Promise<never>((_, reject) => {
		signal.addEventListener('abort', () => reject(new CancelledError()), { once: true });
	});
	const found = await Promise.race([vscode.commands.executeCommand<T | undefined>(command, ...args), stopped]);
	// Without a provider VS Code answers with nothing at all.
	return found ?? ([] as readonly unknown[] as T);
}

function outline(symbol: vscode.DocumentSymbol, path: string, container: string): readonly CodeSymbol[] {
	const { start, end } = symbol.range;
	const own = {
		name: symbol.name,
		kind: kindOf(symbol.kind),
		container,
		path,
		line: start.line + 1,
		endLine: end.line + 1,
	};
	const inner = container === '' ? symbol.name : `${container}.${symbol.name}`;
	return [own, ...symbol.children.flatMap(child => outline(child, path, inner))];
}

function flat({ name, kind, containerName, location }: vscode.SymbolInformation): CodeSymbol {
	const { start, end } = location.range;
	const path = location.uri.fsPath;
	return { name, kind: kindOf(kind), container: containerName, path, line: start.line + 1, endLine: end.line + 1 };
}

function kindOf(kind: vscode.SymbolKind): string {
	return (vscode.SymbolKind[kind] ?? 'symbol').toLowerCase();
}

const mostPlaces = 500;

async function places(
	found: readonly (vscode.Location | vscode.LocationLink)[],
	signal: AbortSignal,
): Promise<readonly CodePlace[]> {
	const lines = new Map<string, readonly string[]>();
	const result: CodePlace[] = [];
	for (const place of found.slice(0, mostPlaces)) {
		signal.throwIfAborted();
		const [uri, range] = 'targetUri' in place ? [place.targetUri, place.targetRange] : [place.uri, place.range];
		if (uri.scheme !== 'file') continue;
		const known = lines.get(uri.fsPath) ?? (await linesOf(uri));
		lines.set(uri.fsPath, known);
		const { line, character } = range.start;
		result.push({ path: uri.fsPath, line: line + 1, column: character + 1, text: known[line] ?? '' });
	}
	return result;
}

async function linesOf(uri: vscode.Uri): Promise<readonly string[]> {
	try {
		return (await vscode.workspace.openTextDocument(uri)).getText().split('\n');
	} catch {
		return []; // Too large or gone: the place is shown without its line.
	}
}

function sourceOf({ source, code }: vscode.Diagnostic): string {
	const rule = typeof code === 'object' ? code.value : code;
	return [source, rule].filter(part => part !== undefined && part !== '').join(' ');
}

function isWithin(path: string, where: string | undefined): boolean {
	return where === undefined || path === where || path.startsWith(where.endsWith(sep) ? where : where + sep);
}

function realOf(path: string): string {
	try {
		return realpathSync.native(path);
	} catch {
		return path; // Not on disk yet.
	}
}
