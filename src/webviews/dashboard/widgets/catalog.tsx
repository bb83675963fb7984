import { alertsWidget } from '../../../core/dashboard/widgets/alerts';
import { clockWidget } from '../../../core/dashboard/widgets/clock';
import { costWidget } from '../../../core/dashboard/widgets/cost';
import { cpuWidget } from '../../../core/dashboard/widgets/cpu';
import { diskWidget } from '../../../core/dashboard/widgets/disk';
import { failuresWidget } from '../../../core/dashboard/widgets/failures';
import { fileTailWidget } from '../../../core/dashboard/widgets/fileTail';
import { flowWidget } from '../../../core/dashboard/widgets/flow';
import { gpuWidget } from '../../../core/dashboard/widgets/gpu';
import { inboxWidget } from '../../../core/dashboard/widgets/inbox';
import { mcpServersWidget } from '../../../core/dashboard/widgets/mcpServers';
import { memoryWidget } from '../../../core/dashboard/widgets/memory';
import { modelServerWidget } from '../../../core/dashboard/widgets/modelServer';
import { networkWidget } from '../../../core/dashboard/widgets/network';
import { noteWidget } from '../../../core/dashboard/widgets/note';
import { processesWidget } from '../../../core/dashboard/widgets/processes';
import { quickChatWidget } from '../../../core/dashboard/widgets/quickChat';
import { runningWidget } from '../../../core/dashboard/widgets/running';
import { schedulesWidget } from '../../../core/dashboard/widgets/schedules';
import { servicesWidget } from '../../../core/dashboard/widgets/services';
import { timeSeriesWidget } from '../../../core/dashboard/widgets/timeSeries';
import { webhookWidget } from '../../../core/dashboard/widgets/webhook';
import { viewOf, type WidgetView } from '../widget';
import { Alerts } from './Alerts';
import { Clock } from './Clock';
import { Cost } from './Cost';
import { Cpu } from './Cpu';
import { Disk } from './Disk';
import { Failures } from './Failures';
import { FileTail } from './FileTail';
import { Flow } from './Flow';
import { Gpu } from './Gpu';
import { Inbox } from './Inbox';
import { McpServers } from './McpServers';
import { Memory } from './Memory';
import { ModelServer } from './ModelServer';
import { Network } from './Network';
import { Note } from './Note';
import { Processes } from './Processes';
import { QuickChat } from './QuickChat';
import { Running } from './Running';
import { Schedules } from './Schedules';
import { Services } from './Services';
import { TimeSeries } from './TimeSeries';
import { Webhook } from './Webhook';

/** What draws each widget of `core/dashboard/widgets/catalog.ts`. */
const views: readonly WidgetView[] = [
	viewOf(gpuWidget, Gpu),
	viewOf(cpuWidget, Cpu),
	viewOf(memoryWidget, Memory),
	viewOf(diskWidget, Disk),
	viewOf(networkWidget, Network),
	viewOf(processesWidget, Processes),
	viewOf(timeSeriesWidget, TimeSeries),
	viewOf(costWidget, Cost),
	viewOf(runningWidget, Running),
	viewOf(failuresWidget, Failures),
	viewOf(flowWidget, Flow),
	viewOf(schedulesWidget, Schedules),
	viewOf(quickChatWidget, QuickChat),
	viewOf(servicesWidget, Services),
	viewOf(alertsWidget, Alerts),
	viewOf(modelServerWidget, ModelServer),
	viewOf(mcpServersWidget, McpServers),
	viewOf(noteWidget, Note),
	viewOf(clockWidget, Clock),
	viewOf(fileTailWidget, FileTail),
	viewOf(webhookWidget, Webhook),
	viewOf(inboxWidget, Inbox),
];

const byKind = new Map(views.map(view => [view.definition.kind, view]));

/** What draws a kind; `undefined` for one that this version does not know. */
export function widgetView(kind: string): WidgetView | undefined {
	return byKind.get(kind);
}

export const drawnKinds: readonly string[] = [...byKind.keys()];
