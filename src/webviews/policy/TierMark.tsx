import type { ReactElement } from 'react';
import type { Tier } from '../../core/ledger/events';
import { tierLook } from '../../core/safety/views';
import { Codicon } from '../shared/components/Codicon';

/** A tier in a word and a sign, so that colour is not the only mark. */
export function TierMark({ tier }: { readonly tier: Tier }): ReactElement {
	const look = tierLook(tier);
	return (
		<span className={`tier-mark ${tier.toLowerCase()}`} title={`${tier}: ${look.meaning}`}>
			<Codicon name={look.icon} />
			{tier}
		</span>
	);
}
