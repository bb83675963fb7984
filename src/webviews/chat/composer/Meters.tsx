import type { ReactElement } from 'react';
import type { ConversationView } from '../../../core/chat/items';
import type { ChatSnapshot } from '../../../core/chat/protocol';
import { formatCount } from '../../shared/format';
import { costText } from '../components/TurnRow';

export interface MetersProps {
	readonly conversation: ConversationView;
	readonly cli: ChatSnapshot['cli'];
}

/** How full the context is, what the conversation cost, and which CLI answers. */
export function Meters({ conversation, cli }: MetersProps): ReactElement {
	const { context, cost, basis } = conversation;
	return (
		<div className="meters">
			{context && context.max > 0 && <ContextMeter used={context.used} max={context.max} />}
			{(cost !== null || basis === 'unpriced') && (
				<span title="Cost of this conversation so far">{costText(cost, basis)}</span>
			)}
			<span className="toolbar-space" />
			{cli && (
				<span className="meters-cli" title={cli.path}>
					{cli.version}
				</span>
			)}
		</div>
	);
}

/** From here on Claude compacts soon: worth a colour and a word. */
const nearlyFull = 80;

function ContextMeter({ used, max }: { readonly used: number; readonly max: number }): ReactElement {
	const percent = Math.min(100, Math.round((used / max) * 100));
	const isNearlyFull = percent >= nearlyFull;
	return (
		<span
			className={isNearlyFull ? 'context nearly-full' : 'context'}
			title={`Context: ${formatCount(used)} of ${formatCount(max)} tokens`}
		>
			<meter className="context-bar" min={0} max={100} value={percent} aria-label={`Context ${percent} % full`} />
			{percent}% context{isNearlyFull ? ', /compact soon' : ''}
		</span>
	);
}
