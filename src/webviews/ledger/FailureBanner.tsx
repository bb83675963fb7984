import type { ReactElement } from 'react';
import { Codicon } from '../shared/components/Codicon';
import { IconButton } from '../shared/components/IconButton';
import { useHost } from './host';
import type { Failure } from './state';

const showOutput = { title: 'Show Output', command: 'quarterdeck.showOutput' };

/** A failure of the page itself, with what can be done about it. */
export function FailureBanner({
	failure,
	isOnly = false,
}: {
	readonly failure: Failure;
	readonly isOnly?: boolean;
}): ReactElement {
	const { attempt, dispatch } = useHost();
	return (
		<div className="banner error" role="alert">
			<Codicon name="error" />
			<div className="banner-body">
				<p>{failure.text}</p>
				<p className="banner-actions">
					{[...failure.actions, showOutput].map(action => (
						<button
							key={action.title}
							type="button"
							className="text-button"
							onClick={() => void attempt('runAction', action)}
						>
							{action.title}
						</button>
					))}
				</p>
			</div>
			{!isOnly && <IconButton icon="close" label="Dismiss" onClick={() => dispatch({ type: 'dismissed' })} />}
		</div>
	);
}
