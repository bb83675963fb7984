import { join } from 'node:path';
import { Deferred } from '../../base/async';
import { systemClock, type Clock } from '../../base/clock';
import { ExpectedError, errorText, systemCode } from '../../base/errors';
import { Emitter } from '../../base/event';
import type { HostId } from '../../base/ids';
import { MutableDisposable, type Disposable } from '../../base/lifecycle';
import { diskAppendFs, type AppendFile, type AppendFs } from '../../storage/appendFs';
import { BlobStore } from '../../storage/blobs';
import type { JournalEvent } from '../events';
import { encodeLine, largeTextBytes, type BlobRef, type JournalLine, type TextField } from './line';
import { ledgerFolders, segmentName, type LedgerFolders } from './layout';

/** Why events wait in memory: said while the disk takes nothing, `null` once all is written. */
export interface WriterWait {
	readonly events: number;
	/** System code, such as `ENOSPC`. */
	readonly code: string;
	readonly reason: string;
}

export interface JournalWriterOptions {
	/** The ledger's folder. */
	readonly folder: string;
	/** Unique to this run of this host: no other writer may ever use it. */
	readonly host: HostId;
	/** Version of the extension, written into the first event. */
	readonly version: string;
	readonly clock?: Clock;
	readonly fs?: AppendFs;
	/** A segment that has grown past this is closed and the next begun. */
	readonly maxSegmentBytes?: number;
	/** Milliseconds until a failed write is tried again. */
	readonly retryMs?: number;
	/** Done once, before the first byte: the host makes itself known. */
	readonly onFirstAppend?: () => Promise<void>;
}

interface Pending {
	readonly line: JournalLine;
	/** Texts to be moved out of the line before it is written. */
	readonly large: readonly TextField[];
	readonly written: Deferred<void>;
	encoded: string | undefined;
}

interface OpenSegment {
	readonly file: AppendFile;
	readonly path: string;
	bytes: number;
}

const maxBatchEvents = 5000;
const maxBatchBytes = 4 * 1024 * 1024;

/**
 * Appends to this host's own segments. `append` resolves when its event is on disk, and never before. A failed write or
 * sync leaves the segment behind for good (its end is unknown) and writes what was not acknowledged again into a new
 * one; readers apply an event that stands in both once.
 */
export class JournalWriter implements Disposable {
	readonly #options: JournalWriterOptions;
	readonly #folders: LedgerFolders;
	readonly #fs: AppendFs;
	readonly #clock: Clock;
	readonly #blobs: BlobStore;
	readonly #retry = new MutableDisposable<Disposable>();
	readonly #stateEmitter = new Emitter<WriterWait | null>();
	/** Fires when events begin to wait, and with `null` when they are all on disk again. */
	readonly onDidChangeState = this.#stateEmitter.event;
	#queue: Pending[] = [];
	#segment: OpenSegment | undefined;
	#nextNumber = 1;
	#lastSeq = 0;
	#waiting: WriterWait | null = null;
	#isFlushing = false;
	#isReady = false;
	#hasBegun = false;
	#isClosed = false;
	#idle: Deferred<void> | undefined;

	constructor(options: JournalWriterOptions) {
		this.#options = options;
		this.#folders = ledgerFolders(options.folder);
		this.#fs = options.fs ?? diskAppendFs;
		this.#clock = options.clock ?? systemClock;
		this.#blobs = new BlobStore(this.#folders.blobs);
	}

	get waiting(): WriterWait | null {
		return this.#waiting && { ...this.#waiting, events: this.#queue.length };
	}

	/** Events that come after are ordered behind `seq`: what this host has seen of others is older than what it writes. */
	observe(seq: number): void {
		this.#lastSeq = Math.max(this.#lastSeq, seq);
	}

	/** Resolves when the event is on disk; waits as long as the disk takes nothing. Rejects only when closed first. */
	append(event: JournalEvent): Promise<void> {
		if (this.#isClosed) return Promise.reject(closedError());
		if (!this.#hasBegun) {
			this.#hasBegun = true;
			void this.#enqueue({ type: 'host.opened', version: this.#options.version, pid: process.pid });
		}
		const written = this.#enqueue(event);
		if (!this.#isFlushing && !this.#waiting) {
			this.#isFlushing = true;
			// After the events of this turn of the loop, so that they share one sync.
			queueMicrotask(() => void this.#flush());
		}
		return written;
	}

	/** Writes what is queued and closes. What the disk does not take is rejected. */
	async close(): Promise<void> {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.#retry.dispose();
		if (this.#isFlushing) await (this.#idle ??= new Deferred()).promise;
		if (this.#queue.length > 0) await this.#flush();
		for (const pending of this.#queue.splice(0)) pending.written.reject(closedError());
		await this.#segment?.file.close().catch(() => undefined); // All that counts was synced before.
		this.#segment = undefined;
		this.#stateEmitter.dispose();
	}

	dispose(): void {
		void this.close();
	}

	#enqueue(event: JournalEvent): Promise<void> {
		const at = this.#clock.now();
		// From the clock, so that a new host's events follow those of earlier ones; past the last, so that a clock that
		// is set back cannot turn two events of this host around.
		this.#lastSeq = Math.max(this.#lastSeq + 1, at * 1000);
		const large = largeFields(event);
		const line: JournalLine = { host: this.#options.host, seq: this.#lastSeq, at, event, blobs: {} };
		const pending: Pending = {
			line,
			large,
			written: new Deferred(),
			encoded: large.length === 0 ? encodeLine(line) : undefined,
		};
		this.#queue.push(pending);
		// The first event of a host is nobody's promise: a rejection of it must not count as unhandled.
		pending.written.promise.catch(() => undefined);
		return pending.written.promise;
	}

	async #flush(): Promise<void> {
		this.#isFlushing = true;
		try {
			while (this.#queue.length > 0) await this.#writeBatch();
			this.#setWaiting(null);
		} catch (error) {
			await this.#abandonSegment();
			this.#wait(error);
		} finally {
			this.#isFlushing = false;
			this.#idle?.resolve();
		}
		// A listener of the state may have appended while the loop was ending.
		if (this.#queue.length > 0 && !this.#waiting && !this.#isClosed) await this.#flush();
	}

	async #writeBatch(): Promise<void> {
		await this.#prepareFolders();
		const { count, text } = await this.#nextBatch();
		const segment = (this.#segment ??= await this.#beginSegment());
		const bytes = Buffer.from(text, 'utf8');
		await segment.file.write(bytes);
		await segment.file.sync();
		if (!segment.file.hasName())
			throw new ExpectedError('journal-removed', 'The journal file was deleted while it was in use');
		segment.bytes += bytes.length;
		for (const pending of this.#queue.splice(0, count)) pending.written.resolve();
		if (segment.bytes >= (this.#options.maxSegmentBytes ?? 16 * 1024 * 1024)) {
			this.#segment = undefined;
			await segment.file.close();
		}
	}

	async #prepareFolders(): Promise<void> {
		if (this.#isReady) return;
		await this.#fs.ensureFolder(this.#folders.journal);
		await this.#options.onFirstAppend?.();
		this.#isReady = true;
	}

	async #nextBatch(): Promise<{ count: number; text: string }> {
		const parts: string[] = [];
		let size = 0;
		for (const pending of this.#queue) {
			if (parts.length >= maxBatchEvents || size >= maxBatchBytes) break;
			pending.encoded ??= encodeLine(await this.#moveLargeTexts(pending));
			parts.push(pending.encoded);
			size += pending.encoded.length;
		}
		return { count: parts.length, text: parts.join('') };
	}

	/** Large texts are on disk under their hash before the line that names them. */
	async #moveLargeTexts(pending: Pending): Promise<JournalLine> {
		await this.#fs.ensureFolder(this.#folders.blobs);
		const event: Record<string, unknown> = { ...pending.line.event };
		const blobs: Partial<Record<TextField, BlobRef>> = {};
		for (const field of pending.large) {
			const text = event[field] as string;
			blobs[field] = { ...(await this.#blobs.put(text)), length: text.length };
			event[field] = null;
		}
		return { ...pending.line, event: event as unknown as JournalEvent, blobs };
	}

	async #beginSegment(): Promise<OpenSegment> {
		for (;;) {
			const path = join(this.#folders.journal, segmentName(this.#options.host, this.#nextNumber));
			try {
				this.#nextNumber += 1;
				return { file: await this.#fs.create(path), path, bytes: 0 };
			} catch (error) {
				if (systemCode(error) !== 'EEXIST') throw error;
			}
		}
	}

	async #abandonSegment(): Promise<void> {
		const segment = this.#segment;
		if (!segment) return;
		this.#segment = undefined;
		await segment.file.close().catch(() => undefined); // It failed already; nothing in it is relied on from here.
		// Nothing in it was acknowledged: leaving it would fill a full disk with one file an attempt.
		if (segment.bytes === 0) await this.#fs.remove(segment.path).catch(() => undefined);
	}

	#wait(error: unknown): void {
		// The folder itself may be gone.
		this.#isReady = false;
		this.#setWaiting({
			events: this.#queue.length,
			code: systemCode(error) ?? (error instanceof ExpectedError ? error.code : 'unknown'),
			reason: reasonOf(error),
		});
		if (this.#isClosed) return;
		this.#retry.value = this.#clock.after(this.#options.retryMs ?? 2000, () => {
			if (!this.#isFlushing && !this.#isClosed) void this.#flush();
		});
	}

	#setWaiting(next: WriterWait | null): void {
		const isNews = next?.reason !== this.#waiting?.reason;
		this.#waiting = next;
		if (isNews) this.#stateEmitter.fire(next);
	}
}

function largeFields(event: JournalEvent): TextField[] {
	const fields: TextField[] = [];
	const consider = (field: TextField, text: string | null): void => {
		if (text !== null && text.length > largeTextBytes / 3 && Buffer.byteLength(text) > largeTextBytes)
			fields.push(field);
	};
	if (event.type === 'step.started') consider('input', event.input);
	else if (event.type === 'step.ended') consider('output', event.output);
	else if (event.type === 'conversation.item') consider('body', event.body);
	else if (event.type === 'approval.requested' || event.type === 'gate.decided') consider('effect', event.effect);
	else if (event.type === 'ledger.retired') consider('rollups', event.rollups);
	return fields;
}

function reasonOf(error: unknown): string {
	if (systemCode(error) === 'ENOSPC') return 'The disk is full';
	if (systemCode(error) === 'EDQUOT') return 'The disk quota is used up';
	return errorText(error);
}

function closedError(): ExpectedError {
	return new ExpectedError('journal-closed', 'The ledger was closed before this could be written');
}
