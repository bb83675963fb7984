import { errorText } from '../../core/base/errors';
import type { HealthPageContract, HealthPageView, HealthSubject, ServiceDetail } from '../../core/health/healthPage';

type Requests = HealthPageContract['requests'];

/** Calls the host for a gesture of the user's; a failure is shown on the page. */
export type Attempt = <K extends keyof Requests>(name: K, params: Requests[K]['params']) => Promise<void>;

export interface PageState {
	readonly view: HealthPageView | null;
	/** What is shown in detail; `null` shows the first that is there. */
	readonly selected: HealthSubject | null;
	readonly detail: ServiceDetail | null;
	readonly failure: string | null;
	/** Services that are looked at or changed now, for this page. */
	readonly busy: ReadonlySet<string>;
}

export type PageAction =
	| { readonly type: 'view'; readonly view: HealthPageView }
	| { readonly type: 'detail'; readonly id: string; readonly detail: ServiceDetail | null }
	| { readonly type: 'select'; readonly subject: HealthSubject }
	| { readonly type: 'busy'; readonly id: string; readonly isBusy: boolean }
	| { readonly type: 'failed'; readonly error: unknown }
	| { readonly type: 'dismiss' };

export const initialState: PageState = { view: null, selected: null, detail: null, failure: null, busy: new Set() };

/** The page's state after something happened. */
export function reduce(state: PageState, action: PageAction): PageState {
	switch (action.type) {
		case 'view':
			return { ...state, view: action.view };
		case 'detail':
			// An answer about a service that is no longer shown says nothing.
			return action.id === serviceShown(state) ? { ...state, detail: action.detail } : state;
		case 'select':
			return { ...state, selected: action.subject, failure: null };
		case 'busy': {
			const busy = new Set(state.busy);
			if (action.isBusy) busy.add(action.id);
			else busy.delete(action.id);
			return { ...state, busy };
		}
		case 'failed':
			return { ...state, failure: errorText(action.error) };
		default:
			return { ...state, failure: null };
	}
}

/** The service whose past is shown: the selected one, the one that a selected alert is about, or the first. */
export function serviceShown({ view, selected }: PageState): string | null {
	if (!view) return null;
	const has = (id: string | undefined): id is string => view.services.some(service => service.id === id);
	if (selected?.kind === 'service' && has(selected.id)) return selected.id;
	if (selected?.kind === 'alert') {
		const alert = [...view.open, ...view.history].find(({ id }) => id === selected.id);
		const about = alert?.subject.startsWith('service:') ? alert.subject.slice('service:'.length) : undefined;
		return has(about) ? about : null;
	}
	return view.services[0]?.id ?? null;
}
