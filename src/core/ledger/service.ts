import { mkdirSync, watch } from 'node:fs';
import { Sequencer } from '../base/async';
import { systemClock, type Clock } from '../base/clock';
import { ExpectedError, errorText } from '../base/errors';
import { asId, type HostId, type StepId } from '../base/ids';
import { MutableDisposable, Owner, toDisposable, type Disposable } from '../base/lifecycle';
import { silentLogger, type Logger } from '../base/logger';
import type { OpenDatabase } from '../storage/sqlDatabase';
import { ChangeNotices } from './changes';
import { isHostLive } from './hosts';
import { ledgerFolders, type LedgerFolders } from './journal/layout';
import { Lease } from './lease';
import { Maintenance } from './maintenance';
import { journalIdentity, openProjection, type OpenProjection } from './openProjection';
import { noChange, type LedgerHealth } from './queries';
import { openExecutionsOf, openHosts, type ReadContext } from './read/executions';
import type { Retention } from './retention';
import { writeSnapshot } from './snapshot';
import { TruncatedError } from './tail';

export interface LedgerServiceOptions {
	/** Loads the engine; called at the first `open`. */
	readonly engine: () => Promise<OpenDatabase>;
	readonly clock?: Clock;
	readonly log?: Logger;
}

/** How often the folder is looked at, for file systems that do not tell of changes. */
const pollMs = 1000;
/** Reading this many lines again at the next start is cheaper than writing the image now. */
const snapshotLines = 20_000;
const snapshotIdleMs = 60_000;
const firstMaintenanceMs = 90_000;
const maintenanceMs = 6 * 3_600_000;

/** What the worker hosts: the projection kept up to date with the journals of all windows. */
export class LedgerService extends Owner {
	readonly #options: LedgerServiceOptions;
	readonly #clock: Clock;
	readonly #log: Logger;
	readonly #work = new Sequencer();
	readonly #notices: ChangeNotices;
	readonly #snapshotTimer = this.own(new MutableDisposable<Disposable>());
	readonly #maintenanceTimer = this.own(new MutableDisposable<Disposable>());
	readonly #pollTimer = this.own(new MutableDisposable<Disposable>());
	readonly onDidChange;
	#engine: OpenDatabase | undefined;
	#folders: LedgerFolders | undefined;
	#journal = '';
	#retention: Retention | undefined;
	#open: OpenProjection | undefined;
	#snapshotAt: number | null = null;
	#unsavedLines = 0;
	#liveHosts = new Set<number>();
	readonly #stepOwners = new Map<StepId, number>();

	constructor(options: LedgerServiceOptions) {
		super();
		this.#options = options;
		this.#clock = options.clock ?? systemClock;
		this.#log = options.log ?? silentLogger;
		this.#notices = this.own(new ChangeNotices(this.#clock));
		this.onDidChange = this.#notices.onDidChange;
		this.own(toDisposable(() => this.#closeProjection()));
	}

	/** Opens a ledger's folder and reads what is there. Opening again only changes the retention. */
	async open(folder: string, retention: Retention): Promise<LedgerHealth> {
		this.#retention = retention;
		this.#engine ??= await this.#options.engine();
		await this.#work.run(async () => {
			if (this.#open) return;
			this.#folders = ledgerFolders(folder);
			mkdirSync(this.#folders.journal, { recursive: true });
			this.#journal = journalIdentity(this.#folders.identity);
			this.#openFrom(false);
			await this.#catchUp(false);
			this.#follow();
		});
		if (this.#unsavedLines >= snapshotLines) await this.snapshot();
		return this.health();
	}

	/** Applies what was appended so far. */
	async refresh(): Promise<void> {
		await this.#work.run(() => this.#catchUp(true));
	}

	/** Runs a query on rows that hold every event appended before the call. */
	async read<T>(query: (context: ReadContext & OpenProjection) => T): Promise<T> {
		return this.#work.run(async () => {
			await this.#catchUp(true);
			return query(this.#context());
		});
	}

	/** Like `read`, for texts: a rewrite may have moved a line since its row was written, so a miss is tried again. */
	async readText<T>(query: (context: ReadContext & OpenProjection) => T | undefined): Promise<T | undefined> {
		const found = await this.read(query);
		if (found !== undefined) return found;
		return this.#work.run(async () => {
			this.#projection().tail.rereadSealed();
			await this.#catchUp(true);
			return query(this.#context());
		});
	}

	async health(): Promise<LedgerHealth> {
		return this.read(({ tail, projection }) => ({
			events: tail.segments.reduce((sum, { state }) => sum + state.lines, 0),
			segments: tail.segments.length,
			journalBytes: tail.segments.reduce((sum, { file }) => sum + file.bytes, 0),
			rejected: tail.segments
				.filter(({ state }) => state.rejected > 0)
				.map(({ state }) => ({ segment: state.name, lines: state.rejected })),
			future: tail.segments.reduce((sum, { state }) => sum + state.future, 0),
			lastSeq: projection.maxSeq,
			forgottenBefore: projection.horizon.beforeAt || null,
			unreadable: [...tail.unreadable].map(([segment, reason]) => ({ segment, reason })),
			waiting: null,
			snapshotAt: this.#snapshotAt,
		}));
	}

	/** Writes the snapshot. A disk that takes none is no failure: the journal has everything. */
	async snapshot(): Promise<void> {
		await this.#work.run(async () => {
			await this.#catchUp(true);
			this.#writeSnapshot();
		});
	}

	/** Retention and merging, if no other window is at it. Runs by itself every few hours. */
	async maintain(): Promise<boolean> {
		const folders = this.#folders;
		if (!folders || !this.#retention) throw notOpen();
		const lease = new Lease(folders.leases, 'maintenance');
		if (!(await lease.tryAcquire())) return false;
		try {
			await this.#work.run(async () => {
				const parts = this.#projection();
				const catchUp = (): Promise<void> => this.#catchUp(true);
				await new Maintenance({ ...parts, folders, clock: this.#clock, catchUp }).run(this.#retention!);
				this.#writeSnapshot();
			});
			return true;
		} finally {
			await lease.release();
		}
	}

	/** Saves what would be slow to read again and lets go of everything. */
	async close(): Promise<void> {
		await this.#work.run(async () => {
			if (this.#open && this.#unsavedLines >= snapshotLines / 10) this.#writeSnapshot();
			this.dispose();
		});
	}

	#projection(): OpenProjection {
		if (!this.#open) throw notOpen();
		return this.#open;
	}

	#context(): ReadContext & OpenProjection {
		const open = this.#projection();
		return { ...open, names: open.projection.names, liveHosts: this.#liveHosts, stepOwners: this.#stepOwners };
	}

	#openFrom(isFresh: boolean): void {
		this.#closeProjection();
		this.#open = openProjection(this.#engine!, this.#folders!, this.#journal, this.#log, isFresh);
		this.#snapshotAt = this.#open.snapshotAt;
		this.#unsavedLines = 0;
		this.#stepOwners.clear();
	}

	#closeProjection(): void {
		this.#open?.database.dispose();
		this.#open = undefined;
	}

	/** Reads what is new; what cannot be trusted any more is built again from the journal, once. */
	async #catchUp(isTold: boolean): Promise<void> {
		try {
			await this.#readNew(isTold);
		} catch (error) {
			if (!this.#open) throw error;
			const reason = error instanceof TruncatedError ? 'a segment became shorter' : errorText(error);
			this.#log.warn(`The ledger is read again from its journal: ${reason}`);
			this.#openFrom(true);
			await this.#readNew(isTold);
		}
	}

	async #readNew(isTold: boolean): Promise<void> {
		const { tail } = this.#projection();
		const lines = await tail.catchUp(change => {
			if (isTold) this.#notices.add(change);
		});
		this.#updateLiveHosts(isTold);
		if (lines === 0) return;
		this.#unsavedLines += lines;
		if (this.#unsavedLines >= snapshotLines) {
			this.#snapshotTimer.value = this.#clock.after(snapshotIdleMs, () => this.#inBackground(() => this.snapshot()));
		}
	}

	/** Whose open executions still run. Derived, never written: no window writes for another. */
	#updateLiveHosts(isTold: boolean): void {
		const { database, projection } = this.#projection();
		const live = new Set<number>();
		for (const host of openHosts(database)) {
			if (isHostLive(this.#folders!.hosts, asId<HostId>(projection.names.textOf(host)), this.#clock.now())) {
				live.add(host);
			} else if (isTold && this.#liveHosts.has(host)) {
				const executions = openExecutionsOf(database, host);
				this.#notices.add({ ...noChange, executions });
			}
		}
		this.#liveHosts = live;
	}

	#writeSnapshot(): void {
		const { database } = this.#projection();
		this.#snapshotTimer.value = undefined;
		const at = this.#clock.now();
		// After much new, the tables are full of half-empty pages: every window would hold them in memory.
		if (this.#unsavedLines >= snapshotLines) {
			database.exec("INSERT INTO search (search) VALUES ('optimize')");
			database.compact();
		}
		try {
			writeSnapshot(this.#folders!.snapshot, database.export(), this.#journal, at);
			this.#snapshotAt = at;
			this.#unsavedLines = 0;
		} catch (error) {
			this.#log.warn('The ledger could not write its snapshot; nothing is lost, the next start reads more', error);
		}
	}

	#follow(): void {
		try {
			const watcher = watch(this.#folders!.journal, { persistent: false }, () =>
				this.#inBackground(() => this.refresh()),
			);
			watcher.on('error', error => this.#log.debug('Watching the journal ended; it is polled', error));
			this.own(toDisposable(() => watcher.close()));
		} catch (error) {
			this.#log.debug('The journal cannot be watched; it is polled', error);
		}
		this.#pollLater();
		this.#maintainLater(firstMaintenanceMs);
	}

	#pollLater(): void {
		this.#pollTimer.value = this.#clock.after(pollMs, () => {
			this.#inBackground(() => this.refresh().finally(() => this.#pollLater()));
		});
	}

	#maintainLater(ms: number): void {
		this.#maintenanceTimer.value = this.#clock.after(ms, () => {
			this.#inBackground(() => this.maintain().finally(() => this.#maintainLater(maintenanceMs)));
		});
	}

	/** Work that nobody waits for: its failure is written down, and the next look tries again. */
	#inBackground(work: () => Promise<unknown>): void {
		if (this.isDisposed) return;
		work().catch((error: unknown) => {
			if (!this.isDisposed) this.#log.error(`The ledger could not follow its journal: ${errorText(error)}`);
		});
	}
}

function notOpen(): ExpectedError {
	return new ExpectedError('ledger-not-open', 'The ledger is not open');
}
