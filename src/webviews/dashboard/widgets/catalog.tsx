import { clockWidget } from '../../../core/dashboard/widgets/clock';
import { costWidget } from '../../../core/dashboard/widgets/cost';
import { cpuWidget } from '../../../core/dashboard/widgets/cpu';
import { diskWidget } from '../../../core/dashboard/widgets/disk';
import { failuresWidget } from '../../../core/dashboard/widgets/failures';
import { fileTailWidget } from '../../../core/dashboard/widgets/fileTail';
import { gpuWidget } from '../../../core/dashboard/widgets/gpu';
import { memoryWidget } from '../../../core/dashboard/widgets/memory';
import { networkWidget } from '../../../core/dashboard/widgets/network';
import { noteWidget } from '../../../core/dashboard/widgets/note';
import { processesWidget } from '../../../core/dashboard/widgets/processes';
import { runningWidget } from '../../../core/dashboard/widgets/running';
import { timeSeriesWidget } from '../../../core/dashboard/widgets/timeSeries';
import { viewOf, type WidgetView } from '../widget';
import { Clock } from './Clock';
import { Cost } from './Cost';
import { Cpu } from './Cpu';
import { Disk } from './Disk';
import { Failures } from './Failures';
import { FileTail } from './FileTail';
import { Gpu } from './Gpu';
import { Memory } from './Memory';
import { Network } from './Network';
import { Note } from './Note';
import { Processes } from './Processes';
import { Running } from './Running';
import { TimeSeries } from './TimeSeries';

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
	viewOf(noteWidget, Note),
	viewOf(clockWidget, Clock),
	viewOf(fileTailWidget, FileTail),
];

const byKind = new Map(views.map(view => [view.definition.kind, view]));

/** What draws a kind; `undefined` for one that this version does not know. */
export function widgetView(kind: string): WidgetView | undefined {
	return byKind.get(kind);
}

export const drawnKinds: readonly string[] = [...byKind.keys()];
