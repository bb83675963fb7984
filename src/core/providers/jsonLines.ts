import { ProviderError } from './provider';

const maxLine = 16 * 1024 * 1024;

/** Looks at a stream of JSON lines as it passes. */
export interface LineCheck {
	/** Called with each line; throws to end the stream. */
	line(value: Readonly<Record<string, unknown>>): void;
	/** The server has ended the response well; throws if something is missing. */
	end(): void;
}

/** What may be passed on, and why nothing may come after it. */
interface Passed {
	readonly text: string;
	readonly failure?: unknown;
	readonly isEnd: boolean;
}

/**
 * Passes a stream of JSON lines on, as far as they are good. A client library would skip a line that is no JSON and
 * miss a part of the answer; here it ends the stream.
 */
export function checkedLines(body: ReadableStream<Uint8Array>, check: LineCheck): ReadableStream<Uint8Array> {
	const reader = body.getReader();
	const lines = new Lines(check);
	const encoder = new TextEncoder();
	let last: Passed | undefined;
	const finish = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
		if (last?.failure === undefined) return controller.close();
		controller.error(last.failure);
		await reader.cancel();
	};
	const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
		if (last?.isEnd) return finish(controller);
		do {
			const { done, value } = await reader.read();
			last = lines.take(done ? undefined : value);
		} while (last.text === '' && !last.isEnd);
		// An error throws away what is queued before it, so it waits until this was read.
		if (last.text === '') await finish(controller);
		else controller.enqueue(encoder.encode(last.text));
	};
	return new ReadableStream({ pull, cancel: reason => reader.cancel(reason) }, { highWaterMark: 0 });
}

class Lines {
	readonly #check: LineCheck;
	readonly #decoder = new TextDecoder();
	#rest = '';

	constructor(check: LineCheck) {
		this.#check = check;
	}

	/** Takes the next bytes; `undefined` at the end. */
	take(bytes: Uint8Array | undefined): Passed {
		const lines = (this.#rest + this.#decoder.decode(bytes, { stream: bytes !== undefined })).split('\n');
		this.#rest = bytes === undefined ? '' : (lines.pop() ?? '');
		let text = '';
		try {
			for (const line of lines) {
				if (line.trim() === '') continue;
				this.#check.line(parseLine(line));
				text += `${line}\n`;
			}
			if (bytes === undefined) this.#check.end();
			if (this.#rest.length > maxLine) throw new ProviderError('bad-answer', 'The server sent a line without an end.');
		} catch (failure) {
			return { text, failure, isEnd: true };
		}
		return { text, isEnd: bytes === undefined };
	}
}

function parseLine(line: string): Readonly<Record<string, unknown>> {
	let value: unknown;
	try {
		value = JSON.parse(line);
	} catch (error) {
		throw new ProviderError('bad-answer', 'The server sent a line that is no JSON.', { cause: error });
	}
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
	throw new ProviderError('bad-answer', 'The server sent a line that is no JSON object.');
}
