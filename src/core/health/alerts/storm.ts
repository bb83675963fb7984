import type { Clock } from '../../base/clock';
import { MutableDisposable, Owner, type Disposable } from '../../base/lifecycle';
import { severities, type Alert } from '../../ledger/machineEvents';

/** What comes so soon after another is told together with it. */
const pauseMs = 1_500;
/** Nobody waits longer than this, and within it there is one notice. */
const windowMs = 10_000;

/** Gathers alerts that come together, so that a storm is one notice. */
export class StormGuard extends Owner {
	readonly #clock: Clock;
	readonly #tell: (alerts: readonly Alert[]) => void;
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	#waiting: Alert[] = [];
	#firstAt = 0;
	#toldAt = -Infinity;

	/** @param tell takes the alerts of one notice, the most severe first; never none */
	constructor(clock: Clock, tell: (alerts: readonly Alert[]) => void) {
		super();
		this.#clock = clock;
		this.#tell = tell;
	}

	add(alert: Alert): void {
		const now = this.#clock.monotonic();
		if (this.#waiting.length === 0) this.#firstAt = now;
		this.#waiting = [...this.#waiting.filter(({ id }) => id !== alert.id), alert];
		const isSoonAfter = now - this.#toldAt < windowMs;
		const end = (isSoonAfter ? this.#toldAt : this.#firstAt) + windowMs;
		const wait = isSoonAfter ? end - now : Math.min(pauseMs, Math.max(0, end - now));
		this.#timer.value = this.#clock.after(wait, () => this.#flush());
	}

	/** What ended before it was told needs no telling. */
	drop(id: Alert['id']): void {
		this.#waiting = this.#waiting.filter(alert => alert.id !== id);
	}

	#flush(): void {
		this.#timer.value = undefined;
		const alerts = bySeverity(this.#waiting);
		this.#waiting = [];
		if (alerts.length === 0) return;
		this.#toldAt = this.#clock.monotonic();
		this.#tell(alerts);
	}
}

/** The most severe first, then the newest. */
export function bySeverity(alerts: readonly Alert[]): readonly Alert[] {
	return alerts.toSorted(
		(left, right) =>
			severities.indexOf(right.severity) - severities.indexOf(left.severity) || right.startedAt - left.startedAt,
	);
}

/** `GPU 0 is at 93 °C`, or `5 alerts: Ollama is down and 4 more`. */
export function stormText(alerts: readonly Alert[]): string {
	const [first] = alerts;
	if (!first) return '';
	if (alerts.length === 1) return first.title;
	return `${alerts.length} alerts: ${first.title} and ${alerts.length - 1} more`;
}
