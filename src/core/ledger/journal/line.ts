import { crc32 } from 'node:zlib';
import { asId, type HostId } from '../../base/ids';
import type { JournalEvent } from '../events';
import { isJournalEvent, knownTypes } from './eventShape';

/** Version of the line format that is written. Every earlier one is read. */
export const journalVersion = 1;

/** Texts longer than this many bytes leave the line for a content-addressed file. */
export const largeTextBytes = 64 * 1024;

/** A text that was too large for its line: `null` stands in the event, this says where it went. */
export interface BlobRef {
	readonly hash: string;
	/** UTF-16 units of the text. */
	readonly length: number;
	readonly bytes: number;
}

/** The fields of events that may be large. */
export type TextField = 'input' | 'output' | 'body' | 'rollups' | 'effect';

export interface JournalLine {
	readonly host: HostId;
	/** Grows with every event of a host, whatever its clock does; orders the changes of one record. */
	readonly seq: number;
	/** Wall clock of the writer, milliseconds since 1970. For people, not for order. */
	readonly at: number;
	readonly event: JournalEvent;
	readonly blobs: Readonly<Partial<Record<TextField, BlobRef>>>;
}

export type ParsedLine =
	| { readonly kind: 'line'; readonly line: JournalLine }
	/** Written by a later version: kept, counted, not applied. */
	| { readonly kind: 'future' }
	| { readonly kind: 'bad' };

const bad: ParsedLine = { kind: 'bad' };
const future: ParsedLine = { kind: 'future' };
const checksumLength = 8;

/** One event as a line: eight hex digits of CRC-32, a space, JSON, a line feed. */
export function encodeLine(line: JournalLine): string {
	const json = JSON.stringify({
		v: journalVersion,
		id: `${line.host}:${line.seq}`,
		at: line.at,
		event: line.event,
		...(Object.keys(line.blobs).length > 0 ? { blobs: line.blobs } : {}),
	});
	return `${checksum(json)} ${json}\n`;
}

function checksum(json: string | Uint8Array): string {
	return crc32(json).toString(16).padStart(checksumLength, '0');
}

/** Reads the line in `bytes[start, end)`, without its line feed. Never throws. */
export function parseLine(bytes: Buffer, start: number, end: number): ParsedLine {
	const json = start + checksumLength + 1;
	// Shorter than `{}` after the checksum: an empty line, or the rest of something.
	if (end - json < 2 || bytes[json - 1] !== 0x20) return bad;
	if (bytes.toString('latin1', start, json - 1) !== checksum(bytes.subarray(json, end))) return bad;
	try {
		return fromJson(JSON.parse(bytes.toString('utf8', json, end)));
	} catch {
		return bad; // The checksum is right and the JSON is not: written by somebody else's hand.
	}
}

interface Raw {
	readonly v?: unknown;
	readonly id?: unknown;
	readonly at?: unknown;
	readonly event?: unknown;
	readonly blobs?: unknown;
}

function fromJson(value: unknown): ParsedLine {
	if (typeof value !== 'object' || value === null) return bad;
	const raw: Raw = value;
	if (typeof raw.v !== 'number') return bad;
	if (raw.v > journalVersion) return future;
	const id = typeof raw.id === 'string' ? /^(.+):(\d{1,16})$/.exec(raw.id) : null;
	if (!id || typeof raw.at !== 'number' || !Number.isFinite(raw.at)) return bad;
	if (!isJournalEvent(raw.event)) return isOfUnknownType(raw.event) ? future : bad;
	return {
		kind: 'line',
		line: {
			host: asId<HostId>(id[1]!),
			seq: Number(id[2]),
			at: Math.trunc(raw.at),
			event: raw.event,
			blobs: blobsOf(raw.blobs),
		},
	};
}

function isOfUnknownType(event: unknown): boolean {
	if (typeof event !== 'object' || event === null || !('type' in event)) return false;
	return typeof event.type === 'string' && !knownTypes.has(event.type);
}

function blobsOf(value: unknown): JournalLine['blobs'] {
	if (typeof value !== 'object' || value === null) return {};
	return Object.fromEntries(Object.entries(value).filter(([, ref]) => isBlobRef(ref)));
}

function isBlobRef(value: unknown): value is BlobRef {
	if (typeof value !== 'object' || value === null) return false;
	const ref = value as Partial<BlobRef>;
	return typeof ref.hash === 'string' && typeof ref.length === 'number' && typeof ref.bytes === 'number';
}
