import { clockWidget } from '../../../core/dashboard/widgets/clock';
import { cpuWidget } from '../../../core/dashboard/widgets/cpu';
import { viewOf, type WidgetView } from '../widget';
import { Clock } from './Clock';
import { Cpu } from './Cpu';

/** What draws each widget of `core/dashboard/widgets/catalog.ts`. */
const views: readonly WidgetView[] = [viewOf(cpuWidget, Cpu), viewOf(clockWidget, Clock)];

const byKind = new Map(views.map(view => [view.definition.kind, view]));

/** What draws a kind; `undefined` for one that this version does not know. */
export function widgetView(kind: string): WidgetView | undefined {
	return byKind.get(kind);
}

export const drawnKinds: readonly string[] = [...byKind.keys()];
