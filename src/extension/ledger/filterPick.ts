import * as vscode from 'vscode';
import type { ExecutionKind, ExecutionStatus } from '../../core/ledger/events';
import type { Ledger } from '../../core/ledger/queries';
import { describeFilter, isFiltered, type ExecutionsFilter } from '../../core/ledger/views/filter';
import { folderName, kindLabels, statusLabels } from '../../core/ledger/views/format';
import { askText } from '../host/askText';
import type { FilterState } from './filterState';

type Facet = 'text' | 'statuses' | 'kinds' | 'model' | 'agent' | 'project' | 'clear';
type FacetItem = vscode.QuickPickItem & { readonly facet: Facet };

const statuses: readonly ExecutionStatus[] = ['running', 'waiting', 'succeeded', 'failed', 'stopped', 'interrupted'];
const kinds: readonly ExecutionKind[] = ['chat', 'flow', 'schedule', 'runbook'];

/** Lets the user narrow the executions, one property after the other; each choice takes effect at once. */
export async function pickFilter(state: FilterState, ledger: Ledger): Promise<void> {
	for (;;) {
		const picked = await vscode.window.showQuickPick(facetItems(state.value), {
			title: 'Filter Executions',
			placeHolder: isFiltered(state.value) ? describeFilter(state.value) : 'Narrow by…',
		});
		if (!picked) return;
		if (picked.facet === 'clear') {
			state.set({});
			return;
		}
		const next = await askFacet(picked.facet, state.value, ledger);
		if (next) state.set(next);
	}
}

function item(facet: Facet, icon: string, label: string, description: string | undefined): FacetItem {
	return { facet, label: `$(${icon}) ${label}`, description: description ?? '' };
}

function facetItems(filter: ExecutionsFilter): FacetItem[] {
	const items = [
		item('text', 'search', 'Text…', filter.text === undefined ? 'titles and steps' : `“${filter.text}”`),
		item('statuses', 'pulse', 'Status…', filter.statuses?.map(status => statusLabels[status]).join(', ')),
		item('kinds', 'symbol-class', 'Kind…', filter.kinds?.map(kind => kindLabels[kind]).join(', ')),
		item('model', 'symbol-misc', 'Model…', filter.model),
		item('agent', 'person', 'Agent…', filter.agent),
		item('project', 'folder', 'Project…', filter.project),
	];
	return isFiltered(filter) ? [...items, item('clear', 'clear-all', 'Clear Filter', '')] : items;
}

async function askFacet(
	facet: Exclude<Facet, 'clear'>,
	filter: ExecutionsFilter,
	ledger: Ledger,
): Promise<ExecutionsFilter | undefined> {
	if (facet === 'text') {
		const text = await askText({
			title: 'Executions with the Text',
			value: filter.text ?? '',
			placeHolder: 'words of the title or a step; the last may be a beginning',
			prompt: 'Leave it empty to search for nothing.',
		});
		return text === undefined ? undefined : { ...filter, text };
	}
	if (facet === 'statuses') {
		const picked = await pickMany('Executions with the Status', statuses, statusLabels, filter.statuses ?? []);
		return picked && { ...filter, statuses: picked };
	}
	if (facet === 'kinds') {
		const picked = await pickMany('Executions of the Kind', kinds, kindLabels, filter.kinds ?? []);
		return picked && { ...filter, kinds: picked };
	}
	const picked = await pickValue(facet, filter[facet], ledger);
	return picked === undefined ? undefined : { ...filter, [facet]: picked };
}

async function pickMany<T extends string>(
	title: string,
	values: readonly T[],
	labels: Readonly<Record<T, string>>,
	chosen: readonly T[],
): Promise<readonly T[] | undefined> {
	const items = values.map(value => ({ label: labels[value], value, picked: chosen.includes(value) }));
	const picked = await vscode.window.showQuickPick(items, {
		title,
		canPickMany: true,
		placeHolder: 'None chosen is all',
	});
	return picked?.map(item => item.value);
}

/** The values that the ledger knows, from its roll-ups. An empty answer means any. */
async function pickValue(
	facet: 'model' | 'agent' | 'project',
	current: string | undefined,
	ledger: Ledger,
): Promise<string | undefined> {
	const known = ledger.query('costs', { fromDay: '0000-01-01', toDay: '9999-12-31', by: [facet] }).then(rows => {
		const values = rows.map(row => row.key[0] ?? '').filter(value => value !== '');
		const items = values.sort().map(value => ({
			label: facet === 'project' ? folderName(value) : value,
			description: value === current ? 'current' : '',
			detail: facet === 'project' ? value : '',
			value,
		}));
		return [{ label: `Any ${facet}`, description: '', detail: '', value: '' }, ...items];
	});
	const picked = await vscode.window.showQuickPick(known, {
		title: `Executions of the ${facet[0]?.toUpperCase()}${facet.slice(1)}`,
		matchOnDetail: true,
	});
	return picked?.value;
}
