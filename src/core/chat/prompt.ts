import type { AttachmentView } from './items';

/** A block of a user message, as the Messages API and the CLI take it. */
export type PromptBlock =
	| { readonly type: 'text'; readonly text: string }
	| {
			readonly type: 'image';
			readonly source: { readonly type: 'base64'; readonly media_type: string; readonly data: string };
	  };

/**
 * The content of a user message: attachments first, then the text as typed, so that a slash command stays at the
 * beginning when nothing is attached.
 * @param before texts that go before everything: an earlier conversation, what is remembered
 */
export function promptContent(
	text: string,
	attachments: readonly AttachmentView[],
	before: readonly string[] = [],
): string | readonly PromptBlock[] {
	if (before.length > 0) {
		const now = promptContent(text, attachments);
		return [
			...before.map(part => ({ type: 'text' as const, text: part })),
			...(typeof now === 'string' ? [{ type: 'text' as const, text: now }] : now),
		];
	}
	if (attachments.length === 0) return text;
	const images: PromptBlock[] = [];
	const notes: string[] = [];
	for (const attachment of attachments) {
		if (attachment.kind === 'image')
			images.push({
				type: 'image',
				source: { type: 'base64', media_type: attachment.mediaType, data: attachment.data },
			});
		else notes.push(describe(attachment));
	}
	const body = notes.length === 0 ? text : `${text}\n\n${notes.join('\n\n')}`;
	return [...images, { type: 'text', text: body === '' ? 'See the image.' : body }];
}

/** Text of an earlier conversation that the session does not know. */
export function earlierText(text: string): string {
	return `<earlier_conversation>\n${text}\n</earlier_conversation>`;
}

function describe(attachment: Exclude<AttachmentView, { kind: 'image' }>): string {
	if (attachment.kind === 'file') return `@${quotePath(attachment.path)}`;
	if (attachment.kind === 'text') return `<attached name="${attachment.label}">\n${attachment.text}\n</attached>`;
	const lines = `${attachment.path}, lines ${attachment.startLine}-${attachment.endLine}`;
	if (attachment.kind === 'symbol') return `See ${attachment.label} in ${lines}.`;
	return `<selection file="${attachment.path}" lines="${attachment.startLine}-${attachment.endLine}">\n${attachment.text}\n</selection>`;
}

/** The CLI ends an `@` path at a space unless it is quoted. */
function quotePath(path: string): string {
	return /\s/.test(path) ? `"${path}"` : path;
}

/** A conversation's title from its first prompt: its first line, at most 60 characters, cut at a word. */
export function titleFromPrompt(text: string): string {
	const line =
		text
			.split('\n')
			.map(part => part.trim())
			.find(part => part !== '') ?? '';
	if (line === '') return 'New conversation';
	if (line.length <= 60) return line;
	const cut = line.slice(0, 60);
	const space = cut.lastIndexOf(' ');
	return `${space > 30 ? cut.slice(0, space) : cut}…`;
}
