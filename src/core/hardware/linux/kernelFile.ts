import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import type { Disposable } from '../../base/lifecycle';

let shared = Buffer.allocUnsafe(16 * 1024);
/** The kernel writes a page at a time and whole lines, none of them this long: what leaves so much of a page is all. */
const pageLeft = 1024;
const pageBytes = 4096;

/** A file of `/proc` that is read again and again: opened once, then read from its beginning. */
export class KernelFile implements Disposable {
	readonly #path: string;
	#handle: number | undefined;

	constructor(path: string) {
		this.#path = path;
	}

	/** The whole text; `undefined` where there is no such file, or it cannot be read just now. */
	read(): string | undefined {
		try {
			const handle = (this.#handle ??= openSync(this.#path, 'r'));
			let length = 0;
			for (;;) {
				const got = readSync(handle, shared, length, shared.length - length, length);
				if (got === 0) return shared.toString('latin1', 0, length);
				length += got;
				if (length < pageBytes - pageLeft) return shared.toString('latin1', 0, length);
				// A machine with hundreds of cores says more than fits.
				if (length === shared.length) shared = Buffer.concat([shared, Buffer.allocUnsafe(shared.length)]);
			}
		} catch {
			this.dispose();
			return undefined;
		}
	}

	dispose(): void {
		if (this.#handle !== undefined) closeSync(this.#handle);
		this.#handle = undefined;
	}
}

/** A file's text without its line end; `undefined` where the system does not tell. */
export function readWord(path: string): string | undefined {
	try {
		return readFileSync(path, 'utf8').trim();
	} catch {
		return undefined; // No such sensor, or it sleeps.
	}
}

/** The number that a file holds. */
export function readNumber(path: string): number | undefined {
	const word = readWord(path);
	const value = word === undefined || word === '' ? Number.NaN : Number(word);
	return Number.isFinite(value) ? value : undefined;
}

/** Names in a folder; none where there is no such folder. */
export function namesIn(folder: string): readonly string[] {
	try {
		return readdirSync(folder);
	} catch {
		return []; // Not on this system.
	}
}
