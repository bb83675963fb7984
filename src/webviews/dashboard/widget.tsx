import type { ComponentType } from 'react';
import type { WidgetId } from '../../core/dashboard/dashboard';
import type { SettingsOf, SettingsSpec } from '../../core/dashboard/settings';
import type { WidgetDefinition } from '../../core/dashboard/widget';

/** What a widget's drawing gets. Its size it takes from its frame: `@container (max-width: …)`. */
export interface WidgetProps<Settings> {
	readonly id: WidgetId;
	readonly settings: Settings;
	/** Keeps what the user changed inside of the widget itself. */
	readonly onSettings: (change: Partial<Settings>) => void;
	/** Shows the form of its settings: for a widget that can do nothing before something is set. */
	readonly onOpenSettings: () => void;
}

/** A widget with both of its halves. */
export interface WidgetView {
	readonly definition: WidgetDefinition;
	readonly View: ComponentType<WidgetProps<never>>;
}

/** Joins a definition to what draws it. */
export function viewOf<Spec extends SettingsSpec>(
	definition: WidgetDefinition<Spec>,
	View: ComponentType<WidgetProps<SettingsOf<Spec>>>,
): WidgetView {
	return { definition, View: View as unknown as WidgetView['View'] };
}
