import * as vscode from 'vscode';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import { serverNodes } from '../../core/mcp/views/serverTree';
import { projectTier } from './tiers';
import type { McpService } from './service';
import { toTreeItem, TreeRows, type TreeRow } from '../ledger/treeRow';

/** The view of MCP servers. It shows what is known and starts nothing. */
export class ServerTree extends Owner implements vscode.TreeDataProvider<TreeRow> {
	readonly #service: McpService;
	readonly #rows = new TreeRows();
	readonly #changed = this.own(new Emitter<TreeRow | TreeRow[] | undefined>());
	readonly onDidChangeTreeData = this.#changed.event;

	constructor(service: McpService) {
		super();
		this.#service = service;
		this.#update();
		this.own(service.onDidChange(() => this.#update()));
	}

	getChildren(row?: TreeRow): TreeRow[] {
		return row ? (row.children ?? []) : this.#rows.roots;
	}

	getParent(row: TreeRow): TreeRow | undefined {
		return row.parent;
	}

	getTreeItem(row: TreeRow): vscode.TreeItem {
		const item = toTreeItem(row);
		if (item.tooltip instanceof vscode.MarkdownString) item.tooltip.supportThemeIcons = true;
		return item;
	}

	#update(): void {
		const { hub, definitions, signedIn, gate } = this.#service;
		const nodes = serverNodes({
			servers: hub.servers(),
			problems: definitions.problems.map(({ source, message }) => ({
				label: source.label,
				message,
				path: source.path,
			})),
			isTrusted: vscode.workspace.isTrusted,
			tierOf: tool => projectTier(gate, tool.qualifiedName),
			signedIn,
		});
		const { rows } = this.#rows.update(nodes);
		if (rows === undefined) this.#changed.fire(undefined);
		else if (rows.length > 0) this.#changed.fire([...rows]);
	}
}
