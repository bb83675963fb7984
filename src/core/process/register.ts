import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { systemCode } from '../base/errors';
import type { TreeRoot } from './tree';

/** A process of ours as the register on disk knows it, for the next start after a crash. */
export interface RegisterEntry extends TreeRoot {
	readonly start: string;
	/** The extension host that started it. */
	readonly hostPid: number;
	readonly hostStart: string;
	/** What it is, for the log: `claude`. */
	readonly label: string;
}

const entrySchema = z.object({
	pid: z.int().check(z.positive()),
	start: z.string().check(z.minLength(1)),
	marker: z.uuid(),
	hostPid: z.int().check(z.positive()),
	hostStart: z.string().check(z.minLength(1)),
	label: z.string(),
});

/** One small file for each live process, named by its marker. Any number of windows share the folder. */
export class ProcessRegister {
	readonly #folder: string;

	constructor(folder: string) {
		this.#folder = folder;
	}

	async add(entry: RegisterEntry): Promise<void> {
		await mkdir(this.#folder, { recursive: true });
		// Written beside and renamed: another window never reads half an entry.
		const path = this.#pathOf(entry.marker);
		await writeFile(`${path}.new`, JSON.stringify(entry));
		await rename(`${path}.new`, path);
	}

	async remove(marker: string): Promise<void> {
		await rm(this.#pathOf(marker), { force: true });
	}

	/** All entries of all windows. A file that cannot be read is removed: it names nothing that could be ended safely. */
	async list(): Promise<readonly RegisterEntry[]> {
		const entries: RegisterEntry[] = [];
		for (const name of await this.#names()) {
			const path = join(this.#folder, name);
			const entry = parseEntry(await readOrEmpty(path));
			if (entry) entries.push(entry);
			else await rm(path, { force: true });
		}
		return entries;
	}

	async #names(): Promise<readonly string[]> {
		try {
			return (await readdir(this.#folder)).filter(name => name.endsWith('.json'));
		} catch (error) {
			if (systemCode(error) === 'ENOENT') return [];
			throw error;
		}
	}

	#pathOf(marker: string): string {
		return join(this.#folder, `${marker}.json`);
	}
}

async function readOrEmpty(path: string): Promise<string> {
	try {
		return await readFile(path, 'utf8');
	} catch {
		// Its owner removed it meanwhile.
		return '';
	}
}

function parseEntry(text: string): RegisterEntry | undefined {
	try {
		const result = entrySchema.safeParse(JSON.parse(text));
		return result.success ? result.data : undefined;
	} catch {
		// Not JSON: treated like an entry that does not fit.
		return undefined;
	}
}
