import type { WidgetDefinition } from '../widget';
import { alertsWidget } from './alerts';
import { clockWidget } from './clock';
import { costWidget } from './cost';
import { cpuWidget } from './cpu';
import { diskWidget } from './disk';
import { failuresWidget } from './failures';
import { fileTailWidget } from './fileTail';
import { flowWidget } from './flow';
import { gpuWidget } from './gpu';
import { inboxWidget } from './inbox';
import { mcpServersWidget } from './mcpServers';
import { memoryWidget } from './memory';
import { modelServerWidget } from './modelServer';
import { networkWidget } from './network';
import { noteWidget } from './note';
import { processesWidget } from './processes';
import { quickChatWidget } from './quickChat';
import { runningWidget } from './running';
import { schedulesWidget } from './schedules';
import { servicesWidget } from './services';
import { timeSeriesWidget } from './timeSeries';
import { webhookWidget } from './webhook';

/** Every widget that there is, in the order of the gallery. `webviews/dashboard/widgets/catalog.tsx` draws each of them. */
export const widgetDefinitions: readonly WidgetDefinition[] = [
	gpuWidget,
	cpuWidget,
	memoryWidget,
	diskWidget,
	networkWidget,
	processesWidget,
	timeSeriesWidget,
	costWidget,
	runningWidget,
	failuresWidget,
	flowWidget,
	schedulesWidget,
	quickChatWidget,
	servicesWidget,
	alertsWidget,
	modelServerWidget,
	mcpServersWidget,
	noteWidget,
	clockWidget,
	fileTailWidget,
	webhookWidget,
	inboxWidget,
];

const byKind = new Map(widgetDefinitions.map(definition => [definition.kind, definition]));

/** The definition of a kind; `undefined` for one that this version does not know. */
export function widgetDefinition(kind: string): WidgetDefinition | undefined {
	return byKind.get(kind);
}
