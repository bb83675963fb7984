import type { ReactElement, ReactNode } from 'react';
import type { NoticeItem } from '../../../core/chat/items';
import { Codicon } from '../../shared/components/Codicon';
import { useOpen } from '../host';
import { ActionButtons } from './ActionButtons';

/** Something that happened beside the conversation, with what to do about it. */
export function NoticeRow({ item }: { readonly item: NoticeItem }): ReactElement {
	const [isOpen, setIsOpen] = useOpen(item.id, false);
	return (
		<div className={`notice ${item.level}`}>
			<Codicon name={item.level} label={item.level} />
			<div className="notice-text">
				<span dir="auto">{withCode(item.text)}</span>
				{item.details !== null && (
					<button type="button" className="text-button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
						{isOpen ? 'Hide details' : 'Show details'}
					</button>
				)}
				{isOpen && item.details !== null && (
					<pre className="capped-text" tabIndex={0} aria-label="Details">
						{item.details}
					</pre>
				)}
				<ActionButtons actions={item.actions} isSecond={item.level === 'info'} />
			</div>
		</div>
	);
}

/** What stands between backticks is a command or a name, and is drawn as one. */
function withCode(text: string): ReactNode {
	const parts = text.split(/`([^`\n]+)`/);
	if (parts.length === 1) return text;
	return parts.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
