import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { DashboardId, WidgetId, WidgetSettings } from '../../../src/core/dashboard/dashboard';
import { readSettings } from '../../../src/core/dashboard/settings';
import { widgetDefinitions } from '../../../src/core/dashboard/widgets/catalog';
import { PageProvider } from '../../../src/webviews/dashboard/context';
import { TopicStore } from '../../../src/webviews/dashboard/topicStore';
import type { WidgetProps } from '../../../src/webviews/dashboard/widget';
import { widgetView } from '../../../src/webviews/dashboard/widgets/catalog';
import { createFakeHost, type FakeHost, type Told } from './fakeHost';
import { now } from './gallery/data';
import * as data from './gallery/services';

const opened: { dispose(): void }[] = [];

afterEach(() => {
	cleanup();
	for (const each of opened.splice(0)) each.dispose();
});

interface Drawn {
	readonly host: FakeHost;
	readonly user: ReturnType<typeof userEvent.setup>;
	readonly failed: unknown[];
	readonly changed: WidgetSettings[];
}

/** One widget, as its frame draws it. */
/** Of all widgets that were drawn. */
let settingsOpened = 0;

function draw(kind: string, told: Told, settings: WidgetSettings = data.serviceSettings[kind] ?? {}): Drawn {
	const host = createFakeHost({ id: 'd' as DashboardId, name: 'D', widgets: [], layouts: { wide: {} } }, told);
	const topics = new TopicStore(host.client);
	opened.push(topics, host);
	const { definition, View } = widgetView(kind)!;
	const failed: unknown[] = [];
	const changed: WidgetSettings[] = [];
	const props = {
		id: 'w' as WidgetId,
		settings: readSettings(definition.settings, settings),
		onSettings: (change: WidgetSettings): void => void changed.push(change),
		onOpenSettings: (): void => void settingsOpened++,
	} as unknown as WidgetProps<never>;
	render(
		<PageProvider value={{ client: host.client, topics, fail: error => failed.push(error), now: () => now }}>
			<View {...props} />
		</PageProvider>,
	);
	return { host, user: userEvent.setup(), failed, changed };
}

const ran = (host: FakeHost): unknown[] =>
	host.calls.filter(({ name }) => name === 'runAction').map(({ params }) => params);
const acted = (host: FakeHost): unknown[] =>
	host.calls.filter(({ name }) => name === 'act').map(({ params }) => params);
const titles = async (): Promise<(string | null)[]> => {
	const list = await screen.findByRole('list');
	return [...list.querySelectorAll('.execution-title')].map(row => row.textContent);
};

const kinds = ['services', 'alerts', 'mcpServers', 'modelServer', 'webhook', 'inbox', 'flow', 'schedules', 'quickChat'];
const topicOf: Readonly<Record<string, string>> = { modelServer: 'modelServers', webhook: 'feed', inbox: 'feed' };

describe.each(kinds)('the widget %s', kind => {
	test('is in the gallery with its words', () => {
		const { title, description } = widgetDefinitions.find(each => each.kind === kind)!;
		expect([title.length > 3, description.endsWith('.')]).toEqual([true, true]);
	});

	test('says that it waits, and then why nothing comes, with a way to try again', async () => {
		const { host, user } = draw(kind, {});
		await screen.findByLabelText(/^(?:Looking|Reading|Asking)/u, {});
		const name = topicOf[kind] ?? kind;
		await vi.waitFor(() => expect(host.watched.some(topic => topic.name === name)).toBe(true));
		const request = host.watched.find(topic => topic.name === name)!;
		const key = request.params === null ? name : `${name} ${JSON.stringify(request.params)}`;
		const actions = [{ title: 'Manage Trust', command: 'workbench.trust.manage' }];
		host.tell({ key, failure: { message: 'It is out of order.', actions } });
		expect(await screen.findByText(/It is out of order/u)).toBeTruthy();
		await user.click(screen.getByText('Manage Trust'));
		await vi.waitFor(() => expect(ran(host)).toEqual([{ command: 'workbench.trust.manage', args: [] }]));
		await user.click(screen.getByText('Try Again'));
	});

	test('says when there is nothing, and what could be done', async () => {
		draw(kind, data.servicesEmpty);
		const words: Readonly<Record<string, RegExp>> = {
			services: /No service is watched yet/u,
			alerts: /No alert is open/u,
			mcpServers: /There is no MCP server yet/u,
			modelServer: /No server of models was found/u,
			webhook: /is asked only when you allow it/u,
			inbox: /is asked only when you allow it/u,
			flow: /Reads the changes and writes a review/u,
			quickChat: /No model is at hand/u,
			schedules: /No flow of this workspace starts by itself/u,
		};
		expect(await screen.findByText(words[kind]!)).toBeTruthy();
	});
});

test('services: what is not well first; a press opens one, buttons act on it', async () => {
	const { host, user } = draw('services', data.servicesFull);
	expect(await titles()).toEqual(['Shop API', 'Search', 'Claude CLI', 'Ollama', 'github']);
	expect(screen.getByText(/status 502/u)).toBeTruthy();
	await user.click(screen.getByText('Shop API'));
	await user.click(screen.getByLabelText('Restart Ollama'));
	await vi.waitFor(() =>
		expect(ran(host)).toEqual([
			{ command: 'quarterdeck.health.open', args: ['user:shop'] },
			{ command: 'quarterdeck.health.restart', args: ['provider:ollama'] },
		]),
	);
});

test('services: only those that are not well; one that was stopped on purpose is none of them', async () => {
	draw('services', data.servicesFull, { show: 'problems' });
	expect(await titles()).toEqual(['Shop API', 'Search']);
	cleanup();
	draw('services', { services: { data: [data.serviceOf({})] } }, { show: 'problems' });
	expect(await screen.findByText('The one service is well.')).toBeTruthy();
});

test('alerts: acknowledged, resolved and opened; left out by their severity', async () => {
	const { host, user } = draw('alerts', data.servicesFull);
	expect(await titles()).toEqual(['Disk / is 96 % full', 'Shop API is down', 'GPU 0 is at 91 °C']);
	await user.click(screen.getByLabelText('Acknowledge Shop API is down'));
	await user.click(screen.getByLabelText('Resolve GPU 0 is at 91 °C'));
	expect(screen.queryByLabelText('Acknowledge GPU 0 is at 91 °C')).toBeNull();
	await vi.waitFor(() =>
		expect(ran(host)).toEqual([
			{ command: 'quarterdeck.alerts.acknowledge', args: ['a2'] },
			{ command: 'quarterdeck.alerts.resolve', args: ['a3'] },
		]),
	);
	cleanup();
	draw('alerts', data.servicesFull, { least: 'critical', withQuiet: false });
	expect(await titles()).toEqual(['Disk / is 96 % full']);
	cleanup();
	draw('alerts', { alerts: { data: [data.alerts[2]!] } }, { withQuiet: false });
	expect(await screen.findByText(/one is open that the settings leave out/u)).toBeTruthy();
});

test('MCP servers: each state with what helps', async () => {
	const { host, user } = draw('mcpServers', data.servicesFull);
	expect(await titles()).toEqual(['github', 'files', 'postgres', 'jira', 'old']);
	expect(screen.getByText('26 tools')).toBeTruthy();
	expect(screen.getByText(/no such host/u)).toBeTruthy();
	await user.click(screen.getByLabelText('Start postgres'));
	await user.click(screen.getByLabelText('Sign in to jira'));
	await user.click(screen.getByLabelText('Switch on old'));
	await vi.waitFor(() =>
		expect(ran(host)).toEqual([
			{ command: 'quarterdeck.mcp.start', args: ['db'] },
			{ command: 'quarterdeck.mcp.signIn', args: ['jira'] },
			{ command: 'quarterdeck.mcp.enable', args: ['old'] },
		]),
	);
	cleanup();
	draw('mcpServers', data.servicesFull, { show: 'enabled' });
	expect(await titles()).toHaveLength(4);
});

test('model server: what is loaded, where, and for how long; a server that is down says so beside the others', async () => {
	const { host, user } = draw('modelServer', data.servicesFull);
	expect(await titles()).toEqual(['qwen3:8b']);
	expect(screen.getByText('6.1 GB of GPU memory · for 4 min more')).toBeTruthy();
	expect(screen.getByRole('alert').textContent).toContain('LM Studio does not answer');
	await user.click(screen.getByLabelText('Unload qwen3:8b'));
	await vi.waitFor(() =>
		expect(ran(host)).toEqual([
			{ command: 'quarterdeck.providers.unload', args: [{ node: { id: 'model:ollama/qwen3:8b' } }] },
		]),
	);
	cleanup();
	draw('modelServer', data.servicesFull, { server: 'ollama', withUnloaded: true });
	expect(await titles()).toEqual(['qwen3:8b', 'gemma3:4b']);
});

describe('web value', () => {
	const shown = async (value: unknown, settings: WidgetSettings): Promise<Drawn> => {
		const drawn = draw(
			'webhook',
			{ feed: { data: { value, at: now } } },
			{ url: 'http://localhost:3000', ...settings },
		);
		await screen.findByText('just now');
		return drawn;
	};

	test('a list of records as a table, a part of it as a number with its unit, anything as text', async () => {
		const ferries = {
			list: [
				{ ferry: 'Harbour', delay: 3 },
				{ ferry: 'Island', open: false },
			],
		};
		await shown(ferries, { path: 'list' });
		const cells = within(screen.getByRole('table'))
			.getAllByRole('row')
			.map(row => row.textContent);
		expect(cells).toEqual(['ferrydelayopen', 'Harbour3', 'Islandfalse']);
		cleanup();
		await shown(ferries, { path: '$.list[0].delay', unit: 'min' });
		expect(screen.getByText('3').nextSibling?.textContent).toBe('min');
		cleanup();
		await shown(ferries, { path: 'list[1]', shape: 'text' });
		expect(screen.getByText(/"Island"/u)).toBeTruthy();
	});

	test('a path that leads nowhere is said, and 0 and false are values', async () => {
		draw('webhook', { feed: { data: { value: {}, at: now } } }, { url: 'http://localhost', path: 'a.b' });
		expect(await screen.findByText(/has nothing at “a\.b”/u)).toBeTruthy();
		cleanup();
		await shown(0, {});
		expect(screen.getByText('0')).toBeTruthy();
		cleanup();
		await shown(false, {});
		expect(screen.getByText('false')).toBeTruthy();
	});

	test('without an address it asks for one; a server is asked after the user has allowed it', async () => {
		const { user: first } = draw('webhook', {}, {});
		const before = settingsOpened;
		expect(await screen.findByText('Which address shall it ask?')).toBeTruthy();
		await first.click(screen.getByText('Settings…'));
		expect(settingsOpened).toBe(before + 1);
		cleanup();
		const { host, user } = draw('webhook', data.servicesEmpty);
		await user.click(await screen.findByText('Allow…'));
		const params = { url: 'http://localhost:3000/ferries' };
		await vi.waitFor(() => expect(acted(host)).toEqual([{ action: 'feed.allow', params }]));
	});
});

test('inbox: the important first; one opens with its text and the reply to copy', async () => {
	const { user } = draw('inbox', data.servicesFull);
	expect(await titles()).toEqual(['The ferry is late', 'Build 4711 passed']);
	await user.click(screen.getByText('The ferry is late'));
	expect(screen.getByText('Shall we wait for it?')).toBeTruthy();
	expect(screen.getByLabelText('Suggested reply').textContent).toBe('Yes, until three.');
	await user.click(screen.getByText('Copy Reply'));
	expect(await navigator.clipboard.readText()).toBe('Yes, until three.');
	cleanup();
	draw('inbox', { feed: { data: { value: { error: 'no' }, at: now } } });
	expect(await screen.findByText(/not with a list of messages/u)).toBeTruthy();
});

test('flow: one is chosen, run and stopped; how far it is and what it gave', async () => {
	const { user, changed } = draw('flow', data.servicesFull, {});
	await user.click(await screen.findByText('Review'));
	expect(changed).toEqual([{ path: 'flows/review.flow.json' }]);
	cleanup();
	const idle = draw('flow', data.servicesFull);
	expect(await screen.findByText(/Two findings/u)).toBeTruthy();
	expect(screen.getByText(/succeeded · 25 min ago · 41 s · \$0\.0230/u)).toBeTruthy();
	await idle.user.click(screen.getByText('Run'));
	const uri = data.flow.uri;
	await vi.waitFor(() => expect(ran(idle.host)).toEqual([{ command: 'quarterdeck.flows.run', args: [uri] }]));
	cleanup();
	const busy = draw('flow', { flow: { data: data.runningFlow } });
	expect(await screen.findByText('3 of 6 nodes · Write the review')).toBeTruthy();
	await busy.user.click(screen.getByText('Stop'));
	await vi.waitFor(() => expect(ran(busy.host)).toEqual([{ command: 'quarterdeck.flows.stop', args: [uri] }]));
});

test('schedules: what comes next first; turned on, off and run', async () => {
	const { host, user } = draw('schedules', data.servicesFull);
	expect(await titles()).toEqual(['Nightly · 0 3 * * *', 'Docs · docs/**/*.md', 'Deploy · POST /hooks/deploy']);
	await user.click(screen.getByLabelText('Turn off Nightly: Schedule Trigger'));
	await user.click(screen.getByLabelText('Turn on Deploy: Schedule Trigger'));
	await user.click(screen.getByLabelText('Run now Docs: Schedule Trigger'));
	const uri = 'file:///home/ada/shop/flows/nightly.flow.json';
	await vi.waitFor(() =>
		expect(acted(host)).toEqual([
			{ action: 'schedules.act', params: { uri, node: 'nightly', verb: 'turnOff' } },
			{ action: 'schedules.act', params: { uri, node: 'hook', verb: 'turnOn' } },
			{ action: 'schedules.act', params: { uri, node: 'docs', verb: 'run' } },
		]),
	);
	cleanup();
	draw('schedules', data.servicesFull, { kinds: ['schedule'], withOff: false });
	expect(await titles()).toHaveLength(1);
});

describe('quick chat', () => {
	test('a question is sent with Enter, an answer is shown as Markdown, another model is chosen', async () => {
		const { host, user, changed } = draw('quickChat', data.servicesFull, { system: 'Be brief.' });
		await screen.findByText('ORDER BY');
		host.answers['quickChat.choose'] = () => 'claude/sonnet';
		const box = screen.getByLabelText('Ask');
		await user.type(box, 'And the other way?{Shift>}{Enter}{/Shift}Please.{Enter}');
		const params = { widget: 'w', model: '', system: 'Be brief.', text: 'And the other way?\nPlease.' };
		await vi.waitFor(() => expect(acted(host)).toEqual([{ action: 'quickChat.ask', params }]));
		expect(box).toHaveProperty('value', '');
		await user.click(screen.getByText('ollama/qwen3:8b'));
		await vi.waitFor(() => expect(changed).toEqual([{ model: 'claude/sonnet' }]));
		await user.click(screen.getByLabelText('Forget this exchange'));
		await vi.waitFor(() => expect(acted(host).at(-1)).toEqual({ action: 'quickChat.clear', params: { widget: 'w' } }));
	});

	test('an answer on its way can be stopped; what failed says why', async () => {
		const turns = [
			data.quickChat.turns[0]!,
			{ who: 'model', text: 'With', state: 'failed', error: 'The connection broke.' },
			data.quickChat.turns[0]!,
			{ who: 'model', text: '', state: 'streaming', error: null },
		];
		const { host, user } = draw('quickChat', { quickChat: { data: { ...data.quickChat, isBusy: true, turns } } });
		expect(await screen.findByText('The connection broke.')).toBeTruthy();
		expect(screen.getByLabelText('Waiting for the answer')).toBeTruthy();
		expect(screen.queryByLabelText('Send')).toBeNull();
		await user.click(screen.getByLabelText('Stop'));
		await vi.waitFor(() => expect(acted(host)).toEqual([{ action: 'quickChat.stop', params: { widget: 'w' } }]));
	});
});
