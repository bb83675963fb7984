import { readFileSync, statSync } from 'node:fs';
import { unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock, type Clock } from '../base/clock';
import { systemCode } from '../base/errors';
import type { HostId } from '../base/ids';
import { MutableDisposable, type Disposable } from '../base/lifecycle';
import { ensureFolder, writeFileAtomic } from '../storage/files';
import { livenessOf, ownIdentity, type ProcessIdentity } from '../storage/processIdentity';

const heartbeatMs = 60_000;
/** Where nobody can look at the process, its file must have been touched within this time. */
const silenceMs = 4 * heartbeatMs;

/** Makes a host known as `hosts/<host>.json` for as long as it may append to the journal. */
export class HostRegistration implements Disposable {
	readonly #folder: string;
	readonly #path: string;
	readonly #content: string;
	readonly #clock: Clock;
	readonly #timer = new MutableDisposable<Disposable>();
	#isClosed = false;

	/** @param folder the ledger's `hosts` folder */
	constructor(folder: string, host: HostId, version: string, clock: Clock = systemClock) {
		this.#folder = folder;
		this.#path = join(folder, `${host}.json`);
		this.#content = JSON.stringify({ host, version, ...ownIdentity() });
		this.#clock = clock;
	}

	/** Writes the file and keeps it fresh. To be awaited before the first append. */
	async register(): Promise<void> {
		await ensureFolder(this.#folder);
		await writeFileAtomic(this.#path, this.#content);
		this.#beatLater();
	}

	/** The host appends no more. */
	async unregister(): Promise<void> {
		this.dispose();
		await unlink(this.#path).catch(() => undefined); // Never registered, or cleared away by another window.
	}

	dispose(): void {
		this.#isClosed = true;
		this.#timer.dispose();
	}

	#beatLater(): void {
		if (!this.#isClosed) this.#timer.value = this.#clock.after(heartbeatMs, () => void this.#beat());
	}

	async #beat(): Promise<void> {
		const now = this.#clock.now() / 1000;
		try {
			await utimes(this.#path, now, now);
			this.#beatLater();
		} catch (error) {
			// Somebody cleared the folder: be known again. Anything else passes or does not, and the pid still speaks for us.
			if (systemCode(error) !== 'ENOENT' || this.#isClosed) return this.#beatLater();
			await this.register().catch(() => this.#beatLater());
		}
	}
}

/** Whether a host may still append. One that is not registered may not. */
export function isHostLive(folder: string, host: HostId, now = Date.now()): boolean {
	const path = join(folder, `${host}.json`);
	let identity: ProcessIdentity | undefined;
	try {
		identity = toIdentity(JSON.parse(readFileSync(path, 'utf8')));
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return false;
		// Unreadable for now, or damaged: it is judged by its time alone.
	}
	const liveness = identity ? livenessOf(identity) : 'unknown';
	if (liveness !== 'unknown') return liveness === 'alive';
	const touchedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
	return Math.abs(now - touchedAt) < silenceMs;
}

/** Reads what `ownIdentity` gave; `undefined` when it is something else. */
export function toIdentity(value: unknown): ProcessIdentity | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	const { pid, start, machine } = value as Partial<ProcessIdentity>;
	if (typeof pid !== 'number' || typeof start !== 'string' || typeof machine !== 'string') return undefined;
	return { pid, start, machine };
}
