import type { ReactElement } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import { alertsTopic } from '../../../core/dashboard/topics/services';
import type { alertsWidget } from '../../../core/dashboard/widgets/alerts';
import { severities, type Alert, type Severity } from '../../../core/ledger/machineEvents';
import { formatRelative } from '../../../core/ledger/views/format';
import { ActionRows, joined, type ActionRow, type Tone } from '../ActionRows';
import { useTopic } from '../context';
import { Empty, Live } from '../Live';
import { useCommand } from '../useCommand';
import { useNow } from '../useNow';
import type { WidgetProps } from '../widget';

type Settings = SettingsOf<typeof alertsWidget.settings>;

const looks: Readonly<Record<Severity, readonly [icon: string, tone: Tone]>> = {
	critical: ['flame', 'bad'],
	high: ['error', 'bad'],
	medium: ['warning', 'warning'],
	low: ['info', 'active'],
};

export function Alerts({ settings }: WidgetProps<Settings>): ReactElement {
	const run = useCommand();
	const now = useNow(60_000);
	return (
		<Live of={useTopic(alertsTopic, null)} loading="Reading alerts">
			{alerts => {
				const shown = alerts.filter(alert => isShown(alert, settings));
				if (shown.length > 0) return <ActionRows rows={shown.map(alert => rowOf(alert, now, run))} />;
				const hidden = alerts.length;
				return (
					<Empty icon="pass">
						{hidden === 0
							? 'No alert is open.'
							: `No alert to show here; ${hidden === 1 ? 'one is' : `${hidden} are`} open that the settings leave out.`}
					</Empty>
				);
			}}
		</Live>
	);
}

function isShown({ severity, state }: Alert, { least, withQuiet }: Settings): boolean {
	if (severities.indexOf(severity) < severities.indexOf(least)) return false;
	return withQuiet || state === 'firing';
}

function rowOf(alert: Alert, now: number, run: ReturnType<typeof useCommand>): ActionRow {
	const { id, severity, state, title, cause, startedAt } = alert;
	const [icon, tone] = looks[severity];
	const isFiring = state === 'firing';
	const act = (verb: 'acknowledge' | 'snooze' | 'resolve', icon: string, label: string) => ({
		icon,
		label: `${label} ${title}`,
		run: () => run(`quarterdeck.alerts.${verb}`, id),
	});
	return {
		id,
		icon: isFiring ? icon : state === 'snoozed' ? 'bell-slash' : 'check',
		state: joined(severity, isFiring ? '' : state),
		tone: isFiring ? tone : 'off',
		title,
		about: joined(formatRelative(startedAt, now), isFiring ? cause : state),
		tooltip: cause,
		open: () => run('quarterdeck.alerts.show', id),
		actions: isFiring
			? [
					act('acknowledge', 'check', 'Acknowledge'),
					act('snooze', 'bell-slash', 'Snooze'),
					act('resolve', 'close', 'Resolve'),
				]
			: [act('resolve', 'close', 'Resolve')],
	};
}
