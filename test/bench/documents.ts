import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { promptLimit } from '../../src/core/chat/limits';
import type { DocumentsContract } from '../../src/core/documents/protocol';
import { connect, type Port } from '../../src/core/rpc/rpc';
import { makeExcel, makePdf, makeWord, paragraph } from '../fakes/documents';
import type { PrintLine } from './line';

/** How long the worker takes for large documents, what it needs, and for how long the thread that asks stands still. */
export async function run(print: PrintLine): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'qd-documents-'));
	try {
		for (const [name, make] of Object.entries(makers)) {
			for (const megabytes of [10, 50]) {
				const bytes = make(megabytes * 1_000_000);
				const path = join(folder, name);
				writeFileSync(path, bytes);
				const report = (metric: string, value: number, unit: string): void =>
					print({ bench: 'documents', metric: `${name.split('.')[1]}_${megabytes}mb_${metric}`, value, unit });
				report('size', Math.round(bytes.length / 1e5) / 10, 'MB');
				const file = await measured(client => client.call('readFile', { path, limit: promptLimit }));
				report('time', file.ms, 'ms');
				report('memory', file.megabytes, 'MB');
				report('blocked', file.blockedMs, 'ms');
				const sent = await measured(client =>
					client.call('readBytes', { name: basename(path), bytes, limit: promptLimit }),
				);
				report('sent_blocked', sent.blockedMs, 'ms');
			}
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

type Client = ReturnType<typeof connect<DocumentsContract>>;

async function measured(ask: (client: Client) => Promise<unknown>): Promise<{
	readonly ms: number;
	readonly megabytes: number;
	readonly blockedMs: number;
}> {
	globalThis.gc?.();
	const before = process.memoryUsage().rss;
	let peak = before;
	let blocked = 0;
	let last = performance.now();
	const watching = setInterval(() => {
		const now = performance.now();
		blocked = Math.max(blocked, now - last - 5);
		last = now;
		peak = Math.max(peak, process.memoryUsage.rss());
	}, 5);
	const start = performance.now();
	const worker = new Worker(resolve('dist', 'workers', 'documents.js'), {
		resourceLimits: { maxOldGenerationSizeMb: 2_000 },
	});
	const client = connect<DocumentsContract>(portOf(worker), 300_000);
	const gone = new Promise<never>((_, reject) => worker.once('error', reject));
	try {
		await Promise.race([ask(client), gone]);
		const ms = Math.round(performance.now() - start);
		return { ms, megabytes: Math.round((peak - before) / 1e6), blockedMs: Math.round(blocked) };
	} finally {
		clearInterval(watching);
		client.dispose();
		await worker.terminate();
	}
}

function portOf(worker: Worker): Port {
	return {
		// oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window: there is no origin
		post: message => worker.postMessage(message),
		onMessage: listener => {
			worker.on('message', listener);
			return { dispose: () => worker.off('message', listener) };
		},
	};
}

/** Words that hardly repeat, so that packed files stay large. */
function words(count: number): string {
	let state = 42;
	const parts: string[] = [];
	for (let at = 0; at < count; at++) {
		state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
		parts.push(state.toString(36));
	}
	return parts.join(' ');
}

/** A file of about so many bytes. */
const makers: Readonly<Record<string, (bytes: number) => Uint8Array>> = {
	'book.pdf': bytes => {
		const page = words(400).replaceAll(/(.{80})/gu, '$1\n');
		return makePdf(Array.from({ length: Math.ceil(bytes / (page.length * 1.25 + 320)) }, (_, n) => `${n} ${page}`));
	},
	'table.xlsx': bytes => {
		const row = words(12).split(' ');
		return makeExcel({
			One: Array.from({ length: Math.ceil(bytes / 70) }, (_, n) => [n, ...rowWords(n), row[n % 12] ?? '']),
		});
	},
	'text.docx': bytes =>
		makeWord(Array.from({ length: Math.ceil(bytes / 330) }, (_, n) => paragraph(rowWords(n, 70).join(' '))).join('')),
	'rows.csv': bytes =>
		new TextEncoder().encode(
			Array.from({ length: Math.ceil(bytes / 40) }, (_, n) => `${n},${rowWords(n).join(',')}`).join('\n'),
		),
	'page.html': bytes =>
		new TextEncoder().encode(
			Array.from({ length: Math.ceil(bytes / 60) }, (_, n) => `<p>${rowWords(n, 7).join(' ')}</p>`).join('\n'),
		),
};

/** A few words that differ from row to row. */
function rowWords(seed: number, count = 5): readonly string[] {
	let state = seed + 1;
	return Array.from({ length: count }, () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state.toString(36);
	});
}
