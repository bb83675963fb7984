import type { NodeId } from '../model/flow';
import type { LastRun } from './armedStore';
import type { TriggerCause } from './spec';

/**
 * How a trigger stands in this window. `elsewhere`: another window fires it. `changed`: the node is not what was turned
 * on. `wrong`: it cannot fire, and `text` says why. `paused`: the setting turns all of them off.
 */
export type TriggerState = 'off' | 'on' | 'elsewhere' | 'changed' | 'wrong' | 'paused';

/** A trigger node with how it stands, for trees and pages. */
export interface TriggerView {
	readonly node: NodeId;
	readonly title: string;
	readonly kind: TriggerCause['kind'];
	readonly state: TriggerState;
	/** What it waits for: `0 9 * * 1-5`, `docs/**`, `POST /hooks/deploy`. */
	readonly about: string;
	/** What is wrong or worth knowing, in sentences; '' for nothing. */
	readonly text: string;
	/** When a schedule fires next, milliseconds since 1970. */
	readonly next: number | null;
	readonly last: LastRun | null;
	/** Firings that wait for the run that goes on. */
	readonly queued: number;
	readonly maxPerHour: number;
}

const words: Readonly<Record<TriggerState, string>> = {
	off: 'off',
	on: 'on',
	elsewhere: 'on, in another window',
	changed: 'changed: turn it on again',
	wrong: 'cannot fire',
	paused: 'paused by the setting',
};

/** One line: how it stands, when it comes next, and how its last run went. */
export function triggerFacts({ state, next, last, queued }: TriggerView, now: number): string {
	return [
		words[state],
		state === 'on' && next !== null ? `next ${whenText(next, now)}` : '',
		queued > 0 ? `${queued} waiting` : '',
		last ? `last ${last.status} ${whenText(last.at, now)}` : '',
	]
		.filter(text => text !== '')
		.join(' · ');
}

/** Whether it can be turned on: it is not, or not as it stands now. */
export function canTurnOn({ kind, state }: TriggerView): boolean {
	return kind !== 'manual' && (state === 'off' || state === 'changed');
}

/** Whether somebody turned it on, whatever has become of it. */
export function isTurnedOn({ kind, state }: TriggerView): boolean {
	return kind !== 'manual' && state !== 'off';
}

const dayMs = 24 * 3_600_000;

/** `09:00`, `Mon 09:00` within a week, else the date. */
export function whenText(at: number, now: number): string {
	const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
	const [day, today] = [new Date(at), new Date(now)];
	if (day.toDateString() === today.toDateString()) return time.format(at);
	const date: Intl.DateTimeFormatOptions =
		Math.abs(at - now) < 6 * dayMs ? { weekday: 'short' } : { year: 'numeric', month: 'short', day: 'numeric' };
	return `${new Intl.DateTimeFormat(undefined, date).format(at)} ${time.format(at)}`;
}
