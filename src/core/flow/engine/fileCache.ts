import { randomUUID } from 'node:crypto';
import { appendFile, open, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../base/errors';
import { ensureFolder, removeNow } from '../../storage/files';
import type { PortValues } from '../nodes/nodeType';
import type { CacheStore } from './cache';

export interface FileCacheOptions {
	readonly folder: string;
	/** What all its files may have together when it is opened; the oldest go first. One program writes half of it at most. */
	readonly maxBytes?: number;
	readonly maxFiles?: number;
	/** Milliseconds after which a file that is not written to any more goes. */
	readonly maxAgeMs?: number;
	/** Characters of results that are kept at hand. */
	readonly maxMemory?: number;
}

interface Place {
	readonly file: string;
	readonly offset: number;
	readonly length: number;
}

const defaults = {
	maxBytes: 32 * 1024 * 1024,
	maxFiles: 200,
	maxAgeMs: 30 * 24 * 3600_000,
	maxMemory: 16 * 1024 * 1024,
};
/** A result that is larger than this is made again sooner than it is read. */
const longestResult = 1024 * 1024;

/**
 * Results of nodes in files that only grow: one a program, all of them read by each. Nothing here is needed: what is lost,
 * torn or foreign is a result that is made again, so nothing is synced and no failure is told.
 */
export class FileCache implements CacheStore {
	readonly #options: Required<FileCacheOptions>;
	#own: string;
	readonly #places = new Map<string, Place>();
	/** The newest last. */
	readonly #memory = new Map<string, string>();
	#memorySize = 0;
	#lines: string[] = [];
	#writing: Promise<void> | undefined;
	#offset = 0;

	/** Reads which results there are, and deletes what is too old or too much. */
	static async open(options: FileCacheOptions): Promise<FileCache> {
		const cache = new FileCache({ ...defaults, ...options });
		await cache.#load();
		return cache;
	}

	private constructor(options: Required<FileCacheOptions>) {
		this.#options = options;
		this.#own = join(options.folder, `${randomUUID()}.jsonl`);
	}

	get size(): number {
		return this.#places.size;
	}

	get(key: string): PortValues | undefined | Promise<PortValues | undefined> {
		const text = this.#memory.get(key);
		if (text !== undefined) return JSON.parse(text) as PortValues;
		const place = this.#places.get(key);
		return place && this.#read(key, place);
	}

	set(key: string, outputs: PortValues): void {
		const text = JSON.stringify(outputs);
		if (text.length > longestResult || this.#places.has(key)) return;
		this.#remember(key, text);
		this.#lines.push(`{"key":"${key}","outputs":${text}}\n`);
		this.#writing ??= new Promise<void>(resolve => setImmediate(resolve)).then(() => this.#write());
	}

	/** Resolves when what was set is written. */
	async settled(): Promise<void> {
		while (this.#writing) await this.#writing;
	}

	/** Deletes everything. */
	async clear(): Promise<void> {
		await this.settled();
		this.#places.clear();
		this.#memory.clear();
		this.#memorySize = this.#offset = 0;
		for (const { path } of await this.#files()) removeNow(path);
	}

	#remember(key: string, text: string): void {
		this.#memory.set(key, text);
		this.#memorySize += text.length;
		for (const [oldest, other] of this.#memory) {
			if (this.#memorySize <= this.#options.maxMemory) break;
			this.#memory.delete(oldest);
			this.#memorySize -= other.length;
		}
	}

	async #read(key: string, { file, offset, length }: Place): Promise<PortValues | undefined> {
		try {
			const handle = await open(file, 'r');
			try {
				const bytes = Buffer.allocUnsafe(length);
				const { bytesRead } = await handle.read(bytes, 0, length, offset);
				const line = JSON.parse(bytes.toString('utf8', 0, bytesRead)) as { key: string; outputs: PortValues };
				if (line.key !== key) return undefined;
				this.#remember(key, JSON.stringify(line.outputs));
				return line.outputs;
			} finally {
				await handle.close();
			}
		} catch {
			this.#places.delete(key); // Gone or torn: it is made again.
			return undefined;
		}
	}

	async #write(): Promise<void> {
		while (this.#lines.length > 0) {
			const lines = this.#lines.splice(0);
			if (this.#offset > this.#options.maxBytes / 2) this.#beginAnew();
			try {
				await ensureFolder(this.#options.folder);
				await appendFile(this.#own, lines.join(''), { mode: 0o600 });
				for (const line of lines) this.#place(this.#own, line);
			} catch {
				// A full disk: the results are at hand for this program, and are made again by the next.
			}
		}
		this.#writing = undefined;
	}

	/** A file that only grows would fill the disk of whoever never closes the window. */
	#beginAnew(): void {
		for (const [key, { file }] of this.#places) if (file === this.#own) this.#places.delete(key);
		removeNow(this.#own);
		this.#own = join(this.#options.folder, `${randomUUID()}.jsonl`);
		this.#offset = 0;
	}

	#place(file: string, line: string): void {
		const length = Buffer.byteLength(line);
		const key = keyOf(line);
		if (key !== undefined) this.#places.set(key, { file, offset: this.#offset, length: length - 1 });
		this.#offset += length;
	}

	async #load(): Promise<void> {
		let total = 0;
		const oldest = Date.now() - this.#options.maxAgeMs;
		for (const [number, { path, bytes, at }] of (await this.#files()).entries()) {
			total += bytes;
			if (at < oldest || total > this.#options.maxBytes || number >= this.#options.maxFiles) {
				removeNow(path);
				continue;
			}
			const text = await readFile(path, 'utf8').catch(() => '');
			this.#offset = 0;
			for (let start = 0, end = text.indexOf('\n'); end >= 0; start = end + 1, end = text.indexOf('\n', start))
				this.#place(path, text.slice(start, end + 1));
		}
		this.#offset = 0;
	}

	/** The newest first. */
	async #files(): Promise<readonly { readonly path: string; readonly bytes: number; readonly at: number }[]> {
		const { folder } = this.#options;
		let names: readonly string[];
		try {
			names = await readdir(folder);
		} catch (error) {
			if (systemCode(error) === 'ENOENT') return [];
			throw error;
		}
		const files = names
			.filter(name => name.endsWith('.jsonl'))
			.map(async name => {
				const path = join(folder, name);
				const info = await stat(path).catch(() => undefined);
				return info ? [{ path, bytes: info.size, at: info.mtimeMs }] : [];
			});
		return (await Promise.all(files)).flat().toSorted((left, right) => right.at - left.at);
	}
}

function keyOf(line: string): string | undefined {
	return /^\{"key":"([0-9a-f]{64})"/.exec(line)?.[1];
}
