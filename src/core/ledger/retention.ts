import { localDay } from '../base/clock';

export interface Retention {
	/** Single records older than this many days are forgotten; their costs stay. */
	readonly days: number;
	/** Journal and large texts together stay below this many megabytes. */
	readonly megabytes: number;
}

/** Something on disk that would be given up, oldest first. */
export interface StoredPart {
	readonly bytes: number;
	/** Its newest content, milliseconds since 1970. */
	readonly lastAt: number;
}

export interface Cutoff {
	/** Local day, `YYYY-MM-DD`: earlier days are closed. */
	readonly beforeDay: string;
	/** The beginning of that day. */
	readonly beforeAt: number;
}

const dayMs = 86_400_000;
/** After an overflow, room is made for a while and not for one event. */
const fillAfterOverflow = 0.8;

/**
 * Up to where the ledger forgets: by age, or sooner when it has grown too large. The last whole day is always kept.
 * `undefined` while there is nothing to do.
 */
export function cutoffOf(now: number, retention: Retention, parts: readonly StoredPart[]): Cutoff | undefined {
	const byAge = now - Math.max(1, retention.days) * dayMs;
	const bySize = sizeCutoff(retention.megabytes * 1024 * 1024, parts);
	const at = Math.min(Math.max(byAge, bySize ?? 0), now - dayMs);
	return at > 0 ? startOfDay(at) : undefined;
}

function sizeCutoff(limit: number, parts: readonly StoredPart[]): number | undefined {
	if (parts.reduce((sum, part) => sum + part.bytes, 0) <= limit) return undefined;
	let kept = 0;
	for (const part of [...parts].sort((left, right) => right.lastAt - left.lastAt)) {
		kept += part.bytes;
		if (kept > limit * fillAfterOverflow) return part.lastAt;
	}
	return undefined;
}

/** The local day of a moment, and when it began. */
export function startOfDay(at: number): Cutoff {
	const date = new Date(at);
	return {
		beforeDay: localDay(at),
		beforeAt: new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime(),
	};
}
