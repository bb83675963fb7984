import { hash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../base/errors';
import type { ExecutionId } from '../../base/ids';
import { ensureFolder, writeFileAtomic } from '../../storage/files';
import type { NodeId } from '../model/flow';

/** That somebody turned a trigger on, on this machine. Never comes from a workspace. */
export interface Armed {
	/** Of the workspace folder, the flow and the node: also the name of its file. */
	readonly key: string;
	/** Absolute path of the workspace folder. */
	readonly cwd: string;
	/** Absolute path of the flow. */
	readonly file: string;
	readonly node: NodeId;
	/** `TriggerSpec.hash` of what was turned on. */
	readonly hash: string;
	/** Milliseconds since 1970. */
	readonly since: number;
}

/** How the last run that a trigger started stands. */
export interface LastRun {
	readonly execution: ExecutionId;
	readonly at: number;
	readonly status: 'running' | 'succeeded' | 'failed' | 'stopped';
	readonly error: string | null;
}

/** What the window that fires remembers of it. */
export interface TriggerMemory {
	/** Of a schedule: times up to here have been dealt with. */
	readonly doneUntil?: number;
	/** Starts of the last hour. */
	readonly starts?: readonly number[];
	readonly last?: LastRun;
	/** Of a webhook: where it listened, so that its address stays the same. */
	readonly port?: number;
	/** What was not started, and why. */
	readonly note?: { readonly at: number; readonly text: string };
}

/** Turned-on triggers of this machine, a file each, so that windows do not undo what others write. */
export class ArmedStore {
	readonly folder: string;

	constructor(folder: string) {
		this.folder = folder;
	}

	async list(): Promise<readonly Armed[]> {
		const names = await readdir(this.folder).catch((error: unknown) => {
			if (systemCode(error) === 'ENOENT') return [];
			throw error;
		});
		const read = names
			.filter(name => /^[\da-f]{32}\.json$/.test(name))
			.map(async name => armedOf(await this.#read(name), name.slice(0, -'.json'.length)));
		return (await Promise.all(read)).flatMap(armed => armed ?? []);
	}

	/** As it is on disk now: another window may have turned it off. */
	async find(key: string): Promise<Armed | undefined> {
		return armedOf(await this.#read(`${key}.json`), key);
	}

	async add(armed: Armed): Promise<void> {
		await ensureFolder(this.folder);
		await writeFileAtomic(join(this.folder, `${armed.key}.json`), JSON.stringify(armed));
	}

	async remove(key: string): Promise<void> {
		for (const name of [`${key}.json`, `${key}.memory`]) await rm(join(this.folder, name), { force: true });
	}

	async memory(key: string): Promise<TriggerMemory> {
		const value = await this.#read(`${key}.memory`);
		return typeof value === 'object' && value !== null ? value : {};
	}

	/** Keeps what a trigger did, unless it has been turned off. */
	async remember(key: string, memory: TriggerMemory): Promise<void> {
		if (!(await this.find(key))) return;
		await writeFileAtomic(join(this.folder, `${key}.memory`), JSON.stringify(memory));
	}

	async #read(name: string): Promise<unknown> {
		try {
			return JSON.parse(await readFile(join(this.folder, name), 'utf8'));
		} catch {
			return undefined; // Turned off since, or damaged: then it is off.
		}
	}
}

/** The one name of a trigger on this machine. */
export function triggerKey(cwd: string, file: string, node: NodeId): string {
	return hash('sha256', JSON.stringify([cwd, file, node])).slice(0, 32);
}

function armedOf(value: unknown, key: string): Armed | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	const { cwd, file, node, hash: agreed, since } = value as Partial<Armed>;
	if (typeof cwd !== 'string' || typeof file !== 'string' || typeof node !== 'string') return undefined;
	if (typeof agreed !== 'string' || typeof since !== 'number' || triggerKey(cwd, file, node) !== key) return undefined;
	return { key, cwd, file, node, hash: agreed, since };
}
