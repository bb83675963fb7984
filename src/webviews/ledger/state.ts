import { errorText, ExpectedError, type ErrorAction } from '../../core/base/errors';
import { asId, type StepId } from '../../core/base/ids';
import type { ExecutionPageView } from '../../core/ledger/pageProtocol';

export type Tab = 'timeline' | 'log';

export interface Failure {
	readonly text: string;
	readonly actions: readonly ErrorAction[];
}

/** Everything that the page shows. What was last read stays in view when a later read fails. */
export interface PageState {
	readonly phase: 'loading' | 'ready' | 'missing' | 'failed';
	readonly view: ExecutionPageView | null;
	readonly failure: Failure | null;
	readonly tab: Tab;
	readonly selected: StepId | null;
	readonly collapsed: ReadonlySet<StepId>;
}

export type PageAction =
	| { readonly type: 'loaded'; readonly view: ExecutionPageView | null }
	| { readonly type: 'failed'; readonly error: unknown }
	| { readonly type: 'dismissed' }
	| { readonly type: 'tab'; readonly tab: Tab }
	| { readonly type: 'selected'; readonly step: StepId | null }
	| { readonly type: 'collapsed'; readonly step: StepId; readonly isCollapsed: boolean };

/** What a reload of the page brings back: what the user arranged, never what was shown. */
export interface SavedPage {
	readonly identity: string;
	readonly tab: Tab;
	readonly selected: StepId | null;
}

/** The first state, with what was saved of an earlier page of the same execution. */
export function initialState(identity: string, saved: unknown): PageState {
	const arranged = readSaved(identity, saved);
	return {
		phase: 'loading',
		view: null,
		failure: null,
		tab: arranged?.tab ?? 'timeline',
		selected: arranged?.selected ?? null,
		collapsed: new Set(),
	};
}

/** The part of the state that a reload brings back. */
export function savedPage(identity: string, tab: Tab, selected: StepId | null): SavedPage {
	return { identity, tab, selected };
}

export function reduce(state: PageState, action: PageAction): PageState {
	switch (action.type) {
		case 'loaded':
			return action.view
				? { ...state, phase: 'ready', view: action.view, failure: null }
				: { ...state, phase: 'missing', view: null, failure: null };
		case 'failed': {
			const phase = state.phase === 'loading' ? 'failed' : state.phase;
			return { ...state, phase, failure: failureOf(action.error) };
		}
		case 'dismissed':
			return { ...state, failure: null };
		case 'selected':
			return { ...state, selected: action.step };
		case 'collapsed': {
			const collapsed = new Set(state.collapsed);
			if (action.isCollapsed) collapsed.add(action.step);
			else collapsed.delete(action.step);
			return { ...state, collapsed };
		}
		case 'tab':
			return { ...state, tab: action.tab };
		default:
			return action satisfies never;
	}
}

/** Turns anything thrown into what the page shows of it. */
export function failureOf(error: unknown): Failure {
	return { text: errorText(error), actions: error instanceof ExpectedError ? error.actions : [] };
}

function readSaved(identity: string, saved: unknown): SavedPage | undefined {
	if (typeof saved !== 'object' || saved === null || !('identity' in saved) || saved.identity !== identity)
		return undefined;
	const tab = 'tab' in saved && saved.tab === 'log' ? 'log' : 'timeline';
	const selected = 'selected' in saved && typeof saved.selected === 'string' ? asId<StepId>(saved.selected) : null;
	return { identity, tab, selected };
}
