import { createReadStream } from 'node:fs';
import { FrameReader } from '../framing';
import type { ApiUsage, ContentBlock } from '../messages';

/** A line of a transcript, as far as we read it. */
export interface TranscriptLine {
	readonly type: string;
	readonly uuid?: string;
	readonly parentUuid?: string | null;
	/** Set on a compact boundary, whose `parentUuid` is null. */
	readonly logicalParentUuid?: string | null;
	readonly subtype?: string;
	readonly sessionId?: string;
	readonly timestamp?: string;
	readonly cwd?: string;
	readonly gitBranch?: string;
	readonly isSidechain?: boolean;
	readonly isMeta?: boolean;
	readonly isCompactSummary?: boolean;
	readonly teamName?: string;
	readonly requestId?: string;
	readonly toolUseResult?: unknown;
	readonly message?: {
		readonly id?: string;
		readonly role?: string;
		readonly model?: string;
		readonly stop_reason?: string | null;
		readonly content?: string | readonly ContentBlock[];
		readonly usage?: ApiUsage;
	};
	readonly compactMetadata?: {
		readonly preservedMessages?: { readonly anchorUuid?: string; readonly uuids?: readonly string[] };
	};
	readonly customTitle?: string;
	readonly aiTitle?: string;
	readonly summary?: string;
	readonly lastPrompt?: string;
}

/** Reads a transcript. Lines that are torn or of no known shape are counted, never fatal. */
export async function readTranscript(
	path: string,
): Promise<{ readonly lines: readonly TranscriptLine[]; readonly rejected: number }> {
	const lines: TranscriptLine[] = [];
	let rejected = 0;
	const reader = new FrameReader({
		onFrame: frame => {
			if (typeof frame['type'] === 'string') lines.push(frame as unknown as TranscriptLine);
			else rejected++;
		},
		onGarbage: () => rejected++,
	});
	for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) reader.push(chunk as Buffer);
	reader.end();
	return { lines, rejected };
}

/** The blocks of a line's message. */
export function blocksOf(line: TranscriptLine): readonly ContentBlock[] {
	const content = line.message?.content;
	if (typeof content === 'string') return [{ type: 'text', text: content }];
	return Array.isArray(content) ? content : [];
}

/** What a person typed in a line; empty for tool results, reminders and the CLI's own words. */
export function promptText(line: TranscriptLine): string {
	if (line.type !== 'user' || line.isMeta === true || line.isCompactSummary === true || line.isSidechain === true)
		return '';
	return blocksOf(line)
		.map(block => (block.type === 'text' ? block.text : ''))
		.join('\n')
		.replaceAll(/<(system-reminder|local-command-\w+|command-(?:name|message|args))>[\s\S]*?<\/\1>/g, '')
		.trim();
}
