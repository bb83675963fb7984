import type { MemoryId } from '../base/ids';
import type { MemoryRow } from '../ledger/queries';
import type { FactPatch } from './memory';

/** What the page of remembered facts shows beside them. */
export interface MemoryPageView {
	/** The folder of this workspace, for facts about it; `null` without one. */
	readonly project: string | null;
	/** What learns from conversations: a model's name, or `null` while it is switched off. */
	readonly learner: string | null;
	/** Whether facts are given to models. */
	readonly isGiven: boolean;
}

/** Between the memory page and the host. */
export interface MemoryPageContract {
	requests: {
		view: { params: null; result: MemoryPageView };
		find: { params: { readonly text: string }; result: readonly MemoryRow[] };
		add: { params: Pick<MemoryRow, 'text' | 'tier' | 'category' | 'project'>; result: void };
		change: { params: { readonly id: MemoryId; readonly patch: FactPatch }; result: void };
		forget: { params: { readonly ids: readonly MemoryId[] }; result: void };
		merge: { params: { readonly ids: readonly MemoryId[]; readonly text: string }; result: void };
		/** Takes back the last change that was made on this page. */
		undo: { params: null; result: void };
		exportAll: { params: null; result: void };
		importFile: { params: null; result: void };
		/** Writes a fact into the repository's own file for agents. */
		toProjectFile: { params: { readonly id: MemoryId }; result: void };
		/** Remembers the notes that the repository's own file holds. */
		fromProjectFile: { params: null; result: void };
		openSettings: { params: null; result: void };
	};
	events: {
		/** Facts changed, here or in another window. */
		changed: null;
		/** What was done last, with an undo behind it; `null` when there is none. */
		done: { readonly text: string } | null;
	};
}
