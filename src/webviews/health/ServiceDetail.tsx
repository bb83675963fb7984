import type { ReactElement, ReactNode } from 'react';
import type { ServiceView } from '../../core/health/health';
import type { AlertView, ServiceDetail } from '../../core/health/healthPage';
import { formatUptime, watchedText } from '../../core/health/uptime';
import { stateWords } from '../../core/health/views/healthTree';
import { formatAgo } from '../shared/format';
import { Hours } from './Hours';
import { SeverityIcon, StateIcon, StateWord } from './looks';
import { ServiceButtons } from './Services';
import type { Attempt } from './state';

export interface ServiceDetailProps {
	readonly service: ServiceView;
	readonly services: readonly ServiceView[];
	readonly alerts: readonly AlertView[];
	readonly detail: ServiceDetail | null;
	readonly isBusy: boolean;
	readonly now: number;
	readonly onSelect: (id: string) => void;
	readonly onSelectAlert: (id: string) => void;
	readonly attempt: Attempt;
}

const recentShown = 10;

/** One service: what is known of it now, and how it was. */
export function ServiceDetailView(props: ServiceDetailProps): ReactElement {
	const { service, detail, isBusy, now, attempt } = props;
	const { name, reason, latencyMs, checkedAt } = service;
	return (
		<section aria-label={name} className="health-detail">
			<h2>
				<StateIcon service={service} /> <span>{name}</span>
				<ServiceButtons service={service} isBusy={isBusy} attempt={attempt} />
			</h2>
			<p>
				<b>{stateWords(service)}</b>: {reason}
			</p>
			<dl>
				{checkedAt !== null && <Fact term="Looked at">{formatAgo(checkedAt, now)}</Fact>}
				{latencyMs !== null && <Fact term="Answered in">{Math.round(latencyMs)} ms</Fact>}
				<Uptime detail={detail} />
				<Dependencies {...props} />
			</dl>
			<Alerts {...props} />
			{detail && <Hours hours={detail.hours} />}
			{detail && <Past detail={detail} now={now} />}
		</section>
	);
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }): ReactElement {
	return (
		<div>
			<dt>{term}</dt>
			<dd>{children}</dd>
		</div>
	);
}

function Uptime({ detail }: { readonly detail: ServiceDetail | null }): ReactElement | null {
	if (!detail) return null;
	const { day, week, month } = detail.uptimes;
	const spans = [
		['day', day],
		['week', week],
		['month', month],
	] as const;
	const parts = spans.flatMap(([name, uptime], index) => {
		// A week of which only today was watched says nothing more than the day.
		if (!uptime || uptime.watchedMs === spans[index - 1]?.[1]?.watchedMs) return [];
		return [`last ${name} ${formatUptime(uptime.percent)} over ${watchedText(uptime.watchedMs)}`];
	});
	return <Fact term="Uptime">{parts.length === 0 ? 'not watched for a minute yet' : parts.join(' · ')}</Fact>;
}

function Dependencies({ service, services, detail, onSelect }: ServiceDetailProps): ReactElement | null {
	const needed = service.needs.flatMap(id => services.filter(each => each.id === id));
	const neededBy = detail?.neededBy ?? [];
	if (needed.length + neededBy.length === 0) return null;
	return (
		<>
			{needed.length > 0 && (
				<Fact term="Needs">
					{needed.map(each => (
						<button key={each.id} type="button" className="text-button" onClick={() => onSelect(each.id)}>
							<StateIcon service={each} /> {each.name}
						</button>
					))}
				</Fact>
			)}
			{neededBy.length > 0 && <Fact term="Needed by">{neededBy.join(', ')}</Fact>}
		</>
	);
}

function Alerts({ alerts, onSelectAlert }: ServiceDetailProps): ReactElement | null {
	if (alerts.length === 0) return null;
	return (
		<ul className="health-own-alerts" aria-label="Its alerts">
			{alerts.map(({ id, severity, title, state }) => (
				<li key={id}>
					<button type="button" className="text-button" onClick={() => onSelectAlert(id)}>
						<SeverityIcon severity={severity} /> {title}
						{state === 'firing' ? '' : ` (${state})`}
					</button>
				</li>
			))}
		</ul>
	);
}

function Past({ detail, now }: { readonly detail: ServiceDetail; readonly now: number }): ReactElement {
	const { changes, recent } = detail;
	return (
		<div className="health-past">
			<section aria-label="Changes">
				<h3>Changes</h3>
				{changes.length === 0 ? (
					<p className="muted">None yet.</p>
				) : (
					<ol>
						{changes.map(({ at, state, reason, intent }) => (
							<li key={`${at} ${state}`}>
								<time className="muted" title={new Date(at).toLocaleString()}>
									{formatAgo(at, now)}
								</time>
								<StateWord state={state} />
								<span>
									{reason}
									{intent === 'unasked' ? '' : intent === 'user' ? ' (you did it)' : ' (a repair did it)'}
								</span>
							</li>
						))}
					</ol>
				)}
			</section>
			{recent.length > 0 && (
				<section aria-label="Last checks">
					<h3>Last checks</h3>
					<ol>
						{recent.slice(0, recentShown).map(({ at, outcome, text, latencyMs }) => (
							<li key={at}>
								<time className="muted">{new Date(at).toLocaleTimeString()}</time>
								<span className="state-word">{latencyMs === null ? outcome : `${Math.round(latencyMs)} ms`}</span>
								<span>{text}</span>
							</li>
						))}
					</ol>
				</section>
			)}
		</div>
	);
}
