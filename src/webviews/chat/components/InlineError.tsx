import type { ReactElement } from 'react';
import type { ErrorAction } from '../../../core/base/errors';
import { Codicon } from '../../shared/components/Codicon';
import { IconButton } from '../../shared/components/IconButton';
import { useHost } from '../host';

export interface InlineErrorProps {
	readonly error: { readonly text: string; readonly actions: readonly ErrorAction[] } | null;
	readonly onDismiss?: () => void;
}

/** A failure where it happened, with what to do about it. */
export function InlineError({ error, onDismiss }: InlineErrorProps): ReactElement | null {
	const { attempt } = useHost();
	if (!error) return null;
	return (
		<div className="inline-error" role="alert">
			<Codicon name="error" />
			<span className="inline-error-text">
				{error.text}
				{error.actions.map(action => (
					<button
						key={action.title}
						type="button"
						className="text-button"
						onClick={() => void attempt('runAction', { action })}
					>
						{action.title}
					</button>
				))}
			</span>
			{onDismiss && <IconButton icon="close" label="Dismiss" onClick={onDismiss} />}
		</div>
	);
}
