import { join } from 'node:path';
import type { BlobStore } from '../../storage/blobs';
import type { SqlDatabase } from '../../storage/sqlDatabase';
import type { JournalLine, TextField } from '../journal/line';
import { readLineAt } from '../journal/reader';
import type { Place } from '../projection/records';

/** Fetches the texts that rows only refer to: from the line in the journal, or from the file that the line names. */
export class JournalTexts {
	readonly #database: SqlDatabase;
	readonly #journal: string;
	readonly #blobs: BlobStore;
	/** The text read last: a viewer asks for one text slice by slice. */
	#last: { readonly key: string; readonly text: string } | undefined;

	constructor(database: SqlDatabase, journal: string, blobs: BlobStore) {
		this.#database = database;
		this.#journal = journal;
		this.#blobs = blobs;
	}

	/**
	 * The text, or `undefined` when its line or file is not where the row says: the segment may have been rewritten
	 * a moment ago.
	 */
	read(place: Place, field: TextField): string | undefined {
		const key = `${place.segment} ${place.offset} ${field}`;
		if (this.#last?.key === key) return this.#last.text;
		const line = this.#line(place);
		const text = line && this.#textOf(line, field);
		if (text !== undefined) this.#last = { key, text };
		return text;
	}

	#line(place: Place): JournalLine | undefined {
		const name = this.#database.prepare('SELECT name FROM segments WHERE id = ?').get([place.segment])?.[0];
		if (typeof name !== 'string') return undefined;
		const parsed = readLineAt(join(this.#journal, name), place.offset, place.length);
		return parsed?.kind === 'line' ? parsed.line : undefined;
	}

	#textOf(line: JournalLine, field: TextField): string | undefined {
		const blob = line.blobs[field];
		if (blob) return this.#blobs.readNow(blob.hash);
		const text = (line.event as unknown as Record<string, unknown>)[field];
		return typeof text === 'string' ? text : undefined;
	}
}
