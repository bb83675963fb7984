import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBytes } from '../ledger/views/health';
import type { CacheArea } from './builtIn';
import type { Finding } from './incident';
import { storageKey, type Sight } from './look';

/** Files that were written beside others and never put in their place: their writer died. */
const leftover = /\.[\da-f]{8}-[\da-f-]{27}\.tmp$/;
const leftoverMs = 24 * 3_600_000;
/** More than this in caches is worth a word. */
const largeCaches = 256 * 1024 * 1024;

interface Found {
	readonly path: string;
	readonly bytes: number;
	readonly changedAt: number;
}

/** What we keep on disk, by the folder of the first level. */
export async function storageOf(folder: string): Promise<readonly { readonly name: string; readonly bytes: number }[]> {
	const names = await readdir(folder);
	const sized = await Promise.all(names.map(async name => ({ name, bytes: sum(await filesIn(join(folder, name))) })));
	return sized.filter(({ bytes }) => bytes > 0).toSorted((left, right) => right.bytes - left.bytes);
}

/** How much there is in caches. */
export async function lookAtCaches(caches: readonly CacheArea[]): Promise<Sight> {
	const sizes = await Promise.all(caches.map(cache => cache.bytes()));
	const bytes = sizes.reduce((total, each) => total + each, 0);
	return { isGone: bytes < largeCaches, words: `Quarterdeck’s caches take ${formatBytes(bytes)}.` };
}

/** Whether that is too much. */
export function findingOfCaches({ isGone, words }: Sight, now: number): Finding {
	if (isGone) return { kind: 'over', keys: [storageKey] };
	const incident = {
		key: storageKey,
		condition: 'storage.large',
		subject: 'storage',
		name: words.replace(/\.$/, ''),
		since: now,
		evidence: `More than ${formatBytes(largeCaches)} is worth a word.`,
	} as const;
	return { kind: 'opened', incident };
}

/** Results of flow nodes. @param clearOpen clears the cache through whoever has it open in this window */
export function flowResults(folder: string, clearOpen: () => Promise<boolean>): CacheArea {
	const files = async (): Promise<readonly Found[]> =>
		(await filesIn(folder)).filter(({ path }) => path.endsWith('.jsonl'));
	return {
		name: 'results of flow nodes',
		bytes: async () => sum(await files()),
		clear: async () => {
			const before = sum(await files());
			if (!(await clearOpen())) await removeAll(await files());
			return before - sum(await files());
		},
	};
}

/** What writers that died have left. A day old, none of them is being written. */
export function leftovers(folder: string, now: () => number): CacheArea {
	const files = async (): Promise<readonly Found[]> =>
		(await filesIn(folder)).filter(({ path, changedAt }) => leftover.test(path) && now() - changedAt > leftoverMs);
	return {
		name: 'files of writers that were killed',
		bytes: async () => sum(await files()),
		clear: async () => removeAll(await files()),
	};
}

/** Deletes the oldest, so that only so many are left. */
export async function keepNewest(folder: string, count: number): Promise<void> {
	const files = (await filesIn(folder)).toSorted((left, right) => right.changedAt - left.changedAt);
	await removeAll(files.slice(count));
}

/** All files below a path that is one, or a folder; links are not followed. What goes away meanwhile is left out. */
async function filesIn(path: string): Promise<readonly Found[]> {
	const info = await stat(path).catch(() => undefined);
	if (info?.isFile() === true) return [{ path, bytes: info.size, changedAt: info.mtimeMs }];
	if (info?.isDirectory() !== true) return [];
	const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => []);
	const found: Found[] = [];
	for (const entry of entries) {
		if (!entry.isFile()) continue;
		const file = join(entry.parentPath, entry.name);
		const each = await stat(file).catch(() => undefined);
		if (each) found.push({ path: file, bytes: each.size, changedAt: each.mtimeMs });
	}
	return found;
}

async function removeAll(files: readonly Found[]): Promise<number> {
	let freed = 0;
	for (const { path, bytes } of files) {
		const isGone = await unlink(path).then(
			() => true,
			() => false, // Held open, or deleted by another window.
		);
		if (isGone) freed += bytes;
	}
	return freed;
}

function sum(files: readonly Found[]): number {
	return files.reduce((total, { bytes }) => total + bytes, 0);
}
