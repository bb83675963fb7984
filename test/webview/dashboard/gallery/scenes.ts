// Dashboards for pictures, the bench and the rules of accessibility.
import type {
	Dashboard,
	DashboardId,
	Placement,
	Widget,
	WidgetId,
	WidgetSettings,
} from '../../../../src/core/dashboard/dashboard';
import { defaultDashboard } from '../../../../src/core/dashboard/defaultDashboard';
import { widgetDefinitions } from '../../../../src/core/dashboard/widgets/catalog';
import type { Told } from '../fakeHost';
import * as data from './data';
import { servicesEmpty, servicesFull, serviceSettings } from './services';

export interface Scene {
	readonly dashboard: Dashboard;
	readonly told: Told;
	/** What is pressed before the picture is taken: names of buttons. */
	readonly press?: readonly string[];
}

const failure = {
	failure: {
		message: 'The ledger could not be opened: the disk is full. Free some room and try again.',
		actions: [{ title: 'Show Output', command: 'quarterdeck.showOutput' }],
	},
};

const note = `## Before a release

1. \`npm test\`
2. Look at the [changelog](CHANGELOG.md)
3. Tell **Grace**

| Zone | Fare |
| --- | ---: |
| Harbour | 3.20 |`;

const log = Array.from(
	{ length: 60 },
	(_, index) =>
		`2026-11-21T14:${String(index % 60).padStart(2, '0')}:07Z INFO ferry ${index} left the harbour with ${index * 3} passengers`,
);

const settings: Readonly<Record<string, WidgetSettings>> = {
	note: { text: note },
	clock: { zone: 'Europe/Oslo', hours: '24', showSeconds: true },
	fileTail: { path: 'logs/ferry.log' },
	timeSeries: { minutes: 60 },
	...serviceSettings,
};

/** A widget of each kind, two to four in a row. */
export function everyWidget(
	of: Readonly<Record<string, WidgetSettings>> = settings,
	kinds: readonly string[] = widgetDefinitions.map(({ kind }) => kind),
): Dashboard {
	const widgets: Widget[] = [];
	const wide: Record<string, Placement> = {};
	let x = 0;
	let y = 0;
	for (const { kind, size } of widgetDefinitions.filter(each => kinds.includes(each.kind))) {
		const id = `w-${kind}` as WidgetId;
		if (x + size.w > 12) [x, y] = [0, y + 7];
		widgets.push({ id, kind, settings: of[kind] ?? {} });
		wide[id] = { x, y, w: size.w, h: size.h };
		x += size.w;
	}
	return { id: 'every' as DashboardId, name: 'Every widget', widgets, layouts: { wide } };
}

const chartNames = ['cpu.usage', 'memory.usage', 'gpu.usage:0', 'gpu.memory:0'];

/** Everything that the widgets ask for. */
export const full: Told = {
	machine: { data: data.facts },
	gpus: { data: { gpus: [data.gpu], problem: null } },
	cpu: { data: data.cpu },
	memory: { data: data.memory },
	disks: { data: data.disks },
	network: { data: data.network },
	processes: { data: data.processes },
	series: { data: data.seriesOf([...chartNames, 'network.received', 'network.sent'], 60) },
	costs: { data: data.costs },
	running: { data: data.running },
	failures: { data: data.failures },
	fileTail: { data: { lines: log, isCut: true, bytes: 48_213, changedAt: data.now - 2000 } },
	...servicesFull,
};

const empty: Told = {
	...full,
	gpus: { data: { gpus: [], problem: null } },
	cpu: { data: { cores: 16 } },
	disks: { data: [] },
	network: { data: null },
	processes: { data: [] },
	series: { data: { at: [], values: {}, step: 1000, span: 900_000 } },
	costs: {
		data: {
			today: { cost: 0, executions: 0, unpriced: 0 },
			month: { cost: 0, executions: 0, unpriced: 0 },
			days: data.costs.days.map(({ day }) => ({ day, cost: 0 })),
			budgets: { dailyUsd: 0, monthlyUsd: 0 },
		},
	},
	running: { data: [] },
	failures: { data: [] },
	fileTail: { data: { lines: [], isCut: false, bytes: 0, changedAt: data.now - 86_400_000 } },
	...servicesEmpty,
};

const failing: Told = Object.fromEntries(Object.keys(full).map(name => [name, failure]));

const watching = ['services', 'alerts', 'mcpServers', 'modelServer', 'flow', 'schedules'];
const asking = ['quickChat', 'webhook', 'inbox'];

const pinned: Dashboard = { ...defaultDashboard(), id: 'first' as DashboardId };

export const scenes: Readonly<Record<string, Scene>> = {
	first: { dashboard: pinned, told: full },
	every: { dashboard: everyWidget(), told: full },
	empty: { dashboard: everyWidget({}), told: empty },
	loading: { dashboard: everyWidget(), told: {} },
	failing: { dashboard: everyWidget(), told: failing },
	services: { dashboard: everyWidget(settings, watching), told: full },
	servicesEmpty: { dashboard: everyWidget({}, watching), told: empty },
	servicesFailing: { dashboard: everyWidget(settings, watching), told: failing },
	asking: { dashboard: everyWidget(settings, asking), told: full },
	askingEmpty: { dashboard: everyWidget(settings, asking), told: empty },
	stale: {
		dashboard: pinned,
		told: Object.fromEntries(Object.entries(full).map(([name, told]) => [name, { ...told, ...failure }])),
	},
	hot: { dashboard: pinned, told: { ...full, gpus: { data: { gpus: [data.gpu, data.hotGpu], problem: null } } } },
	nothing: { dashboard: { ...pinned, widgets: [], layouts: { wide: {} } }, told: full },
	gallery: { dashboard: pinned, told: full, press: ['Add Widget'] },
	settings: { dashboard: pinned, told: full, press: ['Settings of Chart'] },
	unknown: {
		dashboard: {
			...pinned,
			widgets: [{ id: 'later' as WidgetId, kind: 'hologram', settings: {} }],
			layouts: { wide: { later: { x: 0, y: 0, w: 4, h: 4 } } },
		},
		told: full,
	},
};
