import { setBounded } from './bounded';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** So many times in an hour are flapping. */
const flappingTimes = 4;

/** Remembers how often rules fire, to say so where one cries wolf. */
export class Frequency {
	readonly #times = new Map<string, number[]>();

	note(key: string, at: number): void {
		const times = (this.#times.get(key) ?? []).filter(time => at - time < dayMs);
		setBounded(this.#times, key, [...times, at].slice(-100));
	}

	/** What is to be said about it; `null` while it fires as rules should. */
	about(key: string, openSince: number | null, now: number): string | null {
		const times = this.#times.get(key) ?? [];
		const inHour = times.filter(time => now - time < hourMs).length;
		if (inHour >= flappingTimes)
			return `It was raised ${inHour} times within an hour. Snooze it, or give the rule a longer time or more distance to its end.`;
		if (openSince !== null && now - openSince > dayMs) {
			const days = Math.floor((now - openSince) / dayMs);
			return `It has held for ${days === 1 ? 'a day' : `${days} days`}. Mute the rule or change its threshold if that is as it should be.`;
		}
		return null;
	}

	/** Whether it comes and goes so often that snoozing it is the thing to offer. */
	isFlapping(key: string, now: number): boolean {
		return (this.#times.get(key) ?? []).filter(time => now - time < hourMs).length >= flappingTimes;
	}
}
