import { open, readdir, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { Sequencer } from '../../base/async';
import { ExpectedError, systemCode } from '../../base/errors';
import type { ModelToolCall } from '../../providers/provider';
import { ensureFolder, syncFolder } from '../../storage/files';
import type { ClaudeErrorCode } from '../../claude/session';

const part = z.discriminatedUnion('type', [
	z.object({ type: z.literal('text'), text: z.string() }),
	z.object({ type: z.literal('image'), mediaType: z.string(), data: z.string() }),
]);
const call: z.ZodMiniType<ModelToolCall> = z.object({
	id: z.string(),
	name: z.string(),
	input: z.nullable(z.record(z.string(), z.unknown())),
	rawInput: z.string(),
});
const base = { uuid: z.string(), at: z.number() };

const entrySchema = z.discriminatedUnion('type', [
	/** The head of a file. */
	z.object({ type: z.literal('session'), version: z.literal(1), ...base }),
	z.object({ type: z.literal('user'), ...base, parts: z.array(part) }),
	z.object({
		type: z.literal('assistant'),
		...base,
		provider: z.string(),
		model: z.string(),
		text: z.string(),
		thinking: z.string(),
		toolCalls: z.array(call),
		opaque: z.optional(z.unknown()),
	}),
	z.object({
		type: z.literal('tool'),
		...base,
		callId: z.string(),
		name: z.string(),
		parts: z.array(part),
		isError: z.boolean(),
	}),
	/** Stands for everything before the entry `keepFrom`; `null` keeps nothing. */
	z.object({ type: z.literal('summary'), ...base, text: z.string(), keepFrom: z.nullable(z.string()) }),
]);

/** One line of a loop's own record of its conversation. */
export type Entry = z.infer<typeof entrySchema>;
export type UserEntry = Extract<Entry, { type: 'user' }>;
export type AssistantEntry = Extract<Entry, { type: 'assistant' }>;
export type ToolEntry = Extract<Entry, { type: 'tool' }>;

/** What a loop said and heard, on disk: one JSON line an entry, appended durably. One writer a file. */
export class Transcript {
	readonly id: string;
	readonly #entries: Entry[];
	readonly #handle: FileHandle;
	readonly #writing = new Sequencer();

	private constructor(id: string, entries: Entry[], handle: FileHandle) {
		this.id = id;
		this.#entries = entries;
		this.#handle = handle;
	}

	get entries(): readonly Entry[] {
		return this.#entries;
	}

	/** Begins a new record, with entries of another one where it is a fork. */
	static async create(folder: string, id: string, at: number, from: readonly Entry[] = []): Promise<Transcript> {
		await ensureFolder(folder);
		const handle = await open(pathOf(folder, id), 'ax', 0o600);
		try {
			const uuid = globalThis.crypto.randomUUID();
			const made = new Transcript(id, [], handle);
			const copied = from.filter(entry => entry.type !== 'session');
			await made.append({ type: 'session', version: 1, uuid, at }, ...copied);
			await syncFolder(folder);
			return made;
		} catch (error) {
			await handle.close();
			throw error;
		}
	}

	/** Goes on with a record. Rejects with `session-missing`. */
	static async resume(folder: string, id: string): Promise<Transcript> {
		const { entries, isTorn } = await readEntries(folder, id);
		const handle = await open(pathOf(folder, id), 'a', 0o600);
		// What a killed window left of a line must not swallow the next one.
		if (isTorn) await handle.write('\n');
		return new Transcript(id, [...entries], handle);
	}

	/** A new record that begins with another one's entries, up to and including the entry `at` where given. */
	static async fork(
		folder: string,
		id: string,
		from: string,
		at: string | undefined,
		now: number,
	): Promise<Transcript> {
		const { entries } = await readEntries(folder, from);
		const last = at === undefined ? entries.length - 1 : entries.findLastIndex(entry => entry.uuid === at);
		if (last < 0) throw missing(from);
		return Transcript.create(folder, id, now, entries.slice(0, last + 1));
	}

	/** Adds entries; resolves when they are on disk. */
	append(...entries: readonly Entry[]): Promise<void> {
		this.#entries.push(...entries);
		const lines = entries.map(entry => `${JSON.stringify(entry)}\n`).join('');
		return this.#writing.run(async () => {
			await this.#handle.appendFile(lines);
			await this.#handle.datasync();
		});
	}

	async close(): Promise<void> {
		await this.#writing.run(() => this.#handle.close());
	}
}

/** Deletes records that nobody has written to since `before` (milliseconds since 1970). */
export async function pruneTranscripts(folder: string, before: number): Promise<void> {
	const names = await readdir(folder).catch((error: unknown) => {
		if (systemCode(error) === 'ENOENT') return [];
		throw error;
	});
	for (const name of names.filter(file => file.endsWith('.jsonl'))) {
		const path = join(folder, name);
		const { mtimeMs } = await stat(path);
		if (mtimeMs < before) await rm(path, { force: true });
	}
}

function pathOf(folder: string, id: string): string {
	return join(folder, `${id.replaceAll(/[^0-9A-Za-z-]/g, '_')}.jsonl`);
}

/** Reads what is whole; a torn last line, or one that somebody edited, is left out. */
async function readEntries(
	folder: string,
	id: string,
): Promise<{ readonly entries: readonly Entry[]; readonly isTorn: boolean }> {
	const text = await readFile(pathOf(folder, id), 'utf8').catch((error: unknown) => {
		if (systemCode(error) === 'ENOENT') throw missing(id);
		throw error;
	});
	const entries = text.split('\n').flatMap(line => {
		const entry = entrySchema.safeParse(parsed(line));
		return entry.success ? [entry.data] : [];
	});
	if (entries.length === 0) throw missing(id);
	return { entries, isTorn: text !== '' && !text.endsWith('\n') };
}

function parsed(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		// No schema fits `undefined`, so the line is left out.
		return undefined;
	}
}

function missing(id: string): ExpectedError<ClaudeErrorCode> {
	return new ExpectedError('session-missing', 'The record of this conversation is gone, so it is begun afresh.', {
		details: { id },
	});
}
