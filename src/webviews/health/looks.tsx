import type { ReactElement } from 'react';
import type { ServiceView } from '../../core/health/health';
import { severityIcons, severityWords } from '../../core/health/views/alertsTree';
import { stateLooks, stateWords } from '../../core/health/views/healthTree';
import type { HealthState, Severity } from '../../core/ledger/machineEvents';
import { Codicon } from '../shared/components/Codicon';

/** The state of a service as an icon with its word for screen readers. */
export function StateIcon({ service }: { readonly service: Pick<ServiceView, 'state' | 'isStopped'> }): ReactElement {
	const icon = service.isStopped ? 'circle-slash' : stateLooks[service.state].icon.id;
	const tone = service.isStopped ? 'unknown' : service.state;
	return <Codicon name={icon} label={stateWords(service)} className={`state-${tone}`} />;
}

/** A state in a list of changes. */
export function StateWord({ state }: { readonly state: HealthState }): ReactElement {
	return (
		<span className="state-word">
			<Codicon name={stateLooks[state].icon.id} className={`state-${state}`} /> {stateLooks[state].words}
		</span>
	);
}

export function SeverityIcon({ severity }: { readonly severity: Severity }): ReactElement {
	const { id } = severityIcons[severity];
	return <Codicon name={id} label={severityWords[severity]} className={`severity-${severity}`} />;
}
