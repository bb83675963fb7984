import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { structuredPatch } from 'diff';
import { systemCode } from '../../base/errors';

/** The bytes of a file, `null` when there is none. */
export async function bytesOrNull(path: string): Promise<Buffer | null> {
	try {
		return await readFile(path);
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return null;
		throw error;
	}
}

/**
 * Writes a file so that a reader sees the old or the new content, and a crash leaves one of them. A link is followed:
 * what it leads to is replaced, not the link. Mode bits are kept.
 */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
	const target = await targetOf(path);
	await mkdir(dirname(target), { recursive: true });
	const beside = join(dirname(target), `.${randomUUID()}.quarterdeck`);
	try {
		const file = await open(beside, 'wx');
		try {
			await file.writeFile(bytes);
			await file.sync();
		} finally {
			await file.close();
		}
		await keepMode(target, beside);
		await rename(beside, target);
	} catch (error) {
		await rm(beside, { force: true });
		throw error;
	}
}

/** The lines of a change as a unified diff without headers; cut when it is long. */
export function diffLines(before: string, after: string, most = 400): string {
	const patch = structuredPatch('', '', before, after, '', '', { context: 3, timeout: 500 });
	if (!patch) return '[the change is too large to be shown]';
	const lines = patch.hunks.flatMap(hunk => [
		`@@ -${rangeOf(hunk.oldStart, hunk.oldLines)} +${rangeOf(hunk.newStart, hunk.newLines)} @@`,
		...hunk.lines,
	]);
	const shown = lines.slice(0, most);
	return [...shown, ...(lines.length > most ? [`[${lines.length - most} more lines]`] : [])].join('\n');
}

/** An empty range is named by the line before it. */
function rangeOf(start: number, lines: number): string {
	return `${lines === 0 ? start - 1 : start},${lines}`;
}

async function targetOf(path: string): Promise<string> {
	try {
		return (await lstat(path)).isSymbolicLink() ? await realpath(path) : path;
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return path;
		throw error;
	}
}

async function keepMode(from: string, to: string): Promise<void> {
	try {
		await chmod(to, (await stat(from)).mode & 0o777);
	} catch (error) {
		if (systemCode(error) !== 'ENOENT') throw error; // A new file.
	}
}
