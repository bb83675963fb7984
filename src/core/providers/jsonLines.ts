import { ProviderError } from './provider';

const maxLine = 4 * 1024 * 1024;

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads a stream of JSON objects, one a line; what arrives together comes together. A line that is none ends it: a part
 * of the answer would be missing.
 */
export async function* jsonLines(body: ReadableStream<Uint8Array>): AsyncGenerator<readonly JsonObject[]> {
	const decoder = new TextDecoder();
	const reader = body.getReader();
	let rest = '';
	for (;;) {
		const { done, value } = await reader.read();
		const lines = (rest + decoder.decode(value, { stream: !done })).split('\n');
		rest = done ? '' : (lines.pop() ?? '');
		const { objects, failure } = parseLines(lines);
		// What came before a bad line has been said.
		if (objects.length > 0) yield objects;
		if (failure) throw failure;
		if (rest.length > maxLine) throw new ProviderError('bad-answer', 'The server sent a line without an end.');
		if (done) return;
	}
}

function parseLines(lines: readonly string[]): {
	readonly objects: readonly JsonObject[];
	readonly failure?: ProviderError;
} {
	const objects: JsonObject[] = [];
	for (const line of lines) {
		if (line.trim() === '') continue;
		const parsed = parseLine(line);
		if (parsed instanceof ProviderError) return { objects, failure: parsed };
		objects.push(parsed);
	}
	return { objects };
}

function parseLine(line: string): JsonObject | ProviderError {
	try {
		const value: unknown = JSON.parse(line);
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
		return new ProviderError('bad-answer', 'The server sent a line that is no JSON object.');
	} catch (cause) {
		return new ProviderError('bad-answer', 'The server sent a line that is no JSON.', { cause });
	}
}
