import * as vscode from 'vscode';
import { errorText, ExpectedError } from '../../core/base/errors';
import { asId, type ApprovalId } from '../../core/base/ids';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import type { ApprovalView, GrantScope, SafetyContext } from '../../core/safety/approval';
import type { Approvals } from '../../core/safety/approvals';
import type { Grant, Grants } from '../../core/safety/grants';
import { approvalDocument } from '../../core/safety/views';
import type { ChatActions } from '../chat/actions';
import type { Host } from '../host/context';
import { Lazy } from '../../core/base/async';
import type { Toolbox } from '../../core/tools/toolbox';
import { panelTypes, viewIds } from '../host/ids';
import { Panels } from '../host/panels';
import type { PolicyFiles } from './policyFiles';
import { ApprovalTree, type ApprovalRow } from './approvalTree';
import { decideWithUser, refuseWithReason } from './decide';
import { showGrants } from './grantsPick';
import { ApprovalNotices } from './notices';

export interface SafetyUiDeps {
	readonly approvals: Approvals;
	readonly grants: Grants;
	readonly chat: ChatActions;
	readonly toolbox: Toolbox;
	/** The title of a conversation, for the list of standing permissions. */
	readonly titleOf: (grant: Grant) => string;
}

const policyGlob = '**/.quarterdeck/policy.json';
const detailsScheme = 'quarterdeck-approval';

/** Registers the tree of pending approvals, its commands, their documents and the notifications. */
export function registerSafety(host: Host, deps: SafetyUiDeps): Disposable {
	const store = new DisposableStore();
	const { approvals } = deps;
	const tree = store.add(new ApprovalTree(approvals));
	store.add(new ApprovalNotices(host, approvals, deps.chat));
	const documents = store.add(registerDocuments(deps));
	const find = (argument: unknown): ApprovalView => pendingOf(approvals, argument ?? tree.selected);
	const allow = (scope: GrantScope) => (argument: unknown) =>
		decideWithUser(approvals, find(argument), { outcome: 'allow', scope });
	const { commands } = host;
	store.add(commands.register('quarterdeck.approvals.allow', allow('once')));
	store.add(commands.register('quarterdeck.approvals.allowSession', allow('session')));
	store.add(commands.register('quarterdeck.approvals.allowWorkspace', allow('workspace')));
	store.add(
		commands.register('quarterdeck.approvals.refuse', (argument: unknown) =>
			refuseWithReason(approvals, find(argument)),
		),
	);
	store.add(commands.register('quarterdeck.approvals.show', (argument: unknown) => show(deps, find(argument))));
	store.add(
		commands.register('quarterdeck.approvals.showDetails', (argument: unknown) => documents.open(find(argument))),
	);
	store.add(commands.register('quarterdeck.approvals.grants', () => showGrants(deps.grants, deps.titleOf)));
	store.add(registerPolicy(host, deps));
	return store;
}

/** The page of the whole policy, and the problems in the policy files of repositories. Their code comes on first use. */
function registerPolicy(host: Host, deps: SafetyUiDeps): Disposable {
	const store = new DisposableStore();
	const files = new Lazy<PolicyFiles>(async () => {
		const [{ PolicyFiles }, { repositoryPolicies }] = await Promise.all([import('./policyFiles'), import('./context')]);
		return store.add(new PolicyFiles(repositoryPolicies));
	});
	const icon = (name: string): vscode.Uri => vscode.Uri.joinPath(host.context.extensionUri, 'media', name);
	const pages = store.add(
		new Panels(host.context.extensionUri, {
			viewType: panelTypes.policy,
			surface: 'policy',
			icon: { light: icon('tab-light.svg'), dark: icon('tab-dark.svg') },
			connect: async (_identity, port) => {
				const [page, { safetyContext }] = await Promise.all([import('./policyPage'), import('./context')]);
				const context = (): SafetyContext => safetyContext(host);
				return page.connectPolicyPage(port, { ...deps, host, files: await files.get(), context });
			},
		}),
	);
	store.add(host.commands.register('quarterdeck.safety.openPolicy', () => pages.show('policy', 'Safety Policy')));
	// Most repositories carry none: then nothing is loaded.
	const watcher = store.add(vscode.workspace.createFileSystemWatcher(policyGlob, false, true, true));
	const begin = (): void => void files.get().catch((error: unknown) => host.log.error(errorText(error)));
	store.add(watcher.onDidCreate(begin));
	void vscode.workspace.findFiles(policyGlob, null, 1).then(found => {
		if (found.length > 0 && !store.isDisposed) begin();
	});
	return store;
}

async function show({ chat }: SafetyUiDeps, view: ApprovalView): Promise<void> {
	if (view.conversation === null) await vscode.commands.executeCommand(`${viewIds.approvals}.focus`);
	else await chat.reveal(view.conversation, view.id);
}

/** The approval that a row of the tree, or a bare id, names. It must still be pending. */
function pendingOf(approvals: Approvals, argument: unknown): ApprovalView {
	const row = argument as ApprovalRow | string | undefined;
	const id = typeof row === 'string' ? row : row?.kind === 'line' ? row.parent.id : row?.view.id;
	const view = id === undefined ? undefined : approvals.find(asId<ApprovalId>(id));
	if (view) return view;
	if (id === undefined && approvals.pending.length > 0)
		throw new ExpectedError('nothing-chosen', 'Choose an approval in the Approvals view first.');
	throw new ExpectedError('approval-ended', 'That call has ended meanwhile; there is nothing left to decide.');
}

interface DetailDocuments extends Disposable {
	open(view: ApprovalView): Promise<void>;
}

/** Read-only documents with everything about an approval. They stay readable after the call has ended. */
function registerDocuments({ approvals }: SafetyUiDeps): DetailDocuments {
	const store = new DisposableStore();
	const texts = new Map<string, string>();
	store.add(
		vscode.workspace.registerTextDocumentContentProvider(detailsScheme, {
			provideTextDocumentContent: uri => texts.get(uri.authority) ?? 'This approval has ended.\n',
		}),
	);
	store.add(
		vscode.workspace.onDidCloseTextDocument(({ uri }) => uri.scheme === detailsScheme && texts.delete(uri.authority)),
	);
	return {
		async open(view) {
			const name = `${view.tool} of ${view.asker}`.replaceAll(/[\\/:?#]/g, ' ');
			const uri = vscode.Uri.from({ scheme: detailsScheme, authority: view.id, path: `/${name}` });
			texts.set(view.id, approvalDocument(view, approvals.callOf(view.id)?.input ?? null));
			const document = await vscode.workspace.openTextDocument(uri);
			await vscode.window.showTextDocument(document, { preview: true });
		},
		dispose: () => store.dispose(),
	};
}
