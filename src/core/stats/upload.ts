import type { IncomingMessage } from 'node:http';
import type { Clock } from '../base/clock';
import { ExpectedError } from '../base/errors';
import { bodyOf, Refusal } from '../base/localHttp';
import { parsedKinds, textKinds } from '../documents/kinds';
import type { ParsedFile } from '../documents/parse';
import { formFile, type FormFile } from './multipart';

/** Bytes of the largest file that is taken. */
export const uploadLimit = 10 * 1024 * 1024;
/** What a form adds to its file. */
const formBytes = 64 * 1024;
/** Each takes a thread of its own and much memory. */
const mostAtOnce = 2;

/** Reads a file's text in another thread. */
export type ParseUpload = (name: string, bytes: Uint8Array, signal: AbortSignal) => Promise<ParsedFile>;

/** What an upload is answered with, field for field as the widget service of ClaraVerse does. */
export interface UploadView {
	readonly filename: string;
	/** The ending of its name without the dot, where that service has no other word for it. */
	readonly fileType: string;
	readonly text: string;
	/** Absent for what has no pages. */
	readonly pages?: number;
	readonly wordCount: number;
	readonly metadata: Readonly<Record<string, string>>;
	readonly success: boolean;
	readonly error?: string;
	/** `12.5ms`. */
	readonly processTime: string;
}

const fileTypes: Readonly<Record<string, string>> = { md: 'markdown', htm: 'html', '': 'unknown' };

/** Takes files of programs of this machine and answers with their text. Nothing of them is kept. */
export class Uploads {
	readonly #parse: ParseUpload;
	readonly #clock: Clock;
	#running = 0;

	constructor(parse: ParseUpload, clock: Clock) {
		this.#parse = parse;
		this.#clock = clock;
	}

	/** @throws `Refusal` for a call that brings no file, or too large a one; a file that cannot be read is an answer */
	async take(request: IncomingMessage): Promise<UploadView> {
		if (this.#running >= mostAtOnce)
			throw new Refusal(503, `${mostAtOnce} files are being read; send this one again.`, { 'retry-after': '2' });
		this.#running += 1;
		const gone = new AbortController();
		const leave = (): void => gone.abort();
		// The socket's end and not the request's: that one comes when all of it was read.
		request.socket.once('close', leave);
		try {
			const file = await received(request);
			return await this.#read(file, gone.signal);
		} finally {
			request.socket.off('close', leave);
			this.#running -= 1;
		}
	}

	async #read({ name, bytes }: FormFile, signal: AbortSignal): Promise<UploadView> {
		const start = this.#clock.monotonic();
		const ending = endingOf(name);
		const metadata: Record<string, string> = {
			size: `${bytes.length} bytes`,
			extension: ending === '' ? '' : `.${ending}`,
			originalFilename: name,
		};
		const head = { filename: name, fileType: fileTypes[ending] ?? ending };
		const time = (): string => `${(this.#clock.monotonic() - start).toFixed(1)}ms`;
		try {
			const { text, pages, what, notes } = await this.#parse(name, bytes, signal);
			metadata['description'] = what;
			if (notes.length > 0) metadata['notes'] = notes.join(' ');
			const counted = pages === null ? {} : { pages };
			return { ...head, text, ...counted, wordCount: wordsOf(text), metadata, success: true, processTime: time() };
		} catch (error) {
			if (!ExpectedError.is(error)) throw error;
			return { ...head, text: '', wordCount: 0, metadata, success: false, error: error.message, processTime: time() };
		}
	}
}

async function received(request: IncomingMessage): Promise<FormFile> {
	const tooLarge = new Refusal(413, `Files of at most ${uploadLimit / 1024 / 1024} MB are read.`);
	let body: Buffer;
	try {
		body = await bodyOf(request, uploadLimit + formBytes);
	} catch (error) {
		throw error instanceof Refusal && error.status === 413 ? tooLarge : error;
	}
	const file = formFile(body, request.headers['content-type'] ?? '', 'file');
	if (file.bytes.length > uploadLimit) throw tooLarge;
	return file;
}

/** What can be uploaded, as the widget service tells it. */
export const supportedFormats = {
	supportedFormats: parsedKinds,
	description: 'Supported file formats for text extraction',
	maxFileSize: '10MB',
	basicSupport: parsedKinds.filter(
		kind => textKinds.some(text => text === kind) || !['pdf', 'docx', 'xlsx'].includes(kind),
	),
	/** Those that a library reads. They are read here without anything that must be installed. */
	requiresLibraries: ['pdf', 'docx', 'xlsx'],
};

function endingOf(name: string): string {
	const dot = name.lastIndexOf('.');
	return dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
}

function wordsOf(text: string): number {
	let count = 0;
	for (const _ of text.matchAll(/\S+/gu)) count += 1;
	return count;
}
