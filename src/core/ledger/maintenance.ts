import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/clock';
import { newId, type HostId } from '../base/ids';
import type { BlobStore } from '../storage/blobs';
import { removeNow } from '../storage/files';
import type { SqlDatabase } from '../storage/sqlDatabase';
import type { JournalEvent } from './events';
import { isHostLive } from './hosts';
import { encodeLine, largeTextBytes, type JournalLine } from './journal/line';
import { hostOfSegment, isSealed, type LedgerFolders } from './journal/layout';
import type { MachineEvent } from './machineEvents';
import { packDay, packId } from './projection/packing';
import type { MemoryEvent } from './projection/memories';
import type { Projection } from './projection/projection';
import { cutoffOf, type Cutoff, type Retention } from './retention';
import { hasDroppable, rewriteSegments, writeSealed } from './rewrite';
import type { JournalTail } from './tail';

export interface MaintenanceParts {
	readonly database: SqlDatabase;
	readonly projection: Projection;
	readonly tail: JournalTail;
	readonly folders: LedgerFolders;
	readonly blobs: BlobStore;
	readonly clock: Clock;
	/** Applies what stands in the journal by now. */
	readonly catchUp: () => Promise<void>;
}

const dayMs = 86_400_000;
/** Small segments wait until this many can be put together. */
const minMerged = 8;
const smallBytes = 4 * 1024 * 1024;
/** By age, days are closed a week at a time: each closing writes all roll-ups of closed days once more. */
const retireEveryDays = 7;

/** What one window at a time does to the journal as a whole. The caller holds the lease. */
export class Maintenance {
	readonly #parts: MaintenanceParts;

	constructor(parts: MaintenanceParts) {
		this.#parts = parts;
	}

	async run(retention: Retention): Promise<void> {
		await this.#parts.catchUp();
		const cutoff = this.#dueCutoff(retention);
		if (cutoff) await this.#retire(cutoff);
		this.#merge();
		this.#forgetDeadHosts();
		await this.#parts.catchUp();
	}

	#dueCutoff(retention: Retention): Cutoff | undefined {
		const { tail, clock, projection, blobs, database } = this.#parts;
		const now = clock.now();
		const stored = tail.segments.map(({ file, state }) => ({
			bytes: file.bytes,
			lastAt: state.lastAt ?? file.modifiedAt,
		}));
		const blobBytes = blobs.sizeNow();
		if (blobBytes > 0) {
			// Large texts are as old as the lines that name them: spread over the segments by size.
			const total = stored.reduce((sum, part) => sum + part.bytes, 1);
			for (const part of stored) part.bytes += (blobBytes * part.bytes) / total;
		}
		const cutoff = cutoffOf(now, retention, stored);
		if (!cutoff || cutoff.beforeAt <= projection.horizon.beforeAt) return undefined;
		const isOverfull = stored.reduce((sum, part) => sum + part.bytes, 0) > retention.megabytes * 1024 * 1024;
		const oldest = database.prepare('SELECT min(first_at) FROM segments').get()?.[0];
		const wait = isOverfull ? 0 : retireEveryDays * dayMs;
		const from = Math.max(projection.horizon.beforeAt, Number(oldest ?? now));
		return cutoff.beforeAt > from + wait ? cutoff : undefined;
	}

	async #retire(cutoff: Cutoff): Promise<void> {
		const { folders, catchUp, tail, projection } = this.#parts;
		writeSealed(folders.journal, [Buffer.from(encodeLine(await this.#retirement(cutoff)))]);
		await catchUp();
		// The event may have lost its roll-ups on the way to the disk: nothing is given up before it holds.
		if (projection.horizon.beforeAt < cutoff.beforeAt) return;
		const keep = (line: JournalLine): boolean => this.#isWanted(line, cutoff);
		const old = tail.segments.filter(({ state }) => state.firstAt !== null && state.firstAt < cutoff.beforeAt);
		const closed = old.map(({ file }) => file.name).filter(name => this.#isClosed(name));
		rewriteSegments(
			folders.journal,
			closed.filter(name => hasDroppable(folders.journal, name, keep)),
			keep,
		);
		await catchUp();
		this.#removeUnwantedFiles(cutoff);
	}

	async #retirement(cutoff: Cutoff): Promise<JournalLine> {
		const { projection, clock, blobs } = this.#parts;
		const rollups = projection.horizon.archive(packDay(cutoff.beforeDay));
		const isLarge = Buffer.byteLength(rollups) > largeTextBytes;
		const at = clock.now();
		const event: JournalEvent = { type: 'ledger.retired', ...cutoff, rollups: isLarge ? null : rollups };
		return {
			host: newId<HostId>(),
			seq: Math.max(at * 1000, projection.maxSeq + 1),
			at,
			event,
			blobs: isLarge ? { rollups: { ...(await blobs.put(rollups)), length: rollups.length } } : {},
		};
	}

	#isWanted(line: JournalLine, cutoff: Cutoff): boolean {
		const isKept = this.#isRemembered(line, cutoff);
		// Its file would otherwise look as old as it is.
		if (isKept) for (const blob of Object.values(line.blobs)) this.#parts.blobs.touchNow(blob.hash, cutoff.beforeAt);
		return isKept;
	}

	#isRemembered(line: JournalLine, cutoff: Cutoff): boolean {
		const { event, at, seq } = line;
		const { projection, database } = this.#parts;
		if (event.type === 'ledger.retired') return !projection.horizon.isOutdated(event, seq);
		if (event.type === 'usage.recorded' && packDay(event.day) < projection.horizon.beforeDay) return false;
		if (isOfNewest(event)) return !projection.isOutdated(event, line);
		if (at >= cutoff.beforeAt) return true;
		switch (event.type) {
			case 'conversation.changed':
			case 'conversation.item': {
				const id = projection.names.find(event.conversation);
				return database.prepare('SELECT 1 FROM chat_sessions WHERE conversation = ?').get([id]) !== undefined;
			}
			case 'host.opened':
			case 'approval.requested':
			case 'approval.decided':
			case 'gate.decided':
				return false;
			default:
				return database.prepare('SELECT 1 FROM executions WHERE id = ?').get([packId(event.execution)]) !== undefined;
		}
	}

	/** Puts the small segments of hosts that are gone together: each open file costs every window at every look. */
	#merge(): void {
		const { folders, tail, projection } = this.#parts;
		const small = tail.segments
			.filter(({ file, state }) => file.bytes < smallBytes && !tail.unreadable.has(state.name))
			.map(({ file }) => file.name)
			.filter(name => this.#isClosed(name));
		if (small.length < minMerged) return;
		rewriteSegments(folders.journal, small, line => {
			const { event, seq } = line;
			if (isOfNewest(event)) return !projection.isOutdated(event, line);
			return event.type !== 'ledger.retired' || !projection.horizon.isOutdated(event, seq);
		});
	}

	/** Whether nobody appends to a segment any more. A foreign name is nobody's: it is left alone. */
	#isClosed(name: string): boolean {
		if (isSealed(name)) return true;
		const host = hostOfSegment(name);
		return host !== undefined && !isHostLive(this.#parts.folders.hosts, host, this.#parts.clock.now());
	}

	#removeUnwantedFiles(cutoff: Cutoff): void {
		const { blobs, tail, folders } = this.#parts;
		// Lines of segments that hosts still write may name old files.
		const open = tail.segments.filter(({ state }) => !isSealed(state.name) && state.firstAt !== null);
		blobs.removeOlderThan(Math.min(cutoff.beforeAt, ...open.map(({ state }) => state.firstAt!)) - dayMs);
		for (const path of filesIn(folders.rejected)) {
			if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? cutoff.beforeAt) < cutoff.beforeAt) removeNow(path);
		}
	}

	#forgetDeadHosts(): void {
		const { folders, clock } = this.#parts;
		for (const path of filesIn(folders.hosts)) {
			const host = /([^/\\]+)\.json$/.exec(path)?.[1];
			if (host && !isHostLive(folders.hosts, host as HostId, clock.now())) removeNow(path);
		}
	}
}

/** Events whose newest alone counts or that are kept for a short while, whatever is retired. */
function isOfNewest(event: JournalEvent): event is MemoryEvent | MachineEvent {
	return /^(memory|metrics|health|alert)\./.test(event.type);
}

function filesIn(folder: string): string[] {
	try {
		return readdirSync(folder).map(name => join(folder, name));
	} catch {
		return []; // Not made yet.
	}
}
