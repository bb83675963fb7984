import { randomUUID } from 'node:crypto';
import { readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { Clock } from '../base/clock';
import { systemCode } from '../base/errors';
import { toIdentity } from '../ledger/hosts';
import { ensureFolder, writeFileAtomic } from '../storage/files';
import { livenessOf, ownIdentity } from '../storage/processIdentity';
import { limits } from './limits';

/** One attempt at a repair: written before anything is touched, so that a crash does not make it free. */
export interface RepairRecord {
	readonly id: string;
	readonly runbook: string;
	/** `Incident.key` and `Incident.since`. */
	readonly key: string;
	readonly since: number;
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly outcome: 'running' | 'fixed' | 'failed' | 'stopped';
}

export interface RunningRepair {
	readonly at: number;
	readonly title: string;
}

const recordSchema = z.object({
	id: z.string(),
	runbook: z.string(),
	key: z.string(),
	since: z.number(),
	at: z.number(),
	outcome: z.enum(['running', 'fixed', 'failed', 'stopped']),
});
const keptMs = 24 * limits.hourMs;

/**
 * The attempts of all windows, and which one repairs now. Only who has made the file `running.json` writes the other, so
 * nothing is lost between two windows.
 */
export class RepairLog {
	readonly #folder: string;
	readonly #clock: Clock;

	constructor(folder: string, clock: Clock) {
		this.#folder = folder;
		this.#clock = clock;
	}

	/** Attempts that still count. Those that a clock which was set back has put into the future happened just now. */
	async read(): Promise<readonly RepairRecord[]> {
		const now = this.#clock.now();
		const text = await readText(this.#path);
		if (text === undefined) return [];
		const records = recordsOf(text);
		// What cannot be read may have been anything: nothing is tried for an hour.
		if (!records) return this.#unknown(now);
		return records.map(record => ({ ...record, at: Math.min(record.at, now) })).filter(({ at }) => now - at < keptMs);
	}

	/** The repair that goes on, in whatever window; one whose window died is over. */
	async running(): Promise<RunningRepair | null> {
		const text = await readText(this.#lock);
		return text === undefined ? null : this.#runningOf(text);
	}

	/** Begins one, unless another goes on. The result ends it; `undefined`: another one was quicker. */
	async begin(record: RepairRecord, title: string): Promise<RepairTurn | undefined> {
		await ensureFolder(this.#folder);
		await this.#removeStale();
		const token = randomUUID();
		const mark = JSON.stringify({ token, at: record.at, title, ...ownIdentity() });
		try {
			await writeFile(this.#lock, mark, { flag: 'wx' });
		} catch (error) {
			if (systemCode(error) === 'EEXIST') return undefined;
			throw error;
		}
		try {
			await this.#write([...(await this.read()), record]);
		} catch (error) {
			await this.#release(token);
			throw error;
		}
		return {
			end: async outcome => {
				// One that was stale by its end has lost its turn, and the file with it; its record stays as it is.
				if (!(await this.#holds(token))) return;
				const others = (await this.read()).filter(({ id }) => id !== record.id);
				await this.#write(outcome === 'untouched' ? others : [...others, { ...record, outcome }]);
				await this.#release(token);
			},
		};
	}

	async #unknown(now: number): Promise<readonly RepairRecord[]> {
		const aside = `${this.#path}.damaged`;
		await rename(this.#path, aside).catch(() => undefined); // Another window has done it.
		const lost = { runbook: '', key: '', since: 0, at: now, outcome: 'stopped' } as const;
		const records = Array.from({ length: limits.attemptsPerHour }, () => ({ ...lost, id: randomUUID() }));
		await this.#write(records);
		return records;
	}

	async #removeStale(): Promise<void> {
		const text = await readText(this.#lock);
		if (text === undefined) return;
		const running = await this.#runningOf(text);
		if (running && this.#clock.now() - running.at < limits.staleMs) return;
		const aside = `${this.#lock}.${randomUUID()}`;
		try {
			await rename(this.#lock, aside);
		} catch (error) {
			if (systemCode(error) === 'ENOENT') return;
			throw error;
		}
		// Between reading and moving, another window may have put its own there.
		if ((await readText(aside)) === text) await unlink(aside);
		else await rename(aside, this.#lock);
	}

	async #runningOf(text: string): Promise<RunningRepair | null> {
		const value = objectOf(text);
		const { at, title } = value ?? {};
		const now = this.#clock.now();
		// Whoever began to write this may be at work: nobody else is, until it is stale.
		if (typeof at !== 'number') return { at: await this.#lockTime(now), title: 'one that cannot be read' };
		const identity = toIdentity(value);
		if (identity && livenessOf(identity) === 'dead') return null;
		return { at: Math.min(at, now), title: String(title) };
	}

	async #lockTime(now: number): Promise<number> {
		const info = await stat(this.#lock).catch(() => undefined); // Over since.
		return Math.min(info?.mtimeMs ?? 0, now);
	}

	async #holds(token: string): Promise<boolean> {
		return objectOf(await readText(this.#lock))?.['token'] === token;
	}

	async #release(token: string): Promise<void> {
		if (await this.#holds(token)) await unlink(this.#lock);
	}

	async #write(records: readonly RepairRecord[]): Promise<void> {
		await ensureFolder(this.#folder);
		await writeFileAtomic(this.#path, JSON.stringify(records));
	}

	get #path(): string {
		return join(this.#folder, 'repairs.json');
	}

	get #lock(): string {
		return join(this.#folder, 'running.json');
	}
}

/** The right to repair now. */
export interface RepairTurn {
	/** `untouched`: it was refused before anything was done, and does not count. */
	end(outcome: RepairRecord['outcome'] | 'untouched'): Promise<void>;
}

async function readText(path: string): Promise<string | undefined> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return undefined;
		throw error;
	}
}

function objectOf(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
	try {
		const value: unknown = JSON.parse(text ?? '');
		return typeof value === 'object' && value !== null ? { ...value } : undefined;
	} catch {
		return undefined; // Torn or foreign.
	}
}

function recordsOf(text: string): readonly RepairRecord[] | undefined {
	try {
		const parsed = z.array(recordSchema).safeParse(JSON.parse(text));
		return parsed.success ? parsed.data : undefined;
	} catch {
		return undefined; // No JSON.
	}
}
