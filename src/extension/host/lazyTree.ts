import * as vscode from 'vscode';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import type { Logger } from '../../core/base/logger';

/** A tree whose code is loaded when VS Code first asks for its rows. */
export class LazyTree<T> extends Owner {
	readonly view: vscode.TreeView<T>;

	constructor(id: string, load: () => Promise<vscode.TreeDataProvider<T>>, log: Logger) {
		super();
		const changed = this.own(new Emitter<T | T[] | undefined | null | void>());
		let provider: Promise<vscode.TreeDataProvider<T>> | undefined;
		const get = (): Promise<vscode.TreeDataProvider<T>> =>
			(provider ??= load().then(
				loaded => {
					const listening = loaded.onDidChangeTreeData?.(value => changed.fire(value));
					if (listening) this.own(listening);
					return loaded;
				},
				(error: unknown) => {
					provider = undefined;
					log.error(error instanceof Error ? error : String(error));
					throw error;
				},
			));
		this.view = this.own(
			vscode.window.createTreeView<T>(id, {
				treeDataProvider: {
					onDidChangeTreeData: changed.event,
					getTreeItem: async element => (await get()).getTreeItem(element),
					getChildren: async element => (await get()).getChildren(element),
					getParent: async element => (await get()).getParent?.(element),
				},
				showCollapseAll: false,
			}),
		);
	}
}
