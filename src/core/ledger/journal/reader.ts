import { closeSync, fstatSync, openSync, readSync, readdirSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../base/errors';
import { parseLine, type ParsedLine } from './line';
import { isSegment } from './layout';

/** Called for each complete line, with its place; `length` leaves out the line feed. */
export type OnLine = (parsed: ParsedLine, offset: number, length: number, bytes: Buffer, start: number) => void;

const chunkBytes = 1024 * 1024;
/** A line is never this long: what is, was not written by us and is skipped in pieces. */
const maxLineBytes = 64 * 1024 * 1024;

/**
 * Reads the complete lines of a segment from `from` on, and returns the offset behind the last one. What follows it is
 * either still being written or was torn off by a crash: nobody was told that it is safe.
 * @param budget stop after about this many bytes; call again with the result to go on
 */
export function readSegment(path: string, from: number, onLine: OnLine, budget = Number.MAX_SAFE_INTEGER): number {
	const file = openSync(path, 'r');
	try {
		let offset = from;
		let size = chunkBytes;
		while (offset - from < budget) {
			const bytes = readAt(file, offset, size);
			const used = splitLines(bytes, offset, onLine);
			offset += used;
			if (used > 0) size = chunkBytes;
			else if (bytes.length < size) return offset;
			else if (size >= maxLineBytes) {
				onLine({ kind: 'bad' }, offset, bytes.length, bytes, 0);
				offset += bytes.length;
			} else size *= 4;
		}
		return offset;
	} finally {
		closeSync(file);
	}
}

function splitLines(bytes: Buffer, offset: number, onLine: OnLine): number {
	let start = 0;
	for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
		onLine(parseLine(bytes, start, end), offset + start, end - start, bytes, start);
		start = end + 1;
	}
	return start;
}

function readAt(file: number, offset: number, size: number): Buffer {
	const bytes = Buffer.allocUnsafe(size);
	let length = 0;
	while (length < size) {
		const read = readSync(file, bytes, length, size - length, offset + length);
		if (read === 0) break;
		length += read;
	}
	return bytes.subarray(0, length);
}

/** The one line at a place; `undefined` when the file is gone or holds no good line there. */
export function readLineAt(path: string, offset: number, length: number): ParsedLine | undefined {
	let file: number;
	try {
		file = openSync(path, 'r');
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return undefined;
		throw error;
	}
	try {
		if (fstatSync(file).size < offset + length) return undefined;
		return parseLine(readAt(file, offset, length), 0, length);
	} finally {
		closeSync(file);
	}
}

export interface SegmentFile {
	readonly name: string;
	readonly bytes: number;
	readonly modifiedAt: number;
}

/** The segments of a journal, in the order of their names; none when there is no journal yet. */
export function listSegments(folder: string): SegmentFile[] {
	let names: string[];
	try {
		names = readdirSync(folder);
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return [];
		throw error;
	}
	const found: SegmentFile[] = [];
	for (const name of names.filter(isSegment).sort()) {
		const info = infoOf(join(folder, name));
		if (info?.isFile()) found.push({ name, bytes: info.size, modifiedAt: info.mtimeMs });
	}
	return found;
}

function infoOf(path: string): Stats | undefined {
	try {
		return statSync(path);
	} catch {
		return undefined; // Gone since, or out of reach for now: the next look comes soon.
	}
}
