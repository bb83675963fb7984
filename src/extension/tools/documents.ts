import { join } from 'node:path';
import type { DocumentsContract } from '../../core/documents/protocol';
import type { ReadDocumentText } from '../../core/tools/ports';
import type { Host } from '../host/context';
import { askWorker } from '../host/workerHost';

/** A scanned book of 50 MB takes half a minute on a slow machine; the tool's own time is shorter than this. */
const timeoutMs = 180_000;
const memoryMb = 2_000;

/** Reads each document in a worker of its own, which ends with it. */
export function documentReader({ context, log }: Pick<Host, 'context' | 'log'>): ReadDocumentText {
	const file = context.asAbsolutePath(join('dist', 'workers', 'documents.js'));
	return (path, limit, signal) =>
		askWorker<DocumentsContract, { readonly text: string; readonly detail: string }>(
			{ file, log, timeoutMs, memoryMb, signal },
			client => client.call('readFile', { path, limit }),
		);
}
