import type { Widget } from '../../core/dashboard/dashboard';
import { widgetDefinition } from '../../core/dashboard/widgets/catalog';

/** What a widget is called: by its user, else by its kind. */
export function titleOf({ title, kind }: Pick<Widget, 'title' | 'kind'>): string {
	return title ?? widgetDefinition(kind)?.title ?? `Unknown: ${kind}`;
}
