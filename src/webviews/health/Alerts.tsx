import { useState, type ReactElement } from 'react';
import type { AlertView, HealthPageView } from '../../core/health/healthPage';
import { severityWords, snoozedText } from '../../core/health/views/alertsTree';
import { IconButton } from '../shared/components/IconButton';
import { MenuButton } from '../shared/components/Menu';
import { Codicon } from '../shared/components/Codicon';
import { formatAgo } from '../shared/format';
import { SeverityIcon } from './looks';
import type { Attempt } from './state';

const times = [
	{ id: '15', label: '15 minutes' },
	{ id: '60', label: '1 hour' },
	{ id: '240', label: '4 hours' },
	{ id: '1440', label: '1 day' },
	{ id: '10080', label: '1 week' },
];

export interface AlertListProps {
	readonly view: HealthPageView;
	readonly selected: string | undefined;
	readonly onSelect: (id: string) => void;
	readonly attempt: Attempt;
}

/** Open alerts, and behind a button those that are over. */
export function AlertList({ view, selected, onSelect, attempt }: AlertListProps): ReactElement {
	const [isPastShown, setIsPastShown] = useState(false);
	const { open, history, now } = view;
	return (
		<section aria-label="Alerts" className="health-alerts">
			<h2>Alerts</h2>
			{open.length === 0 && <p className="muted">No open alerts.</p>}
			<ul>
				{open.map(alert => (
					<li key={alert.id} className={alert.id === selected ? 'is-shown' : ''}>
						<button
							type="button"
							className="health-row"
							aria-label={`${severityWords[alert.severity]}: ${alert.title}, ${stateText(alert, now)}`}
							aria-pressed={alert.id === selected}
							onClick={() => onSelect(alert.id)}
						>
							<SeverityIcon severity={alert.severity} />
							<span className="health-name">{alert.title}</span>
							<span className="muted">{stateText(alert, now)}</span>
						</button>
						<AlertButtons alert={alert} attempt={attempt} />
					</li>
				))}
			</ul>
			{history.length > 0 && (
				<>
					<button
						type="button"
						className="text-button"
						aria-expanded={isPastShown}
						onClick={() => setIsPastShown(!isPastShown)}
					>
						<Codicon name={isPastShown ? 'chevron-down' : 'chevron-right'} /> History ({history.length})
					</button>
					{isPastShown && (
						<ul aria-label="Alerts that are over">
							{history.map(alert => (
								<li key={alert.id} className={alert.id === selected ? 'is-shown' : ''}>
									<button type="button" className="health-row" onClick={() => onSelect(alert.id)}>
										<Codicon name="circle-outline" />
										<span className="health-name">{alert.title}</span>
										<span className="muted">{stateText(alert, now)}</span>
									</button>
								</li>
							))}
						</ul>
					)}
				</>
			)}
		</section>
	);
}

/** Why an alert was raised, and what can be done about it. */
export function AlertDetail(props: {
	readonly alert: AlertView;
	readonly now: number;
	readonly attempt: Attempt;
}): ReactElement {
	const { alert, now, attempt } = props;
	return (
		<section aria-label={`Why: ${alert.title}`} className="health-why">
			<h3>
				<SeverityIcon severity={alert.severity} /> <span>{alert.title}</span>
			</h3>
			<p>{alert.cause}</p>
			{alert.note !== null && <p className="health-note">{alert.note}</p>}
			<p className="muted">
				{severityWords[alert.severity]}, {stateText(alert, now)}. Rule: {alert.ruleText}.{' '}
				<button
					type="button"
					className="text-button"
					onClick={() => void attempt('mute', { rule: alert.rule, isMuted: true })}
				>
					Mute Rule
				</button>
			</p>
			{alert.state !== 'resolved' && <AlertButtons alert={alert} attempt={attempt} />}
		</section>
	);
}

function AlertButtons({ alert, attempt }: { readonly alert: AlertView; readonly attempt: Attempt }): ReactElement {
	const { id, title, state } = alert;
	return (
		<span className="health-buttons">
			{state !== 'acknowledged' && (
				<IconButton icon="check" label={`Acknowledge: ${title}`} onClick={() => void attempt('acknowledge', { id })} />
			)}
			<MenuButton
				label={`Snooze: ${title}`}
				items={times}
				onPick={minutes => void attempt('snooze', { id, minutes: Number(minutes) })}
			>
				<Codicon name="bell-slash" />
			</MenuButton>
			<IconButton icon="pass" label={`Mark as resolved: ${title}`} onClick={() => void attempt('resolve', { id })} />
		</span>
	);
}

function stateText({ state, until, startedAt, endedAt }: AlertView, now: number): string {
	const began = formatAgo(startedAt, now);
	switch (state) {
		case 'acknowledged':
			return `acknowledged · ${began}`;
		case 'snoozed':
			return snoozedText(until, now);
		case 'resolved':
			return `over · ${formatAgo(endedAt ?? startedAt, now)}`;
		default:
			return began;
	}
}
