import { Lazy } from '../base/async';
import { systemClock, type Clock } from '../base/clock';
import { ExpectedError } from '../base/errors';
import { Emitter, type Event } from '../base/event';
import type { HostId } from '../base/ids';
import { DisposableStore, MutableDisposable, type Disposable } from '../base/lifecycle';
import { silentLogger, type Logger } from '../base/logger';
import { connect, type Client, type Port } from '../rpc/rpc';
import type { AppendFs } from '../storage/appendFs';
import type { LedgerEvent } from './events';
import { HostRegistration } from './hosts';
import { ledgerFolders } from './journal/layout';
import { JournalWriter, type WriterWait } from './journal/writer';
import type { Ledger, LedgerChange, LedgerContract, LedgerHealth } from './queries';
import type { Retention } from './retention';

/** A running worker: a port that can end by itself. */
export interface LedgerPort extends Port, Disposable {
	readonly onDidExit: Event<unknown>;
}

export interface LedgerClientOptions {
	/** The ledger's folder, shared by all windows. */
	readonly folder: string;
	/** Unique to this run of this extension host. */
	readonly host: HostId;
	/** Version of the extension. */
	readonly version: string;
	readonly retention: Retention;
	/** Starts a worker; called at the first query, and again after one ended. */
	readonly startWorker: () => LedgerPort;
	readonly clock?: Clock;
	readonly log?: Logger;
	readonly fs?: AppendFs;
}

/** Opening may read a journal of a million events from its beginning. */
const openTimeoutMs = 300_000;
const queryTimeoutMs = 60_000;

/** The ledger in the extension host: writes this window's events, and asks the worker about everybody's. */
export class LedgerClient implements Ledger, Disposable {
	readonly #options: LedgerClientOptions;
	readonly #registration: HostRegistration;
	readonly #writer: JournalWriter;
	readonly #changes = new Emitter<LedgerChange>();
	readonly #worker = new MutableDisposable<DisposableStore>();
	readonly #log: Logger;
	#connection = new Lazy(() => this.#start());
	#retention: Retention;
	#needsPoke = false;
	#isPoking = false;
	#isClosed = false;

	readonly onDidChange = this.#changes.event;
	/** Fires when events begin to wait in memory (the disk is full), and with `null` when all are on disk again. */
	readonly onDidChangeState: Event<WriterWait | null>;

	constructor(options: LedgerClientOptions) {
		this.#options = options;
		this.#retention = options.retention;
		this.#log = options.log ?? silentLogger;
		const { folder, host, version, fs } = options;
		const clock = options.clock ?? systemClock;
		this.#registration = new HostRegistration(ledgerFolders(folder).hosts, host, version, clock);
		this.#writer = new JournalWriter({
			folder,
			host,
			version,
			clock,
			...(fs ? { fs } : {}),
			onFirstAppend: () => this.#registration.register(),
		});
		this.onDidChangeState = this.#writer.onDidChangeState;
	}

	/** Events that wait in memory and why, or `null`. */
	get waiting(): WriterWait | null {
		return this.#writer.waiting;
	}

	async append(event: LedgerEvent): Promise<void> {
		await this.#writer.append(event);
		this.#needsPoke = true;
		// The worker's rows follow by themselves; a window that never asked has no worker to tell.
		if (this.#connection.started && !this.#isPoking) void this.#poke();
	}

	async query<K extends Exclude<keyof LedgerContract['requests'], 'open' | 'close' | 'poke'>>(
		name: K,
		params: LedgerContract['requests'][K]['params'],
	): Promise<LedgerContract['requests'][K]['result']> {
		const result = await this.#ask(name, params);
		return name === 'health' ? { ...(result as LedgerHealth), waiting: this.#writer.waiting } : result;
	}

	/** Puts the retention of changed settings into force. */
	async setRetention(retention: Retention): Promise<void> {
		this.#retention = retention;
		const client = await this.#connection.started;
		if (client) await this.#openFolder(client);
	}

	/** Writes what is queued, ends the worker and gives up this host's place. */
	async close(): Promise<void> {
		if (this.#isClosed) return;
		this.#isClosed = true;
		await this.#writer.close();
		const client = await this.#connection.started?.catch(() => undefined); // It never opened: nothing to close.
		await client
			?.call('close', null, 5000)
			.catch((error: unknown) => this.#log.debug('The ledger did not close', error));
		this.#worker.dispose();
		await this.#registration.unregister();
		this.#changes.dispose();
	}

	dispose(): void {
		void this.close();
	}

	async #ask<K extends keyof LedgerContract['requests']>(
		name: K,
		params: LedgerContract['requests'][K]['params'],
	): Promise<LedgerContract['requests'][K]['result']> {
		const connection = this.#connection;
		const attempt = async (): Promise<LedgerContract['requests'][K]['result']> =>
			(await this.#connection.get()).call(name, params, queryTimeoutMs);
		try {
			return await attempt();
		} catch (error) {
			// The worker ended under the question. Its rows are made of the journal: a new one answers the same.
			if (!ExpectedError.is(error, 'disposed') || this.#isClosed || connection === this.#connection) throw error;
			return await attempt().catch((again: unknown) => {
				throw ExpectedError.is(again, 'disposed') ? workerEnded(again) : again;
			});
		}
	}

	async #start(): Promise<Client<LedgerContract>> {
		if (this.#isClosed) throw new ExpectedError('ledger-not-open', 'The ledger is closed');
		const store = new DisposableStore();
		this.#worker.value = store;
		const port = store.add(this.#options.startWorker());
		const client = store.add(connect<LedgerContract>(port));
		store.add(client.on('changed', change => this.#changes.fire(change)));
		store.add(
			port.onDidExit(() => {
				if (this.#worker.value !== store || this.#isClosed) return;
				this.#log.warn('The ledger worker ended; the next question starts another');
				// First the way to a new worker, then the failures of those who waited for the old one.
				this.#connection = new Lazy(() => this.#start());
				this.#worker.value = undefined;
			}),
		);
		const clock = this.#options.clock ?? systemClock;
		const before = clock.monotonic();
		const health = await this.#openFolder(client);
		const took = Math.round(clock.monotonic() - before);
		const from = health.snapshotAt === null ? 'the journal alone' : 'its snapshot';
		this.#log.info(`Ledger opened in ${took} ms: ${health.events} events, from ${from}`);
		this.#writer.observe(health.lastSeq);
		return client;
	}

	#openFolder(client: Client<LedgerContract>): Promise<LedgerHealth> {
		const { days, megabytes } = this.#retention;
		const params = { folder: this.#options.folder, retentionDays: days, retentionMb: megabytes };
		return client.call('open', params, openTimeoutMs);
	}

	/** One poke at a time: those who append meanwhile are covered by the next. */
	async #poke(): Promise<void> {
		this.#isPoking = true;
		try {
			while (this.#needsPoke && !this.#isClosed) {
				this.#needsPoke = false;
				await (await this.#connection.get()).call('poke', null);
			}
		} catch (error) {
			// The worker looks by itself once a second.
			this.#log.debug('The ledger worker could not be poked', error);
		} finally {
			this.#isPoking = false;
		}
	}
}

function workerEnded(cause: unknown): ExpectedError {
	return new ExpectedError(
		'ledger-worker-ended',
		'The history cannot be read: its worker ended twice. Nothing is lost; the log of Quarterdeck says why.',
		{ cause },
	);
}
