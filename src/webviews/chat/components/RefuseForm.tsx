import { useState, type ReactElement } from 'react';
import type { Decision } from '../../../core/safety/approval';
import { Button, TextField } from '../../shared/components/toolkit';

export interface RefuseFormProps {
	readonly isBusy: boolean;
	readonly onRefuse: (decision: Decision) => void;
	readonly onCancel: () => void;
}

/** Refuses, with a reason for the model if the user gives one. Enter refuses, Escape goes back. */
export function RefuseForm({ isBusy, onRefuse, onCancel }: RefuseFormProps): ReactElement {
	const [reason, setReason] = useState('');
	const refuse = (isStop: boolean): void =>
		onRefuse({ outcome: 'refuse', reason: reason.trim(), ...(isStop ? { isStop } : {}) });
	return (
		<div className="refuse">
			<TextField
				label="Why not, and what to do instead (optional)"
				placeholder="Why not, and what instead? The model reads it. (optional)"
				value={reason}
				onInput={setReason}
				isFocused
				onKeyDown={event => {
					if (event.key === 'Enter' && !isBusy) refuse(false);
					if (event.key !== 'Escape') return;
					event.stopPropagation();
					onCancel();
				}}
			/>
			<div className="button-row">
				<Button appearance="primary" isDisabled={isBusy} onClick={() => refuse(false)}>
					Refuse
				</Button>
				<Button isDisabled={isBusy} onClick={() => refuse(true)}>
					Refuse and stop
				</Button>
				<Button onClick={onCancel}>Back</Button>
			</div>
		</div>
	);
}
