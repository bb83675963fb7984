import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import { typeOfNode } from '../../core/flow/assist';
import type { Flow, NodeId } from '../../core/flow/model/flow';
import { paramMeta } from '../../core/flow/nodes/paramMeta';
import { readFlow } from './files';
import { editOf } from './fixes';
import type { FlowWorld } from './world';

/** Texts of parameters as files: what is saved there is a change of the flow. */
export const paramScheme = 'quarterdeck-param';

interface Place {
	readonly flow: vscode.Uri;
	readonly node: NodeId;
	readonly name: string;
}

const extensions: Readonly<Record<string, string>> = {
	javascript: 'js',
	typescript: 'ts',
	json: 'json',
	shellscript: 'sh',
	jmespath: 'txt',
};

/** The file of a parameter; its ending says how it is coloured. */
export function paramUri(flow: vscode.Uri, node: NodeId, name: string, document: Flow, world: FlowWorld): vscode.Uri {
	const type = document.nodes[node] && typeOfNode(world.catalog, document.nodes[node]);
	const { widget, language = '' } = type ? paramMeta(type, [name]) : {};
	const ending = widget === 'code' ? (extensions[language] ?? 'txt') : 'md';
	const query = JSON.stringify({ flow: flow.toString(), node, name });
	return vscode.Uri.from({ scheme: paramScheme, path: `/${node}.${name}.${ending}`, query });
}

/** Reads and writes parameters where VS Code expects files. */
export class ParamFiles extends Owner {
	readonly #changed = this.own(new Emitter<vscode.FileChangeEvent[]>());
	readonly onDidChangeFile = this.#changed.event;
	readonly #times = new Map<string, number>();

	async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
		const { length } = await this.readFile(uri);
		const mtime = this.#times.get(uri.toString()) ?? 0;
		return { type: vscode.FileType.File, ctime: 0, mtime, size: length };
	}

	async readFile(uri: vscode.Uri): Promise<Uint8Array> {
		const { flow, node, name } = placeOf(uri);
		const value = (await readFlow(flow)).nodes[node]?.params?.[name] ?? '';
		if (typeof value !== 'string') throw vscode.FileSystemError.Unavailable(`'${name}' of '${node}' is no text.`);
		return new TextEncoder().encode(value);
	}

	async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
		const { flow, node, name } = placeOf(uri);
		const document = await vscode.workspace.openTextDocument(flow);
		const value = new TextDecoder().decode(content);
		const edit = editOf(document, { title: name, ops: [{ op: 'setParam', id: node, name, value }] });
		if (!(await vscode.workspace.applyEdit(edit)))
			throw vscode.FileSystemError.Unavailable('The flow was changed meanwhile. Save once more.');
		this.#times.set(uri.toString(), (this.#times.get(uri.toString()) ?? 0) + 1);
		this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
	}
}

function placeOf(uri: vscode.Uri): Place {
	const { flow, node, name } = JSON.parse(uri.query) as Record<string, unknown>;
	if (typeof flow !== 'string' || typeof node !== 'string' || typeof name !== 'string')
		throw new ExpectedError('bad-request', 'This is no parameter of a flow.');
	return { flow: vscode.Uri.parse(flow, true), node, name };
}
