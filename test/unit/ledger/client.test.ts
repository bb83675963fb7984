import { build } from 'esbuild';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { brotliCompressSync, constants } from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Emitter } from '../../../src/core/base/event';
import { newId, type HostId } from '../../../src/core/base/ids';
import { LedgerClient, type LedgerPort } from '../../../src/core/ledger/client';
import type { LedgerChange } from '../../../src/core/ledger/queries';
import { ended, id, repository, started, temporaryFolder, used } from './support';

/** The worker as it is packaged: one file beside the engine's wasm. */
async function bundleWorker(): Promise<string> {
	const folder = temporaryFolder();
	const outfile = join(folder, 'ledger.mjs');
	const banner =
		"import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); const __dirname = import.meta.dirname;";
	await build({
		entryPoints: [join(repository, 'src/workers/ledger.ts')],
		outfile,
		bundle: true,
		platform: 'node',
		format: 'esm',
		banner: { js: banner },
		logLevel: 'error',
	});
	const wasm = readFileSync(join(repository, 'node_modules/sql.js/dist/sql-wasm.wasm'));
	const params = { [constants.BROTLI_PARAM_QUALITY]: 1 };
	writeFileSync(join(folder, 'sql-wasm.wasm.br'), brotliCompressSync(wasm, { params }));
	return outfile;
}

function startWorker(file: string, workers: Worker[]): LedgerPort {
	const worker = new Worker(file);
	workers.push(worker);
	const exit = new Emitter<unknown>();
	worker.on('exit', code => exit.fire(code));
	worker.on('error', () => undefined);
	return {
		// A thread has no origin: that rule means windows.
		// oxlint-disable-next-line unicorn/require-post-message-target-origin
		post: message => worker.postMessage(message),
		onMessage(listener) {
			worker.on('message', listener);
			return { dispose: () => worker.off('message', listener) };
		},
		onDidExit: exit.event,
		dispose: () => void worker.terminate(),
	};
}

function makeClient(folder: string, file: string, workers: Worker[] = []): LedgerClient {
	const client = new LedgerClient({
		folder,
		host: newId<HostId>(),
		version: '1',
		retention: { days: 365, megabytes: 80 },
		startWorker: () => startWorker(file, workers),
	});
	onTestFinished(() => client.close());
	return client;
}

test('two windows share a ledger: each sees what the other appends, and is told', async () => {
	const file = await bundleWorker();
	const folder = temporaryFolder();
	const [one, other] = [makeClient(folder, file), makeClient(folder, file)];
	const changes: LedgerChange[] = [];
	other.onDidChange(change => changes.push(change));
	expect(await other.query('executions', {})).toEqual([]);
	const [execution, step] = [id.execution(), id.step()];
	await one.append(started(execution));
	await one.append({
		type: 'step.started',
		execution,
		step,
		parent: null,
		kind: 'tool',
		name: 'Bash',
		title: 'ls',
		input: 'ls -l',
	});
	await one.append(used(execution));
	await vi.waitFor(() => expect(changes.flatMap(change => change.executions)).toContain(execution), 3000);
	expect(await other.query('executions', {})).toMatchObject([{ id: execution, status: 'running', cost: 1_000_000 }]);
	expect(await one.query('stepText', { step, part: 'input', offset: 3, length: 5 })).toEqual({ text: '-l', total: 5 });
	// The first window closes in the middle of a turn: the turn is interrupted for whoever looks.
	await one.close();
	expect(await other.query('executions', {})).toMatchObject([{ status: 'interrupted' }]);
	expect(await other.query('health', null)).toMatchObject({ events: 4, waiting: null, segments: 1 });
	expect(readdirSync(join(folder, 'hosts'))).toEqual([]);
});

test('a worker that dies is started again by the next question', async () => {
	const file = await bundleWorker();
	const workers: Worker[] = [];
	const client = makeClient(temporaryFolder(), file, workers);
	const execution = id.execution();
	await client.append(started(execution));
	expect(workers).toHaveLength(0);
	expect(await client.query('executions', {})).toHaveLength(1);
	const asked = client.query('executions', {});
	await workers[0]!.terminate();
	expect(await asked).toHaveLength(1);
	await client.append(ended(execution));
	expect(await client.query('executions', {})).toMatchObject([{ status: 'succeeded' }]);
	expect(workers).toHaveLength(2);
});

test('a worker that cannot start is a failure with a sentence, and appending goes on', async () => {
	const client = makeClient(temporaryFolder(), join(temporaryFolder(), 'missing.mjs'));
	await client.append(started(id.execution()));
	await expect(client.query('executions', {})).rejects.toMatchObject({ code: 'ledger-worker-ended' });
	await client.append(started(id.execution()));
	await client.close();
	await expect(client.append(started(id.execution()))).rejects.toMatchObject({ code: 'journal-closed' });
});
