import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText, systemCode } from '../base/errors';
import { ensureFolder, writeFileAtomic } from '../storage/files';

export interface KillState {
	readonly isOn: boolean;
	/** Why it is on, in a sentence; empty while it is off. */
	readonly why: string;
	/** When it was switched, milliseconds since 1970; `null`: never, or not known. */
	readonly since: number | null;
}

/**
 * The switch that ends all repairs of this machine: a small file that every window reads anew before each action. One
 * that cannot be read, or does not plainly say that it is off, is on.
 */
export class KillSwitch {
	readonly folder: string;
	readonly fileName = 'kill-switch.json';
	readonly #path: string;

	constructor(folder: string) {
		this.folder = folder;
		this.#path = join(folder, this.fileName);
	}

	async read(): Promise<KillState> {
		let text: string;
		try {
			text = await readFile(this.#path, 'utf8');
		} catch (error) {
			// Nobody has ever switched it.
			if (systemCode(error) === 'ENOENT') return { isOn: false, why: '', since: null };
			return { isOn: true, why: `Its file cannot be read, which counts as on: ${errorText(error)}`, since: null };
		}
		return stateOf(text);
	}

	async set(isOn: boolean, now: number): Promise<void> {
		await ensureFolder(this.folder);
		await writeFileAtomic(this.#path, JSON.stringify({ isOn, since: now }));
	}
}

function stateOf(text: string): KillState {
	const damaged: KillState = { isOn: true, why: 'Its file is damaged, which counts as on.', since: null };
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value !== 'object' || value === null) return damaged;
		const { isOn, since } = value as Partial<Record<string, unknown>>;
		if (typeof isOn !== 'boolean' || typeof since !== 'number') return damaged;
		return { isOn, why: isOn ? 'You switched it on.' : '', since };
	} catch {
		return damaged;
	}
}
