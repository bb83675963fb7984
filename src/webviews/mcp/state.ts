import type { InspectorSnapshot, InspectorTab, InspectorTarget } from '../../core/mcp/inspectorProtocol';
import type { McpLogLine, McpTraffic } from '../../core/mcp/protocol';
import type { Failure } from './host';

/** How much of the traffic the page keeps; the host keeps its own. */
const mostEntries = 2000;

/** Everything that the inspector shows. */
export interface InspectorState {
	readonly phase: 'loading' | 'ready' | 'failed';
	readonly snapshot: InspectorSnapshot | null;
	readonly failure: Failure | null;
	readonly tab: InspectorTab;
	/** The chosen tool, resource or prompt of each tab, by name. */
	readonly chosen: Readonly<Partial<Record<InspectorTab, string>>>;
	readonly traffic: readonly Numbered<McpTraffic>[];
	readonly lines: readonly Numbered<McpLogLine>[];
	/** New entries wait while the user reads. */
	readonly isPaused: boolean;
	readonly waiting: readonly (McpLogLine | McpTraffic)[];
	/** When each subscribed resource was last said to have changed. */
	readonly updated: Readonly<Record<string, number>>;
	readonly nextKey: number;
}

export type Numbered<T> = T & { readonly key: number };

export type InspectorAction =
	| {
			readonly type: 'opened';
			readonly snapshot: InspectorSnapshot;
			readonly entries: readonly (McpLogLine | McpTraffic)[];
			readonly target: InspectorTarget | null;
	  }
	| { readonly type: 'server'; readonly snapshot: InspectorSnapshot }
	| { readonly type: 'failed'; readonly failure: Failure }
	| { readonly type: 'dismissed' }
	| { readonly type: 'tab'; readonly tab: InspectorTab }
	| { readonly type: 'chosen'; readonly tab: InspectorTab; readonly name: string }
	| { readonly type: 'logged'; readonly entries: readonly (McpLogLine | McpTraffic)[] }
	| { readonly type: 'paused'; readonly isPaused: boolean }
	| { readonly type: 'cleared'; readonly what: 'traffic' | 'lines' }
	| { readonly type: 'updated'; readonly uri: string; readonly at: number };

/** The first state, with what was saved of an earlier page of the same server. */
export function initialState(identity: string, saved: unknown): InspectorState {
	return {
		phase: 'loading',
		snapshot: null,
		failure: null,
		tab: savedTab(identity, saved) ?? 'tools',
		chosen: savedChoices(identity, saved),
		traffic: [],
		lines: [],
		isPaused: false,
		waiting: [],
		updated: {},
		nextKey: 0,
	};
}

export function reduce(state: InspectorState, action: InspectorAction): InspectorState {
	switch (action.type) {
		case 'opened': {
			const fresh = {
				...state,
				phase: 'ready' as const,
				snapshot: action.snapshot,
				traffic: [],
				lines: [],
				failure: null,
			};
			return aimed(added(fresh, action.entries), action.target);
		}
		case 'server':
			return { ...state, phase: 'ready', snapshot: action.snapshot };
		case 'failed':
			return { ...state, phase: state.phase === 'loading' ? 'failed' : state.phase, failure: action.failure };
		case 'dismissed':
			return { ...state, failure: null };
		case 'tab':
			return { ...state, tab: action.tab };
		case 'chosen':
			return aimed(state, { tab: action.tab, name: action.name });
		case 'logged':
			if (state.isPaused) return { ...state, waiting: [...state.waiting, ...action.entries].slice(-mostEntries) };
			return added(state, action.entries);
		case 'paused':
			if (action.isPaused) return { ...state, isPaused: true };
			return added({ ...state, isPaused: false, waiting: [] }, state.waiting);
		case 'cleared':
			return action.what === 'traffic' ? { ...state, traffic: [] } : { ...state, lines: [] };
		case 'updated':
			return { ...state, updated: { ...state.updated, [action.uri]: action.at } };
		default:
			return action satisfies never;
	}
}

function aimed(state: InspectorState, target: InspectorTarget | null): InspectorState {
	if (!target) return state;
	const chosen = target.name === null ? state.chosen : { ...state.chosen, [target.tab]: target.name };
	return { ...state, tab: target.tab, chosen };
}

function added(state: InspectorState, entries: readonly (McpLogLine | McpTraffic)[]): InspectorState {
	const traffic = [...state.traffic];
	const lines = [...state.lines];
	let key = state.nextKey;
	for (const entry of entries) {
		if (entry.kind === 'traffic') traffic.push({ ...entry, key: key++ });
		else lines.push({ ...entry, key: key++ });
	}
	return { ...state, traffic: traffic.slice(-mostEntries), lines: lines.slice(-mostEntries), nextKey: key };
}

function savedChoices(identity: string, saved: unknown): InspectorState['chosen'] {
	if (!isSavedOf(identity, saved) || typeof saved['chosen'] !== 'object' || saved['chosen'] === null) return {};
	const chosen = Object.entries(saved['chosen']).filter(([, name]) => typeof name === 'string');
	return Object.fromEntries(chosen);
}

function isSavedOf(identity: string, saved: unknown): saved is Record<string, unknown> {
	return typeof saved === 'object' && saved !== null && 'identity' in saved && saved.identity === identity;
}

function savedTab(identity: string, saved: unknown): InspectorTab | undefined {
	if (!isSavedOf(identity, saved)) return undefined;
	const { tab } = saved;
	const known: readonly InspectorTab[] = ['tools', 'resources', 'prompts', 'traffic', 'log'];
	return known.find(each => each === tab);
}
