/** A day of the calendar. */
export interface Day {
	readonly year: number;
	/** From 1. */
	readonly month: number;
	readonly day: number;
}

/** Times of a day, as its clocks show them. */
export interface Times {
	readonly minutes: readonly number[];
	readonly hours: readonly number[];
	/** They mean a pace, and not times of the day. */
	readonly isRepeating: boolean;
}

const minuteMs = 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether this machine knows a time zone by that name. */
export function isZone(name: string): boolean {
	try {
		formatOf(name);
		return true;
	} catch {
		return false;
	}
}

/** The time zone of this machine. */
export function ownZone(): string {
	return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The day that calendars of the zone show at a moment. */
export function dayAt(at: number, zone: string): Day {
	const date = new Date(at + offsetAt(at, zone));
	return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** The first moment after `after` at which clocks of the zone show one of these times on that day; see `nextTime`. */
export function firstMoment({ year, month, day }: Day, times: Times, zone: string, after: number): number | undefined {
	const start = Date.UTC(year, month - 1, day);
	const offsets = [offsetAt(start - 14 * 3_600_000, zone), offsetAt(start + 38 * 3_600_000, zone)] as const;
	const [least, most] = [Math.min(...offsets), Math.max(...offsets)];
	let found: number | undefined;
	for (const hour of times.hours) {
		for (const minute of times.minutes) {
			const wall = start + hour * 3_600_000 + minute * minuteMs;
			// Looking up an offset is slow: only for what can still be the first.
			if (wall - least <= after) continue;
			if (found !== undefined && wall - most >= found) return found;
			for (const at of momentsOf(wall, offsets, times.isRepeating, zone)) {
				if (at > after && (found === undefined || at < found)) found = at;
			}
		}
	}
	return found;
}

function momentsOf(
	wall: number,
	[before, after]: readonly [number, number],
	isRepeating: boolean,
	zone: string,
): readonly number[] {
	if (before === after) return [wall - before];
	const real = [...new Set([wall - before, wall - after])]
		.sort((left, right) => left - right)
		.filter(at => at + offsetAt(at, zone) === wall);
	if (real.length > 0) return isRepeating ? real : real.slice(0, 1);
	return isRepeating ? [] : [changeBetween(wall - after, wall - before, zone)];
}

/** The moment at which the clocks are put forward. */
function changeBetween(from: number, to: number, zone: string): number {
	const start = Math.min(from, to) - 3_600_000;
	const offset = offsetAt(start, zone);
	let [low, high] = [start, Math.max(from, to) + 3_600_000];
	while (high - low > minuteMs) {
		const middle = low + Math.floor((high - low) / 2 / minuteMs) * minuteMs;
		if (offsetAt(middle, zone) === offset) low = middle;
		else high = middle;
	}
	return high;
}

/** What clocks of the zone are ahead of universal time, milliseconds. */
function offsetAt(at: number, zone: string): number {
	const parts: Record<string, number> = {};
	for (const { type, value } of formatOf(zone).formatToParts(at)) parts[type] = Number(value);
	const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
	return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

function formatOf(zone: string): Intl.DateTimeFormat {
	const known = formats.get(zone);
	if (known) return known;
	const format = new Intl.DateTimeFormat('en-US', {
		timeZone: zone,
		hourCycle: 'h23',
		year: 'numeric',
		month: 'numeric',
		day: 'numeric',
		hour: 'numeric',
		minute: 'numeric',
		second: 'numeric',
	});
	formats.set(zone, format);
	return format;
}
