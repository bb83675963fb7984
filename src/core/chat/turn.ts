import { localDay, type Clock } from '../base/clock';
import { newId, type ConversationId, type ExecutionId, type StepId } from '../base/ids';
import type { CostBasis, NanoDollars } from '../base/money';
import type { CostRow } from '../claude/costs';
import { visibleDirections } from '../safety/visible';
import { addUsage, noUsage, type LedgerEvent, type StepKind, type Trigger, type Usage } from '../ledger/events';

/** What a turn is part of. */
export interface TurnOrigin {
	readonly conversation: ConversationId;
	readonly project: string | null;
	readonly provider: string;
	readonly model: string | null;
	readonly title: string;
	readonly trigger: Trigger;
}

export type TurnStatus = 'succeeded' | 'failed' | 'stopped';

export interface StepStart {
	readonly step: StepId;
	readonly parent: StepId | null;
	readonly kind: StepKind;
	readonly name: string;
	readonly title: string;
	readonly input: string | null;
}

export interface StepEnd {
	readonly status: 'succeeded' | 'failed' | 'refused' | 'stopped';
	readonly output: string | null;
	readonly usage?: Usage;
	readonly cost?: NanoDollars | null;
}

/** Shortest time between two writes of the running usage, milliseconds. */
const usagePaceMs = 1_000;

/** One turn of a conversation, as an execution of the ledger: its steps, what it used, how it ended. */
export class Turn {
	readonly execution: ExecutionId = newId<ExecutionId>();
	readonly startedAt: number;
	/** Paths that its tools changed. */
	readonly changedFiles = new Set<string>();
	readonly #append: (event: LedgerEvent) => void;
	readonly #clock: Clock;
	readonly #origin: TurnOrigin;
	readonly #started: number;
	readonly #day: string;
	readonly #open = new Set<StepId>();
	#provider: string;
	#rows: readonly CostRow[] = [];
	#lastUsage = -usagePaceMs;
	#isEnded = false;

	constructor(origin: TurnOrigin, append: (event: LedgerEvent) => void, clock: Clock) {
		this.#append = append;
		this.#clock = clock;
		this.#origin = origin;
		this.#provider = origin.provider;
		this.startedAt = clock.now();
		this.#started = clock.monotonic();
		this.#day = localDay(this.startedAt);
		const { trigger, project, provider, model, conversation } = origin;
		append({
			type: 'execution.started',
			execution: this.execution,
			kind: 'chat',
			agent: null,
			title: visibleDirections(origin.title),
			trigger,
			project,
			provider,
			model,
			conversation,
		});
	}

	/** Milliseconds since it began. */
	get duration(): number {
		return Math.round(this.#clock.monotonic() - this.#started);
	}

	get usage(): Usage {
		return this.#rows.reduce((sum, row) => addUsage(sum, row.usage), noUsage);
	}

	/** What is known of its cost; `null` when no part has a price. */
	get cost(): { readonly cost: NanoDollars | null; readonly basis: CostBasis | null } {
		if (this.#rows.length === 0) return { cost: null, basis: null };
		const known = this.#rows.flatMap(row => (row.cost === null ? [] : [row.cost]));
		const basis = this.#rows.some(row => row.basis === 'unpriced')
			? 'unpriced'
			: this.#rows.some(row => row.basis === 'priced')
				? 'priced'
				: 'reported';
		return { cost: known.length === 0 ? null : known.reduce((sum, cost) => sum + cost, 0), basis };
	}

	setStatus(status: 'running' | 'waiting'): void {
		if (!this.#isEnded) this.#append({ type: 'execution.updated', execution: this.execution, status });
	}

	/** @param provider set where it is another one than the turn began with */
	setModel(model: string, provider?: string): void {
		if (this.#isEnded) return;
		const changed = provider === undefined || provider === this.#provider ? {} : { provider };
		this.#provider = provider ?? this.#provider;
		this.#append({ type: 'execution.updated', execution: this.execution, model, ...changed });
	}

	stepStarted(start: StepStart): void {
		if (this.#isEnded || this.#open.has(start.step)) return;
		this.#open.add(start.step);
		this.#append({ type: 'step.started', execution: this.execution, ...start });
	}

	stepEnded(step: StepId, end: StepEnd): void {
		if (!this.#open.delete(step)) return;
		this.#append({
			type: 'step.ended',
			execution: this.execution,
			step,
			status: end.status,
			output: end.output,
			usage: end.usage ?? null,
			cost: end.cost ?? null,
		});
	}

	/** Writes what the turn used so far: final rows at once, provisional ones at most once a second. */
	recordUsage(rows: readonly CostRow[]): void {
		this.#rows = rows;
		const now = this.#clock.monotonic();
		const isFinal = rows.every(row => row.isFinal);
		if (this.#isEnded || (!isFinal && now - this.#lastUsage < usagePaceMs)) return;
		this.#lastUsage = now;
		this.#writeUsage();
	}

	/** Ends the execution; open steps end with it. */
	end(status: TurnStatus, error: string | null): void {
		if (this.#isEnded) return;
		for (const step of Array.from(this.#open))
			this.stepEnded(step, { status: status === 'failed' ? 'failed' : 'stopped', output: null });
		this.#writeUsage();
		this.#isEnded = true;
		this.#append({ type: 'execution.ended', execution: this.execution, status, error });
	}

	#writeUsage(): void {
		for (const row of this.#rows)
			this.#append({
				type: 'usage.recorded',
				execution: this.execution,
				provider: row.provider ?? this.#origin.provider,
				model: row.model,
				usage: row.usage,
				cost: row.cost,
				basis: row.basis,
				isFinal: row.isFinal,
				day: this.#day,
			});
	}
}
