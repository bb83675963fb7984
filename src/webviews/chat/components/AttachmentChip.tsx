import type { ReactElement } from 'react';
import type { AttachmentView } from '../../../core/chat/items';
import { Codicon } from '../../shared/components/Codicon';
import { IconButton } from '../../shared/components/IconButton';
import { formatBytes, formatCount } from '../../shared/format';
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

/** What it takes: `1.2 MB, 8.4k tokens`; a file that is named by its path takes tokens only where it is read. */
function sizeOf(attachment: AttachmentView): string {
	if (attachment.kind === 'image')
		return attachment.data === '' ? '' : formatBytes(Math.floor((attachment.data.length * 3) / 4));
	if (attachment.kind === 'file') return attachment.bytes === undefined ? '' : formatBytes(attachment.bytes);
	if (attachment.kind === 'symbol') return '';
	const { text } = attachment;
	const known = attachment.kind === 'text' ? attachment.tokens : undefined;
	const tokens = `${formatCount(known ?? Math.ceil(text.length / 4))} tokens`;
	const bytes = attachment.kind === 'text' ? attachment.bytes : undefined;
	return bytes === undefined ? (text === '' ? '' : tokens) : `${formatBytes(bytes)}, ${tokens}`;
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
	const size = sizeOf(attachment);
	const inner = (
		<>
			{image === null ? <Codicon name={icons[attachment.kind]} /> : <img className="chip-image" src={image} alt="" />}
			<span className="chip-label">{label}</span>
			{size !== '' && <span className="chip-size">{size}</span>}
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
