import { close, fdatasync, fstatSync, openSync, write, writeSync } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ensureFolder, syncFolder } from './files';

/** A file that only grows. A class of its own so that a test can run out of space at will. */
export interface AppendFile {
	/** Writes all bytes at the end, or fails; after a failure the end of the file is unknown. */
	write(bytes: Uint8Array): Promise<void>;
	/** Resolves when what was written would survive a power cut. */
	sync(): Promise<void>;
	/** Whether the file still has a name: what is written to a deleted file is lost at its close. Asked after each sync. */
	hasName(): boolean;
	close(): Promise<void>;
}

/** What the journal's writer asks of the disk. */
export interface AppendFs {
	ensureFolder(folder: string): Promise<void>;
	/** Creates a file that must not exist yet (`EEXIST` otherwise) and makes its name durable. */
	create(path: string): Promise<AppendFile>;
	/** The same at once; the name is durable with the first sync. For files that live for a moment. */
	begin?(path: string): AppendFile;
	remove(path: string): Promise<void>;
}

/** The real disk. */
export const diskAppendFs: AppendFs = {
	ensureFolder,
	async create(path) {
		const handle = await open(path, 'ax');
		try {
			await syncFolder(folderOf(path));
		} catch (error) {
			await handle.close();
			throw error;
		}
		return {
			async write(bytes) {
				for (let done = 0; done < bytes.length;) {
					done += (await handle.write(bytes, done, bytes.length - done)).bytesWritten;
				}
			},
			sync: () => handle.datasync(),
			// At once and not through the thread pool: the answer is in memory, and the way there costs more than the sync.
			hasName: () => fstatSync(handle.fd).nlink > 0,
			close: () => handle.close(),
		};
	},
	begin: beginFile,
	remove: path => unlink(path),
};

const closeFile = promisify(close);
const syncFile = promisify(fdatasync);
const writeFile = promisify(write);
/** The way through the thread pool costs more than handing so little to the system. */
const littleBytes = 64 * 1024;

function beginFile(path: string): AppendFile {
	const file = openSync(path, 'ax');
	// Side by side with whatever comes before the first sync.
	const named = syncFolder(folderOf(path));
	named.catch(() => undefined); // Told by the first sync.
	return {
		async write(bytes) {
			for (let done = 0; done < bytes.length;) {
				const left = bytes.length - done;
				if (left <= littleBytes) done += writeSync(file, bytes, done, left);
				else done += (await writeFile(file, bytes, done, left)).bytesWritten;
			}
		},
		async sync() {
			await Promise.all([syncFile(file), named]);
		},
		hasName: () => fstatSync(file).nlink > 0,
		close: () => closeFile(file),
	};
}

function folderOf(path: string): string {
	return path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')));
}
