import type { ReactElement } from 'react';
import type { Tier } from '../../../core/ledger/events';
import { Codicon } from '../../shared/components/Codicon';

const icons: Readonly<Record<Tier, string>> = {
	GREEN: 'shield',
	YELLOW: 'edit',
	ORANGE: 'warning',
	RED: 'flame',
	BLACK: 'circle-slash',
};

/** What a tier means to the person who is asked. */
const tierMeaning: Readonly<Record<Tier, string>> = {
	GREEN: 'Only reads',
	YELLOW: 'Changes files or asks other machines, and is easily undone',
	ORANGE: 'Reaches beyond this workspace, or is tedious to undo',
	RED: 'Destroys something, or cannot be undone',
	BLACK: 'Never allowed',
};

/** The same for one call. What a server's tool does is not known here, so nothing is claimed of it. */
export function meaningOf({ tier, tool }: { readonly tier: Tier; readonly tool: string }): string {
	const isForeign = tier === 'YELLOW' && tool.startsWith('mcp__');
	return isForeign ? 'A tool of a server; what it reaches is not known here' : tierMeaning[tier];
}

/** How far a call reaches: a word and an icon, so that colour is not the only mark. */
export function TierBadge({ tier }: { readonly tier: Tier }): ReactElement {
	return (
		<span className={`tier ${tier.toLowerCase()}`} title={tierMeaning[tier]}>
			<Codicon name={icons[tier]} />
			{tier}
		</span>
	);
}
