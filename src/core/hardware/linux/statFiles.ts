import { closeSync, openSync, readSync } from 'node:fs';
import { Owner, toDisposable } from '../../base/lifecycle';

/** Handles are a share of those that the whole window may have: with more processes, the rest are opened each time. */
const mostHandles = 256;
const buffer = Buffer.allocUnsafe(4096);

/**
 * The files `/proc/<pid>/stat`, which are read again and again. To open one takes longer than to read it, so those of
 * programs stay open; a handle of a process that has ended tells nothing, whoever has its number now.
 */
export class StatFiles extends Owner {
	readonly #proc: string;
	#handles = new Map<string, number>();
	#seen = new Map<string, number>();

	constructor(proc: string) {
		super();
		this.#proc = proc;
		this.own(toDisposable(() => this.forget()));
	}

	/** The text of a process, and nothing where it has ended. */
	read(pid: string, isKept: boolean): string {
		const known = this.#handles.get(pid);
		if (known !== undefined) {
			const text = readFrom(known);
			if (text !== '') {
				this.#handles.delete(pid);
				this.#seen.set(pid, known);
				return text;
			}
		}
		return this.#open(pid, isKept);
	}

	/** Ends a look: what was not read in it is closed. */
	end(): void {
		for (const handle of this.#handles.values()) closeSync(handle);
		this.#handles.clear();
		[this.#handles, this.#seen] = [this.#seen, this.#handles];
	}

	/** Closes all, until the next look. */
	forget(): void {
		this.end();
		this.end();
	}

	#open(pid: string, isKept: boolean): string {
		let handle: number | undefined;
		try {
			handle = openSync(`${this.#proc}/${pid}/stat`, 'r');
		} catch {
			return ''; // It has ended meanwhile.
		}
		const text = readFrom(handle);
		if (isKept && text !== '' && this.#handles.size + this.#seen.size < mostHandles) this.#seen.set(pid, handle);
		else closeSync(handle);
		return text;
	}
}

/** One read each: with thousands of processes, what else is done for each of them counts. */
function readFrom(handle: number): string {
	try {
		return buffer.toString('latin1', 0, readSync(handle, buffer, 0, buffer.length, 0));
	} catch {
		return ''; // The process has ended.
	}
}
