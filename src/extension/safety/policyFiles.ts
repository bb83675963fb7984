import * as vscode from 'vscode';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import { policyPath } from '../../core/safety/policyFile';
import type { PolicyFile, PolicyStore } from '../../core/safety/policyStore';
import { workspaceFolders } from '../host/workspace';

/** Shows in the Problems view what does not count in the policy files of this window, and says when they change. */
export class PolicyFiles extends Owner {
	readonly #store: PolicyStore;
	readonly #problems = this.own(vscode.languages.createDiagnosticCollection('quarterdeck-policy'));
	readonly #changed = this.own(new Emitter<void>());
	readonly onDidChange = this.#changed.event;

	constructor(store: PolicyStore) {
		super();
		this.#store = store;
		const watcher = this.own(vscode.workspace.createFileSystemWatcher(`**/${policyPath}`));
		const look = (): void => this.#look();
		this.own(watcher.onDidCreate(look));
		this.own(watcher.onDidChange(look));
		this.own(watcher.onDidDelete(look));
		this.own(vscode.workspace.onDidChangeWorkspaceFolders(look));
		this.#look();
	}

	/** The files as they are now. */
	get files(): readonly PolicyFile[] {
		return this.#store.files(workspaceFolders());
	}

	#look(): void {
		this.#problems.clear();
		for (const { path, text, problems } of this.files) {
			if (problems.length === 0) continue;
			this.#problems.set(
				vscode.Uri.file(path),
				problems.map(({ message, offset, length, kind }) => {
					const range = new vscode.Range(placeOf(text, offset), placeOf(text, offset + length));
					const severity = kind === 'broken' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
					const problem = new vscode.Diagnostic(range, message, severity);
					problem.source = 'Quarterdeck';
					return problem;
				}),
			);
		}
		this.#changed.fire();
	}
}

function placeOf(text: string, offset: number): vscode.Position {
	const lines = text.slice(0, offset).split('\n');
	return new vscode.Position(lines.length - 1, (lines.at(-1) ?? '').replace(/\r$/u, '').length);
}
