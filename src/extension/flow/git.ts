import * as vscode from 'vscode';

/** A commit, as VS Code's Git extension tells it. */
export interface GitCommit {
	readonly hash: string;
	readonly message: string;
	readonly authorName?: string;
	readonly authorDate?: Date;
}

/** What is used of a repository of VS Code's Git extension. */
export interface GitRepository {
	readonly state: { readonly onDidChange: vscode.Event<void> };
	log(options: { readonly path: string; readonly maxEntries: number }): Promise<readonly GitCommit[]>;
	getBranches(query: { readonly remote: boolean }): Promise<readonly { readonly name?: string }[]>;
}

interface GitApi {
	getRepository(uri: vscode.Uri): GitRepository | null;
	openRepository?(root: vscode.Uri): Promise<GitRepository | null>;
	getRepositoryRoot?(uri: vscode.Uri): Promise<vscode.Uri | null>;
	toGitUri(uri: vscode.Uri, ref: string): vscode.Uri;
}

/** The repository of a file and the addresses of its versions; `undefined` where Git knows nothing of it. */
export interface FileGit {
	readonly repository: GitRepository;
	toGitUri(uri: vscode.Uri, ref: string): vscode.Uri;
}

/** Asks VS Code's own Git extension. A repository that it has not opened yet is opened. */
export async function gitOf(file: vscode.Uri): Promise<FileGit | undefined> {
	const extension = vscode.extensions.getExtension<{ getAPI(version: 1): GitApi }>('vscode.git');
	if (!extension) return undefined;
	try {
		const api = (await extension.activate()).getAPI(1);
		const repository = api.getRepository(file) ?? (await openedRepository(api, file));
		return repository ? { repository, toGitUri: (uri, ref) => api.toGitUri(uri, ref) } : undefined;
	} catch {
		// Git is switched off, or there is none on this machine.
		return undefined;
	}
}

async function openedRepository(api: GitApi, file: vscode.Uri): Promise<GitRepository | null> {
	const root = await api.getRepositoryRoot?.(file);
	return root && api.openRepository ? api.openRepository(root) : null;
}
