import type { Clock } from '../../base/clock';
import { Emitter } from '../../base/event';
import { newId, type AlertId } from '../../base/ids';
import { MutableDisposable, Owner, type Disposable } from '../../base/lifecycle';
import { severities, type Alert, type MachineEvent, type Severity } from '../../ledger/machineEvents';
import type { AlertFeed } from '../alert';
import type { Transition } from './evaluator';
import { setBounded } from './bounded';
import { Frequency } from './frequency';
import { isQuiet, type QuietHours } from './quietHours';
import type { AlertRule } from './rule';
import { bySeverity } from './storm';

const minuteMs = 60_000;
/** What was changed here is on its way to the ledger: for so long, what the ledger says of it may be older. */
const wayMs = 5_000;

export interface AlertBookPorts {
	readonly clock: Clock;
	readonly record: (event: MachineEvent) => void;
	/** What an alert is called, and why it was raised. */
	readonly wordsOf: (transition: Transition) => { readonly title: string; readonly cause: string };
	readonly quietHours: () => QuietHours | null;
}

/** The alerts of all windows. Each raises and ends those of what it watches, and may answer all. */
export class AlertBook extends Owner implements AlertFeed {
	readonly #ports: AlertBookPorts;
	readonly #alerts = new Map<AlertId, Alert>();
	/** Raised here for what each window has of its own: nobody else can end them. */
	readonly #mine = new Set<AlertId>();
	readonly #changedAt = new Map<AlertId, number>();
	readonly #endedAt = new Map<string, number>();
	readonly #frequency = new Frequency();
	readonly #changed = this.own(new Emitter<void>());
	readonly onDidChange = this.#changed.event;
	readonly #raised = this.own(new Emitter<Alert>());
	readonly onDidRaise = this.#raised.event;
	readonly #ended = this.own(new Emitter<Alert>());
	/** One is over, or was answered: what waits to be told of it need not be. */
	readonly onDidSettle = this.#ended.event;
	readonly #wake = this.own(new MutableDisposable<Disposable>());
	#rules: ReadonlyMap<string, AlertRule> = new Map();
	#isLeader = false;

	constructor(ports: AlertBookPorts) {
		super();
		this.#ports = ports;
	}

	get open(): readonly Alert[] {
		return bySeverity([...this.#alerts.values()].filter(({ state }) => state !== 'resolved'));
	}

	/** What is to be said about how often it is raised; `null` when nothing is. */
	noteOn(alert: Alert): string | null {
		const openSince = alert.state === 'resolved' ? null : alert.startedAt;
		return this.#frequency.about(keyOf(alert), openSince, this.#ports.clock.now());
	}

	isFlapping(alert: Alert): boolean {
		return this.#frequency.isFlapping(keyOf(alert), this.#ports.clock.now());
	}

	setRules(rules: readonly AlertRule[]): void {
		this.#rules = new Map(rules.map(rule => [rule.id, rule]));
	}

	/** Wakes what was snoozed from now on, or leaves that to another window. */
	lead(isLeader: boolean): void {
		this.#isLeader = isLeader;
		this.#awaitSnoozes();
	}

	isMine(id: AlertId): boolean {
		return this.#mine.has(id);
	}

	/** Takes what the ledger has: the open ones of all windows, whole. */
	adopt(open: readonly Alert[]): void {
		const ids = new Set(open.map(({ id }) => id));
		for (const [id, alert] of this.#alerts) {
			if (ids.has(id) || this.#isOnItsWay(id)) continue;
			this.#alerts.delete(id);
			this.#mine.delete(id);
			// By how much earlier another window ended it, nobody is disturbed later.
			setBounded(this.#endedAt, keyOf(alert), this.#ports.clock.now());
			if (alert.state !== 'resolved') this.#ended.fire({ ...alert, state: 'resolved' });
		}
		for (const alert of open) if (!this.#isOnItsWay(alert.id)) this.#alerts.set(alert.id, alert);
		this.#awaitSnoozes();
		this.#changed.fire();
	}

	/** What the evaluator found. @param isOfWindow of something that each window has of its own */
	take(transition: Transition, isOfWindow = false): void {
		const { rule, subject, level, previous } = transition;
		const known = this.#openOf(rule.id, subject, isOfWindow);
		if (level === 0) {
			if (known) this.#settle(known, 'rule');
			return;
		}
		// Who resolved it while it was worse need not hear that it is better.
		if (rule.isMuted || (!known && level < previous)) return;
		const severity: Severity = level === 2 ? (rule.worse?.severity ?? rule.severity) : rule.severity;
		const words = this.#ports.wordsOf(transition);
		if (known) this.#change(known, { ...words, severity }, isWorse(severity, known.severity) || level > previous);
		else this.#raise(transition, severity, words, isOfWindow);
	}

	acknowledge(id: AlertId): void {
		this.#answer(id, { state: 'acknowledged', until: null });
	}

	snooze(id: AlertId, minutes: number): void {
		this.#answer(id, { state: 'snoozed', until: this.#ports.clock.now() + minutes * minuteMs });
	}

	resolve(id: AlertId, by: 'user' | 'runbook'): void {
		const alert = this.#alerts.get(id);
		if (alert && alert.state !== 'resolved') this.#settle(alert, by);
	}

	/** Ends what is over with this window: nobody else could. */
	endMine(): void {
		for (const alert of this.open) if (this.#mine.has(alert.id)) this.#settle(alert, 'rule');
	}

	#openOf(rule: string, subject: string, isOfWindow: boolean): Alert | undefined {
		return this.open.find(
			alert => alert.rule === rule && alert.subject === subject && (!isOfWindow || this.#mine.has(alert.id)),
		);
	}

	#raise(
		{ rule, subject, since }: Transition,
		severity: Severity,
		words: Pick<Alert, 'title' | 'cause'>,
		isOfWindow: boolean,
	): void {
		const now = this.#ports.clock.now();
		const alert: Alert = {
			id: newId<AlertId>(),
			rule: rule.id,
			severity,
			state: 'firing',
			...words,
			subject,
			startedAt: Math.round(Math.min(since, now)),
			endedAt: null,
			until: null,
			by: 'rule',
		};
		const key = keyOf(alert);
		const ago = now - (this.#endedAt.get(key) ?? -Infinity);
		this.#frequency.note(key, now);
		if (isOfWindow) this.#mine.add(alert.id);
		this.#put(alert);
		// It is listed all the same; only nobody is disturbed.
		if (ago >= rule.cooldownMs || ago < 0) this.#tell(alert);
	}

	#change(alert: Alert, patch: Partial<Alert>, isRaised: boolean): void {
		// Who answered it has answered less than this.
		const reopened = isRaised && alert.state !== 'firing' ? { state: 'firing' as const, until: null } : {};
		const next = { ...alert, ...patch, ...reopened, by: 'rule' };
		this.#put(next);
		if (isRaised) this.#tell(next);
	}

	#tell(alert: Alert): void {
		const isUrgent = alert.severity === 'critical';
		if (!isUrgent && isQuiet(this.#ports.quietHours(), this.#ports.clock.now())) return;
		this.#raised.fire(alert);
	}

	#answer(id: AlertId, patch: Pick<Alert, 'state' | 'until'>): void {
		const alert = this.#alerts.get(id);
		if (!alert || alert.state === 'resolved') return;
		const next = { ...alert, ...patch, by: 'user' };
		this.#put(next);
		this.#ended.fire(next);
	}

	#settle(alert: Alert, by: string): void {
		const now = this.#ports.clock.now();
		setBounded(this.#endedAt, keyOf(alert), now);
		const next: Alert = { ...alert, state: 'resolved', endedAt: now, until: null, by };
		this.#put(next);
		this.#alerts.delete(alert.id);
		this.#mine.delete(alert.id);
		this.#ended.fire(next);
	}

	#isOnItsWay(id: AlertId): boolean {
		return this.#ports.clock.monotonic() - (this.#changedAt.get(id) ?? -Infinity) < wayMs;
	}

	#put(alert: Alert): void {
		setBounded(this.#changedAt, alert.id, this.#ports.clock.monotonic());
		this.#alerts.set(alert.id, alert);
		this.#ports.record({ type: 'alert.changed', alert });
		this.#awaitSnoozes();
		this.#changed.fire();
	}

	/** A snooze that is over makes the alert fire again, in the window that leads. */
	#awaitSnoozes(): void {
		const snoozed = this.open.filter(({ state }) => state === 'snoozed');
		const next = Math.min(...snoozed.map(({ until }) => until ?? 0));
		if (!this.#isLeader || snoozed.length === 0) {
			this.#wake.value = undefined;
			return;
		}
		const { clock } = this.#ports;
		// Timers do not count a sleep, so it is looked at once a minute at least.
		const wait = Math.min(Math.max(0, next - clock.now()), minuteMs);
		this.#wake.value = clock.after(wait, () => {
			const now = clock.now();
			for (const alert of this.open) {
				if (alert.state !== 'snoozed' || (alert.until ?? 0) > now) continue;
				// Without a rule that holds it up it would only be woken again and again.
				if (this.#rules.get(alert.rule)?.isMuted === false) this.#change(alert, {}, true);
				else this.#settle(alert, 'user');
			}
			this.#awaitSnoozes();
		});
	}
}

function keyOf({ rule, subject }: Alert): string {
	return `${rule} ${subject}`;
}

function isWorse(left: Severity, right: Severity): boolean {
	return severities.indexOf(left) > severities.indexOf(right);
}
