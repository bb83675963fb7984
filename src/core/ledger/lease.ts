import { randomUUID } from 'node:crypto';
import { link, open, readFile, readdir, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../base/errors';
import { ensureFolder } from '../storage/files';
import { livenessOf, ownIdentity, type ProcessIdentity } from '../storage/processIdentity';
import { toIdentity } from './hosts';

/** Where a holder's process cannot be looked at, its lease lapses after this long without `isHeld`. */
const silenceMs = 5 * 60_000;

interface Claim {
	readonly generation: number;
	readonly path: string;
}

/**
 * The right to do what only one window may do. The holder is the live process named in the file of the highest
 * generation, `lease-<name>-<generation>.json`; whoever finds it dead or released makes the next generation, which the
 * file system lets only one process do. The highest file is never deleted, so generations never start again.
 */
export class Lease {
	readonly #folder: string;
	readonly #name: string;
	readonly #token = randomUUID();
	#claim: Claim | undefined;

	/** @param folder the ledger's lease folder */
	constructor(folder: string, name: string) {
		this.#folder = folder;
		this.#name = name;
	}

	/** Takes the lease if nobody alive has it. Returns whether this object holds it now. */
	async tryAcquire(): Promise<boolean> {
		if (await this.isHeld()) return true;
		await ensureFolder(this.#folder);
		const highest = (await this.#claims()).at(-1);
		if (highest && (await isTaken(highest.path))) return false;
		const mine = this.#claimOf((highest?.generation ?? 0) + 1);
		if (!(await this.#create(mine.path))) return false;
		this.#claim = mine;
		// Between reading and creating, others may have gone past this generation.
		if (await this.isHeld()) {
			await this.#removeOlder(mine.generation);
			return true;
		}
		await unlink(mine.path).catch(() => undefined); // Another holder cleared it away.
		return false;
	}

	/** Whether this object still holds the lease. Ask again before each thing that only the holder may do. */
	async isHeld(): Promise<boolean> {
		if (!this.#claim) return false;
		const highest = (await this.#claims()).at(-1);
		const isMine =
			highest?.generation === this.#claim.generation && (await this.#readToken(highest.path)) === this.#token;
		if (!isMine) this.#claim = undefined;
		else await this.#touch(this.#claim.path);
		return isMine;
	}

	/** Gives the lease back; another window may take it at once. */
	async release(): Promise<void> {
		const claim = this.#claim;
		if (!claim) return;
		this.#claim = undefined;
		const beside = `${claim.path}.${this.#token}.tmp`;
		await writeFile(beside, JSON.stringify({ released: true }));
		await rename(beside, claim.path);
	}

	#claimOf(generation: number): Claim {
		return claimOf(this.#folder, this.#name, generation);
	}

	#claims(): Promise<Claim[]> {
		return claimsIn(this.#folder, this.#name);
	}

	/** Makes a file that is complete from the first moment, and only if there is none of that name. */
	async #create(path: string): Promise<boolean> {
		const beside = `${path}.${this.#token}.tmp`;
		await writeFile(beside, JSON.stringify({ token: this.#token, ...ownIdentity() }));
		try {
			await link(beside, path);
			return true;
		} catch (error) {
			if (systemCode(error) === 'EEXIST') return false;
			// No hard links on this file system: an exclusive copy, which a reader may for a moment see empty.
			return await writeExclusive(path, await readFile(beside));
		} finally {
			await unlink(beside);
		}
	}

	async #readToken(path: string): Promise<unknown> {
		const content = await readClaim(path);
		return content?.['token'];
	}

	async #touch(path: string): Promise<void> {
		const handle = await open(path, 'r+');
		try {
			const now = Date.now() / 1000;
			await handle.utimes(now, now);
		} finally {
			await handle.close();
		}
	}

	async #removeOlder(generation: number): Promise<void> {
		for (const claim of await this.#claims()) {
			if (claim.generation < generation) await unlink(claim.path).catch(() => undefined); // Gone already is as good.
		}
	}
}

/** Whether somebody alive has the lease, as far as can be seen from outside. */
export async function isLeaseTaken(folder: string, name: string): Promise<boolean> {
	const highest = (await claimsIn(folder, name)).at(-1);
	return highest !== undefined && (await isTaken(highest.path));
}

async function claimsIn(folder: string, name: string): Promise<Claim[]> {
	const names = await readdir(folder).catch((error: unknown) => {
		if (systemCode(error) === 'ENOENT') return [];
		throw error;
	});
	return names
		.map(file => /^lease-(.+)-(\d+)\.json$/.exec(file))
		.filter(match => match?.[1] === name)
		.map(match => claimOf(folder, name, Number(match![2])))
		.sort((left, right) => left.generation - right.generation);
}

function claimOf(folder: string, name: string, generation: number): Claim {
	return { generation, path: join(folder, `lease-${name}-${generation}.json`) };
}

async function writeExclusive(path: string, content: Uint8Array): Promise<boolean> {
	try {
		await writeFile(path, content, { flag: 'wx' });
		return true;
	} catch (error) {
		if (systemCode(error) === 'EEXIST') return false;
		throw error;
	}
}

async function readClaim(path: string): Promise<Record<string, unknown> | undefined> {
	try {
		const value: unknown = JSON.parse(await readFile(path, 'utf8'));
		return typeof value === 'object' && value !== null ? { ...value } : undefined;
	} catch {
		return undefined; // Gone, or not complete yet: its time decides.
	}
}

async function isTaken(path: string): Promise<boolean> {
	const content = await readClaim(path);
	if (content?.['released'] === true) return false;
	const identity: ProcessIdentity | undefined = toIdentity(content);
	const liveness = identity ? livenessOf(identity) : 'unknown';
	if (liveness !== 'unknown') return liveness === 'alive';
	const touchedAt = await stat(path).then(
		info => info.mtimeMs,
		() => 0,
	);
	return Math.abs(Date.now() - touchedAt) < silenceMs;
}
