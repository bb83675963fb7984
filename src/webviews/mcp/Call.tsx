import type { ReactElement, ReactNode } from 'react';
import { Button, ProgressRing } from '../shared/components/toolkit';
import type { CallState } from './useCall';

export interface CallProps {
	readonly label: string;
	readonly call: Pick<CallState<unknown>, 'isRunning' | 'progress' | 'cancel'>;
	readonly isDisabled: boolean;
	readonly onRun: () => void;
	readonly children?: ReactNode;
}

/** Runs a request, and says while it runs how far it is; the same place then ends it. */
export function Call({ label, call, isDisabled, onRun, children }: CallProps): ReactElement {
	return (
		<div className="call-bar">
			{call.isRunning ? (
				<>
					<Button onClick={call.cancel}>Cancel</Button>
					<ProgressRing label="Waiting for the answer" />
					<span role="status" className="muted">
						{call.progress ?? 'Waiting for the answer…'}
					</span>
				</>
			) : (
				<>
					<Button appearance="primary" isDisabled={isDisabled} onClick={onRun}>
						{label}
					</Button>
					{children}
				</>
			)}
		</div>
	);
}
