import { open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod/mini';
import type { Handlers } from '../../rpc/rpc';
import type { AssistantMessage, UserMessage } from '../messages';
import { priceTable } from '../prices';
import { rebuildChain, visibleLines } from './chain';
import { blocksOf, promptText, readTranscript, type TranscriptLine } from './lines';
import { findTranscript, projectFolders } from './paths';
import type { HistoryContract, HistoryMessage, SessionSummary } from './protocol';
import { responsesOf, rowsOf } from './usage';

/** A transcript can hold hundreds of megabytes of requests; its title and time stand near its ends. */
const peekBytes = 64 * 1024;
const titleLength = 200;

/** Ids become file names, so nothing else may pass. */
const sessionId = z.uuid();

/** Answers the history protocol from what the CLI keeps on disk. Nothing is ever written there. */
export function historyHandlers(): Handlers<HistoryContract> {
	return {
		sessions: async ({ folders, cwd, limit }) => {
			const projects = await projectFolders(folders, cwd);
			const files = (await Promise.all(projects.map(transcriptsIn))).flat();
			const newest = files.sort((left, right) => right.updatedAt - left.updatedAt).slice(0, limit);
			const summaries = await Promise.all(newest.map(summarise));
			return summaries.filter(summary => summary !== undefined);
		},
		conversation: async ({ folders, cwd, session }) => {
			const path = await findTranscript(folders, cwd, sessionId.parse(session));
			if (path === undefined) return null;
			const { lines, rejected } = await readTranscript(path);
			return { title: titleOf(lines), messages: visibleLines(rebuildChain(lines)).flatMap(toMessage), rejected };
		},
		usage: async ({ folders, cwd, session, since, prices }) => {
			const path = await findTranscript(folders, cwd, sessionId.parse(session));
			if (path === undefined) return null;
			const { lines } = await readTranscript(path);
			const from = since === null ? 0 : lines.findIndex(line => line.uuid === since);
			if (from < 0) return null;
			const startedAt = Date.parse(lines[from]?.timestamp ?? '') || 0;
			const own = lines.slice(from);
			const agents = await agentLines(path.replace(/\.jsonl$/, ''), startedAt);
			return rowsOf(responsesOf([...own, ...agents]), priceTable(prices));
		},
	};
}

interface TranscriptFile {
	readonly path: string;
	readonly updatedAt: number;
	readonly bytes: number;
}

async function transcriptsIn(folder: string): Promise<readonly TranscriptFile[]> {
	const names = (await readdir(folder)).filter(name => sessionId.safeParse(name.replace(/\.jsonl$/, '')).success);
	return Promise.all(
		names
			.filter(name => name.endsWith('.jsonl'))
			.map(async name => {
				const path = join(folder, name);
				const { mtimeMs, size } = await stat(path);
				return { path, updatedAt: mtimeMs, bytes: size };
			}),
	);
}

async function summarise(file: TranscriptFile): Promise<SessionSummary | undefined> {
	const lines = await peek(file);
	// Only the CLI's own notes, or a sub-agent's file: there is no conversation to continue.
	if (!lines.some(line => promptText(line) !== '')) return undefined;
	const last = lines.findLast(line => line.cwd !== undefined);
	return {
		id: basename(file.path, '.jsonl'),
		title: titleOf(lines),
		cwd: last?.cwd ?? null,
		gitBranch: last?.gitBranch ?? null,
		updatedAt: file.updatedAt,
		bytes: file.bytes,
	};
}

/** The complete lines of a file's beginning and end. */
async function peek({ path, bytes }: TranscriptFile): Promise<readonly TranscriptLine[]> {
	const handle = await open(path);
	try {
		const read = async (from: number, length: number): Promise<string> => {
			const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from);
			return buffer.toString('utf8', 0, bytesRead);
		};
		if (bytes <= 2 * peekBytes) return parseLines((await read(0, bytes)).split('\n'));
		const head = (await read(0, peekBytes)).split('\n').slice(0, -1);
		const tail = (await read(bytes - peekBytes, peekBytes)).split('\n').slice(1);
		return parseLines([...head, ...tail]);
	} finally {
		await handle.close();
	}
}

function parseLines(texts: readonly string[]): readonly TranscriptLine[] {
	return texts.flatMap(text => {
		try {
			const value: unknown = JSON.parse(text);
			return typeof value === 'object' && value !== null && 'type' in value ? [value as TranscriptLine] : [];
		} catch {
			// Torn, or a line that is longer than the part that was read.
			return [];
		}
	});
}

function titleOf(lines: readonly TranscriptLine[]): string {
	const last = (pick: (line: TranscriptLine) => string | undefined): string | undefined => {
		const line = lines.findLast(candidate => (pick(candidate) ?? '') !== '');
		return line && pick(line);
	};
	const title =
		last(line => line.customTitle) ??
		last(line => line.aiTitle ?? line.summary) ??
		last(line => line.lastPrompt) ??
		promptText(lines.find(line => promptText(line) !== '') ?? { type: '' });
	return title.replaceAll(/\s+/g, ' ').slice(0, titleLength);
}

function toMessage(line: TranscriptLine): readonly HistoryMessage[] {
	const at = Date.parse(line.timestamp ?? '') || 0;
	const ids = { ...(line.uuid ? { uuid: line.uuid } : {}), ...(line.sessionId ? { session_id: line.sessionId } : {}) };
	if (line.type === 'system' && line.subtype === 'compact_boundary')
		return [{ at, message: { type: 'system', subtype: 'compact_boundary' } }];
	if (line.type === 'assistant' && line.message) {
		const { id = line.uuid ?? '', model = '', stop_reason = null } = line.message;
		const message: AssistantMessage['message'] = { id, model, stop_reason, content: blocksOf(line) };
		return [{ at, message: { ...ids, type: 'assistant', message, parent_tool_use_id: null } }];
	}
	if (line.type !== 'user' || !line.message || line.isCompactSummary === true) return [];
	const user: UserMessage = {
		...ids,
		type: 'user',
		message: { role: 'user', content: line.message.content ?? '' },
		parent_tool_use_id: null,
		...(line.toolUseResult === undefined ? {} : { tool_use_result: line.toolUseResult }),
	};
	return [{ at, message: user }];
}

/** Lines of a session's sub-agents from a moment on; they are kept in files of their own. */
async function agentLines(folder: string, from: number): Promise<readonly TranscriptLine[]> {
	const names = await readdir(join(folder, 'subagents'), { recursive: true }).catch(() => []); // None were started.
	const files = names.filter(name => name.endsWith('.jsonl')).map(name => join(folder, 'subagents', name));
	const all = await Promise.all(files.map(async path => (await readTranscript(path)).lines));
	return all.flat().filter(line => (Date.parse(line.timestamp ?? '') || 0) >= from);
}
