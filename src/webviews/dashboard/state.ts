import { errorText, ExpectedError, type ErrorAction } from '../../core/base/errors';
import type { Dashboard, Layout, WidgetId } from '../../core/dashboard/dashboard';
import type { DashboardView } from '../../core/dashboard/dashboardProtocol';

/** Moving a widget by keyboard: until it is kept, only the page shows it. */
export interface Moving {
	readonly id: WidgetId;
	readonly layout: Layout;
}

/** What stands beside the grid. */
export type Side = { readonly kind: 'gallery' } | { readonly kind: 'settings'; readonly widget: WidgetId };

/** Something that was done and can be undone for a while. */
export interface Notice {
	readonly text: string;
	/** What is there again after Undo. */
	readonly before: Dashboard | null;
}

export interface PageState {
	readonly view: DashboardView | null;
	readonly failure: { readonly text: string; readonly actions: readonly ErrorAction[] } | null;
	readonly past: readonly Dashboard[];
	readonly future: readonly Dashboard[];
	/** Edits that the host has not kept yet; what it shows meanwhile is older than the page. */
	readonly saving: number;
	readonly side: Side | null;
	readonly moving: Moving | null;
	readonly notice: Notice | null;
	/** For screen readers. */
	readonly spoken: string;
}

export type PageAction =
	| { readonly type: 'view'; readonly view: DashboardView }
	| { readonly type: 'failed'; readonly error: unknown }
	| { readonly type: 'dismiss' }
	| { readonly type: 'edit'; readonly dashboard: Dashboard; readonly notice?: string | undefined }
	| { readonly type: 'undo' }
	| { readonly type: 'redo' }
	| { readonly type: 'saved' }
	| { readonly type: 'side'; readonly side: Side | null }
	| { readonly type: 'moving'; readonly moving: Moving | null }
	| { readonly type: 'notice'; readonly notice: Notice | null }
	| { readonly type: 'say'; readonly text: string };

export const initialState: PageState = {
	view: null,
	failure: null,
	past: [],
	future: [],
	saving: 0,
	side: null,
	moving: null,
	notice: null,
	spoken: '',
};

const mostSteps = 100;

/** The page after something happened. */
export function reduce(state: PageState, action: PageAction): PageState {
	switch (action.type) {
		case 'view':
			return shown(state, action.view);
		case 'failed': {
			const actions = action.error instanceof ExpectedError ? action.error.actions : [];
			return { ...state, failure: { text: errorText(action.error), actions } };
		}
		case 'dismiss':
			return { ...state, failure: null };
		case 'edit':
			return edited(state, action.dashboard, action.notice);
		case 'undo':
			return stepped(state, state.past.at(-1), -1);
		case 'redo':
			return stepped(state, state.future[0], 1);
		case 'saved':
			return { ...state, saving: Math.max(0, state.saving - 1) };
		case 'side':
			return { ...state, side: action.side };
		case 'moving':
			return { ...state, moving: action.moving };
		case 'notice':
			return { ...state, notice: action.notice };
		default:
			return { ...state, spoken: action.text };
	}
}

function shown(state: PageState, view: DashboardView): PageState {
	const before = state.view?.dashboard;
	if (before?.id !== view.dashboard.id) {
		return { ...initialState, view, notice: state.notice, failure: state.failure, saving: state.saving };
	}
	// While edits are on their way, the page knows better.
	return { ...state, view: state.saving > 0 ? { ...view, dashboard: before } : view };
}

function edited(state: PageState, dashboard: Dashboard, notice: string | undefined): PageState {
	const before = state.view?.dashboard;
	if (!state.view || !before || before === dashboard) return state;
	return {
		...state,
		view: { ...state.view, dashboard },
		past: [...state.past, before].slice(-mostSteps),
		future: [],
		saving: state.saving + 1,
		moving: null,
		notice: notice === undefined ? null : { text: notice, before },
	};
}

function stepped(state: PageState, to: Dashboard | undefined, by: 1 | -1): PageState {
	const { view, past, future } = state;
	if (!view || !to) return state;
	const from = view.dashboard;
	return {
		...state,
		view: { ...view, dashboard: to },
		past: by < 0 ? past.slice(0, -1) : [...past, from],
		future: by < 0 ? [from, ...future] : future.slice(1),
		saving: state.saving + 1,
		moving: null,
		notice: null,
		spoken: by < 0 ? 'Undone.' : 'Done again.',
	};
}
