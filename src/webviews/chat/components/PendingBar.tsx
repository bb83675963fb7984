import type { ReactElement } from 'react';
import { Codicon } from '../../shared/components/Codicon';
import { plural } from '../../shared/format';
import { useHost } from '../host';
import { hiddenPending, type ChatState } from '../state';

/** Says above the composer that something waits, and leads to it however far it has scrolled away. */
export function PendingBar({ state }: { readonly state: ChatState }): ReactElement | null {
	const { dispatch } = useHost();
	const hidden = hiddenPending(state);
	const first = hidden[0];
	if (first === undefined) return null;
	return (
		<button type="button" className="pending-bar" onClick={() => dispatch({ type: 'jump', item: first })}>
			<Codicon name="bell-dot" />
			{plural(hidden.length, 'decision waits', 'decisions wait')} for you
			<span className="text-link">Show</span>
		</button>
	);
}
