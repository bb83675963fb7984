import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import { flowEditorType } from '../host/ids';
import { targetOf } from './commands';
import { compareUri, type ComparedSides } from './compareSources';
import { isFlowFile, textOf } from './files';
import { gitOf, type GitCommit, type GitRepository } from './git';
import type { FlowService } from './service';

/** Commits that are offered. */
const mostCommits = 60;

/** Shows what differs between the last commit and the file, on the graph. */
export async function compareFlow(service: FlowService, argument: unknown): Promise<void> {
	const uri = targetOf(service, argument);
	const git = uri.scheme === 'file' ? await gitOf(uri) : undefined;
	if (!git) throw new ExpectedError('no-git', 'Only a file in a Git repository can be compared.');
	const committed = git.toGitUri(uri, 'HEAD');
	if (!(await hasText(committed)))
		throw new ExpectedError('not-committed', 'This flow is in no commit yet: there is nothing to compare with.');
	await show({ before: committed, after: uri });
}

/** Shows what differs between the flow and a version of it, or another flow, that is asked for. */
export async function compareFlowWith(service: FlowService, argument: unknown): Promise<void> {
	const uri = targetOf(service, argument);
	const before = await pickSource(uri);
	if (!before) return;
	if (!(await hasText(before)))
		throw new ExpectedError('not-there', 'There is no such flow in that version: there is nothing to compare with.');
	await show({ before, after: uri });
}

/** Shows the two versions of a comparison of texts on the graph: of a change, of two commits, of two files. */
export async function compareDiff(): Promise<void> {
	const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
	if (!(input instanceof vscode.TabInputTextDiff) || ![input.original, input.modified].some(isFlowFile))
		throw new ExpectedError('no-diff', 'Open a comparison of two versions of a flow first.');
	await show({ before: input.original, after: input.modified });
}

async function show(sides: ComparedSides): Promise<void> {
	await vscode.commands.executeCommand('vscode.openWith', compareUri(sides), flowEditorType);
}

function hasText(uri: vscode.Uri): Promise<boolean> {
	return textOf(uri).then(
		text => text !== undefined && text !== '',
		() => false,
	);
}

interface Source extends vscode.QuickPickItem {
	readonly find?: () => Promise<vscode.Uri | undefined> | vscode.Uri;
}

async function pickSource(uri: vscode.Uri): Promise<vscode.Uri | undefined> {
	const name = uri.path.split('/').at(-1) ?? '';
	const picked = await vscode.window.showQuickPick(sourcesOf(uri), {
		title: `Compare ${name} With…`,
		placeHolder: 'A commit, a branch, or another flow',
		matchOnDescription: true,
		matchOnDetail: true,
	});
	return picked?.find?.();
}

async function sourcesOf(uri: vscode.Uri): Promise<Source[]> {
	const other: Source = {
		label: '$(file) Another Flow…',
		detail: 'A *.flow.json file of this workspace',
		find: () => pickFlow(uri),
	};
	const git = uri.scheme === 'file' ? await gitOf(uri) : undefined;
	if (!git) return [other];
	const { repository } = git;
	const at = (ref: string) => () => git.toGitUri(uri, ref);
	const [commits, branches] = await Promise.all([
		repository.log({ path: uri.fsPath, maxEntries: mostCommits }).catch(() => []),
		branchesOf(repository),
	]);
	return [
		{ label: '$(git-commit) Last Commit', description: 'HEAD', find: at('HEAD') },
		{ label: '$(list-selection) Staged', description: 'what the next commit would hold', find: at('') },
		other,
		...section(
			'Commits that changed it',
			commits.map((commit): Source => commitItem(commit, at(commit.hash))),
		),
		...section(
			'Branches',
			branches.map((branch): Source => ({ label: `$(git-branch) ${branch}`, find: at(branch) })),
		),
	];
}

function section(label: string, items: readonly Source[]): readonly Source[] {
	return items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

function commitItem({ hash, message, authorName, authorDate }: GitCommit, find: () => vscode.Uri): Source {
	const [subject = ''] = message.split('\n', 1);
	const when = authorDate?.toLocaleString() ?? '';
	const detail = [authorName ?? '', when].filter(part => part !== '').join(', ');
	return { label: `$(git-commit) ${subject}`, description: hash.slice(0, 8), detail, find };
}

async function branchesOf(repository: GitRepository): Promise<readonly string[]> {
	const refs = await repository.getBranches({ remote: true }).catch(() => []);
	return refs.flatMap(({ name }) => (name === undefined || name.endsWith('/HEAD') ? [] : [name]));
}

async function pickFlow(uri: vscode.Uri): Promise<vscode.Uri | undefined> {
	const files = await vscode.workspace.findFiles('**/*.flow.json', '**/node_modules/**', 1000);
	const others = files.filter(file => file.toString() !== uri.toString());
	if (others.length === 0) throw new ExpectedError('no-flow', 'There is no other flow in this workspace.');
	const items = others
		.map(file => ({ label: vscode.workspace.asRelativePath(file), file }))
		.sort((a, b) => (a.label < b.label ? -1 : 1));
	const picked = await vscode.window.showQuickPick(items, { title: 'Compare With Another Flow' });
	return picked?.file;
}
