import type { AttachmentView } from '../../../core/chat/items';
import { imageBytesLimit } from '../../../core/chat/limits';
import { documentKind, documentLimit } from '../../../core/documents/kinds';
import { formatBytes } from '../../shared/format';
import { shrinkImage } from './shrink';

type ImageType = Extract<AttachmentView, { kind: 'image' }>['mediaType'];

const imageTypes: ReadonlySet<string> = new Set<ImageType>(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const textLimit = 200_000;

export interface ReadFiles {
	readonly attachments: readonly AttachmentView[];
	/** One sentence for each file that was not taken. */
	readonly refused: readonly string[];
}

/** Reads a document in the host; answers `null` when that failed and was told. */
export type ReadInHost = (name: string, bytes: Uint8Array) => Promise<AttachmentView | null>;

/**
 * Turns pasted or dropped files into attachments: pictures as they are or made smaller, documents by what the host
 * reads in them, text by its content.
 */
export async function readFiles(files: readonly File[], readInHost: ReadInHost): Promise<ReadFiles> {
	const attachments: AttachmentView[] = [];
	const refused: string[] = [];
	for (const file of files) {
		const result = await readOne(file, readInHost);
		if (result === null) continue;
		if (typeof result === 'string') refused.push(result);
		else attachments.push(result);
	}
	return { attachments, refused };
}

async function readOne(file: File, readInHost: ReadInHost): Promise<AttachmentView | string | null> {
	const label = file.name || 'pasted image';
	if (imageTypes.has(file.type)) {
		const image = file.size > imageBytesLimit ? await shrinkImage(file, imageBytesLimit) : file;
		if (!image)
			return `“${label}” has ${formatBytes(file.size)}; pictures up to ${formatBytes(imageBytesLimit)} can be attached. Make it smaller and try again.`;
		return { kind: 'image', label, mediaType: image.type as ImageType, data: toBase64(await image.arrayBuffer()) };
	}
	if (file.type.startsWith('image/')) return `“${label}” is ${file.type}; pictures must be PNG, JPEG, GIF or WebP.`;
	if (documentKind(label) !== undefined) {
		if (file.size > documentLimit)
			return `“${label}” has ${formatBytes(file.size)}; documents up to ${formatBytes(documentLimit)} are read.`;
		return readInHost(label, new Uint8Array(await file.arrayBuffer()));
	}
	if (file.size > textLimit)
		return `“${label}” has ${formatBytes(file.size)}; text up to ${formatBytes(textLimit)} can be dropped. Add it with @ instead, so that the model reads what it needs.`;
	try {
		const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
		if (!text.includes('\0')) return { kind: 'text', label, text, bytes: file.size };
	} catch {
		// Not UTF-8: told below.
	}
	return `“${label}” is not text. Put it into the workspace and add it with @.`;
}

function toBase64(buffer: ArrayBuffer): string {
	const bytes = new Uint8Array(buffer);
	let binary = '';
	// In slices, because a call takes only so many arguments.
	for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
	return btoa(binary);
}

/** Addresses of files that were dragged from VS Code's explorer or an editor tab. */
export function draggedUris(data: DataTransfer): readonly string[] {
	const internal = data.getData('application/vnd.code.uri-list');
	const text = internal || data.getData('text/uri-list');
	return text.split(/\r?\n/).filter(line => line !== '' && !line.startsWith('#'));
}
