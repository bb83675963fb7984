import type { ReactElement } from 'react';
import type { AttachmentView } from '../../../core/chat/items';
import { Codicon } from '../../shared/components/Codicon';
import { AttachmentChip, attachmentLabel } from '../components/AttachmentChip';
import { useHost } from '../host';
import { attachmentKey, type ChatState } from '../state';

export interface ContextChipsProps {
	readonly state: ChatState;
	/** How many attachments are still being read. */
	readonly reading: number;
}

/** What goes with the prompt, and what the open editor offers to add. */
export function ContextChips({ state, reading }: ContextChipsProps): ReactElement | null {
	const { dispatch } = useHost();
	const { attachments, editor } = state;
	const present = new Set(attachments.map(attachmentKey));
	const offers: AttachmentView[] = [];
	if (editor.selection) offers.push(editor.selection);
	if (editor.file) offers.push({ kind: 'file', ...editor.file });
	const open = offers.filter(offer => !present.has(attachmentKey(offer)));
	if (attachments.length === 0 && open.length === 0 && reading === 0) return null;
	return (
		<div className="chips" role="group" aria-label="Attached">
			{attachments.map(attachment => (
				<AttachmentChip
					key={attachmentKey(attachment)}
					attachment={attachment}
					onRemove={() => dispatch({ type: 'detach', attachment })}
				/>
			))}
			{reading > 0 && (
				<span className="chip" role="status">
					<Codicon name="loading" isSpinning />
					<span className="chip-label">Reading…</span>
				</span>
			)}
			{open.map(offer => (
				<button
					key={attachmentKey(offer)}
					type="button"
					className="chip offer"
					title={`Attach the ${offer.kind === 'file' ? 'open file' : 'selection'}: ${attachmentLabel(offer)}`}
					onClick={() => dispatch({ type: 'attach', attachments: [offer] })}
				>
					<Codicon name="add" />
					<span className="chip-label">{attachmentLabel(offer)}</span>
				</button>
			))}
		</div>
	);
}
