import * as vscode from 'vscode';
import type { ViewNode } from '../../core/ledger/views/viewNode';

/** A row of a tree as VS Code holds on to it: one object as long as the row exists, whatever it shows. */
export class TreeRow {
	node: ViewNode;
	readonly parent: TreeRow | undefined;
	children: TreeRow[] | undefined;

	constructor(node: ViewNode, parent: TreeRow | undefined) {
		this.node = node;
		this.parent = parent;
	}
}

/** Rows that are kept from one refresh to the next, so that only what changed is drawn again. */
export class TreeRows {
	roots: TreeRow[] = [];

	/** Takes the new nodes over. The answer is what to refresh: some rows, or everything (`undefined`), or nothing. */
	update(nodes: readonly ViewNode[]): { readonly rows: readonly TreeRow[] | undefined } {
		const changed: TreeRow[] = [];
		const before = this.roots;
		this.roots = merge(before, nodes, undefined, changed);
		return { rows: hasSameIds(before, this.roots) ? changed : undefined };
	}
}

/** The row as a native tree item. */
export function toTreeItem(row: TreeRow): vscode.TreeItem {
	const { node } = row;
	const item = new vscode.TreeItem(node.label, collapsibleState(node));
	item.id = node.id;
	item.description = node.description;
	item.contextValue = node.contextValue;
	if (node.icon) {
		const color = node.icon.color === null ? undefined : new vscode.ThemeColor(node.icon.color);
		item.iconPath = new vscode.ThemeIcon(node.icon.id, color);
	}
	item.tooltip = node.tooltip === '' ? undefined : new vscode.MarkdownString(node.tooltip);
	if (node.spoken !== null) item.accessibilityInformation = { label: node.spoken };
	if (node.command) item.command = { title: node.label, command: node.command.id, arguments: [...node.command.args] };
	return item;
}

function collapsibleState(node: ViewNode): vscode.TreeItemCollapsibleState {
	if (!node.children) return vscode.TreeItemCollapsibleState.None;
	return node.isExpanded ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
}

function merge(
	before: readonly TreeRow[],
	nodes: readonly ViewNode[],
	parent: TreeRow | undefined,
	changed: TreeRow[],
): TreeRow[] {
	const byId = new Map(before.map(row => [row.node.id, row]));
	return nodes.map(node => {
		const row = byId.get(node.id) ?? new TreeRow(node, parent);
		const old = row.node;
		const oldChildren = row.children ?? [];
		row.node = node;
		const below: TreeRow[] = [];
		row.children = node.children ? merge(oldChildren, node.children, row, below) : undefined;
		// Refreshing a row refreshes all below it, so those need no notice of their own.
		if (!looksSame(old, node) || !hasSameIds(oldChildren, row.children ?? [])) changed.push(row);
		else changed.push(...below);
		return row;
	});
}

function hasSameIds(left: readonly TreeRow[], right: readonly TreeRow[]): boolean {
	return left.length === right.length && left.every((row, index) => row === right[index]);
}

function looksSame(left: ViewNode, right: ViewNode): boolean {
	return (
		left.label === right.label &&
		left.description === right.description &&
		left.icon?.id === right.icon?.id &&
		left.icon?.color === right.icon?.color &&
		left.tooltip === right.tooltip &&
		left.contextValue === right.contextValue &&
		left.spoken === right.spoken &&
		(left.children === undefined) === (right.children === undefined)
	);
}
