import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RepositoryPolicy } from './policy';
import { parsePolicy, policyPath, type ParsedPolicy, type PolicyProblem } from './policyFile';

const mostBytes = 1_000_000;

/** The policy file of one folder as it was last read. */
export interface PolicyFile {
	readonly folder: string;
	readonly path: string;
	readonly exists: boolean;
	/** What holds now: of a broken file, what held before. */
	readonly policy: RepositoryPolicy | null;
	readonly problems: readonly PolicyProblem[];
	readonly text: string;
}

interface Known {
	readonly stamp: string;
	readonly file: PolicyFile;
}

/**
 * The policies of the open folders. Each look at them asks the disk whether a file is another one, because a decision
 * must not be made by a rule that no longer holds, nor wait for a watcher.
 */
export class PolicyStore {
	readonly #known = new Map<string, Known>();

	/** The policies that hold in these folders. */
	policies(folders: readonly string[]): readonly RepositoryPolicy[] {
		return this.files(folders).flatMap(({ policy }) => policy ?? []);
	}

	/** The same with what is wrong with each file. */
	files(folders: readonly string[]): readonly PolicyFile[] {
		return folders.map(folder => this.#fileOf(folder));
	}

	#fileOf(folder: string): PolicyFile {
		const path = join(folder, policyPath);
		const stamp = stampOf(path);
		const known = this.#known.get(folder);
		if (known?.stamp === stamp) return known.file;
		const file = stamp === '' ? none(folder, path) : readPolicy(folder, path, known?.file.policy ?? null);
		this.#known.set(folder, { stamp, file });
		return file;
	}
}

/** Changes whenever the file does; empty where there is none. */
function stampOf(path: string): string {
	try {
		const found = statSync(path, { throwIfNoEntry: false });
		return found ? `${found.mtimeMs} ${found.size} ${found.ino}` : '';
	} catch {
		// Not ours to look at: said once it is read.
		return 'hidden';
	}
}

function none(folder: string, path: string): PolicyFile {
	return { folder, path, exists: false, policy: null, problems: [], text: '' };
}

function readPolicy(folder: string, path: string, before: RepositoryPolicy | null): PolicyFile {
	const parsed = read(folder, path);
	return { folder, path, exists: true, ...parsed, policy: parsed.policy ?? before };
}

function read(folder: string, path: string): ParsedPolicy & { readonly text: string } {
	try {
		const bytes = readFileSync(path);
		if (bytes.length > mostBytes) return broken('A policy of more than a megabyte is not read.');
		const text = bytes.toString('utf8');
		return { ...parsePolicy(text, folder), text };
	} catch (error) {
		return broken(`The policy cannot be read: ${error instanceof Error ? error.message : String(error)}`);
	}
}

function broken(message: string): ParsedPolicy & { readonly text: string } {
	return { policy: null, problems: [{ message, offset: 0, length: 1, kind: 'broken' }], text: '' };
}
