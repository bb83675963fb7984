import * as vscode from 'vscode';
import { Owner } from '../../core/base/lifecycle';
import type { ApprovalView } from '../../core/safety/approval';
import type { Approvals } from '../../core/safety/approvals';
import {
	approvalContext,
	approvalDescription,
	approvalLabel,
	approvalMarkdown,
	badgeTooltip,
	scopeTitle,
	tierLook,
	tierMeaning,
} from '../../core/safety/views';
import { setContext } from '../host/commands';
import { viewIds } from '../host/ids';

/** An approval, or one line below it. */
export type ApprovalRow =
	| { readonly kind: 'approval'; readonly view: ApprovalView }
	| { readonly kind: 'line'; readonly parent: ApprovalView; readonly icon: string; readonly text: string };

/** Every pending approval of every conversation, with a badge. */
export class ApprovalTree extends Owner implements vscode.TreeDataProvider<ApprovalRow> {
	readonly #approvals: Approvals;
	readonly #changed = this.own(new vscode.EventEmitter<void>());
	readonly onDidChangeTreeData = this.#changed.event;
	readonly #view: vscode.TreeView<ApprovalRow>;
	/** VS Code knows a row by its object: the same approval must be the same row. */
	readonly #rows = new Map<string, ApprovalRow>();

	constructor(approvals: Approvals) {
		super();
		this.#approvals = approvals;
		this.#view = this.own(vscode.window.createTreeView(viewIds.approvals, { treeDataProvider: this }));
		this.own(approvals.onDidAdd(() => this.#refresh()));
		this.own(approvals.onDidEnd(() => this.#refresh()));
		this.#refresh();
	}

	getChildren(row?: ApprovalRow): ApprovalRow[] {
		if (row === undefined) return this.#approvals.pending.map(view => this.#rowOf(view));
		return row.kind === 'approval' ? linesOf(row.view) : [];
	}

	getParent(row: ApprovalRow): ApprovalRow | undefined {
		return row.kind === 'line' ? this.#rowOf(row.parent) : undefined;
	}

	getTreeItem(row: ApprovalRow): vscode.TreeItem {
		if (row.kind === 'line') {
			const item = new vscode.TreeItem(row.text);
			item.iconPath = new vscode.ThemeIcon(row.icon);
			item.tooltip = row.text;
			return item;
		}
		const { view } = row;
		const look = tierLook(view.tier);
		const item = new vscode.TreeItem(approvalLabel(view), vscode.TreeItemCollapsibleState.Collapsed);
		item.id = view.id;
		item.description = approvalDescription(view);
		item.contextValue = approvalContext(view);
		item.iconPath = new vscode.ThemeIcon(
			view.kind === 'question' ? 'question' : look.icon,
			look.color === null ? undefined : new vscode.ThemeColor(look.color),
		);
		item.tooltip = new vscode.MarkdownString(approvalMarkdown(view));
		item.accessibilityInformation = {
			label: `${approvalLabel(view)}, ${view.tier}, ${tierMeaning(view)}, ${view.asker}`,
		};
		item.command = { title: 'Show in Chat', command: 'quarterdeck.approvals.show', arguments: [row] };
		return item;
	}

	/** The row that the user has selected, for commands from the keyboard. */
	get selected(): ApprovalRow | undefined {
		return this.#view.selection[0];
	}

	#rowOf(view: ApprovalView): ApprovalRow {
		const row = this.#rows.get(view.id) ?? { kind: 'approval', view };
		this.#rows.set(view.id, row);
		return row;
	}

	#refresh(): void {
		const { pending } = this.#approvals;
		const ids = new Set<string>(pending.map(view => view.id));
		for (const id of this.#rows.keys()) if (!ids.has(id)) this.#rows.delete(id);
		this.#view.badge = pending.length === 0 ? undefined : { value: pending.length, tooltip: badgeTooltip(pending) };
		setContext('quarterdeck.hasApprovals', pending.length > 0);
		this.#changed.fire();
	}
}

function linesOf(view: ApprovalView): ApprovalRow[] {
	const line = (icon: string, text: string): ApprovalRow => ({ kind: 'line', parent: view, icon, text });
	const tier = line('info', `${view.tier}: ${tierMeaning(view)}`);
	const reasons = view.reasons.map(reason => line('circle-small-filled', reason));
	const wider = view.grants.filter(scope => scope !== 'once');
	const grants = wider.map(scope => line('shield', `${scopeTitle(scope)}: ${view.grantLabel ?? view.tool}`));
	return [...(view.kind === 'tool' || view.kind === 'edit' ? [tier] : []), ...reasons, ...grants];
}
