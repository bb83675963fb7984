import { createHash, randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { open, rename, stat, unlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '../base/errors';
import { ensureFolder, removeNow, syncFolder } from './files';

/** Large texts by content: `blobs/ab/abcdef…`. The same text twice is one file, and a file never changes. */
export class BlobStore {
	readonly #folder: string;

	constructor(folder: string) {
		this.#folder = folder;
	}

	/** Resolves with the text's hash when the file is on disk. */
	async put(text: string): Promise<{ readonly hash: string; readonly bytes: number }> {
		const content = Buffer.from(text, 'utf8');
		// Off this thread: hashing 50 MB would hold the editor for a tenth of a second.
		const hash = Buffer.from(await crypto.subtle.digest('SHA-256', content)).toString('hex');
		const path = this.#path(hash);
		if (!(await this.#isThere(path, content.length))) await this.#write(path, content);
		return { hash, bytes: content.length };
	}

	/** The text, or `undefined` when the file is missing or is not what its name says. */
	readNow(hash: string): string | undefined {
		if (!/^[0-9a-f]{64}$/.test(hash)) return undefined;
		try {
			const content = readFileSync(this.#path(hash));
			return createHash('sha256').update(content).digest('hex') === hash ? content.toString('utf8') : undefined;
		} catch (error) {
			if (systemCode(error) === 'ENOENT') return undefined;
			throw error;
		}
	}

	/** The first `bytes` of the text, unchecked: for a search, which can do without. `undefined` when it cannot be read. */
	beginningNow(hash: string, bytes: number): string | undefined {
		if (!/^[0-9a-f]{64}$/.test(hash)) return undefined;
		try {
			const file = openSync(this.#path(hash), 'r');
			try {
				const content = Buffer.allocUnsafe(bytes);
				return content.toString('utf8', 0, readSync(file, content, 0, bytes, 0));
			} finally {
				closeSync(file);
			}
		} catch {
			return undefined; // Gone or locked: the text is then not found by its words, and all else goes on.
		}
	}

	/** Marks a blob as still wanted, so that `removeOlderThan` keeps it. */
	touchNow(hash: string, at: number): void {
		try {
			utimesSync(this.#path(hash), at / 1000, at / 1000);
		} catch (error) {
			if (systemCode(error) !== 'ENOENT') throw error;
		}
	}

	/** Bytes of all blobs. */
	sizeNow(): number {
		return this.#all().reduce((sum, file) => sum + file.bytes, 0);
	}

	/** Deletes what was neither written nor marked since `at` (milliseconds since 1970). */
	removeOlderThan(at: number): number {
		return this.#all().filter(file => file.touchedAt < at && removeNow(file.path)).length;
	}

	/** An equal file from before is used again, with a new time: the line that refers to it is new. */
	async #isThere(path: string, bytes: number): Promise<boolean> {
		try {
			if ((await stat(path)).size !== bytes) return false;
			const now = Date.now() / 1000;
			await utimes(path, now, now);
			return true;
		} catch (error) {
			if (systemCode(error) === 'ENOENT') return false;
			throw error;
		}
	}

	async #write(path: string, content: Buffer): Promise<void> {
		const folder = dirname(path);
		await ensureFolder(folder);
		const beside = `${path}.${randomUUID()}.tmp`;
		try {
			const handle = await open(beside, 'wx');
			try {
				await handle.writeFile(content);
				await handle.datasync();
			} finally {
				await handle.close();
			}
			await rename(beside, path);
			await syncFolder(folder);
			await syncFolder(this.#folder);
		} catch (error) {
			await unlink(beside).catch(() => undefined); // It may not exist; the first failure is the one that counts.
			throw error;
		}
	}

	#path(hash: string): string {
		return join(this.#folder, hash.slice(0, 2), hash);
	}

	#all(): { readonly path: string; readonly bytes: number; readonly touchedAt: number }[] {
		const found: { path: string; bytes: number; touchedAt: number }[] = [];
		for (const entry of listNow(this.#folder)) {
			for (const name of listNow(join(this.#folder, entry))) {
				const path = join(this.#folder, entry, name);
				const info = statSync(path, { throwIfNoEntry: false });
				if (info?.isFile()) found.push({ path, bytes: info.size, touchedAt: info.mtimeMs });
			}
		}
		return found;
	}
}

/** Names in a folder; none when it does not exist. */
function listNow(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch (error) {
		if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return [];
		throw error;
	}
}
