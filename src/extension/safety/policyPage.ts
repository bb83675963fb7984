import * as vscode from 'vscode';
import { z } from 'zod';
import { ExpectedError } from '../../core/base/errors';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import { serve, type Handlers } from '../../core/rpc/rpc';
import { classify } from '../../core/safety/classify';
import { explain, pastedCall } from '../../core/safety/explain';
import type { Grant, Grants } from '../../core/safety/grants';
import { policyPath } from '../../core/safety/policyFile';
import type { PolicyContract } from '../../core/safety/policyProtocol';
import { policyView } from '../../core/safety/policyView';
import type { SafetyContext } from '../../core/safety/approval';
import { grantLine } from '../../core/safety/views';
import type { Toolbox } from '../../core/tools/toolbox';
import type { Host } from '../host/context';
import type { WebviewPort } from '../host/webviewHost';
import { workspaceFolders } from '../host/workspace';
import type { PolicyFiles } from './policyFiles';

export interface PolicyPageDeps {
	readonly host: Host;
	readonly grants: Grants;
	readonly toolbox: Toolbox;
	readonly files: PolicyFiles;
	readonly context: () => SafetyContext;
	readonly titleOf: (grant: Grant) => string;
}

const pasted = z.object({ text: z.string().max(400_000) });
const setting = z.object({ key: z.enum(['safety.raiseTiers', 'safety.protectedPaths']) });

/** What a repository's policy begins with. */
const template = `{
	"version": 1,
	"tools": {},
	"commands": [
		{ "prefix": "git push", "tier": "RED", "reason": "Describe here why this takes more" }
	],
	"protectedPaths": [],
	"forbiddenHosts": []
}
`;

/** Answers the page of the policy, and tells it when something in it has changed. */
export function connectPolicyPage(port: WebviewPort, deps: PolicyPageDeps): Disposable {
	const store = new DisposableStore();
	const server = store.add(serve<PolicyContract>(port, handlers(deps)));
	const changed = (): void => server.emit('changed', null);
	store.add(deps.grants.onDidChange(changed));
	store.add(deps.toolbox.onDidChange(changed));
	store.add(deps.files.onDidChange(changed));
	store.add(deps.host.settings.onDidChange(changed));
	return store;
}

function handlers({ grants, toolbox, files, context, titleOf }: PolicyPageDeps): Handlers<PolicyContract> {
	return {
		view: () =>
			policyView({
				context: context(),
				serverTools: toolbox.list().filter(({ name }) => name.startsWith('mcp__')),
				grants: grants.list(),
				whereOf: grant => grantLine(grant, titleOf).description,
				files: files.files,
			}),
		explain: params => {
			const call = pastedCall(pasted.parse(params).text, workspaceFolders()[0] ?? '/');
			if ('problem' in call) return call;
			const now = context();
			return explain(call, now, asked => grants.covers(classify(asked, now), null));
		},
		revoke: ({ id }) => {
			if (!grants.revoke(id)) throw new ExpectedError('grant-gone', 'That permission is not there any more.');
		},
		openSetting: async params => {
			await vscode.commands.executeCommand('workbench.action.openSettings', `quarterdeck.${setting.parse(params).key}`);
		},
		openFile: ({ folder }) => openFile(folder),
	};
}

/** Only a folder of this window has a policy of its own. */
async function openFile(folder: string): Promise<void> {
	if (!workspaceFolders().includes(folder))
		throw new ExpectedError('no-folder', 'That folder is not open in this window any more.');
	const uri = vscode.Uri.joinPath(vscode.Uri.file(folder), policyPath);
	try {
		await vscode.workspace.fs.stat(uri);
	} catch {
		// There is none yet. It counts once it is saved, so the person sees it first.
		const untitled = uri.with({ scheme: 'untitled' });
		const document = await vscode.workspace.openTextDocument(untitled);
		const editor = await vscode.window.showTextDocument(document);
		if (document.getText() === '') await editor.edit(edit => edit.insert(new vscode.Position(0, 0), template));
		return;
	}
	await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
}
