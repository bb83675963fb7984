import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ExpectedError } from '../base/errors';
import type { Handlers } from '../rpc/rpc';
import { documentLimit } from './kinds';
import { parseFile, type ParsedFile } from './parse';
import { documentText, readDocument, type DocumentText } from './read';

/** A document's text, and how large its file is. */
export interface ReadFile extends DocumentText {
	readonly bytes: number;
}

/** What the documents worker answers. Parsing takes seconds and much memory: it never runs in the extension host. */
export interface DocumentsContract {
	requests: {
		/** Reads a file that the host has checked. */
		readFile: { params: { readonly path: string; readonly limit: number }; result: ReadFile };
		/** Reads a file whose bytes the host has: one that was dropped from another program. */
		readBytes: {
			params: { readonly name: string; readonly bytes: Uint8Array; readonly limit: number };
			result: ReadFile;
		};
		/** All the text of a file, for a program that asked for it; files of plain text too. */
		parseBytes: { params: { readonly name: string; readonly bytes: Uint8Array }; result: ParsedFile };
	};
	events: Record<string, never>;
}

/** The worker's side. */
export function documentHandlers(): Handlers<DocumentsContract> {
	return {
		readFile: async ({ path, limit }) => {
			const { size } = await stat(path);
			checkSize(basename(path), size);
			return { ...documentText(await readDocument(basename(path), await readFile(path), limit), limit), bytes: size };
		},
		readBytes: async ({ name, bytes, limit }) => {
			checkSize(name, bytes.length);
			const bytesRead = bytes.length;
			return { ...documentText(await readDocument(name, bytes, limit), limit), bytes: bytesRead };
		},
		parseBytes: ({ name, bytes }) => {
			checkSize(name, bytes.length);
			return parseFile(name, bytes);
		},
	};
}

function checkSize(name: string, size: number): void {
	if (size <= documentLimit) return;
	const megabytes = Math.round(size / 1e6);
	throw new ExpectedError(
		'too-large',
		`“${name}” has ${megabytes} MB; documents up to ${documentLimit / 1e6} MB are read. Attach a part of it.`,
	);
}
