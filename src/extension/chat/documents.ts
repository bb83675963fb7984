import { join } from 'node:path';
import type { AttachmentView } from '../../core/chat/items';
import { promptLimit } from '../../core/chat/limits';
import type { DocumentsContract } from '../../core/documents/protocol';
import type { DocumentText } from '../../core/documents/read';
import { connect, type Client } from '../../core/rpc/rpc';
import type { Host } from '../host/context';
import { WorkerPort } from '../host/workerHost';

/** A scanned book of 50 MB takes half a minute on a slow machine. */
const timeoutMs = 180_000;

/** Reads documents in a worker that lives as long as one question: they are rare, and take much memory. */
export class Documents {
	readonly #host: Pick<Host, 'context' | 'log'>;

	constructor(host: Pick<Host, 'context' | 'log'>) {
		this.#host = host;
	}

	/** A file on disk as text. Rejects with a sentence that names the file. */
	async fromFile(path: string, label: string): Promise<AttachmentView> {
		return attachment(label, await this.#ask(client => client.call('readFile', { path, limit: promptLimit })));
	}

	/** A file that was dropped from another program, as text. */
	async fromBytes(name: string, bytes: Uint8Array): Promise<AttachmentView> {
		return attachment(name, await this.#ask(client => client.call('readBytes', { name, bytes, limit: promptLimit })));
	}

	async #ask(question: (client: Client<DocumentsContract>) => Promise<DocumentText>): Promise<DocumentText> {
		const { context, log } = this.#host;
		const port = new WorkerPort(context.asAbsolutePath(join('dist', 'workers', 'documents.js')), log);
		const client = connect<DocumentsContract>(port, timeoutMs);
		try {
			return await question(client);
		} finally {
			client.dispose();
			port.dispose();
		}
	}
}

function attachment(label: string, { text, detail, tokens }: DocumentText): AttachmentView {
	return { kind: 'text', label, text, detail, tokens };
}
