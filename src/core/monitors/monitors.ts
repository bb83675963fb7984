import { Sequencer } from '../base/async';
import type { Clock } from '../base/clock';
import { errorText, ExpectedError } from '../base/errors';
import { Emitter } from '../base/event';
import type { ExecutionId } from '../base/ids';
import { Owner, toDisposable } from '../base/lifecycle';
import type { Logger } from '../base/logger';
import type { AlertFeed } from '../health/alert';
import type { HealthFeed } from '../health/health';
import type { Alert } from '../ledger/machineEvents';
import { findingOfAlert, findingOfChange, keyOf, type Finding, type Incident } from './incident';
import type { IncidentBook } from './incidentBook';
import { spanText } from './guardrails';
import type { Looks } from './look';
import { MonitorLoops } from './loops';
import { refusalSentence, type Repair, type Repairer, type RepairOutcome } from './repairer';
import { plansFor, type Runbook } from './runbook';

/** What could be done about something that is wrong. */
export interface Suggestion {
	readonly incident: Incident;
	readonly runbook: string;
	/** "Restart Ollama". */
	readonly title: string;
	readonly verb: string;
	/** "Ollama stopped answering 40 s ago. Restart it?" */
	readonly text: string;
	/** Why it would not be done now; `null`: it would. */
	readonly obstacle: string | null;
	/** The user does not want to be told of it. */
	readonly isDeclined: boolean;
}

/** What the user is told of repairs that nobody clicked on. */
export interface MonitorNotice {
	readonly kind: 'fixed' | 'failed' | 'gaveUp';
	readonly text: string;
	readonly execution: ExecutionId | null;
}

export interface MonitorsDeps {
	readonly clock: Clock;
	readonly log: Logger;
	readonly health: HealthFeed;
	readonly alerts: AlertFeed;
	readonly looks: Looks;
	readonly book: IncidentBook;
	readonly repairer: Repairer;
	readonly runbooks: () => readonly Runbook[];
	/** The autonomy level, for what is told and what is not. */
	readonly level: () => number;
	/** Whether this window looks after the machine for all. */
	readonly isHolder: () => Promise<boolean>;
	/** Looks at our own storage; an incident when it has become large. */
	readonly lookAtStorage: () => Promise<Finding>;
	/** Tidies what the monitors themselves keep. */
	readonly tidy: () => Promise<void>;
}

/** Takes what the feeds tell, and suggests or repairs, as far as it may. */
export class Monitors extends Owner {
	readonly #deps: MonitorsDeps;
	readonly #loops: MonitorLoops;
	readonly #queue = new Sequencer();
	readonly #busy = new Set<string>();
	#isHolder = false;
	/** What was known elsewhere is being compared with what is so here. */
	#isSettling = false;
	readonly #suggested = this.own(new Emitter<Suggestion>());
	/** Something new could be repaired, if the user wants it. */
	readonly onDidSuggest = this.#suggested.event;
	readonly #notices = this.own(new Emitter<MonitorNotice>());
	readonly onNotice = this.#notices.event;
	readonly #changed = this.own(new Emitter<void>());
	/** What is wrong is something else. */
	readonly onDidChange = this.#changed.event;

	constructor(deps: MonitorsDeps) {
		super();
		this.#deps = deps;
		const { clock, log, health, alerts } = deps;
		this.#loops = this.own(
			new MonitorLoops({
				clock,
				log,
				rounds: {
					critical: () => this.#considerAll(({ condition }) => condition.startsWith('service.')),
					important: () => this.#considerAll(({ condition }) => !condition.startsWith('service.')),
					routine: () => this.#asHolder(() => this.#heartbeat()),
					background: () => this.#asHolder(() => this.#background()),
				},
			}),
		);
		this.own(toDisposable(() => deps.repairer.stop()));
		this.own(health.onDidChangeState(change => this.#take(findingOfChange(change))));
		this.own(alerts.onDidRaise(alert => this.#take(findingOfAlert(alert))));
		this.own(alerts.onDidChange(() => this.#closeAlerts()));
	}

	/** What is wrong now. */
	get incidents(): readonly Incident[] {
		return this.#deps.book.all.map(({ incident }) => incident);
	}

	/** Goes on with what another window left, as far as it is still so. */
	async start(): Promise<void> {
		await this.#takeOver();
		this.reconsider();
	}

	/** A setting or the kill switch is another: what was refused may go now. */
	reconsider(): void {
		this.#loops.wake('critical');
		this.#loops.wake('important');
		this.#changed.fire();
	}

	/** What could be done now, for a list. */
	async suggestions(): Promise<readonly Suggestion[]> {
		if (!(await this.#holds())) await this.#takeOver();
		// What is clicked on is judged as what a person asks for, and so is what is offered to be clicked on.
		const listed = await Promise.all(this.incidents.map(incident => this.#plans(incident, 'user')));
		return Promise.all(
			listed.flat().map(async repair => {
				const verdict = await this.#deps.repairer.judge(repair);
				const obstacle = verdict.kind === 'refused' ? refusalSentence({ ...verdict, execution: null }) : null;
				return this.#suggestionOf(repair, obstacle);
			}),
		);
	}

	/** Whether an alert is about something that is suggested to be repaired: then that says it, with a button. */
	async speaksFor({ id, subject }: Alert): Promise<boolean> {
		// Rules hear of the same change as this does, perhaps before it.
		await Promise.resolve();
		const service = subject.startsWith('service:') ? subject.slice('service:'.length) : undefined;
		const meant = this.#deps.book.all.filter(({ incident, isDeclined }) => {
			const isAbout = incident.alert === undefined ? incident.subject === service : incident.alert === id;
			return isAbout && isDeclined !== true;
		});
		const verdicts = await Promise.all(
			meant.map(async ({ incident }) => {
				const [repair] = await this.#plans(incident);
				return repair && this.#deps.repairer.judge(repair);
			}),
		);
		return verdicts.some(verdict => verdict?.kind === 'suggest');
	}

	/** Does what a person has just asked for. */
	async allow(key: string, runbook: string, execution?: ExecutionId): Promise<RepairOutcome> {
		const open = this.#deps.book.find(key);
		if (!open) return { kind: 'gone' };
		const repairs = await this.#plans(open.incident, 'user');
		const wanted = repairs.find(repair => repair.runbook.id === runbook);
		if (!wanted) throw new ExpectedError('no-repair', 'That cannot be done here any more.');
		return this.#repair(execution === undefined ? wanted : { ...wanted, execution });
	}

	/** The user does not want to be told of this one again. */
	decline(key: string): void {
		this.#note(key, { isDeclined: true });
		this.#changed.fire();
	}

	#take(finding: Finding): void {
		const { book } = this.#deps;
		if (finding.kind === 'nothing') return;
		if (finding.kind === 'over') {
			this.#close(finding.keys);
			return;
		}
		const { condition, subject } = finding.incident;
		const isNew = book.open(finding.incident);
		if (!isNew) return;
		// What does not answer at all does not answer badly any more.
		if (condition === 'service.down') book.close(keyOf('service.degraded', subject));
		this.#save();
		this.#tellChange();
		this.#loops.wake(condition.startsWith('service.') ? 'critical' : 'important');
	}

	#closeAlerts(): void {
		const firing = new Set(
			this.#deps.alerts.open.flatMap(alert => {
				const finding = findingOfAlert(alert);
				return finding.kind === 'opened' ? [finding.incident.key] : [];
			}),
		);
		const ofAlerts = this.incidents.filter(({ alert }) => alert !== undefined);
		this.#close(ofAlerts.flatMap(({ key }) => (firing.has(key) ? [] : [key])));
	}

	/** What is over although nobody told: the window that told was closed, or the machine slept. */
	#closeWell(): void {
		const { health, looks } = this.#deps;
		const known = new Set(health.services.filter(({ state }) => state !== 'unknown').map(({ id }) => id));
		const over = this.incidents.filter(incident => {
			if (incident.condition === 'storage.large') return false;
			if (incident.condition.startsWith('service.') && !known.has(incident.subject)) return false;
			return looks.peek(incident).isGone;
		});
		this.#close(over.map(({ key }) => key));
	}

	#close(keys: readonly string[]): void {
		const { book } = this.#deps;
		if (keys.filter(key => book.close(key)).length === 0) return;
		this.#save();
		this.#tellChange();
	}

	#tellChange(): void {
		if (!this.#isSettling) this.#changed.fire();
	}

	async #considerAll(isMeant: (incident: Incident) => boolean): Promise<void> {
		const isHolder = await this.#holds();
		for (const { incident, isDeclined } of this.#deps.book.all) {
			if (!isMeant(incident) || isDeclined === true || this.isDisposed) continue;
			if (isHolder || this.#isOfWindow(incident)) await this.#consider(incident);
		}
	}

	/** Whether this window looks after the machine. From the moment on in which it does, it knows what others knew. */
	async #holds(): Promise<boolean> {
		const wasHolder = this.#isHolder;
		this.#isHolder = await this.#deps.isHolder();
		if (this.#isHolder && !wasHolder) await this.#takeOver();
		return this.#isHolder;
	}

	/** Reads what was known elsewhere, and leaves out what is over. */
	async #takeOver(): Promise<void> {
		const keys = (): string => JSON.stringify(this.incidents.map(({ key }) => key).sort());
		const before = keys();
		await this.#deps.book.load();
		this.#isSettling = true;
		for (const alert of this.#deps.alerts.open) this.#take(findingOfAlert(alert));
		this.#closeWell();
		this.#closeAlerts();
		this.#isSettling = false;
		// What was taken over and closed again is no news: who looks at each change would come back here without end.
		if (keys() !== before) this.#changed.fire();
	}

	async #asHolder(run: () => Promise<void>): Promise<void> {
		if ((await this.#holds()) && !this.isDisposed) await run();
	}

	/** Each window has MCP servers of its own, and nobody else can start them again. */
	#isOfWindow({ subject }: Incident): boolean {
		return this.#deps.health.services.some(({ id, kind }) => id === subject && kind === 'mcp');
	}

	/** Suggests or repairs, by the first runbook that can do something here. */
	async #consider(incident: Incident): Promise<void> {
		const { repairer, book, level } = this.#deps;
		if (this.#busy.has(incident.key)) return;
		const [repair] = await this.#plans(incident);
		if (!repair) return;
		const verdict = await repairer.judge(repair);
		const open = book.find(incident.key);
		if (!open || this.isDisposed) return;
		if (verdict.kind === 'refused') {
			if (verdict.guardrail !== 'attempts' || open.isGivenUp === true || level() < 1) return;
			this.#note(incident.key, { isGivenUp: true });
			this.#notices.fire({
				kind: 'gaveUp',
				text: `${repair.plan.title}: ${verdict.why} ${incident.evidence}`,
				execution: null,
			});
		} else if (verdict.kind === 'suggest') {
			if (open.isSuggested === true) return;
			this.#note(incident.key, { isSuggested: true });
			this.#suggested.fire(this.#suggestionOf(repair, null));
		} else {
			// A person may take minutes to answer, and the round goes on without them.
			void this.#repair(repair).catch((error: unknown) => this.#deps.log.error(errorText(error)));
		}
	}

	async #repair(repair: Repair): Promise<RepairOutcome> {
		const { incident, by } = repair;
		if (this.#busy.has(incident.key))
			return { kind: 'refused', guardrail: 'oneAtATime', why: 'This one is being repaired already.', execution: null };
		this.#busy.add(incident.key);
		try {
			const outcome = await this.#deps.repairer.repair(repair);
			if (outcome.kind === 'fixed' || outcome.kind === 'gone') this.#close([incident.key]);
			// Their no holds for as long as this lasts.
			if (outcome.kind === 'refused' && outcome.guardrail === 'gate') this.decline(incident.key);
			if (by === 'monitor') this.#tell(repair, outcome);
			return outcome;
		} finally {
			this.#busy.delete(incident.key);
			this.#changed.fire();
		}
	}

	#tell({ plan, incident }: Repair, outcome: RepairOutcome): void {
		// At level 4 what went well is on the record, and nobody is called for it.
		if (outcome.kind === 'fixed' && this.#deps.level() < 4) {
			const text = `${happened(incident)}. ${outcome.words}`;
			this.#notices.fire({ kind: 'fixed', text, execution: outcome.execution });
		} else if (outcome.kind === 'failed') {
			this.#notices.fire({
				kind: 'failed',
				text: `${plan.title} failed. ${outcome.why}`,
				execution: outcome.execution,
			});
		}
	}

	async #plans(incident: Incident, by: Repair['by'] = 'monitor'): Promise<readonly Repair[]> {
		const { runbooks, log } = this.#deps;
		const plans = await plansFor(runbooks(), incident, ({ id }, error) =>
			log.warn(`The repair ${id} cannot tell what it would do: ${errorText(error)}`),
		);
		return plans.map(({ runbook, plan }) => ({ incident, runbook, plan, by }));
	}

	#suggestionOf({ incident, runbook, plan }: Repair, obstacle: string | null): Suggestion {
		const ago = spanText(this.#deps.clock.now() - incident.since);
		const text = `${happened(incident, ago)}. ${plan.question}`;
		const isDeclined = this.#deps.book.find(incident.key)?.isDeclined === true;
		return { incident, runbook: runbook.id, title: plan.title, verb: plan.verb, text, obstacle, isDeclined };
	}

	async #heartbeat(): Promise<void> {
		this.#closeWell();
		this.#closeAlerts();
		await this.#queue.run(() => this.#deps.book.save());
	}

	async #background(): Promise<void> {
		this.#take(await this.#deps.lookAtStorage());
		await this.#deps.tidy();
	}

	#note(key: string, told: Parameters<IncidentBook['note']>[1]): void {
		this.#deps.book.note(key, told);
		this.#save();
	}

	/** Only the window that looks after the machine writes what is open: others know less. */
	#save(): void {
		const { book, isHolder, log } = this.#deps;
		this.#queue
			.run(async () => {
				if (await isHolder()) await book.save();
			})
			.catch((error: unknown) => log.warn(`Incidents could not be kept: ${errorText(error)}`));
	}
}

function happened({ condition, name }: Incident, ago?: string): string {
	if (!condition.startsWith('service.')) return ago === undefined ? name : `${name}, for ${ago} now`;
	const what = condition === 'service.down' ? 'stopped answering' : 'began to answer badly';
	return `${name} ${what}${ago === undefined ? '' : ` ${ago} ago`}`;
}
