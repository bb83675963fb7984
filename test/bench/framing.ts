import { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { FrameReader } from '../../src/core/claude/framing';
import type { BenchLine } from './line';

const chunkBytes = 64 * 1024;
const megabyte = 1024 * 1024;
const rounds = 11;

/** A conversation's stream as the CLI writes it: mostly small deltas, some whole messages, a large tool result now and then. */
function sampleStream(bytes: number): Buffer {
	const ids = { session_id: '5d8f0876-63d6-4d33-9adf-2abdfcf98527', parent_tool_use_id: null };
	const lines: string[] = [];
	let size = 0;
	for (let at = 0; size < bytes; at++) {
		const message =
			at % 400 === 399
				? {
						type: 'user',
						message: {
							role: 'user',
							content: [{ type: 'tool_result', tool_use_id: `toolu_${at}`, content: 'line of a file\n'.repeat(1500) }],
						},
						...ids,
						uuid: crypto.randomUUID(),
					}
				: at % 40 === 39
					? {
							type: 'assistant',
							message: {
								id: `msg_${at}`,
								role: 'assistant',
								model: 'claude-opus-5-5',
								content: [{ type: 'text', text: 'Some words of an answer, größer als ASCII. '.repeat(20) }],
								usage: { input_tokens: 2000, output_tokens: 1 },
							},
							...ids,
							uuid: crypto.randomUUID(),
						}
					: {
							type: 'stream_event',
							event: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: ' a few words' } },
							...ids,
							uuid: crypto.randomUUID(),
						};
		const line = `${JSON.stringify(message)}\n`;
		lines.push(line);
		size += line.length;
	}
	return Buffer.from(lines.join(''));
}

function chunksOf(bytes: Buffer): readonly Buffer[] {
	const chunks: Buffer[] = [];
	for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(bytes.subarray(at, at + chunkBytes));
	return chunks;
}

/** Both sides read the same stream object, so that its own cost counts for both. */
async function readOurs(chunks: readonly Buffer[]): Promise<number> {
	let frames = 0;
	const reader = new FrameReader({ onFrame: () => frames++, onGarbage: () => undefined });
	for await (const chunk of Readable.from(chunks)) reader.push(chunk as Buffer);
	reader.end();
	return frames;
}

async function readWithReadline(chunks: readonly Buffer[]): Promise<number> {
	let frames = 0;
	const lines = createInterface({ input: Readable.from(chunks), crlfDelay: Infinity });
	lines.on('line', line => {
		if (typeof JSON.parse(line) === 'object') frames++;
	});
	await new Promise(resolve => lines.once('close', resolve));
	return frames;
}

async function secondsOf(work: () => Promise<number>): Promise<number> {
	const began = performance.now();
	await work();
	return (performance.now() - began) / 1000;
}

/** Reading stream-json beside readline + JSON.parse, and one line of 50 MB. */
export async function run(print: (line: BenchLine) => void): Promise<void> {
	const bytes = sampleStream(64 * megabyte);
	const chunks = chunksOf(bytes);
	const size = bytes.length / megabyte;
	const ours: number[] = [];
	const theirs: number[] = [];
	if ((await readOurs(chunks)) !== (await readWithReadline(chunks))) throw new Error('The two readers disagree');
	for (let round = 0; round < rounds; round++) {
		// In turns, and the best of each: what else runs on the machine can only add time.
		ours.push(await secondsOf(() => readOurs(chunks)));
		theirs.push(await secondsOf(() => readWithReadline(chunks)));
	}
	const [value, baseline] = [size / Math.min(...ours), size / Math.min(...theirs)];
	print({ bench: 'framing', metric: 'throughput_mb_s', value, unit: 'MB/s', baseline, ratio: value / baseline });

	const long = chunksOf(Buffer.from(`{"type":"user","text":"${'x'.repeat(50 * megabyte)}"}\n`));
	const times: number[] = [];
	for (let round = 0; round < 5; round++) times.push(1000 * (await secondsOf(() => readOurs(long))));
	print({ bench: 'framing', metric: 'line_50mb_ms', value: Math.min(...times), unit: 'ms' });
}
