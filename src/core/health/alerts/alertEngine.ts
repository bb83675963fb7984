import type { Clock } from '../../base/clock';
import { Owner } from '../../base/lifecycle';
import type { Alert, MachineEvent } from '../../ledger/machineEvents';
import type { SettingProblem } from '../userServices';
import { AlertBook } from './alertBook';
import { Evaluator } from './evaluator';
import type { QuietHours } from './quietHours';
import { readRules, type ReadRule } from './readRules';
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
	#evaluator = new Evaluator([]);
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
		const ids = new Set(usable.map(({ id }) => id));
		this.#evaluator = new Evaluator(usable);
		this.book.setRules(rules.map(({ rule }) => rule));
		for (const rule of new Set(this.book.open.map(alert => alert.rule))) if (!ids.has(rule)) this.book.endRule(rule);
		this.#restore(this.book.open);
	}

	/** Takes what the ledger has of all windows. */
	adopt(open: readonly Alert[]): void {
		this.book.adopt(open);
		this.#restore(this.book.open);
	}

	/** Holds one value against the rules. */
	feed(signal: string, subject: string, value: number, facts?: SubjectFacts): void {
		if (facts) this.#facts.set(subject, facts);
		for (const transition of this.#evaluator.take(signal, subject, value, this.#clock.now()))
			this.book.take(transition);
	}

	/** Ends what nobody tells of any more. @param isAll also what another window may have been told of */
	sweep(isAll: boolean): void {
		for (const transition of this.#evaluator.sweep(this.#clock.now(), isAll)) {
			this.book.take(transition);
			this.#facts.delete(transition.subject);
		}
	}

	#restore(open: readonly Alert[]): void {
		const now = this.#clock.now();
		for (const { rule: id, subject, severity, startedAt } of open) {
			const rule = this.#rules.find(each => each.rule.id === id)?.rule;
			const isWorse = rule?.worse != null && severity === rule.worse.severity && severity !== rule.severity;
			this.#evaluator.restore(id, subject, isWorse, startedAt, now);
		}
	}
}
