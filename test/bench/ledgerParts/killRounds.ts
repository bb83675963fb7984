import { build } from 'esbuild';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { asId, type ExecutionId } from '../../../src/core/base/ids';
import { readCosts } from '../../../src/core/ledger/read/costs';
import { readExecution } from '../../../src/core/ledger/read/executions';
import { LedgerService } from '../../../src/core/ledger/service';
import { sqlJsEngine } from '../../../src/core/storage/sqlJs';

export interface KillResult {
	readonly acknowledged: number;
	/** Acknowledged turns that are missing, or whose final cost is. */
	readonly lost: number;
	/** Nano-dollars by which the roll-ups differ from the sum of the executions, in units of one turn. */
	readonly doubleCounted: number;
}

/** Bundles the writing window into one file that plain node runs. */
async function bundleChild(repository: string, folder: string): Promise<string> {
	const outfile = join(folder, 'killChild.mjs');
	await build({
		entryPoints: [join(repository, 'test/bench/ledgerParts/killChild.ts')],
		outfile,
		bundle: true,
		platform: 'node',
		format: 'esm',
		logLevel: 'error',
	});
	return outfile;
}

/**
 * Two windows write into one folder and are killed at a random moment, round after round, while this process follows
 * the journal, snapshots and merges like a third window. At the end a new window opens the folder.
 */
export async function killRounds(repository: string, folder: string, rounds: number): Promise<KillResult> {
	const child = await bundleChild(repository, folder);
	const acknowledged = new Set<ExecutionId>();
	const engine = sqlJsEngine(join(repository, 'node_modules/sql.js/dist/sql-wasm.wasm'));
	const open = async (): Promise<LedgerService> => {
		const service = new LedgerService({ engine: () => engine.get() });
		await service.open(folder, { days: 36_500, megabytes: 10_000 });
		return service;
	};
	const follower = await open();
	for (let round = 0; round < rounds; round++) {
		const windows = [0, 1].map(n => startWindow(child, folder, `host-${round}-${n}`, acknowledged));
		await Promise.all(windows.map(window => window.isWriting));
		await Promise.all(windows.map(window => killSoon(window.process)));
		if (round % 5 === 2) await follower.snapshot();
		if (round % 5 === 4) await follower.maintain();
	}
	follower.dispose();
	const service = await open();
	const result = await count(service, acknowledged);
	service.dispose();
	return result;
}

interface Window {
	readonly process: ChildProcess;
	readonly isWriting: Promise<void>;
}

function startWindow(child: string, folder: string, host: string, acknowledged: Set<ExecutionId>): Window {
	const window = spawn(process.execPath, [child, folder, host], { stdio: ['ignore', 'pipe', 'inherit'] });
	let rest = '';
	const isWriting = new Promise<void>((done, fail) => {
		window.once('error', fail);
		window.stdout.setEncoding('utf8').on('data', (text: string) => {
			const lines = (rest + text).split('\n');
			rest = lines.pop() ?? '';
			for (const line of lines) acknowledged.add(asId<ExecutionId>(line));
			done();
		});
	});
	return { process: window, isWriting };
}

/** The moment is random: between a write and its sync, in a rotation, or while nothing happens. */
async function killSoon(window: ChildProcess): Promise<void> {
	const closed = new Promise<void>(done => window.once('close', () => done()));
	setTimeout(() => window.kill('SIGKILL'), randomInt(0, 120));
	await closed;
}

async function count(service: LedgerService, acknowledged: ReadonlySet<ExecutionId>): Promise<KillResult> {
	return service.read(context => {
		const isWhole = (id: ExecutionId): boolean => {
			const found = readExecution(context, id);
			return found?.execution.cost === 1000 && found.usage[0]?.isFinal === true;
		};
		const lost = [...acknowledged].filter(id => !isWhole(id)).length;
		const rows = Number(context.database.prepare('SELECT sum(cost) FROM usage').get()?.[0]);
		const [total] = readCosts(context, { fromDay: '2026-03-01', toDay: '2026-03-31', by: [] });
		return { acknowledged: acknowledged.size, lost, doubleCounted: ((total?.cost ?? 0) - rows) / 1000 };
	});
}
