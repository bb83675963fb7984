/** Panels below the graph. */
export type BottomTab = 'problems' | 'find' | 'list' | 'runs' | 'values' | 'log';

/** What lies beside or over the graph. */
export const panels = ['hasPalette', 'hasInspector', 'hasMinimap'] as const;
export type Panel = (typeof panels)[number];

/** What the user has arranged; kept for as long as the tab, never in the document. */
export interface Ui {
	readonly hasPalette: boolean;
	readonly hasInspector: boolean;
	readonly hasMinimap: boolean;
	readonly bottom: BottomTab | null;
	readonly bottomHeight: number;
	readonly isSnapping: boolean;
	/** What a drag on the empty canvas does. */
	readonly tool: 'select' | 'pan';
	/** Groups whose nodes are hidden behind one card. */
	readonly folded: readonly string[];
	/** While the page is narrow, what it closed and opens again once there is room; `null`: it is wide. */
	readonly closed: readonly Panel[] | null;
}

export const initialUi: Ui = {
	hasPalette: true,
	hasInspector: true,
	hasMinimap: true,
	bottom: null,
	bottomHeight: 240,
	isSnapping: true,
	tool: 'select',
	folded: [],
	closed: null,
};

const mostFolded = 1000;

const tabs: readonly BottomTab[] = ['problems', 'find', 'list', 'runs', 'values', 'log'];

/** What an earlier page of this tab has saved, as far as it can be trusted. */
export function savedUi(saved: unknown): Partial<Ui> {
	if (typeof saved !== 'object' || saved === null || !('ui' in saved)) return {};
	if (typeof saved.ui !== 'object' || saved.ui === null) return {};
	const ui = saved.ui as Record<string, unknown>;
	const known: Record<string, unknown> = {};
	for (const key of [...panels, 'isSnapping']) if (typeof ui[key] === 'boolean') known[key] = ui[key];
	if (tabs.some(tab => tab === ui['bottom'])) known['bottom'] = ui['bottom'];
	if (typeof ui['bottomHeight'] === 'number') known['bottomHeight'] = Math.max(80, Math.min(800, ui['bottomHeight']));
	if (ui['tool'] === 'pan') known['tool'] = 'pan';
	const { folded, closed } = ui;
	if (Array.isArray(closed)) known['closed'] = panels.filter(panel => closed.includes(panel));
	if (Array.isArray(folded)) known['folded'] = folded.filter(id => typeof id === 'string').slice(0, mostFolded);
	return known;
}
