import { useCallback, useRef, useState, type ReactElement } from 'react';
import type { ConversationView } from '../../../core/chat/items';
import type { ChatSnapshot } from '../../../core/chat/protocol';
import { Codicon } from '../../shared/components/Codicon';
import { Popover } from '../../shared/components/Popover';
import { formatCount } from '../../shared/format';
import { costText } from '../components/TurnRow';
import { useHost } from '../host';
import { SessionDetailsView } from './SessionDetails';

export interface MetersProps {
	readonly conversation: ConversationView;
	readonly cli: ChatSnapshot['cli'];
}

/** How full the context is, what the conversation cost, and which CLI answers; more of it behind a press. */
export function Meters({ conversation, cli }: MetersProps): ReactElement {
	const { context, cost, basis } = conversation;
	const [isOpen, setIsOpen] = useState(false);
	const button = useRef<HTMLButtonElement>(null);
	const { dispatch } = useHost();
	const close = useCallback(() => setIsOpen(false), []);
	const toComposer = useCallback(() => dispatch({ type: 'focusComposer' }), [dispatch]);
	const hasContext = context !== null && context.max > 0;
	const hasCost = cost !== null || basis === 'unpriced';
	return (
		<div className="meters">
			<button
				ref={button}
				type="button"
				className="meters-button"
				aria-expanded={isOpen}
				title="Context, plan limits and MCP servers"
				onClick={() => setIsOpen(!isOpen)}
			>
				{hasContext && <ContextMeter used={context.used} max={context.max} />}
				{hasCost && <span title="Cost of this conversation so far">{costText(cost, basis)}</span>}
				{!hasContext && !hasCost && 'Session details'}
				<Codicon name="chevron-up" />
			</button>
			<span className="toolbar-space" />
			{cli && conversation.provider === 'claude' && (
				<span className="meters-cli" title={cli.path}>
					Claude {cli.version}
				</span>
			)}
			{isOpen && (
				<Popover anchor={button} onClose={close} onEscape={toComposer} className="details-popover">
					<SessionDetailsView conversation={conversation} cli={cli} />
				</Popover>
			)}
		</div>
	);
}

/** From here on it is compacted soon: worth a colour and a word. */
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
