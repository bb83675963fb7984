import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemCode } from '../../base/errors';
import type { ExecutionId } from '../../base/ids';
import { ensureFolder, removeNow, writeFileAtomic } from '../../storage/files';
import type { RunSummary } from '../editorProtocol';
import type { RunFolder } from '../engine/runJournal';

/**
 * Where runs are kept: `<slug>-<hash>/runs` for each flow's file, with the journal of each run and, once it has ended,
 * what a list shows of it; large values of all flows in `blobs`, the right to run a run on in `leases`, results of
 * nodes in `cache`.
 */
export class RunFolders {
	readonly #folder: string;
	readonly #known = new Set<string>();

	constructor(folder: string) {
		this.#folder = folder;
	}

	get leases(): string {
		return join(this.#folder, 'leases');
	}

	get cache(): string {
		return join(this.#folder, 'cache');
	}

	/** @param file absolute path of the flow's file */
	of(file: string): RunFolder {
		return { journals: join(this.#folder, keyOf(file), 'runs'), blobs: join(this.#folder, 'blobs') };
	}

	/** Makes the folder of a flow known, so that its runs are found without its file. */
	async prepare(file: string): Promise<void> {
		if (this.#known.has(file)) return;
		const folder = join(this.#folder, keyOf(file));
		await ensureFolder(join(folder, 'runs'));
		await writeFileAtomic(join(folder, 'flow.json'), JSON.stringify({ file }));
		this.#known.add(file);
	}

	/** Files of flows that have runs here, whether they still exist or not. */
	async files(): Promise<readonly string[]> {
		const files: string[] = [];
		for (const name of await namesIn(this.#folder)) {
			if (['blobs', 'leases', 'cache'].includes(name)) continue;
			const text = await readFile(join(this.#folder, name, 'flow.json'), 'utf8').catch(() => '');
			const file = fileOf(text);
			if (file !== undefined) files.push(file);
		}
		return files;
	}

	async writeSummary(file: string, summary: RunSummary): Promise<void> {
		await writeFileAtomic(this.#summaryPath(file, summary.id), JSON.stringify(summary));
	}

	async readSummary(file: string, id: ExecutionId): Promise<RunSummary | undefined> {
		try {
			const value: unknown = JSON.parse(await readFile(this.#summaryPath(file, id), 'utf8'));
			return typeof value === 'object' && value !== null && 'status' in value ? (value as RunSummary) : undefined;
		} catch {
			return undefined; // It has not ended, or the summary was lost: the journal says the same.
		}
	}

	/** Deletes a run. */
	async remove(file: string, id: ExecutionId): Promise<void> {
		const { journals } = this.of(file);
		for (const name of await namesIn(journals)) {
			if (name.startsWith(`${id}-`) || name === `${id}.json`) removeNow(join(journals, name));
		}
	}

	/** The file of the flow that a run is of. */
	async fileOf(id: ExecutionId): Promise<string | undefined> {
		for (const file of await this.files()) {
			if ((await namesIn(this.of(file).journals)).includes(`${id}-1.jsonl`)) return file;
		}
		return undefined;
	}

	/** Clears away what is left of the right to run a run that has ended. */
	async clearLease(id: ExecutionId): Promise<void> {
		for (const name of await namesIn(this.leases)) {
			if (name.startsWith(`lease-${id}-`)) removeNow(join(this.leases, name));
		}
	}

	#summaryPath(file: string, id: ExecutionId): string {
		return join(this.of(file).journals, `${id}.json`);
	}
}

function keyOf(file: string): string {
	const name = basename(file)
		.replace(/\.flow\.json$/, '')
		.replace(/[^A-Za-z0-9]+/g, '-')
		.slice(0, 30);
	return `${name}-${hash('sha256', file).slice(0, 16)}`;
}

function fileOf(text: string): string | undefined {
	try {
		const value: unknown = JSON.parse(text);
		const isFile = typeof value === 'object' && value !== null && 'file' in value && typeof value.file === 'string';
		return isFile ? (value.file as string) : undefined;
	} catch {
		return undefined; // Not a folder of ours.
	}
}

async function namesIn(folder: string): Promise<readonly string[]> {
	try {
		return await readdir(folder);
	} catch (error) {
		if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return [];
		throw error;
	}
}
