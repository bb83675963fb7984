import { escapeMarkdown, leaf, type ViewNode } from '../../ledger/views/viewNode';
import { capabilityWords } from '../custom/capabilities';

/** A custom node of the workspace, as the view shows it. */
export interface CustomNodeRow {
	/** Address of its file. */
	readonly uri: string;
	readonly path: string;
	/** `null`: it is no node now. */
	readonly title: string | null;
	/** Why it is none; `null` where it was not read, because the workspace is not trusted. */
	readonly problem: string | null;
	readonly capabilities: readonly string[];
	/** Of these, what the user has not allowed. */
	readonly missing: readonly string[];
}

/** The custom nodes below the flows, with what they may reach; nothing where there are none. */
export function customNodesTree(rows: readonly CustomNodeRow[]): readonly ViewNode[] {
	if (rows.length === 0) return [];
	const children = rows
		.map(row => [row.title ?? fileName(row.path), row] as const)
		.sort(([left], [right]) => left.localeCompare(right))
		.map(([label, row]) => nodeRow(label, row));
	const label = 'Custom nodes';
	return [leaf({ id: 'quarterdeck:custom-nodes', label, description: `${rows.length}`, children, isExpanded: true })];
}

function nodeRow(label: string, { uri, path, title, problem, capabilities, missing }: CustomNodeRow): ViewNode {
	const isAllowed = capabilities.length > 0 && missing.length < capabilities.length;
	const state =
		title === null ? (problem === null ? 'not read in Restricted Mode' : 'no node now') : reach(capabilities, missing);
	const wishes = capabilities.map(
		name => `\n\n${missing.includes(name) ? 'Asks to' : 'May'} ${escapeMarkdown(capabilityWords(name))}.`,
	);
	const words = [
		'customNode',
		...(title === null ? [] : ['ready']),
		...(missing.length > 0 ? ['asks'] : []),
		...(isAllowed ? ['granted'] : []),
	];
	return leaf({
		id: uri,
		label,
		description: state,
		icon:
			problem === null
				? { id: title === null ? 'shield' : missing.length > 0 ? 'question' : 'symbol-method', color: null }
				: { id: 'warning', color: 'list.warningForeground' },
		tooltip: `${escapeMarkdown(path)}${problem === null ? '' : `\n\n${escapeMarkdown(problem)}`}${wishes.join('')}`,
		contextValue: words.join(' '),
		spoken: `${label}, custom node${state === '' ? '' : `, ${state}`}`,
	});
}

function reach(capabilities: readonly string[], missing: readonly string[]): string {
	if (capabilities.length === 0) return '';
	return missing.length > 0 ? 'asks for permission' : `may reach ${capabilities.join(', ')}`;
}

function fileName(path: string): string {
	return path.split('/').at(-1) ?? path;
}
