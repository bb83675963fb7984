// What the widgets of services, servers, flows and feeds are told in pictures and tests.
import { asId, type AlertId, type ExecutionId } from '../../../../src/core/base/ids';
import type { Fetched } from '../../../../src/core/dashboard/topics/feed';
import type { FlowChoice, FlowLine, ScheduleLine } from '../../../../src/core/dashboard/topics/flows';
import type { QuickChatView } from '../../../../src/core/dashboard/topics/quickChat';
import type { McpServerLine, ModelServer } from '../../../../src/core/dashboard/topics/servers';
import type { ServiceView } from '../../../../src/core/health/health';
import type { Alert } from '../../../../src/core/ledger/machineEvents';
import type { WidgetSettings } from '../../../../src/core/dashboard/dashboard';
import type { Told } from '../fakeHost';
import { now } from './data';

const gb = 1024 ** 3;
const minute = 60_000;

export function serviceOf(more: Partial<ServiceView>): ServiceView {
	return {
		id: 'provider:ollama',
		name: 'Ollama',
		kind: 'provider',
		state: 'healthy',
		reason: 'Ollama 0.9.6 answers.',
		since: now - 90 * minute,
		checkedAt: now - 5_000,
		latencyMs: 4.2,
		needs: [],
		actions: [],
		isStopped: false,
		isExpected: true,
		...more,
	};
}

export const services: readonly ServiceView[] = [
	serviceOf({ actions: ['restart', 'logs'] }),
	serviceOf({ id: 'claude', name: 'Claude CLI', kind: 'claude', latencyMs: 310 }),
	serviceOf({
		id: 'user:shop',
		name: 'Shop API',
		kind: 'http',
		state: 'unhealthy',
		reason: 'http://localhost:3000/health answers with status 502 instead of 200.',
		actions: ['start', 'restart'],
	}),
	serviceOf({
		id: 'user:search',
		name: 'Search',
		kind: 'tcp',
		state: 'unreachable',
		reason: 'Needs Shop API, which is down.',
	}),
	serviceOf({
		id: 'mcp:github',
		name: 'github',
		kind: 'mcp',
		state: 'unknown',
		isStopped: true,
		isExpected: false,
		actions: ['start'],
	}),
];

export const alerts: readonly Alert[] = [
	alertOf({
		id: 'a1',
		severity: 'critical',
		title: 'Disk / is 96 % full',
		cause: 'disk.usage:/ was above 95 for 5 minutes.',
	}),
	alertOf({ id: 'a2', severity: 'high', title: 'Shop API is down', cause: 'It answers with status 502 since 14:20.' }),
	alertOf({ id: 'a3', severity: 'medium', title: 'GPU 0 is at 91 °C', state: 'acknowledged' }),
];

function alertOf(more: Partial<Omit<Alert, 'id'>> & { readonly id: string }): Alert {
	return {
		rule: 'rule',
		severity: 'low',
		state: 'firing',
		title: 'Something',
		cause: 'A rule says so.',
		subject: 'cpu.usage',
		startedAt: now - 12 * minute,
		endedAt: null,
		until: null,
		by: 'rule',
		...more,
		id: asId<AlertId>(more.id),
	};
}

export const mcpServers: readonly McpServerLine[] = [
	{ id: 'github', name: 'github', state: 'running', disabledReason: null, tools: 26, error: null, restartAt: null },
	{ id: 'files', name: 'files', state: 'starting', disabledReason: null, tools: 0, error: null, restartAt: null },
	{
		id: 'db',
		name: 'postgres',
		state: 'failed',
		disabledReason: null,
		tools: 0,
		error: 'It ended with code 1: no such host.',
		restartAt: null,
	},
	{ id: 'jira', name: 'jira', state: 'needs-auth', disabledReason: null, tools: 0, error: null, restartAt: null },
	{ id: 'old', name: 'old', state: 'disabled', disabledReason: 'notAllowed', tools: 0, error: null, restartAt: null },
];

export const modelServers: readonly ModelServer[] = [
	{
		id: 'ollama',
		label: 'Ollama',
		health: { isUp: true, text: 'Ollama 0.9.6', latencyMs: 3, actions: [] },
		problem: null,
		isManaged: true,
		models: [
			{ id: 'qwen3:8b', label: 'qwen3:8b', bytes: 5.2 * gb, vramBytes: 6.1 * gb, loadedUntil: now + 4 * minute },
			{ id: 'gemma3:4b', label: 'gemma3:4b', bytes: 3.3 * gb, vramBytes: null, loadedUntil: null },
		],
	},
	{
		id: 'lmstudio',
		label: 'LM Studio',
		health: { isUp: false, text: 'LM Studio does not answer at http://127.0.0.1:1234.', latencyMs: null, actions: [] },
		problem: null,
		isManaged: false,
		models: null,
	},
];

export const flowChoices: readonly FlowChoice[] = [
	{ path: 'flows/review.flow.json', name: 'Review' },
	{ path: 'flows/nightly.flow.json', name: 'Nightly' },
];

export const flow: FlowLine = {
	uri: 'file:///home/ada/shop/flows/review.flow.json',
	name: 'Review',
	description: 'Reads the changes and writes a review.',
	nodes: 6,
	isRunning: false,
	run: {
		id: asId<ExecutionId>('run-1'),
		status: 'succeeded',
		startedAt: now - 25 * minute,
		durationMs: 41_000,
		cost: 23_000_000,
		error: null,
		done: null,
		active: [],
	},
	outputs: [{ name: 'review', text: 'Two findings: a price is read as a string, and a test sleeps.' }],
};

export const runningFlow: FlowLine = {
	...flow,
	isRunning: true,
	outputs: [],
	run: {
		...flow.run!,
		status: 'running',
		startedAt: now - 9_000,
		durationMs: null,
		done: 3,
		active: ['Write the review'],
	},
};

export const schedules: readonly ScheduleLine[] = [
	scheduleOf({ node: 'nightly', flow: 'Nightly', about: '0 3 * * *', state: 'on', next: now + 720 * minute }),
	scheduleOf({ node: 'hook', flow: 'Deploy', kind: 'webhook', about: 'POST /hooks/deploy', state: 'off' }),
	scheduleOf({ node: 'docs', flow: 'Docs', kind: 'fileChange', about: 'docs/**/*.md', state: 'changed' }),
];

function scheduleOf(more: Partial<ScheduleLine>): ScheduleLine {
	return {
		uri: 'file:///home/ada/shop/flows/nightly.flow.json',
		flow: 'Nightly',
		node: 'nightly',
		title: 'Schedule Trigger',
		kind: 'schedule',
		state: 'on',
		about: '0 3 * * *',
		text: '',
		next: null,
		last: null,
		queued: 0,
		maxPerHour: 10,
		...more,
	};
}

export const inbox: Fetched = {
	at: now - 2 * minute,
	value: {
		messages: [
			{
				id: '1',
				from: 'Grace',
				subject: 'The ferry is late',
				body: 'Shall we wait for it?',
				importance: 'high',
				suggestedReply: 'Yes, until three.',
				date: new Date(now - 30 * minute).toISOString(),
			},
			{
				id: '2',
				from: { name: 'CI' },
				subject: 'Build 4711 passed',
				importance: 'low',
				date: new Date(now - 5 * minute).toISOString(),
			},
		],
	},
};

const web: Fetched = {
	at: now - minute,
	value: [
		{ ferry: 'Harbour', delay: 3, open: true },
		{ ferry: 'Island', delay: 0, open: false },
	],
};

export const quickChat: QuickChatView = {
	model: 'ollama/qwen3:8b',
	isBusy: false,
	turns: [
		{ who: 'user', text: 'How do I sort by a field in SQL?', state: 'done', error: null },
		{
			who: 'model',
			text: 'With `ORDER BY`:\n\n```sql\nSELECT * FROM ferries ORDER BY delay DESC;\n```',
			state: 'done',
			error: null,
		},
	],
};

const urls = { web: 'http://localhost:3000/ferries', inbox: 'http://localhost:3000/inbox' };

/** Settings that the widgets need to show anything. */
export const serviceSettings: Readonly<Record<string, WidgetSettings>> = {
	webhook: { url: urls.web },
	inbox: { url: urls.inbox },
	flow: { path: 'flows/review.flow.json' },
	mcpServers: { show: 'all' },
};

export const feedKey = (url: string): string => `feed ${JSON.stringify({ url, seconds: 300 })}`;

export const servicesFull: Told = {
	services: { data: services },
	alerts: { data: alerts },
	mcpServers: { data: mcpServers },
	modelServers: { data: modelServers },
	flowList: { data: flowChoices },
	flow: { data: flow },
	schedules: { data: schedules },
	quickChat: { data: quickChat },
	[feedKey(urls.web)]: { data: web },
	[feedKey(urls.inbox)]: { data: inbox },
	feed: { data: web },
};

export const servicesEmpty: Told = {
	services: { data: [] },
	alerts: { data: [] },
	mcpServers: { data: [] },
	modelServers: { data: [] },
	flowList: { data: [] },
	flow: { data: { ...flow, run: null, outputs: [] } },
	schedules: { data: [] },
	quickChat: { data: { ...quickChat, model: null, turns: [] } },
	...Object.fromEntries(
		['feed', feedKey(urls.web), feedKey(urls.inbox)].map(key => [key, { data: { askAbout: 'http://localhost:3000' } }]),
	),
};
