import type { SampleDemand } from './demand';
import type { Measure } from './measures';
import { prometheusText, prometheusType } from './prometheus';
import type { RouteAnswer, Routes, SocketFeed } from './server';
import { statsOf, type StatsView } from './shapes';
import { supportedFormats, type Uploads } from './upload';

/** Between two messages of the WebSocket. */
export const socketPaceMs = 2_000;

export interface RouteDeps {
	readonly demand: SampleDemand;
	readonly uploads: Uploads;
	/** What Prometheus is told. */
	measures(): Promise<readonly Measure[]>;
	/** Clients of the WebSocket. */
	connections(): number;
	now(): number;
	/** Seconds since the machine started. */
	uptime(): number;
}

/** What can be asked, as the widget service of ClaraVerse answers it, and `/metrics`. */
export function statsRoutes(deps: RouteDeps): Routes {
	const stats = async (): Promise<StatsView> => statsOf(await deps.demand.current(), deps.uptime());
	const part = (name: keyof StatsView): Routes[string] => get(async () => ({ json: (await stats())[name] }));
	return {
		'/api/stats': get(async () => ({ json: await stats() })),
		'/api/stats/cpu': part('cpu'),
		'/api/stats/memory': part('memory'),
		'/api/stats/disk': part('disk'),
		'/api/stats/network': part('network'),
		'/api/stats/gpu': part('gpu'),
		'/api/stats/processes': part('processes'),
		'/api/health': get(() =>
			Promise.resolve({
				json: {
					status: 'healthy',
					service: 'quarterdeck',
					timestamp: new Date(deps.now()).toISOString(),
					activeConnections: deps.connections(),
				},
			}),
		),
		'/api/file/supported-formats': get(() => Promise.resolve({ json: supportedFormats })),
		'/api/file/upload': { method: 'POST', answer: async request => ({ json: await deps.uploads.take(request) }) },
		'/metrics': get(async () => ({ text: prometheusText(await deps.measures()), type: prometheusType })),
	};
}

/** The whole of `/api/stats`, again and again. */
export function statsFeed({ demand, uptime }: Pick<RouteDeps, 'demand' | 'uptime'>): SocketFeed {
	return {
		path: '/ws/stats',
		paceMs: socketPaceMs,
		hold: () => demand.hold(),
		message: async () => JSON.stringify(statsOf(await demand.current(), uptime())),
	};
}

function get(answer: () => Promise<RouteAnswer>): Routes[string] {
	return { method: 'GET', answer };
}
