import { expect, test } from 'vitest';
import { asId } from '../../../src/core/base/ids';
import { alertWords, describeRule, subjectName } from '../../../src/core/health/alerts/words';
import { defaultRules } from '../../../src/core/health/alerts/defaultRules';
import type { ServiceView } from '../../../src/core/health/health';
import { serviceDetail } from '../../../src/core/health/serviceDetail';
import { alertNodes, snoozedText } from '../../../src/core/health/views/alertsTree';
import { healthNodes } from '../../../src/core/health/views/healthTree';
import { repairOfRow, type RepairOffer } from '../../../src/core/health/views/repairNodes';
import type { Alert } from '../../../src/core/ledger/machineEvents';

const now = Date.UTC(2026, 0, 15, 12);
const service: ServiceView = {
	id: 'user:Shop',
	name: 'Shop',
	kind: 'http',
	state: 'healthy',
	reason: 'It answered with status 200.',
	since: now - 3 * 3_600_000,
	checkedAt: now - 5_000,
	latencyMs: 12,
	needs: [],
	actions: [],
	isStopped: false,
	isExpected: true,
};
const alert: Alert = {
	id: asId('1'),
	rule: 'service-down',
	severity: 'high',
	state: 'firing',
	title: 'Shop is down',
	cause: 'Connection *refused*.',
	subject: 'service:user:Shop',
	startedAt: now - 60_000,
	endedAt: null,
	until: null,
	by: 'rule',
};

test('services: what is wrong first, with the reason', () => {
	const dead: ServiceView = { ...service, id: 'b', name: 'Zoo', state: 'unhealthy', reason: 'Connection refused.' };
	const stopped: ServiceView = {
		...service,
		id: 'c',
		name: 'Cat',
		state: 'unknown',
		isStopped: true,
		actions: ['start'],
	};
	const nodes = healthNodes({
		services: [service, stopped, dead],
		problems: [{ entry: 'Bad', text: 'It has no port.' }],
		uptimes: new Map([['user:Shop', { percent: 99.956, watchedMs: 12 * 60_000 }]]),
		now,
	});
	expect(nodes.map(({ label, description }) => `${label}: ${description}`)).toEqual([
		'Bad: It has no port.',
		'Zoo: down · Connection refused. · since 3 h ago',
		'Cat: stopped',
		'Shop: healthy · since 3 h ago · 99.95 % up over the 12 minutes watched',
	]);
	expect(nodes.map(({ contextValue }) => contextValue)).toEqual(['problem', 'service', 'service start', 'service']);
	expect(nodes[1]?.spoken).toBe('Service Zoo, down, Connection refused., since 3 h ago');
});

test('alerts: by severity, with their state; what is over below', () => {
	const nodes = alertNodes({
		open: [
			alert,
			{ ...alert, id: asId('2'), severity: 'medium', state: 'snoozed', until: now, title: 'Disk / is at 91 %' },
		],
		history: [{ ...alert, id: asId('3'), state: 'resolved', endedAt: now - 7_200_000 }],
		problems: [],
		repairs: [],
		noteOn: ({ id }) => (id === '1' ? 'It was raised 6 times within an hour.' : null),
		now,
	});
	expect(
		nodes.map(({ label, children }) => [label, children?.map(each => `${each.label}: ${each.description}`)]),
	).toEqual([
		['High', ['Shop is down: again and again · 1 min ago']],
		['Medium', [expect.stringMatching(/^Disk \/ is at 91 %: snoozed until \d\d:\d\d · 1 min ago$/)]],
		['History', ['Shop is down: over 2 h ago']],
	]);
	expect(nodes[0]?.children?.[0]).toMatchObject({
		contextValue: 'alert open firing',
		tooltip: expect.stringContaining(String.raw`Connection \*refused\*\.`),
	});
	expect(alertNodes({ open: [], history: [], problems: [], repairs: [], noteOn: () => null, now })).toEqual([]);
});

test('what could be done stands below its alert, once; what has no alert has a group of its own', () => {
	const offer: RepairOffer = {
		key: 'service.down user:Shop',
		runbook: 'flow:restart.flow.json',
		title: 'Restart [Shop](command:x)',
		text: 'Shop stopped answering 40 s ago. Restart it?',
		obstacle: null,
		alert: null,
		subject: 'service:user:Shop',
		name: 'Shop',
	};
	const large = { ...offer, key: 'storage.large storage', subject: 'storage', title: 'Clear caches', name: 'Caches' };
	const input = { history: [], problems: [], noteOn: () => null, now };
	const nodes = alertNodes({
		...input,
		open: [alert, { ...alert, id: asId('2'), severity: 'medium' }],
		repairs: [offer, { ...large, obstacle: 'Refused (kill switch): It is on.' }],
	});
	const [row] = nodes[0]?.children?.[0]?.children ?? [];
	expect(row).toMatchObject({
		contextValue: 'repair ready',
		tooltip: expect.stringContaining(String.raw`\[Shop\]\(command:x\)`) as string,
		spoken: 'Suggested repair: Restart [Shop](command:x). Shop stopped answering 40 s ago. Restart it?',
	});
	expect(repairOfRow(row!.id)).toEqual({ key: offer.key, runbook: offer.runbook });
	expect(nodes[1]?.children?.[0]?.children).toBeUndefined();
	expect(nodes[2]).toMatchObject({
		label: 'Suggested Repairs',
		children: [
			{ label: 'Clear caches', description: 'Refused (kill switch): It is on.', contextValue: 'repair refused' },
		],
	});
	expect(repairOfRow(alert.id)).toBeUndefined();
});

test('titles and causes in words', () => {
	const words = (id: string, subject: string, value: number, level: 1 | 2 = 1): string => {
		const rule = defaultRules.find(each => each.id === id)!;
		const { title, cause } = alertWords(
			{ rule, subject, value, level, previous: 0, since: now - 120_000 },
			undefined,
			now,
		);
		return `${title} | ${cause}`;
	};
	expect([
		words('gpu-hot', 'gpu.temperature:0', 91.26),
		words('gpu-hot', 'gpu.temperature:0', 96, 2),
		words('disk-full', 'disk.usage:/home', 90),
		words('memory-full', 'memory.usage', 95, 2),
		words('budget-month', 'budget:month', 99.9),
		words('budget-month', 'budget:month', 130, 2),
		words('service-down', 'service:user:Shop', 2),
		words('flow-fails', 'flow:Nightly', 3),
		words('model-spills', 'model:Ollama/llama3:70b', 40.04),
	]).toMatchInlineSnapshot(`
		[
		  "GPU 0 is at 91.3 °C | GPU too hot: over 90 °C, for 2 min 00 s.",
		  "GPU 0 is at 96 °C | GPU too hot: over 95 °C, for 2 min 00 s.",
		  "Disk /home is at 90 % | Disk almost full: at least 90 %, for 2 min 00 s.",
		  "Memory is at 95 % | Memory almost full: at least 95 %, for 2 min 00 s.",
		  "99 % of the monthly budget is used | Monthly budget: at least 80 %, for 2 min 00 s.",
		  "The monthly budget is used up | Monthly budget: at least 100 %, for 2 min 00 s.",
		  "user:Shop is down | Service down: unhealthy, for 2 min 00 s.",
		  "Nightly failed 3 times in a row | Flow keeps failing: at least 2 in a row, for 2 min 00 s.",
		  "40 % of Ollama/llama3:70b does not fit the GPU | Model does not fit the GPU: over 5 %, for 2 min 00 s.",
		]
	`);
	expect([...defaultRules, { ...defaultRules[0]!, on: 'odd', of: ['a', 'b'], worse: null }].map(describeRule))
		.toMatchInlineSnapshot(`
			[
			  "GPU temperature over 90 °C for 30 s, critical from 95 °C",
			  "Part of a model outside the GPU over 5 % for 30 s",
			  "Disk used at least 90 % for 1 min 00 s, high from 95 %",
			  "Memory at least 90 % for 2 min 00 s, high from 95 %",
			  "Daily budget at least 80 %, high from 100 %",
			  "Monthly budget at least 80 %, high from 100 %",
			  "Service unhealthy",
			  "Failures of a flow at least 2 in a row",
			  "odd (a, b) over 90 for 30 s",
			]
		`);
	expect(['cpu.usage', 'gpu.memory:1', 'disk.free:C:\\', 'odd'].map(subjectName)).toEqual([
		'The CPU',
		'The memory of GPU 1',
		'Disk C:\\',
		'odd',
	]);
});

test('the past of a service by hours', () => {
	const current = Math.floor(now / 3_600_000);
	const detail = serviceDetail({
		id: service.id,
		services: [service, { ...service, id: 'b', name: 'Front', needs: [service.id] }],
		hours: [
			{
				service: service.id,
				hour: current,
				seconds: { healthy: 100, unhealthy: 20 },
				checks: 4,
				failures: 1,
				latencySum: 90,
				latencyMax: 50,
			},
		],
		changes: [],
		recent: [
			{ at: 1, outcome: 'up', text: 'a', latencyMs: 1 },
			{ at: 2, outcome: 'down', text: 'b', latencyMs: null },
		],
		now,
	});
	expect(detail.hours).toHaveLength(24);
	expect(detail.hours.at(-1)).toMatchObject({ mean: 30, max: 50, state: 'healthy' });
	expect(detail.hours[0]).toMatchObject({ mean: null, state: null, up: null });
	expect([detail.neededBy, detail.recent.map(({ at }) => at)]).toEqual([['Front'], [2, 1]]);
});

test('the end of a long snooze is told with its day', () => {
	const now = new Date(2026, 0, 15, 14, 5).getTime();
	const hour = 3_600_000;
	expect([snoozedText(now + hour, now), snoozedText(now + 7 * 24 * hour, now)]).toEqual([
		'snoozed until 15:05',
		'snoozed until 2026-01-22 14:05',
	]);
});
