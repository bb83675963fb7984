import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { parseLine, type JournalLine } from '../../../src/core/ledger/journal/line';
import { readSegment } from '../../../src/core/ledger/journal/reader';
import type { WriterWait } from '../../../src/core/ledger/journal/writer';
import { findExecutions } from '../../../src/core/ledger/read/executions';
import { diskAppendFs, type AppendFs } from '../../../src/core/storage/appendFs';
import { id, makeWriter, openService, started, temporaryFolder } from './support';

function linesOf(folder: string): JournalLine[] {
	const found: JournalLine[] = [];
	for (const name of readdirSync(join(folder, 'journal'))
		.filter(file => file.endsWith('.jsonl'))
		.sort()) {
		readSegment(join(folder, 'journal', name), 0, parsed => {
			if (parsed.kind === 'line') found.push(parsed.line);
		});
	}
	return found;
}

/** A disk that fails on command, after having written a part of what it was given. */
class FaultyDisk implements AppendFs {
	fault: { readonly at: 'write' | 'sync' | 'create'; readonly code: string } | undefined;
	syncs = 0;

	readonly ensureFolder = (folder: string): Promise<void> => diskAppendFs.ensureFolder(folder);
	readonly remove = (path: string): Promise<void> => diskAppendFs.remove(path);

	async create(path: string) {
		this.#failAt('create');
		const file = await diskAppendFs.create(path);
		return {
			...file,
			write: async (bytes: Uint8Array) => {
				if (this.fault?.at === 'write') await file.write(bytes.subarray(0, bytes.length / 2));
				this.#failAt('write');
				await file.write(bytes);
			},
			sync: async () => {
				this.#failAt('sync');
				this.syncs += 1;
				await file.sync();
			},
		};
	}

	#failAt(at: 'write' | 'sync' | 'create'): void {
		if (this.fault?.at === at) throw Object.assign(new Error(`${this.fault.code}: fault`), { code: this.fault.code });
	}
}

describe("the journal's writer", () => {
	test('says who it is first, then writes events in the order they came, with one sync for many', async () => {
		const folder = temporaryFolder();
		const fs = new FaultyDisk();
		const writer = makeWriter(folder, { fs, host: id.host('me') });
		const executions = Array.from({ length: 500 }, id.execution);
		await Promise.all(executions.map(execution => writer.append(started(execution))));
		const lines = linesOf(folder);
		expect(lines[0]?.event).toEqual({ type: 'host.opened', version: '0.0.0', pid: process.pid });
		expect(lines.slice(1).map(line => 'execution' in line.event && line.event.execution)).toEqual(executions);
		expect(fs.syncs).toBeLessThan(5);
		expect(readdirSync(join(folder, 'journal'))).toEqual(['me-1.jsonl']);
	});

	test('makes no file before the first event, and never writes into one that exists', async () => {
		const folder = temporaryFolder();
		const writer = makeWriter(folder, { host: id.host('me') });
		expect(readdirSync(folder)).toEqual([]);
		await makeWriter(folder, { host: id.host('me') }).append(started(id.execution()));
		const before = readFileSync(join(folder, 'journal/me-1.jsonl'), 'utf8');
		await writer.append(started(id.execution()));
		expect(readFileSync(join(folder, 'journal/me-1.jsonl'), 'utf8')).toBe(before);
		expect(readdirSync(join(folder, 'journal'))).toEqual(['me-1.jsonl', 'me-2.jsonl']);
	});

	test('keeps the order of its events when the clock is set back', async () => {
		const folder = temporaryFolder();
		let now = 2_000_000_000_000;
		const clock = { now: () => now, monotonic: () => 0, after: () => ({ dispose: () => undefined }) };
		const writer = makeWriter(folder, { clock });
		const conversation = id.conversation();
		await writer.append({ type: 'conversation.changed', conversation, title: 'first' });
		now -= 86_400_000;
		await writer.append({ type: 'conversation.changed', conversation, title: 'second' });
		const seqs = linesOf(folder).map(line => line.seq);
		expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
		const service = await openService(folder);
		expect(await service.read(({ database }) => database.prepare('SELECT title FROM chat_sessions').get())).toEqual([
			'second',
		]);
	});

	test.each([
		['write', 'ENOSPC'],
		['sync', 'EIO'],
		['create', 'ENOSPC'],
	] as const)(
		'when %s fails with %s, acknowledges nothing, says it, and writes all in order once it works',
		async (at, code) => {
			const folder = temporaryFolder();
			const fs = new FaultyDisk();
			const writer = makeWriter(folder, { fs });
			const states: (WriterWait | null)[] = [];
			writer.onDidChangeState(state => states.push(state));
			const executions = Array.from({ length: 6 }, id.execution);
			if (at !== 'create') await writer.append(started(executions[0]!));
			fs.fault = { at, code };
			let acknowledged = 0;
			const rest = executions.slice(at === 'create' ? 0 : 1).map(async execution => {
				await writer.append(started(execution));
				acknowledged += 1;
			});
			await vi.waitFor(() =>
				expect(writer.waiting).toMatchObject({ code, events: rest.length + (at === 'create' ? 1 : 0) }),
			);
			expect(acknowledged).toBe(0);
			fs.fault = undefined;
			await Promise.all(rest);
			expect(states).toEqual([
				expect.objectContaining({ code, reason: code === 'ENOSPC' ? 'The disk is full' : 'EIO: fault' }),
				null,
			]);
			expect(writer.waiting).toBeNull();
			const service = await openService(folder);
			const found = await service.read(context => findExecutions(context, {}));
			expect(found.map(row => row.id).sort()).toEqual([...executions].sort());
			// What the failed attempts left behind is at most the one file that held acknowledged events.
			expect(readdirSync(join(folder, 'journal')).filter(name => name.endsWith('.jsonl')).length).toBeLessThanOrEqual(
				2,
			);
		},
	);

	test('a journal that was deleted under it is begun again, and only then is the event acknowledged', async () => {
		const folder = temporaryFolder();
		const writer = makeWriter(folder);
		await writer.append(started(id.execution()));
		rmSync(join(folder, 'journal'), { recursive: true });
		const execution = id.execution();
		await writer.append(started(execution));
		expect(linesOf(folder).map(line => 'execution' in line.event && line.event.execution)).toEqual([execution]);
	});

	test('what the disk never takes is refused at the end, and nothing is taken after it', async () => {
		const fs = new FaultyDisk();
		fs.fault = { at: 'write', code: 'ENOSPC' };
		const writer = makeWriter(temporaryFolder(), { fs });
		const refused = expect(writer.append(started(id.execution()))).rejects.toMatchObject({ code: 'journal-closed' });
		await vi.waitFor(() => expect(writer.waiting).not.toBeNull());
		await writer.close();
		await refused;
		await expect(writer.append(started(id.execution()))).rejects.toMatchObject({ code: 'journal-closed' });
	});

	test('closing writes what is queued', async () => {
		const folder = temporaryFolder();
		const writer = makeWriter(folder);
		const appends = Array.from({ length: 20 }, () => writer.append(started(id.execution())));
		await writer.close();
		await Promise.all(appends);
		expect(linesOf(folder)).toHaveLength(21);
	});

	test('large texts stand in files of their content, once, and are found through the row', async () => {
		const folder = temporaryFolder();
		const writer = makeWriter(folder);
		const service = await openService(folder);
		const output = 'Ünïcode 🚢\n'.repeat(20_000);
		const [execution, step, other] = [id.execution(), id.step(), id.step()];
		for (const each of [step, other]) {
			await writer.append({
				type: 'step.ended',
				execution,
				step: each,
				status: 'succeeded',
				output,
				usage: null,
				cost: null,
			});
		}
		expect(readdirSync(join(folder, 'blobs')).flatMap(name => readdirSync(join(folder, 'blobs', name)))).toHaveLength(
			1,
		);
		expect(linesOf(folder)[1]).toMatchObject({
			event: { output: null },
			blobs: { output: { length: output.length, bytes: Buffer.byteLength(output) } },
		});
		const rows = await service.read(({ database }) =>
			database.prepare('SELECT output_bytes FROM execution_steps').all(),
		);
		expect(rows).toEqual([[Buffer.byteLength(output)], [Buffer.byteLength(output)]]);
	});

	test('a new segment is begun when one is large', async () => {
		const folder = temporaryFolder();
		const writer = makeWriter(folder, { host: id.host('me'), maxSegmentBytes: 1000 });
		for (let n = 0; n < 9; n++) await writer.append(started(id.execution()));
		expect(readdirSync(join(folder, 'journal')).length).toBeGreaterThan(2);
		expect(linesOf(folder)).toHaveLength(10);
	});
});

test('the first version of the format is read as it was written', () => {
	const bytes = readFileSync(join(import.meta.dirname, '../../fixtures/journal/v1.jsonl'));
	const lines = bytes.toString('utf8').trimEnd().split('\n');
	let start = 0;
	const parsed = lines.map(line => {
		const end = start + Buffer.byteLength(line);
		const result = parseLine(bytes, start, end);
		start = end + 1;
		return result;
	});
	expect(parsed.map(result => result.kind)).toEqual(lines.map(() => 'line'));
	expect(parsed).toMatchSnapshot();
});

test('every line of the first version is applied', async () => {
	const folder = temporaryFolder();
	const writer = makeWriter(folder);
	await writer.append(started(id.execution()));
	writeFileSync(
		join(folder, 'journal', 'old-1.jsonl'),
		readFileSync(join(import.meta.dirname, '../../fixtures/journal/v1.jsonl')),
	);
	const health = await (await openService(folder)).health();
	expect(health).toMatchObject({ events: 2 + 14, future: 0, rejected: [] });
});
