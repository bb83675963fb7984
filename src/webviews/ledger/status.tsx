import type { ReactElement } from 'react';
import type { ExecutionStatus, StepKind, StepStatus } from '../../core/ledger/events';
import { statusLabels } from '../../core/ledger/views/format';
import { Codicon } from '../shared/components/Codicon';

const icons: Readonly<Record<ExecutionStatus | StepStatus, string>> = {
	running: 'sync',
	waiting: 'bell-dot',
	succeeded: 'pass',
	failed: 'error',
	refused: 'circle-slash',
	stopped: 'debug-stop',
	interrupted: 'debug-disconnect',
};

const kindIcons: Readonly<Record<StepKind, string>> = {
	model: 'sparkle',
	tool: 'tools',
	node: 'symbol-event',
	approval: 'shield',
};

/** The status as an icon; its name is read aloud. */
export function StatusIcon({ status }: { readonly status: ExecutionStatus | StepStatus }): ReactElement {
	return (
		<Codicon
			name={icons[status]}
			label={statusLabels[status]}
			isSpinning={status === 'running'}
			className={`status ${status}`}
		/>
	);
}

/** What kind of step it is. */
export function KindIcon({ kind }: { readonly kind: StepKind }): ReactElement {
	return <Codicon name={kindIcons[kind]} className="kind" />;
}
