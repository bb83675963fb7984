import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { systemCode } from '../base/errors';
import { removeNow, writeFileAtomicNow } from '../storage/files';
import { sealedName } from './journal/layout';
import type { JournalLine } from './journal/line';
import { readSegment } from './journal/reader';

/** A sealed segment is begun anew past this size, so that reading it again stays cheap. */
const maxSealedBytes = 16 * 1024 * 1024;

/** Writes lines as a segment that is complete from the first moment it is seen. */
export function writeSealed(journal: string, lines: readonly Uint8Array[]): string {
	const name = sealedName(randomUUID());
	writeFileAtomicNow(join(journal, name), lines);
	return name;
}

/**
 * Puts the lines of closed segments into as few sealed ones as possible and deletes the old files, in that order: at
 * every moment each kept line stands in at least one file. Readers apply what they read twice only once.
 *
 * Kept lines are copied byte for byte, those of later versions included. Lines that cannot be read were kept aside by
 * the tail, and what follows the last complete line was never acknowledged: both stay behind.
 * @param names closed segments: nobody may append to them any more
 */
export function rewriteSegments(
	journal: string,
	names: readonly string[],
	keep: (line: JournalLine) => boolean,
): { readonly dropped: number; readonly kept: number } {
	const seen = new Set<string>();
	const output = new SealedOutput(journal);
	const done: string[] = [];
	let dropped = 0;
	for (const name of names) {
		try {
			readSegment(join(journal, name), 0, (parsed, _offset, length, bytes, start) => {
				if (parsed.kind === 'bad') return;
				if (parsed.kind === 'line') {
					const id = `${parsed.line.host}:${parsed.line.seq}`;
					const isWanted = !seen.has(id) && keep(parsed.line);
					seen.add(id);
					if (!isWanted) {
						dropped += 1;
						return;
					}
				}
				// A copy: the buffer is a window on a much larger one.
				output.add(Buffer.from(bytes.subarray(start, start + length + 1)));
			});
			done.push(name);
		} catch (error) {
			// Not readable now: its lines that were taken stand twice from here on, which does no harm.
			if (systemCode(error) === undefined) throw error;
		}
	}
	output.flush();
	for (const name of done) removeNow(join(journal, name));
	return { dropped, kept: output.lines };
}

/** Whether any line would be left behind. */
export function hasDroppable(journal: string, name: string, keep: (line: JournalLine) => boolean): boolean {
	let isFound = false;
	try {
		readSegment(join(journal, name), 0, parsed => {
			isFound ||= parsed.kind === 'line' && !keep(parsed.line);
		});
	} catch (error) {
		if (systemCode(error) === undefined) throw error;
		return false; // Not readable now: left for another day.
	}
	return isFound;
}

class SealedOutput {
	readonly #journal: string;
	#parts: Uint8Array[] = [];
	#bytes = 0;
	lines = 0;

	constructor(journal: string) {
		this.#journal = journal;
	}

	add(line: Uint8Array): void {
		this.#parts.push(line);
		this.#bytes += line.length;
		this.lines += 1;
		if (this.#bytes >= maxSealedBytes) this.flush();
	}

	flush(): void {
		if (this.#parts.length > 0) writeSealed(this.#journal, this.#parts);
		this.#parts = [];
		this.#bytes = 0;
	}
}
