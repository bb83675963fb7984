import { join } from 'node:path';
import { ExpectedError } from '../../core/base/errors';
import type { ParsedFile } from '../../core/documents/parse';
import type { DocumentsContract } from '../../core/documents/protocol';
import type { ParseUpload } from '../../core/stats/upload';
import type { Host } from '../host/context';
import { askWorker } from '../host/workerHost';

/** A file of 10 MB takes seconds; what takes longer was made to. */
const timeoutMs = 60_000;
const memoryMb = 1_000;

/** Reads each uploaded file in a worker of its own, which ends with it. */
export function uploadParser({ context, log }: Pick<Host, 'context' | 'log'>): ParseUpload {
	const file = context.asAbsolutePath(join('dist', 'workers', 'documents.js'));
	return async (name, bytes, signal) => {
		try {
			return await askWorker<DocumentsContract, ParsedFile>({ file, log, timeoutMs, memoryMb, signal }, client =>
				client.call('parseBytes', { name, bytes }),
			);
		} catch (error) {
			const isGone = ['worker-gone', 'timeout', 'disposed'].some(code => ExpectedError.is(error, code));
			if (!isGone) throw error;
			throw new ExpectedError('too-large', `“${name}” takes too long or too much memory to read.`, { cause: error });
		}
	};
}
