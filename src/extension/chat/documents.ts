import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import type { AttachmentView } from '../../core/chat/items';
import { promptLimit } from '../../core/chat/limits';
import type { DocumentsContract, ReadFile } from '../../core/documents/protocol';
import type { Client } from '../../core/rpc/rpc';
import type { Host } from '../host/context';
import { askWorker } from '../host/workerHost';

/** A scanned book of 50 MB takes half a minute on a slow machine. */
const timeoutMs = 180_000;
/** A file of 50 MB needs less; what needs more was made to. */
const memoryMb = 2_000;

/** Reads documents in a worker that lives as long as one question: they are rare, and take much memory. */
export class Documents {
	readonly #host: Pick<Host, 'context' | 'log'>;

	constructor(host: Pick<Host, 'context' | 'log'>) {
		this.#host = host;
	}

	/** A file on disk as text. Rejects with a sentence that names the file. */
	async fromFile(path: string, label: string): Promise<AttachmentView> {
		return attachment(
			label,
			await this.#ask(basename(path), client => client.call('readFile', { path, limit: promptLimit })),
		);
	}

	/** A file that was dropped from another program, as text. */
	async fromBytes(name: string, bytes: Uint8Array): Promise<AttachmentView> {
		return attachment(
			name,
			await this.#ask(name, client => client.call('readBytes', { name, bytes, limit: promptLimit })),
		);
	}

	#ask(name: string, question: (client: Client<DocumentsContract>) => Promise<ReadFile>): Promise<ReadFile> {
		const { context, log } = this.#host;
		const file = context.asAbsolutePath(join('dist', 'workers', 'documents.js'));
		const location = vscode.ProgressLocation.Window;
		return Promise.resolve(
			vscode.window.withProgress({ location, title: `Reading ${name}` }, async () => {
				try {
					return await askWorker({ file, log, timeoutMs, memoryMb }, question);
				} catch (error) {
					throw isGone(error)
						? new ExpectedError(
								'too-large',
								`“${name}” takes too long or too much memory to read. Attach a part of it, or its text.`,
								{ cause: error },
							)
						: error;
				}
			}),
		);
	}
}

/** The thread did not answer: it came to its limits of time or memory. */
function isGone(error: unknown): boolean {
	return ['worker-gone', 'timeout', 'disposed'].some(code => ExpectedError.is(error, code));
}

function attachment(label: string, { text, detail, tokens, bytes }: ReadFile): AttachmentView {
	return { kind: 'text', label, text, detail, tokens, bytes };
}
