import type { Clock } from '../../base/clock';
import { Owner } from '../../base/lifecycle';
import type { Alert, MachineEvent } from '../../ledger/machineEvents';
import type { SettingProblem } from '../userServices';
import { AlertBook } from './alertBook';
import { setBounded } from './bounded';
import { Evaluator } from './evaluator';
import type { QuietHours } from './quietHours';
import { readRules, type ReadRule } from './readRules';
import { isAbout, isSubjectOf, type AlertRule } from './rule';
import { alertWords, type SubjectFacts } from './words';

export interface AlertEnginePorts {
	readonly clock: Clock;
	readonly record: (event: MachineEvent) => void;
	readonly quietHours: () => QuietHours | null;
}

/** Rules, what they say of what is fed in, and the alerts that come of it. */
export class AlertEngine extends Owner {
	readonly book: AlertBook;
	readonly #clock: Clock;
	readonly #facts = new Map<string, SubjectFacts>();
	/** Signals and subjects that each window has of its own. */
	readonly #ofWindow = new Set<string>();
	#evaluator = new Evaluator([]);
	/** By id; those that are muted or can never fire are none of them. */
	#usable: ReadonlyMap<string, AlertRule> = new Map();
	#isLeader = false;
	#rules: readonly ReadRule[] = [];
	#problems: readonly SettingProblem[] = [];

	constructor({ clock, record, quietHours }: AlertEnginePorts) {
		super();
		this.#clock = clock;
		this.book = this.own(
			new AlertBook({
				clock,
				record,
				quietHours,
				wordsOf: transition => alertWords(transition, this.#facts.get(transition.subject), clock.now()),
			}),
		);
	}

	get rules(): readonly ReadRule[] {
		return this.#rules;
	}

	/** Entries of the setting that cannot be used. */
	get problems(): readonly SettingProblem[] {
		return this.#problems;
	}

	/** Takes the setting as it is now. Alerts of rules that are muted or gone end. */
	setRules(raw: readonly unknown[]): void {
		const { rules, problems } = readRules(raw);
		this.#rules = rules;
		this.#problems = problems;
		const usable = rules.filter(({ rule, problem }) => problem === null && !rule.isMuted).map(({ rule }) => rule);
		this.#usable = new Map(usable.map(rule => [rule.id, rule]));
		this.#evaluator = new Evaluator(usable);
		this.book.setRules(rules.map(({ rule }) => rule));
		this.#endUnheld();
		this.#restore();
	}

	/** Speaks for all windows from now on, or leaves that to another one. */
	lead(isLeader: boolean): void {
		if (this.#isLeader === isLeader) return;
		if (!isLeader) this.#evaluator.release((signal, subject) => !this.#ofWindow.has(keyOf(signal, subject)));
		this.#isLeader = isLeader;
		this.book.lead(isLeader);
		this.#settleIn();
	}

	/** The window ends, and with it what only it could see. */
	close(): void {
		this.book.endMine();
	}

	/** Takes what the ledger has of all windows. */
	adopt(open: readonly Alert[]): void {
		this.book.adopt(open);
		this.#settleIn();
	}

	/** Holds one value against the rules. */
	feed(signal: string, subject: string, value: number, facts?: SubjectFacts): void {
		if (facts) setBounded(this.#facts, subject, facts);
		const isOfWindow = this.#isOfWindow(signal, subject, facts);
		for (const transition of this.#evaluator.take(signal, subject, value, this.#clock.now()))
			this.book.take(transition, isOfWindow);
	}

	/** Ends what nobody tells of any more. @param isAll also what another window may have been told of */
	sweep(isAll: boolean): void {
		for (const transition of this.#evaluator.sweep(this.#clock.now(), isAll)) {
			const { rule, subject } = transition;
			this.book.take(transition, this.#ofWindow.delete(keyOf(rule.on, subject)));
			this.#facts.delete(subject);
		}
	}

	#isOfWindow(signal: string, subject: string, facts: SubjectFacts | undefined): boolean {
		const key = keyOf(signal, subject);
		if (facts?.isOfWindow === true && !this.#ofWindow.has(key)) {
			this.#ofWindow.add(key);
			// What was taken over from another window was about that window's own.
			this.#evaluator.forget(signal, subject);
		}
		return this.#ofWindow.has(key);
	}

	#settleIn(): void {
		if (this.#isLeader) this.#endUnheld();
		const held = new Set(this.book.open.map(({ rule, subject }) => keyOf(rule, subject)));
		this.#evaluator.align((rule, subject) => held.has(keyOf(rule, subject)));
		this.#restore();
	}

	/** Ends what no rule holds up any more: it was muted, taken away, or is about something else now. */
	#endUnheld(): void {
		for (const { id, rule: ruleId, subject } of this.book.open) {
			const rule = this.#usable.get(ruleId);
			if (!rule || !isAbout(rule.of, subject) || !isSubjectOf(rule.on, subject)) this.book.resolve(id, 'user');
		}
	}

	#restore(): void {
		const now = this.#clock.now();
		for (const { id, rule: ruleId, subject, severity, startedAt } of this.book.open) {
			const rule = this.#usable.get(ruleId);
			if (!rule || (this.#ofWindow.has(keyOf(rule.on, subject)) && !this.book.isMine(id))) continue;
			const isWorse = rule.worse !== null && severity === rule.worse.severity && severity !== rule.severity;
			this.#evaluator.restore(ruleId, subject, isWorse, startedAt, now);
		}
	}
}

function keyOf(name: string, subject: string): string {
	return `${name} ${subject}`;
}
