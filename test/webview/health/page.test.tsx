import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { asId } from '../../../src/core/base/ids';
import type {
	AlertView,
	HealthPageContract,
	HealthPageView,
	HealthSubject,
	ServiceDetail,
} from '../../../src/core/health/healthPage';
import type { ServiceView } from '../../../src/core/health/health';
import { connect, serve, type Handlers } from '../../../src/core/rpc/rpc';
import { App } from '../../../src/webviews/health/App';
import { linkedPorts } from '../gallery/linkedPorts';

const now = Date.UTC(2026, 0, 15, 12);
const service = (id: string, more: Partial<ServiceView> = {}): ServiceView => ({
	id,
	name: id,
	kind: 'http',
	state: 'healthy',
	reason: `${id} answers.`,
	since: now - 3_600_000,
	checkedAt: now - 1000,
	latencyMs: 12,
	needs: [],
	actions: [],
	isStopped: false,
	isExpected: true,
	...more,
});
const alert: AlertView = {
	id: asId('7'),
	rule: 'service-down',
	severity: 'high',
	state: 'firing',
	title: 'Shop is down',
	cause: 'Connection refused.',
	subject: 'service:Shop',
	startedAt: now - 120_000,
	endedAt: null,
	until: null,
	by: 'rule',
	ruleText: 'Service down: Service unhealthy',
	note: 'It was raised 5 times within an hour.',
};
const full: HealthPageView = {
	services: [
		service('Shop', { state: 'unhealthy', reason: 'Connection refused.' }),
		service('Cart', { needs: ['Shop'], state: 'unreachable', reason: 'Unreachable because Shop is down.' }),
		service('files', { kind: 'mcp', actions: ['stop', 'restart', 'logs'] }),
	],
	open: [alert],
	history: [{ ...alert, id: asId('6'), state: 'resolved', endedAt: now - 60_000, title: 'Old thing' }],
	rules: [
		{
			id: 'service-down',
			title: 'Service down',
			text: 'Service unhealthy',
			severity: 'high',
			isMuted: false,
			problem: null,
		},
		{
			id: 'odd',
			title: 'Odd',
			text: 'cpu.usage over 100 %',
			severity: 'low',
			isMuted: true,
			problem: 'It is never > 100.',
		},
	],
	problems: [{ setting: 'health.services', entry: 'Bad', text: 'It has no port.' }],
	isTrusted: true,
	isLeader: true,
	now,
};
const empty: HealthPageView = { ...full, services: [], open: [], history: [], problems: [], rules: [] };

function detailOf(id: string): ServiceDetail {
	const watched = { mean: 20, max: 40, state: 'healthy', up: 100 } as const;
	return {
		id,
		uptimes: {
			day: { percent: 99.956, watchedMs: 8 * 3_600_000 },
			week: { percent: 99.956, watchedMs: 8 * 3_600_000 },
			month: { percent: 98, watchedMs: 9 * 86_400_000 },
		},
		hours: Array.from({ length: 24 }, (_, hour) => ({ hour, ...watched })),
		changes: [
			{ at: now - 60_000, service: id, state: 'unhealthy', previous: 'healthy', reason: 'Refused.', intent: 'user' },
		],
		recent: [{ at: now, outcome: 'down', text: 'Refused now.', latencyMs: null }],
		neededBy: id === 'Shop' ? ['Cart'] : [],
	};
}

interface Host {
	readonly calls: { readonly name: string; readonly params: unknown }[];
	view: HealthPageView;
	failing: Error | undefined;
	select(subject: HealthSubject): void;
	changed(): void;
}

function open(view: HealthPageView, wanted: HealthSubject | null = null): Host {
	const [page, far] = linkedPorts();
	const calls: Host['calls'] = [];
	const act = (name: string) => (params: unknown) => {
		calls.push({ name, params });
		if (host.failing) throw host.failing;
	};
	const handlers: Handlers<HealthPageContract> = {
		view: () => host.view,
		service: ({ id }) => detailOf(id),
		wanted: () => wanted,
		check: act('check'),
		act: act('act'),
		acknowledge: act('acknowledge'),
		snooze: act('snooze'),
		resolve: act('resolve'),
		mute: act('mute'),
		openSettings: act('openSettings'),
	};
	const server = serve(far, handlers);
	const host: Host = {
		calls,
		view,
		failing: undefined,
		select: subject => server.emit('select', subject),
		changed: () => server.emit('changed', null),
	};
	render(<App client={connect<HealthPageContract>(page)} />);
	return host;
}

test('what is wrong stands first, and is told in full', async () => {
	open(full);
	await screen.findByText('3 services, 2 down, 1 open alert.');
	const detail = await screen.findByRole('region', { name: 'Shop' });
	await within(detail).findByText(
		'last day 99.95 % over the 8 hours watched · last month 98 % over the 9 days watched',
	);
	expect(within(detail).getByText('Cart')).toBeDefined();
	expect(within(detail).getByText('Refused. (you did it)')).toBeDefined();
	expect(within(detail).getByText('Refused now.')).toBeDefined();
	expect(
		within(detail).getByRole('img', { name: /^24 of the last 24 hours were watched, in 0 of them it was mostly down/ }),
	).toBeDefined();
	expect(screen.getByText('It has no port.', { exact: false })).toBeDefined();
});

test('another service is chosen, and through what it needs one comes back', async () => {
	const user = userEvent.setup();
	open(full);
	await user.click(await screen.findByRole('button', { name: /^Cart, unreachable/ }));
	const detail = await screen.findByRole('region', { name: 'Cart' });
	await user.click(within(detail).getByRole('button', { name: /Shop/ }));
	await screen.findByRole('region', { name: 'Shop' });
});

test('an alert tells why, how often, and is answered', async () => {
	const user = userEvent.setup();
	const host = open(full, { kind: 'alert', id: '7' });
	const why = await screen.findByRole('region', { name: 'Why: Shop is down' });
	expect(within(why).getByText('It was raised 5 times within an hour.')).toBeDefined();
	await user.click(within(why).getByRole('button', { name: 'Acknowledge: Shop is down' }));
	await user.click(within(why).getByRole('button', { name: 'Snooze: Shop is down' }));
	await user.click(await screen.findByRole('menuitem', { name: '4 hours' }));
	await user.click(within(why).getByRole('button', { name: 'Mute Rule' }));
	await waitFor(() =>
		expect(host.calls).toEqual([
			{ name: 'acknowledge', params: { id: '7' } },
			{ name: 'snooze', params: { id: '7', minutes: 240 } },
			{ name: 'mute', params: { rule: 'service-down', isMuted: true } },
		]),
	);
});

test('a service is changed and checked; a failure is shown and goes', async () => {
	const user = userEvent.setup();
	const host = open(full);
	await user.click(await screen.findByRole('button', { name: 'Restart: files' }));
	await waitFor(() => expect(host.calls).toEqual([{ name: 'act', params: { id: 'files', action: 'restart' } }]));
	host.failing = new Error('It cannot be looked at.');
	await user.click(screen.getAllByRole('button', { name: 'Check now: files' })[0]!);
	await within(await screen.findByRole('alert')).findByText('It cannot be looked at.');
	await user.click(screen.getByRole('button', { name: 'Dismiss' }));
	await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
});

test('rules with what is wrong about them', async () => {
	const user = userEvent.setup();
	const host = open(full);
	await user.click(await screen.findByRole('button', { name: 'Rules of alerts (2)' }));
	expect(screen.getByText('It is never > 100.')).toBeDefined();
	await user.click(screen.getByRole('button', { name: 'Unmute: Odd' }));
	await waitFor(() => expect(host.calls).toEqual([{ name: 'mute', params: { rule: 'odd', isMuted: false } }]));
});

test('history is folded, and what is over is told about', async () => {
	const user = userEvent.setup();
	const host = open(full);
	await user.click(await screen.findByRole('button', { name: 'History (1)' }));
	await user.click(screen.getByRole('button', { name: /Old thing/ }));
	const why = await screen.findByRole('region', { name: 'Why: Old thing' });
	expect(within(why).queryByRole('button', { name: /Acknowledge/ })).toBeNull();
	host.select({ kind: 'service', id: 'Cart' });
	await screen.findByRole('region', { name: 'Cart' });
});

test('nothing yet, and a workspace that is not trusted', async () => {
	const host = open(empty);
	await screen.findByText(/^Nothing is watched yet/);
	expect(screen.getByText('No open alerts.')).toBeDefined();
	host.view = { ...empty, isTrusted: false };
	host.changed();
	await screen.findByText('This workspace is not trusted, so nothing is looked at.');
});

test('alerts that were answered are open, and not new', async () => {
	open({ ...full, open: [alert, { ...alert, id: asId('8'), state: 'snoozed', until: now + 60_000 }] });
	await screen.findByText('3 services, 2 down, 2 open alerts, 1 of them new.');
});
