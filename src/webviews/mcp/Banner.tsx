import type { ReactElement } from 'react';
import { Codicon } from '../shared/components/Codicon';
import { IconButton } from '../shared/components/IconButton';
import { useHost, type Failure } from './host';

/** A failure with what can be done about it. */
export function Banner({
	failure,
	onDismiss,
}: {
	readonly failure: Failure;
	readonly onDismiss?: () => void;
}): ReactElement {
	const { attempt } = useHost();
	return (
		<div className="banner" role="alert">
			<Codicon name="error" />
			<div className="banner-body">
				<p>{failure.text}</p>
				{failure.actions.map(action => (
					<button
						key={action.title}
						type="button"
						className="text-button"
						onClick={() => void attempt('runAction', action)}
					>
						{action.title}
					</button>
				))}
			</div>
			{onDismiss && <IconButton icon="close" label="Dismiss" onClick={onDismiss} />}
		</div>
	);
}
