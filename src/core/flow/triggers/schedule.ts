import type { Clock } from '../../base/clock';
import { MutableDisposable, Owner, type Disposable } from '../../base/lifecycle';
import { nextTime } from './cron';
import type { Times } from './spec';

/** The clock is looked at this often: it may be set, and the machine may sleep. */
const lookMs = 20_000;
/** What is later than this was missed. */
const lateMs = 60_000;
/** Set back by more, the clock is taken as it is; by less, nothing comes twice. */
const setBackMs = 3_600_000;

export interface ScheduleOptions {
	readonly clock: Clock;
	readonly times: Times;
	readonly catchUp: 'none' | 'once';
	/** When it was turned on, milliseconds since 1970. */
	readonly since: number;
	/** Everything up to this moment has been dealt with, as an earlier window left it. */
	readonly doneUntil: number;
	/** @param isMissed it is made up for */
	readonly fire: (due: number, isMissed: boolean) => void;
	/** Everything up to this moment has been dealt with. Called before `fire`, so that nothing comes twice. */
	readonly keep: (doneUntil: number) => void;
	/** Another time comes next, or none. */
	readonly onNext: () => void;
}

/** Fires at the times of a schedule. Only what the wall clock says counts, whatever became of the timer. */
export class Schedule extends Owner {
	readonly #options: ScheduleOptions;
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	#doneUntil: number;
	#next: number | null = null;

	constructor(options: ScheduleOptions) {
		super();
		this.#options = options;
		this.#doneUntil = options.doneUntil;
		this.#look();
	}

	/** When it fires next, milliseconds since 1970; `null`: never. */
	get next(): number | null {
		return this.#next;
	}

	#look(): void {
		const { clock, times, since, catchUp, fire } = this.#options;
		const now = clock.now();
		if (now < this.#doneUntil - setBackMs) this.#done(now);
		const due = nextDue(times, this.#doneUntil, since);
		if (due !== null && due <= now) {
			this.#done(now);
			// Of times that passed while nobody looked, the last may be this very minute's.
			const recent = nextDue(times, now - lateMs, since);
			if (now - due <= lateMs) fire(due, false);
			else if (catchUp === 'once') fire(due, true);
			else if (recent !== null && recent <= now) fire(recent, false);
		}
		this.#plan();
	}

	#plan(): void {
		if (this.isDisposed) return;
		const { clock, times, since, onNext } = this.#options;
		const now = clock.now();
		const before = this.#next;
		this.#next = nextDue(times, Math.max(this.#doneUntil, now - lateMs), since);
		if (this.#next === null) this.#timer.value = undefined;
		else this.#timer.value = clock.after(Math.max(1, Math.min(this.#next - now, lookMs)), () => this.#look());
		if (before !== this.#next) onNext();
	}

	#done(until: number): void {
		this.#doneUntil = until;
		this.#options.keep(until);
	}
}

/** The first time after `after`; what is every so often counts from `since`. */
export function nextDue(times: Times, after: number, since: number): number | null {
	if ('cron' in times) return nextTime(times.cron, after, times.zone);
	const { everyMs } = times;
	return since + Math.max(1, Math.floor((after - since) / everyMs) + 1) * everyMs;
}
