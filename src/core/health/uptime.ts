import type { HealthState, ServiceHour } from '../ledger/machineEvents';

const hourMs = 3_600_000;

interface Counting {
	hour: number;
	seconds: Partial<Record<HealthState, number>>;
	checks: number;
	failures: number;
	latencySum: number;
	latencyMax: number;
	/** Up to when the time is counted, on the clock that counts no jumps; `null` while nobody watches. */
	countedTo: number | null;
	state: HealthState;
	isChanged: boolean;
}

/** When a look was, by both clocks. */
export interface LookTimes {
	readonly now: number;
	readonly monotonic: number;
	readonly longestGapMs: number;
}

/** One check, for the hour's book. */
export interface CountedCheck {
	readonly isUp: boolean;
	readonly latencyMs: number | null;
}

/**
 * The hours of services: how long each was in which state while somebody watched. Time in which nobody looked (a sleep,
 * a closed window) is not counted as anything.
 */
export class HourBook {
	readonly #services = new Map<string, Counting>();
	readonly #tell: (hour: ServiceHour) => void;

	/** @param tell takes an hour as it stands, each time it is written down */
	constructor(tell: (hour: ServiceHour) => void) {
		this.#tell = tell;
	}

	/**
	 * @param now wall clock: in which hour it falls
	 * @param monotonic milliseconds that do not jump: how long it lasted
	 * @param longestGapMs between two looks that are further apart, nobody watched
	 */
	note(
		service: string,
		state: HealthState,
		{ now, monotonic, longestGapMs }: LookTimes,
		check: CountedCheck | null,
	): void {
		const hour = Math.floor(now / hourMs);
		const known = this.#services.get(service);
		if (known) this.#count(known, monotonic, longestGapMs);
		if (known && known.hour !== hour) this.#write(service, known);
		const counting = known?.hour === hour ? known : fresh(hour, monotonic, state);
		this.#services.set(service, counting);
		counting.state = state;
		if (!check) return;
		counting.isChanged = true;
		counting.checks++;
		if (!check.isUp) counting.failures++;
		else {
			const latency = Math.round(check.latencyMs ?? 0);
			counting.latencySum += latency;
			counting.latencyMax = Math.max(counting.latencyMax, latency);
		}
	}

	/** Writes down what changed. */
	flush(): void {
		for (const [service, counting] of this.#services) this.#write(service, counting);
	}

	/** Nobody watches from here on. */
	pause(): void {
		this.flush();
		for (const counting of this.#services.values()) counting.countedTo = null;
	}

	forget(service: string): void {
		const counting = this.#services.get(service);
		if (counting) this.#write(service, counting);
		this.#services.delete(service);
	}

	#count(counting: Counting, monotonic: number, longestGapMs: number): void {
		const passed = counting.countedTo === null ? Infinity : monotonic - counting.countedTo;
		counting.countedTo = monotonic;
		if (passed > longestGapMs) return;
		counting.seconds[counting.state] = (counting.seconds[counting.state] ?? 0) + passed / 1000;
		counting.isChanged = true;
	}

	#write(service: string, counting: Counting): void {
		if (!counting.isChanged) return;
		counting.isChanged = false;
		const { hour, checks, failures, latencySum, latencyMax } = counting;
		const seconds = Object.fromEntries(
			Object.entries(counting.seconds).map(([state, value]) => [state, Math.round(value)]),
		);
		this.#tell({ service, hour, seconds, checks, failures, latencySum, latencyMax });
	}
}

function fresh(hour: number, monotonic: number, state: HealthState): Counting {
	const figures = { checks: 0, failures: 0, latencySum: 0, latencyMax: 0 };
	return { hour, seconds: {}, ...figures, countedTo: monotonic, state, isChanged: false };
}

/** Less than this says nothing of a day: one failure in five minutes would read as a very bad service. */
export const leastWatchedMs = hourMs;

/** A figure of a few seconds is none. */
const shownFromMs = 60_000;

/** How much of the time that it was watched a service did its work. */
export interface Uptime {
	/** 0 to 100. */
	readonly percent: number;
	/** What the figure stands on. */
	readonly watchedMs: number;
}

/** The uptime of some hours; `null` where nobody watched, or hardly. */
export function uptimeOf(hours: readonly ServiceHour[]): Uptime | null {
	let up = 0;
	let down = 0;
	for (const { seconds } of hours) {
		up += (seconds.healthy ?? 0) + (seconds.degraded ?? 0);
		down += (seconds.unhealthy ?? 0) + (seconds.unreachable ?? 0);
	}
	const watchedMs = (up + down) * 1000;
	return watchedMs < shownFromMs ? null : { percent: (up / (up + down)) * 100, watchedMs };
}

/** `the 12 minutes watched`, `the 5 hours watched`: rounded down, never more than there was. */
export function watchedText(watchedMs: number): string {
	const minutes = Math.floor(watchedMs / 60_000);
	const hours = Math.floor(minutes / 60);
	if (hours < 1) return `the ${amount(minutes, 'minute')} watched`;
	if (hours < 48) return `the ${amount(hours, 'hour')} watched`;
	return `the ${Math.floor(hours / 24)} days watched`;
}

function amount(count: number, unit: string): string {
	return count === 1 ? unit : `${count} ${unit}s`;
}

/** `99.98 %`; rounded down, so that 100 % is never shown for less. */
export function formatUptime(percent: number): string {
	const digits = percent >= 99 && percent < 100 ? 100 : 10;
	return `${Math.floor(percent * digits + 1e-9) / digits} %`;
}

/** `null` where nobody watched. */
export interface Uptimes {
	readonly day: Uptime | null;
	readonly week: Uptime | null;
	readonly month: Uptime | null;
}

/** Uptime over the last 24 hours, 7 and 30 days. */
export function uptimes(hours: readonly ServiceHour[], now: number): Uptimes {
	const current = Math.floor(now / hourMs);
	const since = (count: number): Uptime | null => uptimeOf(hours.filter(({ hour }) => hour > current - count));
	return { day: since(24), week: since(7 * 24), month: since(30 * 24) };
}

/** The hour of a moment, in hours since 1970. */
export function hourOf(at: number): number {
	return Math.floor(at / hourMs);
}
