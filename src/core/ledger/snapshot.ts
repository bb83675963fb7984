import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { systemCode } from '../base/errors';
import { writeFileAtomicNow } from '../storage/files';
import { schemaVersion } from './projection/schema';

interface Header {
	readonly format: 'quarterdeck-projection';
	readonly schema: number;
	/** The journal that it was made of. */
	readonly journal: string;
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly bytes: number;
	readonly crc: number;
}

export type SnapshotRead =
	| { readonly kind: 'good'; readonly image: Uint8Array; readonly at: number }
	| { readonly kind: 'missing' }
	/** Truncated, damaged, of another journal or of another version: read the journal instead. */
	| { readonly kind: 'useless'; readonly reason: string };

const maxHeaderBytes = 1024;

/**
 * Replaces the snapshot: a line that says what it is, and the database image. How far each segment was read stands in
 * the image itself, so rows and offsets cannot come apart.
 */
export function writeSnapshot(path: string, image: Uint8Array, journal: string, at: number): void {
	const header: Header = {
		format: 'quarterdeck-projection',
		schema: schemaVersion,
		journal,
		at,
		bytes: image.length,
		crc: crc32(image),
	};
	writeFileAtomicNow(path, [Buffer.from(`${JSON.stringify(header)}\n`), image]);
}

/** Reads and checks the snapshot. A file that cannot be read at the moment counts as useless, never as a failure. */
export function readSnapshot(path: string, journal: string): SnapshotRead {
	let content: Buffer;
	try {
		content = readFileSync(path);
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return { kind: 'missing' };
		return { kind: 'useless', reason: String(error) };
	}
	const end = content.subarray(0, maxHeaderBytes).indexOf(10);
	const header = end > 0 ? parseHeader(content.toString('utf8', 0, end)) : undefined;
	if (!header) return { kind: 'useless', reason: 'not a snapshot' };
	if (header.schema !== schemaVersion) return { kind: 'useless', reason: `version ${header.schema}` };
	if (header.journal !== journal) return { kind: 'useless', reason: 'of another journal' };
	const image = content.subarray(end + 1);
	if (image.length !== header.bytes) return { kind: 'useless', reason: 'truncated' };
	if (crc32(image) !== header.crc) return { kind: 'useless', reason: 'damaged' };
	return { kind: 'good', image, at: header.at };
}

function parseHeader(text: string): Header | undefined {
	try {
		const value = JSON.parse(text) as Partial<Header> | null;
		return value?.format === 'quarterdeck-projection' ? (value as Header) : undefined;
	} catch {
		return undefined; // Not ours.
	}
}
