import type { ReactElement } from 'react';
import type { ThinkingItem } from '../../../core/chat/items';
import { Codicon } from '../../shared/components/Codicon';
import { formatDuration } from '../../shared/format';
import { useOpen } from '../host';

/** What the model thought, folded once it is done. */
export function ThinkingRow({ item }: { readonly item: ThinkingItem }): ReactElement {
	const [isOpen, setIsOpen] = useOpen(item.id, false);
	// Milliseconds tell nobody anything here.
	const isShort = item.duration === null || item.duration < 1000;
	const took = isShort ? 'Thought' : `Thought for ${formatDuration(item.duration)}`;
	const hasText = item.text.trim() !== '';
	return (
		<div className="thinking">
			<button
				type="button"
				className="thinking-toggle"
				aria-expanded={isOpen}
				disabled={!hasText}
				onClick={() => setIsOpen(!isOpen)}
			>
				<Codicon name={isOpen ? 'chevron-down' : 'chevron-right'} />
				{item.isStreaming ? 'Thinking…' : took}
			</button>
			{isOpen && (
				<div className="thinking-text" dir="auto">
					{item.text}
				</div>
			)}
		</div>
	);
}
