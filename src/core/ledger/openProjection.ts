import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Logger } from '../base/logger';
import { BlobStore } from '../storage/blobs';
import { removeNow } from '../storage/files';
import type { OpenDatabase, SqlDatabase } from '../storage/sqlDatabase';
import type { LedgerFolders } from './journal/layout';
import { Projection } from './projection/projection';
import { createSchema, schemaVersion } from './projection/schema';
import { JournalTexts } from './read/texts';
import { readSnapshot } from './snapshot';
import { JournalTail } from './tail';

/** The projection of one journal with all that works on it. Thrown away as a whole when it cannot be trusted. */
export interface OpenProjection {
	readonly database: SqlDatabase;
	readonly projection: Projection;
	readonly tail: JournalTail;
	readonly texts: JournalTexts;
	readonly blobs: BlobStore;
	/** When the snapshot that it began from was made; `null` when it is read from the journal alone. */
	readonly snapshotAt: number | null;
}

/**
 * Opens the projection from its snapshot, or empty when there is none that can be trusted. Either way the tail then
 * reads what is missing.
 */
export function openProjection(
	engine: OpenDatabase,
	folders: LedgerFolders,
	journal: string,
	log: Logger,
	isFresh = false,
): OpenProjection {
	const snapshot = isFresh ? ({ kind: 'missing' } as const) : readSnapshot(folders.snapshot, journal);
	if (snapshot.kind === 'useless')
		log.warn(`The ledger's snapshot is not used (${snapshot.reason}); reading the journal`);
	if (snapshot.kind === 'good') {
		try {
			const database = engine(snapshot.image);
			const schema = database.prepare("SELECT value FROM meta WHERE key = 'schema'").get()?.[0];
			if (schema === String(schemaVersion)) return assemble(database, folders, snapshot.at);
			database.dispose();
		} catch (error) {
			log.warn("The ledger's snapshot cannot be opened; reading the journal", error);
		}
	}
	const database = engine();
	createSchema(database);
	return assemble(database, folders, null);
}

function assemble(database: SqlDatabase, folders: LedgerFolders, snapshotAt: number | null): OpenProjection {
	const blobs = new BlobStore(folders.blobs);
	const projection = new Projection(database, (hash, bytes) =>
		bytes === undefined ? blobs.readNow(hash) : blobs.beginningNow(hash, bytes),
	);
	const tail = new JournalTail(database, projection, folders);
	return { database, projection, tail, texts: new JournalTexts(database, folders.journal, blobs), blobs, snapshotAt };
}

/** The name of this journal, given by whoever opens it first. A snapshot of another one is not used. */
export function journalIdentity(path: string): string {
	try {
		writeFileSync(path, randomUUID(), { flag: 'wx' });
	} catch {
		// There is one, or the disk is full: reading tells.
	}
	try {
		const identity = readFileSync(path, 'utf8');
		if (identity !== '') return identity;
		// A crash between making and filling it.
		removeNow(path);
		return '';
	} catch {
		return ''; // Nothing to compare with: snapshots of a nameless journal only match each other.
	}
}
