import * as vscode from 'vscode';
import { ExpectedError } from '../../../core/base/errors';
import { capabilityWords } from '../../../core/flow/custom/capabilities';
import { askText } from '../../host/askText';
import type { Panels } from '../../host/panels';
import { namedUri } from '../commands';
import type { FlowService } from '../service';
import { requireTrust } from '../trust';
import type { ListedNode } from './nodes';
import { pickFolder, type NodePages } from './pages';
import { pickModel, showDraft, writeWithModel } from './writing';

/** A new node: by a form, or written by a model from a description. */
export async function newCustomNode(service: FlowService, pages: NodePages, panels: Panels): Promise<void> {
	requireTrust('Custom nodes are made');
	const form = {
		label: '$(list-flat) Fill in a form',
		detail: 'Name, ports, parameters and what it reaches; you write the code.',
	};
	const model = {
		label: '$(sparkle) Describe it',
		detail: 'A model writes it. You see it and try it out before it is saved.',
	};
	const picked = await vscode.window.showQuickPick([form, model], { title: 'New Custom Node' });
	if (picked === form) return panels.show('new', 'New Custom Node');
	if (!picked) return;
	const folder = await pickFolder();
	if (!folder) return;
	const description = await askText({
		title: 'New Custom Node',
		prompt: 'What does it do? Say what comes in and what goes out.',
		placeHolder: 'Counts the words of a text and gives the count',
		validateInput: text => (text.trim() === '' ? 'Say what it does.' : undefined),
	});
	if (description === undefined) return;
	const chosen = await pickModel(service, folder.fsPath);
	if (chosen === undefined) return;
	const written = await writeWithModel(service, { description, cwd: folder.fsPath, model: chosen });
	if (!written) return;
	await showDraft(folder, written.file);
	const identity = pages.keepDraft({ written, folder, model: chosen });
	await panels.show(identity, `Try ${written.file.description.title}`, vscode.ViewColumn.Beside);
}

/** Opens the page on which a node is run with inputs that the user gives. */
export async function testNode(service: FlowService, panels: Panels, argument?: unknown): Promise<void> {
	requireTrust('Custom nodes run');
	await service.nodes.ready;
	const listed = listedOf(service, argument) ?? (await pickNode(service));
	if (!listed) return;
	const name = listed.view?.title ?? listed.path.split('/').at(-1) ?? '';
	await panels.show(`try:${listed.uri.toString()}`, `Try ${name}`);
}

/** Asks for what a node of the Flows view declares. */
export async function allowNode({ nodes }: FlowService, argument: unknown): Promise<void> {
	requireTrust('Custom nodes run');
	const listed = nodes.list.find(({ uri }) => uri.toString() === namedUri(argument)?.toString());
	if (listed?.view)
		await nodes.grants.ask(listed.view, async () => void (await vscode.window.showTextDocument(listed.uri)));
}

/** Takes back what a node of the Flows view was allowed. */
export async function revokeNode({ nodes }: FlowService, argument: unknown): Promise<void> {
	const listed = nodes.list.find(({ uri }) => uri.toString() === namedUri(argument)?.toString());
	if (listed?.view) await nodes.grants.revoke(listed.view.hash);
}

/** Everything that custom nodes were allowed, earlier versions of their files included, to take back. */
export function showNodeGrants({ nodes }: FlowService): void {
	const { grants } = nodes;
	const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly hash?: string }>();
	const revoke = { iconPath: new vscode.ThemeIcon('trash'), tooltip: 'Revoke' };
	const fill = (): void => {
		const current = new Set(nodes.list.flatMap(({ view }) => view?.hash ?? []));
		const items = grants.list().map(({ hash, path, capabilities }) => ({
			label: path,
			description: current.has(hash) ? 'the file as it is now' : 'an earlier version of the file',
			detail: capabilities.map(name => `May ${capabilityWords(name)}`).join('; '),
			hash,
			buttons: [revoke],
		}));
		pick.items = items.length > 0 ? items : [{ label: 'No custom node was allowed to reach anything.' }];
	};
	pick.title = 'Permissions of Custom Nodes';
	pick.placeholder = 'Choose one to revoke it';
	fill();
	const listening = grants.onDidChange(fill);
	const take = (hash: string | undefined): void => {
		if (hash !== undefined) void grants.revoke(hash);
	};
	pick.onDidTriggerItemButton(({ item }) => take(item.hash));
	pick.onDidAccept(() => take(pick.selectedItems[0]?.hash));
	pick.onDidHide(() => {
		listening.dispose();
		pick.dispose();
	});
	pick.show();
}

/** The node that a command was called for: a file, a row of the view, or the file that is open. */
function listedOf({ nodes }: FlowService, argument: unknown): ListedNode | undefined {
	const wanted = (namedUri(argument) ?? vscode.window.activeTextEditor?.document.uri)?.toString();
	return nodes.list.find(({ uri }) => uri.toString() === wanted);
}

async function pickNode({ nodes }: FlowService): Promise<ListedNode | undefined> {
	const items = nodes.list.map(listed => ({
		label: listed.view?.title ?? listed.type.slice(7),
		description: listed.path,
		listed,
	}));
	if (items.length === 0)
		throw new ExpectedError('no-node', 'There are no custom nodes in this workspace yet.', {
			actions: [{ title: 'New Custom Node…', command: 'quarterdeck.newCustomNode' }],
		});
	return (await vscode.window.showQuickPick(items, { title: 'Test Custom Node', placeHolder: 'Which one?' }))?.listed;
}
