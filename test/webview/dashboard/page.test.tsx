import { act, cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Dashboard, Placement } from '../../../src/core/dashboard/dashboard';
import { layoutFor } from '../../../src/core/dashboard/edits';
import { widgetDefinitions } from '../../../src/core/dashboard/widgets/catalog';
import { App } from '../../../src/webviews/dashboard/App';
import { drawnKinds } from '../../../src/webviews/dashboard/widgets/catalog';
import { createFakeHost, type FakeHost, type Told } from './fakeHost';
import { now, running } from './gallery/data';
import { everyWidget, full, scenes } from './gallery/scenes';

// There is nothing to draw on here; what charts look like is seen in the browser.
vi.mock('uplot', () => ({
	default: class {
		setData(): void {}
		setSize(): void {}
		destroy(): void {}
	},
}));

let width: number;
let hosts: FakeHost[] = [];

beforeEach(() => {
	width = 1200;
	vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockImplementation(() => width);
	// What is in view is said by nobody here: everything is.
	vi.stubGlobal('IntersectionObserver', undefined);
});

afterEach(() => {
	cleanup();
	hosts.forEach(host => host.dispose());
	hosts = [];
	vi.restoreAllMocks();
});

interface Opened {
	readonly host: FakeHost;
	readonly user: ReturnType<typeof userEvent.setup>;
	readonly container: HTMLElement;
}

async function open(dashboard: Dashboard = scenes['first']!.dashboard, told: Told = full): Promise<Opened> {
	const host = createFakeHost(dashboard, told);
	hosts.push(host);
	const { container } = render(<App client={host.client} now={() => now} />);
	await screen.findByRole('heading', { level: 1, name: dashboard.name });
	return { host, user: userEvent.setup(), container };
}

const widget = (name: string): HTMLElement => screen.getByRole('region', { name });
const saved = (host: FakeHost): Dashboard => host.dashboards.find(({ id }) => id === host.shown)!;
const called = (host: FakeHost, name: string): readonly unknown[] =>
	host.calls.filter(call => call.name === name).map(call => call.params);
const placeOf = (dashboard: Dashboard, kind: string): Placement => {
	const { id } = dashboard.widgets.find(each => each.kind === kind)!;
	return layoutFor(dashboard, 'wide')[id]!;
};

describe('widgets', () => {
	test('each that the gallery offers is drawn', () => {
		expect(drawnKinds.toSorted()).toEqual(widgetDefinitions.map(({ kind }) => kind).toSorted());
	});

	test('the first dashboard tells how the machine copes', async () => {
		await open();
		await within(widget('CPU')).findByText('43%');
		within(widget('GPU')).getByText('19.4 GB of 24 GB');
		within(widget('Memory')).getByText('42.5 GB of 64 GB');
		within(widget('Costs')).getByText('$3.42');
		within(widget('Disks')).getByText('31 GB free');
		within(widget('Processes')).getByText('ollama');
		screen.getByText('ada-workstation');
	});

	test('each says that it loads, that there is nothing, and that it failed, with what helps', async () => {
		const { host, user } = await open(everyWidget(), scenes['failing']!.told);
		const failures = await screen.findAllByText(/The ledger could not be opened/u);
		expect(failures.length).toBeGreaterThan(9);
		await user.click(within(widget('Costs')).getByText('Show Output'));
		await waitFor(() => expect(called(host, 'runAction')).toEqual([{ command: 'quarterdeck.showOutput', args: [] }]));
		// Trying again opens the topic anew.
		const before = called(host, 'watch').length;
		await user.click(within(widget('Costs')).getByText('Try Again'));
		await waitFor(() => expect(called(host, 'watch').length).toBeGreaterThan(before + 1));
		cleanup();
		await open(everyWidget(), {});
		expect(widget('CPU').querySelector('vscode-progress-ring')).not.toBeNull();
		cleanup();
		await open(everyWidget({}), scenes['empty']!.told);
		await screen.findByText('This machine has no GPU that tells what it does.');
		screen.getByText('Nothing failed in the last 7 days.');
		screen.getByText('Nothing runs now.');
		screen.getByText('Which file of this workspace shall it follow?');
		await user.click(within(widget('File Tail')).getByText('Settings…'));
		screen.getByRole('complementary', { name: 'Settings of File Tail' });
	});

	test('what comes after a failure takes its place; what came before it stays', async () => {
		const { host } = await open(scenes['first']!.dashboard, scenes['stale']!.told);
		await within(widget('CPU')).findByText(/could not be opened/u);
		act(() => host.tell({ key: 'cpu', data: { usage: 7, cores: 4 } }));
		await within(widget('CPU')).findByText('7%');
		expect(within(widget('CPU')).queryByText(/could not be opened/u)).toBeNull();
		act(() => host.tell({ key: 'cpu', failure: { message: 'Gone.', actions: [] } }));
		await within(widget('CPU')).findByText('Gone.');
		within(widget('CPU')).getByText('7%');
	});

	test('executions are opened and stopped', async () => {
		const { host, user } = await open();
		await user.click(await screen.findByRole('button', { name: /^nightly-report ?, ?1 h 02 min/u }));
		await user.click(screen.getByRole('button', { name: 'Stop nightly-report' }));
		await waitFor(() =>
			expect(called(host, 'runAction')).toEqual([
				{ command: 'quarterdeck.executions.open', args: [running[1]!.id] },
				{ command: 'quarterdeck.executions.stop', args: [running[1]!.id] },
			]),
		);
	});

	test('a process that does not end is offered to be ended at once', async () => {
		const { host, user } = await open();
		host.answers['processes.end'] = () => 'running';
		await user.click(await screen.findByRole('button', { name: 'End firefox' }));
		await user.click(await screen.findByRole('button', { name: 'firefox does not end: end it at once' }));
		await waitFor(() =>
			expect(called(host, 'act').map(call => (call as { params: unknown }).params)).toEqual([
				{ pid: 1501, startedAt: 1501, isForced: false },
				{ pid: 1501, startedAt: 1501, isForced: true },
			]),
		);
	});

	test('a note is written where it stands', async () => {
		const { host, user } = await open(everyWidget({}));
		await user.click(within(widget('Note')).getByText('Write'));
		await user.keyboard('Look at **this**{Control>}{Enter}{/Control}');
		expect((await within(widget('Note')).findByText('this')).tagName).toBe('STRONG');
		expect(saved(host).widgets.find(({ kind }) => kind === 'note')?.settings).toEqual({ text: 'Look at **this**' });
		await user.click(within(widget('Note')).getByRole('button', { name: 'Edit note' }));
		await user.keyboard(' dropped{Escape}');
		expect(saved(host).widgets.find(({ kind }) => kind === 'note')?.settings).toEqual({ text: 'Look at **this**' });
	});

	test('a kind of a later version stays, and says so', async () => {
		await open(scenes['unknown']!.dashboard);
		screen.getByText(/has no widget “hologram”/u);
	});
});

describe('arranging', () => {
	test('by keyboard: Enter, arrows, Enter; each step is said', async () => {
		const { host, user } = await open();
		act(() => widget('CPU').focus());
		await user.keyboard('{Enter}');
		screen.getByText(/^Moving CPU\. Arrows move it/u);
		await user.keyboard('{ArrowDown}');
		screen.getByText('column 5 of 12, row 13, 3 wide, 6 high');
		expect(called(host, 'save')).toEqual([]);
		await user.keyboard('{Shift>}{ArrowRight}{ArrowUp}{/Shift}{Enter}');
		await waitFor(() => expect(placeOf(saved(host), 'cpu')).toEqual({ x: 4, y: 12, w: 4, h: 5 }));
		screen.getByText('CPU is placed.');
		expect(document.activeElement).toBe(widget('CPU'));
	});

	test('Escape puts it back, and leaving keeps it', async () => {
		const { host, user } = await open();
		act(() => widget('CPU').focus());
		await user.keyboard('{Enter}{ArrowRight}{Escape}');
		screen.getByText('CPU is where it was.');
		expect(called(host, 'save')).toEqual([]);
		await user.keyboard('{Enter}{ArrowDown}');
		act(() => widget('Memory').focus());
		await waitFor(() => expect(placeOf(saved(host), 'cpu').y).toBe(12));
	});

	test('arrows go from widget to widget', async () => {
		const { user } = await open();
		act(() => widget('GPU').focus());
		await user.keyboard('{ArrowRight}');
		await waitFor(() => expect(document.activeElement).toBe(widget('CPU')));
		await user.keyboard('{ArrowDown}');
		await waitFor(() => expect(document.activeElement).toBe(widget('Running')));
	});

	test('at 300 pixels there is one column, and moving there leaves the wide one alone', async () => {
		width = 300;
		const { host, user } = await open();
		const wide = saved(host).layouts.wide;
		act(() => widget('GPU').focus());
		await user.keyboard('{Enter}{ArrowDown}{Enter}');
		await waitFor(() => expect(saved(host).layouts.narrow).toBeDefined());
		expect(saved(host).layouts.wide).toEqual(wide);
		expect(Object.values(saved(host).layouts.narrow!).every(({ w }) => w === 1)).toBe(true);
	});

	test('what is removed can be brought back, by the notice and by Ctrl+Z', async () => {
		const { host, user } = await open();
		const before = saved(host);
		act(() => widget('CPU').focus());
		await user.keyboard('{Delete}');
		await screen.findByText('Removed CPU.');
		expect(saved(host).widgets.map(({ kind }) => kind)).not.toContain('cpu');
		await waitFor(() => expect(document.activeElement?.getAttribute('data-kind')).toBe('running'));
		await user.click(screen.getAllByText('Undo').at(-1)!);
		await waitFor(() => expect(saved(host)).toEqual(before));
		act(() => widget('CPU').focus());
		await user.keyboard('{Delete}{Control>}z{/Control}');
		await waitFor(() => expect(saved(host)).toEqual(before));
		await user.keyboard('{Control>}y{/Control}');
		await waitFor(() => expect(saved(host).widgets.map(({ kind }) => kind)).not.toContain('cpu'));
	});

	test('another tab’s edit is shown', async () => {
		const { host } = await open();
		host.dashboards = [{ ...saved(host), widgets: [], layouts: { wide: {} } }];
		act(() => host.emitView());
		await screen.findByText('This dashboard has no widgets yet.');
	});
});

describe('the gallery and the settings', () => {
	test('a widget is searched for and added', async () => {
		const { host, user } = await open();
		await user.click(screen.getByText('Add Widget'));
		await user.type(screen.getByRole('searchbox', { name: 'Search widgets' }), 'time zone');
		await user.click(
			within(screen.getByRole('complementary', { name: 'Add Widget' })).getByRole('button', { name: /Clock/u }),
		);
		await waitFor(() => expect(saved(host).widgets.at(-1)?.kind).toBe('clock'));
		screen.getByText('Clock was added.');
		await user.keyboard('{Escape}');
		expect(screen.queryByRole('complementary')).toBeNull();
	});

	test('what is set is kept, and a wrong value is not', async () => {
		const { host, user } = await open();
		await user.click(screen.getByRole('button', { name: 'Settings of Recent Failures' }));
		const pane = screen.getByRole('complementary', { name: 'Settings of Recent Failures' });
		const days = within(pane).getByLabelText(/^Days back/u);
		await user.clear(days);
		await user.type(days, '900');
		await user.click(within(pane).getByText('Apply'));
		await within(pane).findByText(/90/u);
		expect(called(host, 'save')).toEqual([]);
		await user.clear(days);
		await user.type(days, '30');
		await user.type(within(pane).getByLabelText('Title'), 'Broken{Enter}');
		await waitFor(() =>
			expect(saved(host).widgets.find(({ kind }) => kind === 'failures')).toMatchObject({
				title: 'Broken',
				settings: { days: 30, most: 10, showInterrupted: true },
			}),
		);
		await waitFor(() => expect(document.activeElement).toBe(widget('Broken')));
		expect(host.watched).toContainEqual({ name: 'failures', params: { days: 30, most: 10, withInterrupted: true } });
	});
});

describe('dashboards', () => {
	const more = async (user: Opened['user'], entry: string): Promise<void> => {
		await user.click(screen.getByRole('button', { name: 'More actions for dashboards' }));
		await user.click(screen.getByRole('menuitem', { name: entry }));
	};

	test('a copy is made, and the picker leads back', async () => {
		const { user } = await open();
		await more(user, 'Duplicate');
		await screen.findByRole('heading', { level: 1, name: 'Dashboard 2' });
		await user.click(screen.getByRole('button', { name: 'Dashboard: Dashboard 2' }));
		await user.click(screen.getByRole('menuitemradio', { name: 'Dashboard' }));
		await screen.findByRole('heading', { level: 1, name: 'Dashboard' });
	});

	test('a deleted one can be brought back', async () => {
		const { host, user } = await open();
		await more(user, 'Duplicate');
		await screen.findByRole('heading', { level: 1, name: 'Dashboard 2' });
		await more(user, 'Delete');
		await screen.findByRole('heading', { level: 1, name: 'Dashboard' });
		expect(host.dashboards).toHaveLength(1);
		await user.click(within(screen.getByText('Deleted “Dashboard 2”.').parentElement!).getByText('Undo'));
		await screen.findByRole('heading', { level: 1, name: 'Dashboard 2' });
	});

	test('a failing host is said, and the page goes on', async () => {
		const { host, user } = await open();
		host.failing = new Error('The disk is full.');
		await more(user, 'Export…');
		await screen.findByText('The disk is full.');
		host.failing = undefined;
		await user.click(screen.getByRole('button', { name: 'Close' }));
		expect(screen.queryByText('The disk is full.')).toBeNull();
	});
});

describe('what is watched', () => {
	test('is what the widgets show, once each, and nothing while the tab is hidden', async () => {
		const { host } = await open();
		await waitFor(() => expect(host.watched.filter(({ name }) => name === 'cpu')).toHaveLength(1));
		expect(host.watched.map(({ name }) => name)).not.toContain('fileTail');
		const hidden = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
		document.dispatchEvent(new Event('visibilitychange'));
		await waitFor(() => expect(host.watched).toEqual([]));
		hidden.mockReturnValue('visible');
		document.dispatchEvent(new Event('visibilitychange'));
		await waitFor(() => expect(host.watched.length).toBeGreaterThan(5));
	});

	test('a widget that goes is not watched for long', async () => {
		const { host, user } = await open();
		await waitFor(() => expect(host.watched.map(({ name }) => name)).toContain('processes'));
		act(() => widget('Processes').focus());
		await user.keyboard('{Delete}');
		await waitFor(() => expect(host.watched.map(({ name }) => name)).not.toContain('processes'));
	});
});
