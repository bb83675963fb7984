import { realpathSync } from 'node:fs';
import { sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Deferred } from '../../core/base/async';
import { CancelledError } from '../../core/base/errors';
import type { CodePlace, CodePort, CodeSymbol, Diagnostic } from '../../core/tools/ports';

const severities: readonly Diagnostic['severity'][] = ['error', 'warning', 'info', 'hint'];

/** A language's features start with its first file; so long they get before their silence is taken for an answer. */
const wakeMs = 10_000;
const wakePaceMs = 500;

/** What VS Code's language features know. */
export class EditorCode implements CodePort {
	/** Languages that have answered, or had their time to. */
	readonly #awake = new Set<string>();

	diagnostics(path: string | undefined): readonly Diagnostic[] {
		return vscode.languages.getDiagnostics().flatMap(([uri, found]) => {
			if (uri.scheme !== 'file' || !isWithin(uri.fsPath, path)) return [];
			return found.map(one => ({
				path: uri.fsPath,
				line: one.range.start.line + 1,
				column: one.range.start.character + 1,
				severity: severities[one.severity] ?? 'info',
				message: one.message,
				source: sourceOf(one),
			}));
		});
	}

	async symbolsOf(path: string, signal: AbortSignal): Promise<readonly CodeSymbol[]> {
		const found = await this.#onceAwake(path, signal, uri =>
			ask<vscode.DocumentSymbol | vscode.SymbolInformation>(signal, 'vscode.executeDocumentSymbolProvider', uri),
		);
		return found.flatMap(symbol => ('children' in symbol ? outline(symbol, path, '') : [flat(symbol)]));
	}

	async symbolsNamed(query: string, signal: AbortSignal): Promise<readonly CodeSymbol[]> {
		const found = await ask<vscode.SymbolInformation>(signal, 'vscode.executeWorkspaceSymbolProvider', query);
		return found.filter(symbol => symbol.location.uri.scheme === 'file').map(flat);
	}

	async references(
		{ path, line, column }: { readonly path: string; readonly line: number; readonly column: number },
		signal: AbortSignal,
	): Promise<{ readonly definitions: readonly CodePlace[]; readonly references: readonly CodePlace[] } | null> {
		const at = new vscode.Position(line - 1, column - 1);
		const references = await this.#onceAwake(path, signal, uri =>
			ask<vscode.Location>(signal, 'vscode.executeReferenceProvider', uri, at),
		);
		const uri = vscode.Uri.file(path);
		const definitions = await ask<vscode.Location | vscode.LocationLink>(
			signal,
			'vscode.executeDefinitionProvider',
			uri,
			at,
		);
		if (definitions.length === 0 && references.length === 0) return null;
		return { definitions: await places(definitions, signal), references: await places(references, signal) };
	}

	unsavedText(path: string): string | undefined {
		const real = realOf(path);
		const open = vscode.workspace.textDocuments.find(
			document => document.isDirty && document.uri.scheme === 'file' && realOf(document.uri.fsPath) === real,
		);
		return open?.getText();
	}

	/** Asks about a file; the first time in a language again and again, until somebody is there to answer. */
	async #onceAwake<T>(
		path: string,
		signal: AbortSignal,
		question: (uri: vscode.Uri) => Promise<readonly T[]>,
	): Promise<readonly T[]> {
		const uri = vscode.Uri.file(path);
		// Opening it is what starts the features of its language.
		const { languageId } = await vscode.workspace.openTextDocument(uri);
		const until = Date.now() + wakeMs;
		let found = await question(uri);
		while (found.length === 0 && !this.#awake.has(languageId) && Date.now() < until) {
			await delay(wakePaceMs, undefined, { signal });
			found = await question(uri);
		}
		this.#awake.add(languageId);
		return found;
	}
}

/** Asks VS Code's providers; they take no signal, so that a stopped call merely stops to wait for them. */
async function ask<T>(signal: AbortSignal, command: string, ...args: readonly unknown[]): Promise<readonly T[]> {
	signal.throwIfAborted();
	const stopped = new Deferred<never>();
	const stop = (): void => stopped.reject(new CancelledError());
	signal.addEventListener('abort', stop, { once: true });
	try {
		// Without a provider VS Code answers with nothing at all.
		const asked = vscode.commands.executeCommand<readonly T[] | undefined>(command, ...args);
		return (await Promise.race([asked, stopped.promise])) ?? [];
	} finally {
		signal.removeEventListener('abort', stop);
	}
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
