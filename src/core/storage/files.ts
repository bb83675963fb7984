import { randomUUID } from 'node:crypto';
import { open, mkdir, rename, unlink } from 'node:fs/promises';
import { closeSync, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../base/errors';

/** Makes a name created in `folder` survive a power cut. Windows has no such call for folders and needs none. */
export async function syncFolder(folder: string): Promise<void> {
	if (process.platform === 'win32') return;
	const handle = await open(folder, 'r');
	try {
		await handle.sync();
	} catch (error) {
		if (!isUnsupported(error)) throw error;
	} finally {
		await handle.close();
	}
}

function syncFolderNow(folder: string): void {
	if (process.platform === 'win32') return;
	const file = openSync(folder, 'r');
	try {
		fsyncSync(file);
	} catch (error) {
		if (!isUnsupported(error)) throw error;
	} finally {
		closeSync(file);
	}
}

/** Some network and FUSE file systems refuse to sync a folder; their names are as durable as they get. */
function isUnsupported(error: unknown): boolean {
	return ['EINVAL', 'ENOTSUP', 'EISDIR', 'EBADF'].includes(systemCode(error) ?? '');
}

/** Makes a folder with its parents. */
export async function ensureFolder(folder: string): Promise<void> {
	// Prompts and outputs are nobody else's on a shared machine.
	await mkdir(folder, { recursive: true, mode: 0o700 });
}

/** Replaces a file as a whole: whoever reads it, or finds it after a crash, sees the old or the new content. */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
	const beside = `${path}.${randomUUID()}.tmp`;
	try {
		const handle = await open(beside, 'wx');
		try {
			await handle.writeFile(content);
			await handle.sync();
		} finally {
			await handle.close();
		}
		await rename(beside, path);
		await syncFolder(dirname(path));
	} catch (error) {
		await unlink(beside).catch(() => undefined); // It may not exist; the first failure is the one that counts.
		throw error;
	}
}

/** `writeFileAtomic` for worker threads, which have nothing else to do: the parts are written one after another. */
export function writeFileAtomicNow(path: string, parts: Iterable<Uint8Array>): void {
	const beside = `${path}.${randomUUID()}.tmp`;
	try {
		const file = openSync(beside, 'wx');
		try {
			for (const part of parts) writeAllNow(file, part);
			fsyncSync(file);
		} finally {
			closeSync(file);
		}
		renameSync(beside, path);
		syncFolderNow(dirname(path));
	} catch (error) {
		removeNow(beside);
		throw error;
	}
}

function writeAllNow(file: number, bytes: Uint8Array): void {
	for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done);
}

/** Deletes a file; one that is gone already, or that another process holds open, is no failure. */
export function removeNow(path: string): boolean {
	try {
		unlinkSync(path);
		return true;
	} catch (error) {
		if (['ENOENT', 'EPERM', 'EBUSY', 'EACCES'].includes(systemCode(error) ?? '')) return false;
		throw error;
	}
}
