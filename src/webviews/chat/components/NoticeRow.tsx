import type { ReactElement } from 'react';
import type { NoticeItem } from '../../../core/chat/items';
import { Codicon } from '../../shared/components/Codicon';
import { Words } from '../../shared/components/Words';
import { useOpen } from '../host';
import { ActionButtons } from './ActionButtons';

/** Something that happened beside the conversation, with what to do about it. */
export function NoticeRow({ item }: { readonly item: NoticeItem }): ReactElement {
	const [isOpen, setIsOpen] = useOpen(item.id, false);
	return (
		<div className={`notice ${item.level}`}>
			<Codicon name={item.level} label={item.level} />
			<div className="notice-text">
				<span dir="auto">
					<Words text={item.text} />
				</span>
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
