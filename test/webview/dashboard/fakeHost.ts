// The host's side of a dashboard, without VS Code: it keeps what the page edits, and tells topics what a test prepared.
import type { Dashboard, DashboardId } from '../../../src/core/dashboard/dashboard';
import type { DashboardContract, DashboardView } from '../../../src/core/dashboard/dashboardProtocol';
import { duplicateOf } from '../../../src/core/dashboard/edits';
import { keyOf, type TopicRequest } from '../../../src/core/dashboard/topic';
import type { TopicUpdate } from '../../../src/core/dashboard/topicHub';
import { linkedPorts } from '../gallery/linkedPorts';
import { connect, serve, type Client } from '../../../src/core/rpc/rpc';

/** What a topic tells: by its key or its name; `undefined` for one that is still loading. */
export type Told = Readonly<Record<string, Omit<TopicUpdate, 'key'>>>;

export interface FakeHost {
	readonly client: Client<DashboardContract>;
	readonly calls: { readonly name: string; readonly params: unknown }[];
	dashboards: readonly Dashboard[];
	shown: DashboardId;
	/** What is watched now. */
	watched: readonly TopicRequest[];
	/** Tells a topic something. */
	tell(update: TopicUpdate): void;
	/** Another tab edited something. */
	emitView(): void;
	failing: Error | undefined;
	answers: Record<string, (params: never) => unknown>;
	dispose(): void;
}

/** A page's client and the host behind it. */
export function createFakeHost(first: Dashboard, told: Told = {}): FakeHost {
	const [page, host] = linkedPorts();
	const client = connect<DashboardContract>(page);
	const note = <P>(name: string, params: P): P => {
		fake.calls.push({ name, params });
		if (fake.failing) throw fake.failing;
		return params;
	};
	const view = (): DashboardView => ({
		dashboard: fake.dashboards.find(({ id }) => id === fake.shown) ?? fake.dashboards[0]!,
		all: fake.dashboards.map(({ id, name }) => ({ id, name })),
	});
	const fake: FakeHost = {
		client,
		calls: [],
		dashboards: [first],
		shown: first.id,
		watched: [],
		tell: update => server.emit('data', [update]),
		emitView: () => server.emit('view', view()),
		failing: undefined,
		answers: {},
		dispose: () => {
			client.dispose();
			server.dispose();
		},
	};
	const keep = (dashboard: Dashboard): void => {
		const isKnown = fake.dashboards.some(({ id }) => id === dashboard.id);
		fake.dashboards = isKnown
			? fake.dashboards.map(each => (each.id === dashboard.id ? dashboard : each))
			: [...fake.dashboards, dashboard];
	};
	const watch = (topics: readonly TopicRequest[]): void => {
		const before = new Set(fake.watched.map(keyOf));
		fake.watched = topics;
		const updates = topics.flatMap(request => {
			const key = keyOf(request);
			const known = before.has(key) ? undefined : (told[key] ?? told[request.name]);
			return known ? [{ key, ...known }] : [];
		});
		if (updates.length > 0) server.emit('data', updates);
	};
	const server = serve<DashboardContract>(host, {
		view: () => {
			note('view', null);
			return view();
		},
		save: params => {
			keep(note('save', params).dashboard);
			fake.emitView();
		},
		show: params => {
			fake.shown = note('show', params).id;
		},
		create: params => {
			const { copyOf } = note('create', params);
			const from = copyOf === null ? { ...first, widgets: [], layouts: { wide: {} } } : view().dashboard;
			const made = duplicateOf(
				from,
				fake.dashboards.map(({ name }) => name),
			);
			keep(made);
			fake.shown = made.id;
		},
		rename: params => void note('rename', params),
		remove: params => {
			const { id } = note('remove', params);
			fake.dashboards = fake.dashboards.filter(each => each.id !== id);
			fake.emitView();
		},
		importFile: params => void note('importFile', params),
		exportFile: params => void note('exportFile', params),
		watch: params => watch(note('watch', params).topics),
		act: params => fake.answers[note('act', params).action]?.(params.params as never),
		runAction: params => void note('runAction', params),
		openLink: params => void note('openLink', params),
	});
	return fake;
}
