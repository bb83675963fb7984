import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Deferred } from '../../base/async';
import { systemCode } from '../../base/errors';
import type { ExecutionId } from '../../base/ids';
import { diskAppendFs, type AppendFile, type AppendFs } from '../../storage/appendFs';
import { BlobStore } from '../../storage/blobs';
import { ensureFolder } from '../../storage/files';
import type { RunEvent } from './events';
import { largeValueBytes } from './values';

const muchUnsynced = 256 * 1024;

/** Version of the lines that are written. */
export const runJournalVersion = 1;

/** Where the journals of runs lie: `<execution>-<n>.jsonl`, and large values in `blobs`. */
export interface RunFolder {
	readonly journals: string;
	readonly blobs: string;
}

export function runFolder(folder: string): RunFolder {
	return { journals: join(folder, 'runs'), blobs: join(folder, 'blobs') };
}

/** A run's journal is begun once, and each time the run is resumed: nobody appends to a file that another wrote. */
export function journalPath({ journals }: RunFolder, execution: ExecutionId, number: number): string {
	return join(journals, `${execution}-${number}.jsonl`);
}

/** The document of a run, and the SHA-256 of this text. */
export interface FlowText {
	readonly text: string;
	readonly hash: string;
}

export interface RunJournalOptions {
	readonly folder: RunFolder;
	readonly execution: ExecutionId;
	readonly number: number;
	readonly fs?: AppendFs;
	/** Called once, when the disk takes nothing more. */
	readonly onFailure: (error: unknown) => void;
}

/**
 * What a run writes down, one event a line. Lines of one turn of the loop are written together; `durable` resolves when
 * all of them would survive a power cut, and several that wait share one sync.
 */
export class RunJournal {
	readonly #options: RunJournalOptions;
	readonly #blobs: BlobStore;
	readonly #file: AppendFile | Promise<AppendFile>;
	#lines: string[] = [];
	#waiting: Deferred<void>[] = [];
	#isScheduled = false;
	/** Bytes that the system has and the disk may not. */
	#unsynced = 0;
	#writing: Promise<void> | undefined;
	#failure: unknown;
	#hasFailed = false;
	#blobFolder: Promise<void> | undefined;
	/** What must be on disk before the first line. */
	#before: Promise<void> | undefined;

	constructor(options: RunJournalOptions) {
		this.#options = options;
		this.#blobs = new BlobStore(options.folder.blobs);
		this.#file = this.#open();
		// Told when something is written.
		if (this.#file instanceof Promise) this.#file.catch(() => undefined);
	}

	append(event: RunEvent, at: number): void {
		this.line(`{"at":${at},"event":${JSON.stringify(event)}}\n`);
	}

	/** The first line: what the run is of. The document goes into a file of its own when it is large. */
	header(fields: string, { text, hash }: FlowText, at: number): void {
		if (text.length <= largeValueBytes) {
			this.line(`{"at":${at},"header":${fields},"document":{"value":${text}}}\n`);
			return;
		}
		this.#before = this.put(text).then(() => undefined);
		// Told when the line is written.
		this.#before.catch(() => undefined);
		this.line(`{"at":${at},"header":${fields},"document":{"blob":"${hash}"}}\n`);
	}

	/** Appends a line as it is. */
	line(text: string): void {
		this.#lines.push(text);
		if (this.#isScheduled || this.#writing) return;
		this.#isScheduled = true;
		setImmediate(() => {
			this.#isScheduled = false;
			this.#begin();
		});
	}

	/** Keeps a large text and gives the name it is found by, once it is on disk. */
	async put(text: string): Promise<string> {
		this.#blobFolder ??= ensureFolder(this.#options.folder.blobs);
		await this.#blobFolder;
		return (await this.#blobs.put(text)).hash;
	}

	/** Resolves when everything appended so far is on disk. Rejects when the disk does not take it. */
	durable(): Promise<void> {
		if (this.#hasFailed) return Promise.reject(this.#failure);
		const wait = new Deferred<void>();
		this.#waiting.push(wait);
		// After what else this turn of the loop appends.
		queueMicrotask(() => this.#begin());
		return wait.promise;
	}

	/** Writes what is left and closes. */
	async close(): Promise<void> {
		while (this.#writing || this.#lines.length > 0) {
			this.#begin();
			await this.#writing;
			if (this.#hasFailed) break;
		}
		try {
			await (await this.#file).close();
		} catch {
			// It was never there, or what is wrong with it has been told.
		}
	}

	#begin(): void {
		if (this.#writing || this.#hasFailed || (this.#lines.length === 0 && this.#waiting.length === 0)) return;
		this.#writing = this.#write().then(
			() => {
				this.#writing = undefined;
				this.#begin();
			},
			(error: unknown) => this.#fail(error),
		);
	}

	async #write(): Promise<void> {
		const file = this.#file instanceof Promise ? await this.#file : this.#file;
		if (this.#before) await this.#before;
		const [lines, waiting] = [this.#lines, this.#waiting];
		this.#lines = [];
		this.#waiting = [];
		try {
			if (lines.length > 0) {
				const bytes = Buffer.from(lines.join(''), 'utf8');
				await file.write(bytes);
				this.#unsynced += bytes.length;
			}
			// The disk works beside the nodes: whoever waits for it at the end waits for the rest only.
			if (waiting.length === 0 && this.#unsynced < muchUnsynced) return;
			await file.sync();
			this.#unsynced = 0;
		} catch (error) {
			for (const wait of waiting) wait.reject(error);
			throw error;
		}
		for (const wait of waiting) wait.resolve();
	}

	#fail(error: unknown): void {
		this.#writing = undefined;
		this.#hasFailed = true;
		this.#failure = error;
		this.#lines = [];
		for (const wait of this.#waiting.splice(0)) wait.reject(error);
		this.#options.onFailure(error);
	}

	/** At once where the disk can: a short run is over before a file is opened the other way. */
	#open(): AppendFile | Promise<AppendFile> {
		const { folder, execution, number, fs = diskAppendFs } = this.#options;
		const path = journalPath(folder, execution, number);
		// A start that was killed before its first line left nothing to keep. What others wrote is never appended to.
		const free = isEmpty(path) ? journalPath(folder, execution, number + 1) : path;
		try {
			if (fs.begin) return fs.begin(free);
		} catch (error) {
			if (systemCode(error) !== 'ENOENT') return Promise.reject(error);
		}
		return fs.ensureFolder(folder.journals).then(() => fs.create(free));
	}
}

function isEmpty(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false })?.size === 0;
}
