import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { systemCode } from '../../base/errors';
import { asId, type ExecutionId } from '../../base/ids';
import type { ChangeStore, FileChange, FileReader, FileState } from './turnChanges';

const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** Saves between two looks at how much is kept; the first save of a window looks too. */
const pruneEvery = 100;

/** Reads workspace files from disk. */
export const diskReader: FileReader = {
	async read(path, limitBytes) {
		try {
			const handle = await open(path, 'r');
			try {
				const { size } = await handle.stat();
				return size > limitBytes ? 'too-big' : await handle.readFile();
			} finally {
				await handle.close();
			}
		} catch (error) {
			if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
			throw error;
		}
	},
};

/**
 * Contents by hash, compressed, and one list of changed files for each turn. Several windows share the folder: files
 * are written beside and renamed, and the same content always has the same name, so nobody can spoil another's.
 */
export class ChangeFiles implements ChangeStore {
	readonly #folder: string;
	readonly #limitBytes: number;
	#saves = 0;

	/** @param limitBytes the most that all kept contents may take on disk; the oldest turns go first */
	constructor(folder: string, limitBytes = 200 * 1024 * 1024) {
		this.#folder = folder;
		this.#limitBytes = limitBytes;
	}

	async keep(content: Uint8Array): Promise<string> {
		const hash = createHash('sha256').update(content).digest('hex');
		const path = this.#contentPath(hash);
		try {
			// Young again, so that a prune that runs now in another window leaves it alone.
			await utimes(path, new Date(), new Date());
		} catch (error) {
			if (systemCode(error) !== 'ENOENT') throw error;
			await this.#write(join(this.#folder, 'contents', hash.slice(0, 2)), `${hash}.gz`, await zip(content));
		}
		return hash;
	}

	async content(hash: string): Promise<Uint8Array | undefined> {
		if (!/^[0-9a-f]{64}$/.test(hash)) return undefined;
		const packed = await readIfThere(this.#contentPath(hash));
		return packed && unzip(packed);
	}

	async saveTurn(execution: ExecutionId, changes: readonly FileChange[]): Promise<void> {
		const text = JSON.stringify({ version: 1, changes });
		await this.#write(join(this.#folder, 'turns'), `${safeName(execution)}.json`, text);
		if (this.#saves++ % pruneEvery === 0) await this.prune();
	}

	async loadTurn(execution: ExecutionId): Promise<readonly FileChange[] | undefined> {
		const text = await readIfThere(join(this.#folder, 'turns', `${safeName(execution)}.json`));
		return text && parseTurn(text.toString('utf8'));
	}

	/** Deletes the oldest turns, and contents that no turn names, until what is left fits the limit. */
	async prune(): Promise<void> {
		const contents = await this.#list(join(this.#folder, 'contents'));
		let total = contents.reduce((sum, file) => sum + file.size, 0);
		if (total <= this.#limitBytes) return;
		const turns = (await this.#list(join(this.#folder, 'turns'))).toSorted((a, b) => b.time - a.time);
		const sizes = new Map(contents.map(file => [file.hash, file.size]));
		const wanted = new Set<string>();
		let kept = 0;
		for (const turn of turns) {
			const named = (await this.loadTurn(asId(turn.hash)))?.flatMap(hashesOf).filter(hash => !wanted.has(hash)) ?? [];
			const size = named.reduce((sum, hash) => sum + (sizes.get(hash) ?? 0), 0);
			kept += size;
			if (kept > this.#limitBytes) await rm(turn.path, { force: true });
			else for (const hash of named) wanted.add(hash);
		}
		// A minute's grace: a content is kept before the turn that will name it is saved.
		const young = Date.now() - 60_000;
		for (const file of contents) {
			if (wanted.has(file.hash) || file.time > young) continue;
			await rm(file.path, { force: true });
			total -= file.size;
		}
	}

	#contentPath(hash: string): string {
		return join(this.#folder, 'contents', hash.slice(0, 2), `${hash}.gz`);
	}

	async #write(folder: string, name: string, data: string | Uint8Array): Promise<void> {
		// Prompts and outputs are nobody else's on a shared machine.
		await mkdir(folder, { recursive: true, mode: 0o700 });
		const beside = join(folder, `.${randomUUID()}`);
		await writeFile(beside, data, { mode: 0o600 });
		await rename(beside, join(folder, name));
	}

	async #list(folder: string): Promise<readonly { path: string; hash: string; size: number; time: number }[]> {
		const names = await readdir(folder, { recursive: true }).catch((error: unknown) => {
			if (systemCode(error) === 'ENOENT') return [];
			throw error;
		});
		const files = names.filter(name => name.endsWith('.gz') || name.endsWith('.json'));
		return Promise.all(
			files.map(async name => {
				const path = join(folder, name);
				const info = await stat(path).catch(() => undefined);
				const hash = name.replace(/^.*[\\/]/, '').replace(/\.(gz|json)$/, '');
				return { path, hash, size: info?.size ?? 0, time: info?.mtimeMs ?? 0 };
			}),
		);
	}
}

function safeName(execution: ExecutionId): string {
	return execution.replaceAll(/[^0-9A-Za-z-]/g, '_');
}

function hashesOf({ before, after }: FileChange): string[] {
	return [before, after].flatMap(state => (state.kind === 'kept' ? [state.hash] : []));
}

/** A list that somebody edited by hand is read as far as it makes sense. */
function parseTurn(text: string): readonly FileChange[] | undefined {
	try {
		const value = JSON.parse(text) as { readonly changes?: unknown } | null;
		return Array.isArray(value?.changes) ? value.changes.filter(isFileChange) : undefined;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}

function isFileChange(value: unknown): value is FileChange {
	const change = value as Partial<FileChange> | null;
	return typeof change?.path === 'string' && isState(change.before) && isState(change.after);
}

function isState(value: unknown): value is FileState {
	const state = value as Partial<FileState & { hash: unknown }> | null | undefined;
	if (state?.kind === 'kept') return typeof state.hash === 'string';
	return state?.kind === 'absent' || state?.kind === 'not-kept';
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
	try {
		return await readFile(path);
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return undefined;
		throw error;
	}
}
