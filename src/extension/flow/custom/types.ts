import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { customFolder } from '../../../core/flow/custom/newNode';
import type { Host } from '../../host/context';
import { writeText } from '../files';

/** The types of custom nodes: for completion in their files, and for a model that writes one. */
export function nodeTypes({ context }: Host): Promise<string> {
	return readFile(context.asAbsolutePath('media/nodes/quarterdeck.d.ts.txt'), 'utf8');
}

/** Writes them beside the nodes of a folder, so that the files complete: whenever a node is written there. */
export async function writeTypes(host: Host, folder: vscode.Uri): Promise<void> {
	await writeText(vscode.Uri.joinPath(folder, customFolder, 'quarterdeck.d.ts'), await nodeTypes(host));
}
