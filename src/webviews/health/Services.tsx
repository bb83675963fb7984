import type { ReactElement } from 'react';
import type { ServiceAction, ServiceView } from '../../core/health/health';
import type { HealthPageView } from '../../core/health/healthPage';
import { stateWords } from '../../core/health/views/healthTree';
import { IconButton } from '../shared/components/IconButton';
import { formatAgo } from '../shared/format';
import { Button } from '../shared/components/toolkit';
import { StateIcon } from './looks';
import type { Attempt } from './state';

export interface ServiceListProps {
	readonly view: HealthPageView;
	readonly shown: string | null;
	readonly busy: ReadonlySet<string>;
	readonly onSelect: (id: string) => void;
	readonly attempt: Attempt;
}

/** The services, the worst first; the selected one is told about beside them. */
export function ServiceList({ view, shown, busy, onSelect, attempt }: ServiceListProps): ReactElement {
	return (
		<section aria-label="Services" className="health-list">
			<h2>Services</h2>
			{view.services.length === 0 ? (
				<p className="muted">
					{view.isTrusted
						? 'Nothing is watched yet. Your MCP servers and model servers appear here once they run.'
						: 'Nothing is looked at in a workspace that is not trusted.'}
				</p>
			) : (
				<ul>
					{view.services.map(service => (
						<Row
							key={service.id}
							service={service}
							isShown={service.id === shown}
							isBusy={busy.has(service.id)}
							now={view.now}
							onSelect={onSelect}
							attempt={attempt}
						/>
					))}
				</ul>
			)}
			<Button onClick={() => void attempt('openSettings', { setting: 'health.services' })}>Add Service…</Button>
		</section>
	);
}

interface RowProps {
	readonly service: ServiceView;
	readonly isShown: boolean;
	readonly isBusy: boolean;
	readonly now: number;
	readonly onSelect: (id: string) => void;
	readonly attempt: Attempt;
}

function Row({ service, isShown, isBusy, now, onSelect, attempt }: RowProps): ReactElement {
	const { id, name, since, checkedAt, isStopped } = service;
	const ago = checkedAt === null || isStopped ? '' : ` · ${formatAgo(since, now)}`;
	const words = `${stateWords(service)}${ago}`;
	return (
		<li className={isShown ? 'is-shown' : ''} aria-busy={isBusy}>
			<button
				type="button"
				className="health-row"
				aria-label={`${name}, ${words}`}
				aria-pressed={isShown}
				onClick={() => onSelect(id)}
			>
				<StateIcon service={service} />
				<span className="health-name">{name}</span>
				<span className="muted">{words}</span>
			</button>
			<ServiceButtons service={service} isBusy={isBusy} attempt={attempt} />
		</li>
	);
}

const buttons: Readonly<Record<ServiceAction, { readonly icon: string; readonly label: string }>> = {
	start: { icon: 'play', label: 'Start' },
	stop: { icon: 'debug-stop', label: 'Stop' },
	restart: { icon: 'debug-restart', label: 'Restart' },
	logs: { icon: 'output', label: 'Show log' },
};

/** What can be done to a service here. */
export function ServiceButtons(props: {
	readonly service: ServiceView;
	readonly isBusy: boolean;
	readonly attempt: Attempt;
}): ReactElement {
	const { service, isBusy, attempt } = props;
	const { id, name, actions } = service;
	return (
		<span className="health-buttons">
			{actions.map(action => (
				<IconButton
					key={action}
					icon={buttons[action].icon}
					label={`${buttons[action].label}: ${name}`}
					isDisabled={isBusy && action !== 'logs'}
					onClick={() => void attempt('act', { id, action })}
				/>
			))}
			<IconButton
				icon={isBusy ? 'loading codicon-modifier-spin' : 'refresh'}
				label={`Check now: ${name}`}
				isDisabled={isBusy}
				onClick={() => void attempt('check', { id })}
			/>
		</span>
	);
}
