import type { ReactElement } from 'react';
import type { ErrorAction } from '../../../core/base/errors';
import { Button } from '../../shared/components/toolkit';
import { useHost } from '../host';

export interface ActionButtonsProps {
	readonly actions: readonly ErrorAction[];
	/** Something else on the page is the likelier way. */
	readonly isSecond?: boolean;
}

/** What can be done about something, the most likely first. */
export function ActionButtons({ actions, isSecond = false }: ActionButtonsProps): ReactElement | null {
	const { attempt } = useHost();
	if (actions.length === 0) return null;
	return (
		<div className="button-row">
			{actions.map((action, index) => (
				<Button
					key={action.title}
					appearance={index === 0 && !isSecond ? 'primary' : 'secondary'}
					onClick={() => void attempt('runAction', { action })}
				>
					{action.title}
				</Button>
			))}
		</div>
	);
}
