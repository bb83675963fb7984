import type { MemoryId } from '../../core/base/ids';
import type { MemoryRow } from '../../core/ledger/queries';
import type { MemoryPageView } from '../../core/memory/memoryPage';

/** Everything the memory page shows. */
export interface PageState {
	readonly view: MemoryPageView | null;
	readonly facts: readonly MemoryRow[] | null;
	readonly search: string;
	readonly selected: ReadonlySet<MemoryId>;
	readonly editing: MemoryId | null;
	/** What the user did last, with an undo behind it. */
	readonly done: string | null;
	readonly failure: string | null;
}

export type PageAction =
	| { readonly type: 'view'; readonly view: MemoryPageView }
	| { readonly type: 'facts'; readonly facts: readonly MemoryRow[]; readonly search: string }
	| { readonly type: 'search'; readonly search: string }
	| { readonly type: 'select'; readonly id: MemoryId; readonly isSelected: boolean }
	| { readonly type: 'selectAll'; readonly isSelected: boolean }
	| { readonly type: 'edit'; readonly id: MemoryId | null }
	| { readonly type: 'done'; readonly text: string | null }
	| { readonly type: 'failed'; readonly error: unknown };

export const initialState: PageState = {
	view: null,
	facts: null,
	search: '',
	selected: new Set(),
	editing: null,
	done: null,
	failure: null,
};

/** The next state of the page. */
export function reduce(state: PageState, action: PageAction): PageState {
	switch (action.type) {
		case 'view':
			return { ...state, view: action.view };
		case 'facts': {
			// An answer to an older search must not take the place of a newer one.
			if (action.search !== state.search) return state;
			const alive = new Set(action.facts.map(({ id }) => id));
			const selected = new Set([...state.selected].filter(id => alive.has(id)));
			const editing = state.editing !== null && alive.has(state.editing) ? state.editing : null;
			return { ...state, facts: action.facts, selected, editing };
		}
		case 'search':
			return { ...state, search: action.search };
		case 'select': {
			const selected = new Set(state.selected);
			if (action.isSelected) selected.add(action.id);
			else selected.delete(action.id);
			return { ...state, selected };
		}
		case 'selectAll':
			return { ...state, selected: new Set(action.isSelected ? (state.facts ?? []).map(({ id }) => id) : []) };
		case 'edit':
			return { ...state, editing: action.id, failure: null };
		case 'done':
			return { ...state, done: action.text, failure: null };
		default:
			return { ...state, failure: action.error instanceof Error ? action.error.message : String(action.error) };
	}
}
