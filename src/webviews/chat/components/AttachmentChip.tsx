import type { ReactElement } from 'react';
import type { AttachmentView } from '../../../core/chat/items';
import { Codicon } from '../../shared/components/Codicon';
import { IconButton } from '../../shared/components/IconButton';
import { formatCount } from '../../shared/format';
import { useHost } from '../host';

const icons: Readonly<Record<AttachmentView['kind'], string>> = {
	file: 'file',
	selection: 'selection',
	symbol: 'symbol-method',
	image: 'file-media',
	text: 'note',
};

/** `main.ts`, `main.ts:10–20`. */
export function attachmentLabel(attachment: AttachmentView): string {
	if (attachment.kind !== 'selection') return attachment.label;
	const { label, startLine, endLine } = attachment;
	if (/:\d/.test(label)) return label;
	return startLine === endLine ? `${label}:${startLine}` : `${label}:${startLine}–${endLine}`;
}

function titleOf(attachment: AttachmentView, label: string): string {
	if (attachment.kind !== 'text' || attachment.detail === undefined) return label;
	return `${label}: ${attachment.detail}`;
}

export interface AttachmentChipProps {
	readonly attachment: AttachmentView;
	readonly onRemove?: () => void;
}

/** Something attached to a prompt. A press on a file opens it. */
export function AttachmentChip({ attachment, onRemove }: AttachmentChipProps): ReactElement {
	const { attempt } = useHost();
	const label = attachmentLabel(attachment);
	const image =
		attachment.kind === 'image' && attachment.data !== ''
			? `data:${attachment.mediaType};base64,${attachment.data}`
			: null;
	const inner = (
		<>
			{image === null ? <Codicon name={icons[attachment.kind]} /> : <img className="chip-image" src={image} alt="" />}
			<span className="chip-label">{label}</span>
			{attachment.kind === 'text' && attachment.tokens !== undefined && (
				<span className="chip-size muted">{`${formatCount(attachment.tokens)} tokens`}</span>
			)}
		</>
	);
	const line = 'startLine' in attachment ? attachment.startLine : null;
	return (
		<span className="chip">
			{'path' in attachment ? (
				<button
					type="button"
					className="chip-main"
					title={attachment.path}
					onClick={() => void attempt('openFile', { path: attachment.path, line })}
				>
					{inner}
				</button>
			) : (
				<span className="chip-main" title={titleOf(attachment, label)}>
					{inner}
				</span>
			)}
			{onRemove && <IconButton icon="close" label={`Remove ${label}`} onClick={onRemove} />}
		</span>
	);
}
