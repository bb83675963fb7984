// Runs in the browser: the real page over the real hub and the sources of the machine, which a simulated clock drives.
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { Lazy } from '../../../src/core/base/async';
import { toDisposable } from '../../../src/core/base/lifecycle';
import type { Dashboard, DashboardId, Placement, Widget, WidgetId } from '../../../src/core/dashboard/dashboard';
import type { DashboardContract } from '../../../src/core/dashboard/dashboardProtocol';
import { TopicHub } from '../../../src/core/dashboard/topicHub';
import type { HardwareFeed, Series } from '../../../src/core/hardware/feed';
import { connect, serve, type Port } from '../../../src/core/rpc/rpc';
import type { SourceDeps, Teller } from '../../../src/extension/dashboard/source';
import { hardwareSource } from '../../../src/extension/dashboard/sources/hardware';
import { seriesSource } from '../../../src/extension/dashboard/sources/series';
import { App } from '../../../src/webviews/dashboard/App';
import '../../../src/webviews/dashboard/dashboard.css';
import { ManualClock } from '../../fakes/manualClock';
import { FakeFeed } from '../../unit/dashboard/fakeFeed';
import { costs, cpu, disks, failures, gpu, network, processes, running } from '../../webview/dashboard/gallery/data';
import { wearTheme } from '../../webview/gallery/theme';

const day = 24 * 60;
/** Twenty widgets, of which six are charts of a day. */
const kinds = [
	'gpu',
	'cpu',
	'memory',
	'network',
	'disk',
	'processes',
	'cost',
	'running',
	'failures',
	'clock',
	'note',
	'gpu',
	'cpu',
	'memory',
	...Array.from({ length: 6 }, () => 'timeSeries'),
];

/** A machine with a day behind it. */
class DayFeed extends FakeFeed {
	override history(metrics: readonly string[], spanMs: number): Promise<Series> {
		const step = spanMs > 3_600_000 ? 60_000 : 1000;
		const at = Array.from({ length: spanMs / step }, (_, index) => clock.now() - spanMs + (index + 1) * step);
		const values = metrics.map((name, row) => [name, at.map((_time, index) => 50 + 40 * Math.sin(index / 50 + row))]);
		return Promise.resolve({ at, values: Object.fromEntries(values) as Series['values'] });
	}
}

const clock = new ManualClock();
const feed = new DayFeed();
const otherTopics: Readonly<Record<string, unknown>> = { costs, running, failures, processes };
let bytes = 0;
let count = 0;

wearTheme('--vscode-editor-background');
const { page, host } = ports();
const server = serve<DashboardContract>(host, {
	view: () => ({ dashboard: dashboard(), all: [{ id: 'bench' as DashboardId, name: 'Bench' }] }),
	watch: ({ topics }) => hub.watch(topics),
	save: () => undefined,
	show: () => undefined,
	create: () => undefined,
	rename: () => undefined,
	remove: () => undefined,
	importFile: () => undefined,
	exportFile: () => undefined,
	act: () => undefined,
	runAction: () => undefined,
	openLink: () => undefined,
});
const deps = {
	host: { clock },
	hardware: new Lazy<HardwareFeed>(() => Promise.resolve(feed)),
} as unknown as SourceDeps;
const tellers = new Map<string, Teller>(
	[...hardwareSource.tells, ...seriesSource.tells].map(each => [each.name, each]),
);
const hub = new TopicHub(
	({ name, params }, sink) => {
		const teller = tellers.get(name);
		if (teller) return teller.open(params, sink, deps);
		sink.tell(otherTopics[name]);
		return toDisposable(() => undefined);
	},
	updates => server.emit('data', updates),
	clock,
);

const root = document.getElementById('root');
if (root)
	createRoot(root).render(createElement(App, { client: connect<DashboardContract>(page), now: () => clock.now() }));

/** A second of the machine: a sample, and what the host makes of it. */
function second(): void {
	const wave = 50 + 45 * Math.sin(count++ / 9);
	feed.sample(clock.now(), wave, {
		cpu: { ...cpu, usage: wave, perCore: (cpu.perCore ?? []).map((_, core) => (wave + core * 7) % 100) },
		memory: { total: 64e9, available: 64e9 - wave * 5e8, used: wave * 5e8 },
		disks,
		network: { ...network, receivedPerSecond: wave * 1e5 },
		gpus: [{ ...gpu, usage: wave, temperature: 40 + wave / 2 }],
	});
	clock.advance(1000);
}

const nextFrame = (): Promise<number> => new Promise(requestAnimationFrame);

Object.assign(globalThis, {
	bench: {
		/** Frames a second while the machine is told each second and the user scrolls. */
		async frames(seconds: number, isLive: boolean): Promise<{ readonly fps: number; readonly p95: number }> {
			const scroller = document.querySelector('.grid-scroll');
			const times: number[] = [];
			const start = performance.now();
			let told = 0;
			for (let before = start; before - start < seconds * 1000;) {
				const at = await nextFrame();
				times.push(at - before);
				before = at;
				if (isLive) scroller?.scrollTo(0, 300 + 300 * Math.sin((at - start) / 400));
				if (isLive && at - start > told * 1000) {
					told++;
					second();
				}
			}
			const sorted = times.slice(1).toSorted((left, right) => left - right);
			const sum = sorted.reduce((all, time) => all + time, 0);
			return { fps: (sorted.length * 1000) / sum, p95: sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN };
		},
		/** What goes to the page over so many seconds. */
		async pass(seconds: number): Promise<number> {
			bytes = 0;
			for (let passed = 0; passed < seconds; passed++) {
				second();
				// What was told is drawn, as in a page that somebody looks at.
				await new Promise(resolve => setTimeout(resolve));
				if (passed % 20 === 0) await nextFrame();
			}
			return bytes;
		},
	},
});
second();

function dashboard(): Dashboard {
	const widgets: Widget[] = [];
	const wide: Record<string, Placement> = {};
	kinds.forEach((kind, index) => {
		const id = `w${index}` as WidgetId;
		const metrics = ['cpu.usage', 'memory.usage', 'gpu.usage', 'gpu.memory'];
		const settings = kind === 'timeSeries' ? { minutes: day, metrics } : kind === 'note' ? { text: '**Ferries**' } : {};
		widgets.push({ id, kind, settings });
		wide[id] = { x: (index % 4) * 3, y: Math.floor(index / 4) * 5, w: 3, h: 5 };
	});
	return { id: 'bench' as DashboardId, name: 'Bench', widgets, layouts: { wide } };
}

/** A wire that counts what the page receives. */
function ports(): { readonly page: Port; readonly host: Port } {
	const listeners: Record<'page' | 'host', ((message: unknown) => void) | undefined> = {
		page: undefined,
		host: undefined,
	};
	const port = (own: 'page' | 'host', other: 'page' | 'host'): Port => ({
		post: message => {
			const text = JSON.stringify(message);
			if (other === 'page') bytes += text.length;
			queueMicrotask(() => listeners[other]?.(JSON.parse(text)));
		},
		onMessage: listener => {
			listeners[own] = listener;
			return toDisposable(() => (listeners[own] = undefined));
		},
	});
	return { page: port('page', 'host'), host: port('host', 'page') };
}
