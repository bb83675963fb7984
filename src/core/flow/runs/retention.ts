import type { ExecutionId } from '../../base/ids';
import { isLeaseTaken } from '../../ledger/lease';
import { BlobStore } from '../../storage/blobs';
import { listRuns, readRun, type StoredRun } from '../engine/readJournal';
import { isInterrupted } from '../engine/resume';
import type { RunFolders } from './runFolders';

const day = 24 * 3600_000;
/** A run that was cut off can be gone on with for so long, whatever the settings say. */
const resumableMs = 30 * day;
/** Large values are removed so long after the last run that could name them. */
const graceMs = 60 * day;
/** Runs of one flow that have ended; a flow that is started every minute must not fill the disk. */
const mostEnded = 1000;

export interface RetentionOptions {
	readonly folders: RunFolders;
	readonly now: number;
	/** Runs that were last written before so many days go. */
	readonly days: number;
	/** Of runs that have ended, the newest so many of a flow stay. */
	readonly most?: number;
}

/** Deletes what is kept of old runs, but of none that somebody runs or could go on with. Gives how many went. */
export async function pruneRuns({ folders, now, days, most = mostEnded }: RetentionOptions): Promise<number> {
	const oldest = now - days * day;
	let count = 0;
	/** When the oldest of the runs began that stay although they are old: what they name stays as well. */
	let keptFrom = oldest;
	for (const file of await folders.files()) {
		const runs = await listRuns(folders.of(file));
		let ended = 0;
		for (const { execution, at } of runs) {
			const isOld = at < oldest;
			if (!isOld && ++ended <= most) continue;
			const kept = await stands(folders, file, { execution, at, now });
			if (kept === false) {
				await folders.remove(file, execution);
				await folders.clearLease(execution);
				count++;
			} else keptFrom = Math.min(keptFrom, kept);
		}
	}
	new BlobStore(folders.of('').blobs).removeOlderThan(keptFrom - graceMs);
	return count;
}

/** When a run began that must stay; `false` for one that may go. */
async function stands(
	folders: RunFolders,
	file: string,
	{ execution, at, now }: { readonly execution: ExecutionId; readonly at: number; readonly now: number },
): Promise<number | false> {
	if (await folders.readSummary(file, execution)) return false;
	if (await isLeaseTaken(folders.leases, execution)) return startOf(await stored(folders, file, execution), at);
	if (at < now - resumableMs) return false;
	const run = await stored(folders, file, execution);
	return run && isInterrupted(run) ? startOf(run, at) : false;
}

function stored(folders: RunFolders, file: string, execution: ExecutionId): Promise<StoredRun | undefined> {
	// One that cannot be read cannot be gone on with either.
	return readRun(folders.of(file), execution).catch(() => undefined);
}

function startOf(run: StoredRun | undefined, at: number): number {
	return Math.min(run?.startedAt ?? at, at);
}
