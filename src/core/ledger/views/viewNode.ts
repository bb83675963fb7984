/** An icon of the editor's own set, with a theme colour where it says something. */
export interface NodeIcon {
	/** A codicon's name: `check`, `sync~spin`. */
	readonly id: string;
	/** A theme colour's id, or `null` for the plain foreground. */
	readonly color: string | null;
}

/** One row of a native tree, as plain data. The host turns it into what the editor wants. */
export interface ViewNode {
	/** Stable across refreshes, so that the tree keeps what is expanded and selected. */
	readonly id: string;
	readonly label: string;
	readonly description: string;
	readonly icon: NodeIcon | null;
	/** Markdown. */
	readonly tooltip: string;
	/** Words that `when` clauses look for. */
	readonly contextValue: string;
	/** Read aloud instead of label and description, where those lean on the icon. */
	readonly spoken: string | null;
	/** Run when the row is chosen. */
	readonly command: { readonly id: string; readonly args: readonly unknown[] } | null;
	/** Absent for a leaf. */
	readonly children?: readonly ViewNode[];
	/** Whether it starts expanded; asked once, then the tree remembers. */
	readonly isExpanded?: boolean;
}

/** A leaf with the usual defaults. */
export function leaf(node: Partial<ViewNode> & Pick<ViewNode, 'id' | 'label'>): ViewNode {
	return { description: '', icon: null, tooltip: '', contextValue: '', spoken: null, command: null, ...node };
}

/** Escapes what Markdown would read as markup, so that a title cannot draw links or pictures in a tooltip. */
export function escapeMarkdown(text: string): string {
	return text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, '\\$&').replace(/\s*\n\s*/g, ' ');
}

/** The first line, at most `limit` characters: rows of a tree are one line high. */
export function oneLine(text: string, limit = 120): string {
	const line = text.replace(/\s+/g, ' ').trim();
	return line.length <= limit ? line : `${line.slice(0, limit - 1)}…`;
}

/** Rows in place of a tree that could not be read: the reason, and what can be done about it. */
export function failureNodes(
	reason: string,
	commands: { readonly output: string; readonly retry: string },
): ViewNode[] {
	return [
		leaf({
			id: 'failure',
			label: 'The ledger could not be read',
			description: reason,
			icon: { id: 'error', color: 'list.errorForeground' },
			tooltip: escapeMarkdown(reason),
			spoken: `The ledger could not be read: ${reason}`,
		}),
		leaf({
			id: 'failure:retry',
			label: 'Try Again',
			icon: { id: 'refresh', color: null },
			command: { id: commands.retry, args: [] },
		}),
		leaf({
			id: 'failure:output',
			label: 'Show Output',
			icon: { id: 'output', color: null },
			command: { id: commands.output, args: [] },
		}),
	];
}
