import type { WidgetDefinition } from '../widget';
import { clockWidget } from './clock';
import { cpuWidget } from './cpu';

/** Every widget that there is, in the order of the gallery. `webviews/dashboard/widgets/catalog.tsx` draws each of them. */
export const widgetDefinitions: readonly WidgetDefinition[] = [cpuWidget, clockWidget];

const byKind = new Map(widgetDefinitions.map(definition => [definition.kind, definition]));

/** The definition of a kind; `undefined` for one that this version does not know. */
export function widgetDefinition(kind: string): WidgetDefinition | undefined {
	return byKind.get(kind);
}
