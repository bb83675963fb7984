import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import type { Flow } from '../../core/flow/model/flow';
import { maxTextLength, parseFlow } from '../../core/flow/model/parse';
import { workspaceFolders } from '../host/workspace';

/** How a flow's file is called. */
export const flowSuffix = '.flow.json';

export function isFlowFile(uri: vscode.Uri): boolean {
	return uri.path.endsWith(flowSuffix);
}

/** The workspace folder that a flow's paths start at; the folder of the file where it is in none. */
export function folderOf(uri: vscode.Uri): string {
	const folder = vscode.workspace.getWorkspaceFolder(uri);
	return folder?.uri.scheme === 'file' ? folder.uri.fsPath : vscode.Uri.joinPath(uri, '..').fsPath;
}

/** A path inside of `folder`; `undefined` when it leads out of it. */
export function insideOf(folder: string, path: string): string | undefined {
	const whole = resolve(folder, path);
	const below = relative(folder, whole);
	return below === '' || below.startsWith('..') || isAbsolute(below) ? undefined : whole;
}

/** As flows write a path: from the workspace folder, with slashes. */
export function asWritten(folder: string, file: string): string {
	return relative(folder, file).split(sep).join('/');
}

/** Reads a flow that is not open as a graph. */
export async function readFlow(uri: vscode.Uri): Promise<Flow> {
	const text = (await vscode.workspace.openTextDocument(uri)).getText();
	const { flow, problems } = parseFlow(text);
	if (flow) return flow;
	throw new ExpectedError('flow-unreadable', `The flow cannot be read: ${problems[0]?.message ?? 'no reason'}`);
}

/** A flow's file of this name that is not there yet: `review.flow.json`, `review-2.flow.json`. */
export async function freeFile(folder: vscode.Uri, slug: string): Promise<vscode.Uri> {
	for (let number = 1; ; number++) {
		const file = vscode.Uri.joinPath(folder, `${slug}${number === 1 ? '' : `-${number}`}${flowSuffix}`);
		if (!(await isThere(file))) return file;
	}
}

/** Whether a file may be written: not when nobody may, even where the user may do everything. */
export function isWritable(path: string): boolean {
	const info = statSync(path, { throwIfNoEntry: false });
	if (!info) return true;
	if ((info.mode & 0o222) === 0) return false;
	try {
		accessSync(path, constants.W_OK);
		return true;
	} catch {
		return false;
	}
}

/** Whether something lies at the address. */
export function isThere(file: vscode.Uri): Promise<boolean> {
	return Promise.resolve(
		vscode.workspace.fs.stat(file).then(
			() => true,
			() => false,
		),
	);
}

/** Writes a text, whatever was there. */
export async function writeText(file: vscode.Uri, text: string): Promise<void> {
	await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
}

/** A file's text, as it stands in its editor or on disk; `undefined` when there is none. */
export async function textOf(uri: vscode.Uri): Promise<string | undefined> {
	const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
	if (open) return open.getText();
	try {
		return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
	} catch (error) {
		if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
		throw error;
	}
}

interface Known {
	readonly key: string;
	readonly flow: Flow | undefined;
}

/** Flows that other flows call, as they are now: in an editor, or on disk. What did not change is not read again. */
export class CalledFlows {
	readonly #known = new Map<string, Known>();

	/** The flow of a path that starts at a workspace folder; `undefined` when it cannot be read. */
	find(path: string): Flow | undefined {
		for (const folder of workspaceFolders()) {
			const file = path.endsWith(flowSuffix) ? insideOf(folder, path) : undefined;
			const found = file === undefined ? undefined : this.#read(file);
			if (found) return found;
		}
		return undefined;
	}

	#read(file: string): Flow | undefined {
		const open = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === join(file));
		const key = open ? `v${open.version}` : stampOf(file);
		if (key === undefined) return undefined;
		const known = this.#known.get(file);
		if (known?.key === key) return known.flow;
		const text = open ? open.getText() : readFileSync(file, 'utf8');
		const { flow } = parseFlow(text);
		this.#known.set(file, { key, flow });
		return flow;
	}
}

function stampOf(file: string): string | undefined {
	const info = statSync(file, { throwIfNoEntry: false });
	return info?.isFile() === true && info.size <= maxTextLength ? `${info.mtimeMs} ${info.size}` : undefined;
}
