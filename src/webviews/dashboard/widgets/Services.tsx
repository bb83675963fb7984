import type { ReactElement } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import { servicesTopic } from '../../../core/dashboard/topics/services';
import type { servicesWidget } from '../../../core/dashboard/widgets/services';
import type { ServiceAction, ServiceView } from '../../../core/health/health';
import type { HealthState } from '../../../core/ledger/machineEvents';
import { formatRelative } from '../../../core/ledger/views/format';
import { ActionRows, joined, type ActionRow, type Tone } from '../ActionRows';
import { useTopic } from '../context';
import { Empty, Live } from '../Live';
import { useCommand } from '../useCommand';
import { useNow } from '../useNow';
import type { WidgetProps } from '../widget';

type Settings = SettingsOf<typeof servicesWidget.settings>;

const looks: Readonly<Record<HealthState, readonly [icon: string, tone: Tone, rank: number]>> = {
	unhealthy: ['error', 'bad', 0],
	unreachable: ['debug-disconnect', 'bad', 1],
	degraded: ['warning', 'warning', 2],
	unknown: ['question', 'off', 3],
	healthy: ['pass', 'good', 4],
};
const icons: Readonly<Record<ServiceAction, string>> = {
	start: 'play',
	stop: 'debug-stop',
	restart: 'refresh',
	logs: 'output',
};
const verbs: Readonly<Record<ServiceAction, string>> = {
	start: 'Start',
	stop: 'Stop',
	restart: 'Restart',
	logs: 'Logs of',
};

export function Services({ settings }: WidgetProps<Settings>): ReactElement {
	const run = useCommand();
	const now = useNow(60_000);
	return (
		<Live of={useTopic(servicesTopic, null)} loading="Looking at services">
			{services => {
				const shown = chosen(services, settings);
				if (shown.length === 0) return <Nothing settings={settings} count={services.length} />;
				return <ActionRows rows={shown.map(service => rowOf(service, now, run))} />;
			}}
		</Live>
	);
}

function Nothing({ settings, count }: { readonly settings: Settings; readonly count: number }): ReactElement {
	if (count === 0) return <Empty icon="pulse">No service is watched yet.</Empty>;
	if (settings.show === 'problems')
		return <Empty icon="pass">{count === 1 ? 'The one service is well.' : `All ${count} services are well.`}</Empty>;
	return <Empty icon="pulse">Nobody counts on any of {count} services yet.</Empty>;
}

/** Those that are not well first; one that was stopped on purpose is no problem. */
function chosen(services: readonly ServiceView[], { show }: Settings): readonly ServiceView[] {
	const isWanted = ({ state, isStopped, isExpected }: ServiceView): boolean =>
		show === 'all' || (show === 'expected' ? isExpected : state !== 'healthy' && state !== 'unknown' && !isStopped);
	return services
		.filter(isWanted)
		.sort((left, right) => rank(left) - rank(right) || left.name.localeCompare(right.name));
}

function rank({ state, isStopped }: ServiceView): number {
	return isStopped ? 5 : looks[state][2];
}

function rowOf(service: ServiceView, now: number, run: ReturnType<typeof useCommand>): ActionRow {
	const { id, name, state, reason, since, latencyMs, isStopped, actions } = service;
	const [icon, tone] = looks[state];
	const healthy = joined(
		latencyMs === null ? '' : `${Math.round(latencyMs)} ms`,
		`since ${formatRelative(since, now)}`,
	);
	return {
		id,
		icon: isStopped ? 'circle-slash' : icon,
		state: isStopped ? 'stopped' : state,
		tone: isStopped ? 'off' : tone,
		title: name,
		about: isStopped ? 'stopped' : state === 'healthy' ? healthy : reason,
		tooltip: reason,
		open: () => run('quarterdeck.health.open', id),
		actions: actions.map(action => ({
			icon: icons[action],
			label: `${verbs[action]} ${name}`,
			run: () => run(`quarterdeck.health.${action}`, id),
		})),
	};
}
