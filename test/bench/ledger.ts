import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { newId, type HostId } from '../../src/core/base/ids';
import { silentLogger } from '../../src/core/base/logger';
import type { LedgerEvent } from '../../src/core/ledger/events';
import { ledgerFolders } from '../../src/core/ledger/journal/layout';
import { JournalWriter } from '../../src/core/ledger/journal/writer';
import { openProjection } from '../../src/core/ledger/openProjection';
import { Projection } from '../../src/core/ledger/projection/projection';
import { createSchema } from '../../src/core/ledger/projection/schema';
import type { CostQuery } from '../../src/core/ledger/queries';
import { readCosts } from '../../src/core/ledger/read/costs';
import { findExecutions } from '../../src/core/ledger/read/executions';
import { LedgerService } from '../../src/core/ledger/service';
import { JournalTail } from '../../src/core/ledger/tail';
import type { SqlDatabase } from '../../src/core/storage/sqlDatabase';
import { sqlJsEngine } from '../../src/core/storage/sqlJs';
import { turnOf, writeTurns, writeUsage } from './ledgerParts/journals';
import { NodeSqlite } from './ledgerParts/nodeSqlite';
import { median, type BenchLine } from './line';

const bench = 'ledger';
const statusFile = '/proc/self/status';
const engine = sqlJsEngine(resolve(import.meta.dirname, '../../node_modules/sql.js/dist/sql-wasm.wasm'));
const retention = { days: 3650, megabytes: 100_000 };
const wholeYear: CostQuery = { fromDay: '2026-01-01', toDay: '2026-12-31', by: ['day', 'model'] };

/** The ledger beside Node's own SQLite, which commits each row to a WAL with full syncs. */
export async function run(print: (line: BenchLine) => void): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-bench-'));
	try {
		await measureAppends(join(folder, 'append'), print);
		await measureReplay(join(folder, 'replay'), print);
		await measureOpen(join(folder, 'open100k'), 100_000, print);
		await measureOpen(join(folder, 'open1m'), 1_000_000, print);
		await measureDashboard(join(folder, 'usage'), print);
		await measureMemory(join(folder, 'memory'), print);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function report(print: (line: BenchLine) => void, metric: string, unit: string, value: number, baseline: number): void {
	print({ bench, metric, value: round(value), unit, baseline: round(baseline), ratio: round(value / baseline) });
}

function round(figure: number): number {
	return Number(figure.toPrecision(4));
}

/** Events of a turn as they come: a hundred callers that each wait for their own event before the next. */
async function measureAppends(folder: string, print: (line: BenchLine) => void): Promise<void> {
	const events = Array.from({ length: 4000 }, (_, n) => turnOf(n, Date.now())).flat();
	const writer = new JournalWriter({ folder, host: newId<HostId>(), version: 'bench' });
	const parallel = await appendAll(writer, events, 100);
	const single = await appendAll(writer, events.slice(0, 3000), 1);
	await writer.close();
	const sqlite = sqliteAppends(join(folder, 'peer.db'), events.slice(0, 5000));
	report(print, 'append_durable_per_s', 'events/s', parallel.perSecond, sqlite.perSecond);
	report(print, 'append_p99_ms', 'ms', single.p99, sqlite.p99);
}

async function appendAll(writer: JournalWriter, events: readonly LedgerEvent[], callers: number): Promise<Speed> {
	const took: number[] = [];
	let next = 0;
	const begin = performance.now();
	const caller = async (): Promise<void> => {
		for (let event = events[next++]; event; event = events[next++]) {
			const before = performance.now();
			await writer.append(event);
			took.push(performance.now() - before);
		}
	};
	await Promise.all(Array.from({ length: callers }, caller));
	return speedOf(took, performance.now() - begin);
}

interface Speed {
	readonly perSecond: number;
	readonly p99: number;
}

function sqliteAppends(path: string, events: readonly LedgerEvent[]): Speed {
	const peer = new NodeSqlite(path);
	peer.exec('CREATE TABLE events (id INTEGER PRIMARY KEY, at INTEGER, type TEXT, body TEXT)');
	const insert = peer.prepare('INSERT INTO events (at, type, body) VALUES (?, ?, ?)');
	const took: number[] = [];
	const begin = performance.now();
	for (const event of events) {
		const before = performance.now();
		insert.run([Date.now(), event.type, JSON.stringify(event)]);
		took.push(performance.now() - before);
	}
	const speed = speedOf(took, performance.now() - begin);
	peer.dispose();
	return speed;
}

function speedOf(took: number[], ms: number): Speed {
	const sorted = took.toSorted((a, b) => a - b);
	return { perSecond: (took.length / ms) * 1000, p99: sorted[Math.floor(sorted.length * 0.99)]! };
}

/** The whole journal into an empty projection, by the same code into either engine. */
async function measureReplay(folder: string, print: (line: BenchLine) => void): Promise<void> {
	writeTurns(folder, 20_000);
	const open = await engine.get();
	const ours: number[] = [];
	const peers: number[] = [];
	for (let round = 0; round < 3; round++) {
		ours.push(await replay(folder, open()));
		const peer = new NodeSqlite(join(folder, 'peer.db'));
		peers.push(await replay(folder, peer));
		peer.remove();
	}
	report(print, 'replay_per_s', 'events/s', median(ours), median(peers));
}

async function replay(folder: string, database: SqlDatabase): Promise<number> {
	const begin = performance.now();
	createSchema(database);
	const lines = await tailOf(folder, database).catchUp(() => undefined);
	const perSecond = (lines / (performance.now() - begin)) * 1000;
	database.dispose();
	return perSecond;
}

function tailOf(folder: string, database: SqlDatabase): JournalTail {
	return new JournalTail(database, new Projection(database, () => undefined), ledgerFolders(folder));
}

/** From nothing to the first page of executions: the snapshot and the tail, beside an SQLite file of the same tables. */
async function measureOpen(folder: string, events: number, print: (line: BenchLine) => void): Promise<void> {
	writeTurns(folder, events / 5);
	await withService(folder, service => service.snapshot());
	const peerPath = join(folder, 'peer.db');
	await fillPeer(folder, peerPath);
	const ours: number[] = [];
	const peers: number[] = [];
	for (let round = 0; round < 5; round++) {
		const begin = performance.now();
		await withService(folder, async service => {
			await service.read(context => findExecutions(context, { limit: 50 }));
			ours.push(performance.now() - begin);
		});
		const before = performance.now();
		const peer = new NodeSqlite(peerPath);
		firstPage(peer);
		peers.push(performance.now() - before);
		peer.dispose();
	}
	report(print, `open_ms@${events}`, 'ms', median(ours), median(peers));
}

async function fillPeer(folder: string, path: string): Promise<void> {
	const peer = new NodeSqlite(path);
	createSchema(peer);
	await tailOf(folder, peer).catchUp(() => undefined);
	peer.dispose();
}

function firstPage(database: SqlDatabase): void {
	const { names } = new Projection(database, () => undefined);
	findExecutions({ database, names, liveHosts: new Set(), stepOwners: new Map() }, { limit: 50 });
}

async function withService<T>(folder: string, work: (service: LedgerService) => Promise<T>): Promise<T> {
	const service = new LedgerService({ engine: () => engine.get() });
	try {
		await service.open(folder, retention);
		return await work(service);
	} finally {
		service.dispose();
	}
}

/** Day by model over a million usage rows. */
async function measureDashboard(folder: string, print: (line: BenchLine) => void): Promise<void> {
	writeUsage(folder, 1_000_000);
	const open = openProjection(await engine.get(), ledgerFolders(folder), '', silentLogger, true);
	await open.tail.catchUp(() => undefined);
	const peer = new NodeSqlite(join(folder, 'peer.db'));
	createSchema(peer);
	await tailOf(folder, peer).catchUp(() => undefined);
	const [ours, peers]: [number[], number[]] = [[], []];
	for (let round = 0; round < 15; round++) {
		ours.push(queryTime(open.database));
		peers.push(queryTime(peer));
	}
	open.database.dispose();
	peer.dispose();
	report(print, 'dashboard_query_ms', 'ms', median(ours), median(peers));
}

function queryTime(database: SqlDatabase): number {
	const { names } = new Projection(database, () => undefined);
	const begin = performance.now();
	const rows = readCosts({ database, names, liveHosts: new Set(), stepOwners: new Map() }, wholeYear);
	const took = performance.now() - begin;
	const usages = rows.reduce((sum, row) => sum + row.executions, 0);
	if (usages !== 1_000_000) throw new Error(`The roll-ups hold ${usages} usage rows`);
	return took;
}

/** What an open ledger of 100,000 executions adds to a process that had loaded no engine. */
async function measureMemory(folder: string, print: (line: BenchLine) => void): Promise<void> {
	writeTurns(folder, 100_000);
	await withService(folder, service => service.snapshot());
	await fillPeer(folder, join(folder, 'peer.db'));
	// What the engine's compiler threads freed is not in use, but glibc keeps up to 20 MB of it, a little or a lot from run to
	// run, because its limit for that grows by itself; a limit that is given stays (mallopt(3), M_TRIM_THRESHOLD). The
	// editor's process has another allocator, so how glibc hoards says nothing of it.
	const env = { ...process.env, MALLOC_TRIM_THRESHOLD_: '131072' };
	const figures = (kind: string): number => {
		const script = `import(${JSON.stringify(import.meta.url)}).then(m => m.memoryChild(${JSON.stringify(kind)}, ${JSON.stringify(folder)}))`;
		return median(
			[1, 2, 3, 4, 5].map(() =>
				Number(execFileSync(process.execPath, ['--expose-gc', '-e', script], { encoding: 'utf8', env })),
			),
		);
	};
	report(print, 'memory_mb@100000', 'MB', figures('ledger'), figures('peer'));
}

/** Runs in a process of its own; prints the megabytes of memory that the ledger took. */
export async function memoryChild(kind: string, folder: string): Promise<void> {
	const before = await privateBytes();
	let stop: () => void;
	if (kind === 'ledger') {
		const service = new LedgerService({ engine: () => engine.get() });
		await service.open(folder, retention);
		await service.read(context => [
			findExecutions(context, { limit: 200 }),
			findExecutions(context, { text: 'parser' }),
			readCosts(context, wholeYear),
		]);
		stop = () => service.dispose();
	} else {
		const peer = new NodeSqlite(join(folder, 'peer.db'));
		firstPage(peer);
		const { names } = new Projection(peer, () => undefined);
		readCosts({ database: peer, names, liveHosts: new Set(), stepOwners: new Map() }, wholeYear);
		stop = () => peer.dispose();
	}
	process.stdout.write(String(((await privateBytes()) - before) / 1024 / 1024));
	stop();
}

/** Memory of this process alone, once it has come to rest: pages of node's own program file are everybody's. */
async function privateBytes(): Promise<number> {
	// What a collection finds unused is given back to the system a moment later, on a busy machine much later.
	let last = Infinity;
	for (let round = 0, calm = 0; round < 40 && calm < 5; round++) {
		globalThis.gc?.();
		await setTimeout(50);
		const now = anonymousBytes();
		calm = last - now < 256 * 1024 ? calm + 1 : 0;
		last = now;
	}
	return last;
}

function anonymousBytes(): number {
	const anonymous = /^RssAnon:\s+(\d+) kB/m.exec(existsSync(statusFile) ? readFileSync(statusFile, 'utf8') : '');
	return anonymous ? Number(anonymous[1]) * 1024 : process.memoryUsage.rss();
}
