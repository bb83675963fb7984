import * as vscode from 'vscode';
import type { ExecutionId } from '../../core/base/ids';
import { ExpectedError } from '../../core/base/errors';
import { completionsFor, portsOf, previewFor, type AssistWorld } from '../../core/flow/assist';
import type { FlowEditorContract } from '../../core/flow/editorProtocol';
import type { NodeId } from '../../core/flow/model/flow';
import { placeOf } from '../../core/flow/model/lineMap';
import { layoutOf } from './layout';
import { readOps } from '../../core/flow/model/readOps';
import type { Handlers } from '../../core/rpc/rpc';
import { choicesOf } from './choices';
import { rangeOf } from './checker';
import { folderOf, insideOf } from './files';
import { paramUri } from './paramFiles';
import { requireEditable, type PageContext } from './parts';

type Names =
	| 'apply'
	| 'ports'
	| 'layout'
	| 'extract'
	| 'openDefinition'
	| 'openText'
	| 'editParam'
	| 'importN8n'
	| 'copyForN8n'
	| 'readClipboard'
	| 'writeClipboard'
	| 'choices'
	| 'completions'
	| 'preview'
	| 'applyFix'
	| 'openLink'
	| 'runAction';

/** What a page asks about the document. */
export function documentHandlers(page: PageContext): Pick<Handlers<FlowEditorContract>, Names> {
	const { document, parts: service, uri } = page;
	const { sync } = document;
	const assist = async (run: ExecutionId | null): Promise<AssistWorld> => ({
		flow: sync.flow,
		catalog: service.world.catalog,
		world: service.world.ports,
		run: run === null ? undefined : await service.runs.values(uri, run).catch(() => undefined),
	});
	return {
		apply: async ({ base, ops, label }) => {
			requireEditable(page);
			const read = readOps(ops);
			if (!read.ops) throw new ExpectedError('bad-request', read.message);
			return sync.apply(page, base, read.ops, label);
		},
		ports: ({ nodes }) => nodes.map(node => portsOf(service.world.catalog, service.world.ports, node)),
		layout: wish => layoutOf(service.host, service.world, sync.flow, wish),
		extract: async ({ nodes }) => (await import('./extract')).extractSelection(page, nodes),
		openDefinition: ({ node }) => openDefinition(page, node),
		openText: ({ node }) => openText(page, node),
		editParam: async ({ node, name }) => {
			requireEditable(page);
			const file = paramUri(uri, node, name, sync.flow, service.world);
			await vscode.window.showTextDocument(file, { viewColumn: vscode.ViewColumn.Beside });
		},
		importN8n: async ({ text }) => {
			requireEditable(page);
			return (await import('./interop/clipboard')).importN8nText(text);
		},
		copyForN8n: async ({ nodes }) => (await import('./interop/clipboard')).copyForN8n(sync.flow, nodes),
		readClipboard: async () => vscode.env.clipboard.readText(),
		writeClipboard: async ({ text }) => vscode.env.clipboard.writeText(text),
		choices: ({ of, query }) => choicesOf(of, query, folderOf(uri), service.choices),
		completions: async params => completionsFor(await assist(page.shown.id), params),
		preview: async ({ node, text, run }) => previewFor(await assist(run), node, text, run),
		applyFix: async ({ problem, fix }) => {
			requireEditable(page);
			const found = page.problem(problem)?.fixes?.[Number(fix)];
			if (!found) throw new ExpectedError('no-fix', 'This problem is not there any more.');
			// Nobody's page is the author: every page is told.
			await sync.apply({ changed: () => undefined }, sync.version, found.ops, found.title);
		},
		openLink: async ({ href }) => service.host.commands.run('quarterdeck.openUrl', [href]),
		runAction: async ({ command, args }) => service.host.commands.run(command, args ?? []),
	};
}

/** Opens the flow that a sub-flow node runs, or the file of a custom node. */
async function openDefinition({ document, uri, parts }: PageContext, id: NodeId): Promise<void> {
	const node = document.sync.flow.nodes[id];
	const type = node?.type.split('@', 1)[0] ?? '';
	if (type.startsWith('custom.')) {
		const listed = parts.world.nodes.list.find(each => each.type === type);
		if (!listed) throw new ExpectedError('not-found', `There is no file for “${type.slice(7)}” in .quarterdeck/nodes.`);
		await vscode.window.showTextDocument(listed.uri);
		return;
	}
	const path = node?.params?.['path'];
	if (!node || !/^flow\.call(?:@|$)/.test(node.type) || typeof path !== 'string' || path === '')
		throw new ExpectedError(
			'no-definition',
			'Only a sub-flow node with a file and a custom node have a definition to go to.',
		);
	const file = insideOf(folderOf(uri), path);
	if (file === undefined) throw new ExpectedError('not-found', `'${path}' leads out of the folder.`);
	await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
}

/** Shows the document as text, at a node. */
export async function openText(
	{ uri, document, panel }: Pick<PageContext, 'uri' | 'document' | 'panel'>,
	node: NodeId | null,
): Promise<void> {
	const range = placeOfNode(document.text.getText(), node);
	await vscode.commands.executeCommand('vscode.openWith', uri, 'default', {
		viewColumn: panel.viewColumn ?? vscode.ViewColumn.Active,
		...(range ? { selection: range } : {}),
	});
}

function placeOfNode(text: string, node: NodeId | null): vscode.Range | undefined {
	const range = node === null ? undefined : placeOf(text, ['nodes', node]);
	return range && new vscode.Range(rangeOf(range).start, rangeOf(range).start);
}
