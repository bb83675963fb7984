import type { SettingsSpec } from './settings';

/** Under which heading the gallery lists a widget. */
export const widgetGroups = ['machine', 'agents', 'services', 'other'] as const;
export type WidgetGroup = (typeof widgetGroups)[number];

/**
 * The half of a widget that knows no page: what it is called, how large it is and what can be set. The other half,
 * `webviews/dashboard/widgets/<Kind>.tsx`, draws it; what it needs it asks for by topics.
 */
export interface WidgetDefinition<Spec extends SettingsSpec = SettingsSpec> {
	/** Stands in files of dashboards: never changed. */
	readonly kind: string;
	readonly title: string;
	/** One sentence for the gallery. */
	readonly description: string;
	/** A codicon. */
	readonly icon: string;
	readonly group: WidgetGroup;
	/** At first, and at least; in columns of 12 and in rows. */
	readonly size: { readonly w: number; readonly h: number; readonly leastW: number; readonly leastH: number };
	readonly settings: Spec;
}

export function defineWidget<const Spec extends SettingsSpec>(
	definition: WidgetDefinition<Spec>,
): WidgetDefinition<Spec> {
	return definition;
}
