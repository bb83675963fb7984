import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import * as vscode from 'vscode';
import { Lazy } from '../../core/base/async';
import { ExpectedError } from '../../core/base/errors';
import type { Disposable } from '../../core/base/lifecycle';
import type { BoxWorld } from '../../core/flow/layout/boxes';
import { builtInCatalog } from '../../core/flow/nodes/catalog';
import type { GalleryContract } from '../../core/flow/templates/galleryProtocol';
import { templateView } from '../../core/flow/templates/galleryView';
import {
	findTemplate,
	flowOfTemplate,
	readTemplates,
	type FlowTemplate,
	type PackedTemplate,
} from '../../core/flow/templates/library';
import { serve } from '../../core/rpc/rpc';
import type { Host } from '../host/context';
import type { WebviewPort } from '../host/webviewHost';
import { projectFolder } from '../host/workspace';
import { askName, createFlow } from './newFlow';

const unpacked = promisify(brotliDecompress);

/** Templates have built-in nodes alone: nothing of the workspace is needed to show them. */
const world: BoxWorld = { catalog: builtInCatalog, ports: { flow: () => undefined, tool: () => undefined } };

/** Answers the page of templates. */
export function connectGallery({ context }: Host, port: WebviewPort): Disposable {
	const templates = new Lazy(() => loadTemplates(context.asAbsolutePath('dist/templates.json.br')));
	return serve<GalleryContract>(port, {
		templates: async () => (await templates.get()).map(template => templateView(template, world)),
		use: async ({ id }) => useTemplate(findTemplate(await templates.get(), id)),
	});
}

async function loadTemplates(file: string): Promise<readonly FlowTemplate[]> {
	const text = (await unpacked(await readFile(file))).toString('utf8');
	return readTemplates(JSON.parse(text) as readonly PackedTemplate[]);
}

/** Asks what the flow is to be called, and opens it under that name. */
async function useTemplate(template: FlowTemplate): Promise<boolean> {
	if (!vscode.workspace.isTrusted)
		throw new ExpectedError('untrusted', 'Trust this workspace first: in Restricted Mode nothing is written.');
	const folder = vscode.Uri.file(projectFolder());
	const prompt = 'What is the flow called? It becomes a file of this workspace.';
	const name = await askName({ title: 'Use Template', prompt, value: template.flow.name });
	if (typeof name !== 'string') return false;
	await createFlow(folder, flowOfTemplate(template, name));
	return true;
}
