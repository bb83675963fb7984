import type { Clock } from '../base/clock';
import { CancelledError, errorText } from '../base/errors';
import { newId, type ExecutionId, type StepId } from '../base/ids';
import type { LedgerEvent } from '../ledger/events';
import type { Gate } from '../safety/gate';
import { guardrailNames, judge, type Guardrail, type GuardVerdict } from './guardrails';
import type { Incident } from './incident';
import type { KillSwitch } from './killSwitch';
import { limits, type AutonomyLevel } from './limits';
import type { Looks, Sight } from './look';
import type { RepairLog } from './repairLog';
import type { RepairPlan, Runbook } from './runbook';
import { watchUntilGone } from './verifier';

const tooLate = 'Nobody answered in ten minutes.';

/** What holds now for repairs: asked anew for each. */
export interface RepairRules {
	readonly level: AutonomyLevel;
	readonly isTrusted: boolean;
	/** What a repair may reach without being asked about. */
	readonly mostTouched: number;
}

export interface RepairerDeps {
	readonly clock: Clock;
	readonly killSwitch: Pick<KillSwitch, 'read'>;
	readonly log: RepairLog;
	readonly gate: Pick<Gate, 'authorize'>;
	readonly looks: Looks;
	readonly rules: () => RepairRules;
	readonly append: (event: LedgerEvent) => void;
	/** Folder that the gate judges calls in. */
	readonly cwd: () => string;
}

/** One wish to repair. */
export interface Repair {
	readonly incident: Incident;
	readonly runbook: Runbook;
	readonly plan: RepairPlan;
	/** `user`: a person has just asked for exactly this one. */
	readonly by: 'user' | 'monitor';
	/** What it is called in the ledger, for who answers the gate's question about it. */
	readonly execution?: ExecutionId;
}

export type RepairOutcome =
	| { readonly kind: 'fixed'; readonly execution: ExecutionId; readonly words: string }
	| { readonly kind: 'failed'; readonly execution: ExecutionId; readonly why: string }
	/** Nothing was touched. */
	| {
			readonly kind: 'refused';
			readonly guardrail: Guardrail;
			readonly why: string;
			readonly execution: ExecutionId | null;
	  }
	| { readonly kind: 'gone' }
	| { readonly kind: 'suggest' }
	| { readonly kind: 'stopped'; readonly execution: ExecutionId };

/** "Refused (kill switch): …". */
export function refusalSentence({ guardrail, why }: Extract<RepairOutcome, { kind: 'refused' }>): string {
	return `Refused (${guardrailNames[guardrail]}): ${why}`;
}

/** Repairs under guardrails, on the record. */
export class Repairer {
	readonly #deps: RepairerDeps;
	readonly #ends = new Set<AbortController>();

	constructor(deps: RepairerDeps) {
		this.#deps = deps;
	}

	/** What the guardrails but the gate say of it now. @param own the record of the repair itself, once it has its turn */
	async judge(repair: Repair, own?: ExecutionId): Promise<GuardVerdict> {
		const { clock, killSwitch, log, rules } = this.#deps;
		const { incident, runbook, plan, by } = repair;
		const state = await killSwitch.read();
		const [history, running] = await Promise.all([log.read(), log.running()]);
		const { level, isTrusted, mostTouched } = rules();
		return judge({
			now: clock.now(),
			killSwitch: state,
			level,
			isTrusted,
			by,
			incident,
			runbook,
			touches: plan.touches.length,
			mostTouched,
			history: history.filter(({ id }) => id !== own),
			running: own === undefined ? running : null,
		});
	}

	/** Ends what is repaired now: the kill switch was switched on, or the window ends. */
	stop(): void {
		for (const end of this.#ends) end.abort();
	}

	/** Repairs, if every guardrail lets it. Never rejects for a repair that fails. */
	async repair(repair: Repair): Promise<RepairOutcome> {
		const verdict = await this.judge(repair);
		if (verdict.kind === 'refused') return { ...verdict, execution: null };
		if (verdict.kind === 'suggest') return verdict;
		const before = await this.#deps.looks.look(repair.incident);
		if (before.isGone) return { kind: 'gone' };
		const execution = repair.execution ?? newId<ExecutionId>();
		const end = new AbortController();
		this.#ends.add(end);
		const timer = this.#deps.clock.after(limits.staleMs, () => end.abort(tooLate));
		try {
			return await this.#record(repair, execution, before, verdict, end.signal);
		} finally {
			timer.dispose();
			this.#ends.delete(end);
		}
	}

	async #record(
		repair: Repair,
		execution: ExecutionId,
		before: Sight,
		verdict: GuardVerdict,
		signal: AbortSignal,
	): Promise<RepairOutcome> {
		const { append } = this.#deps;
		const { plan, runbook, by } = repair;
		append({
			type: 'execution.started',
			execution,
			kind: 'runbook',
			trigger: by === 'user' ? 'user' : 'alert',
			title: plan.title,
			agent: runbook.id,
			project: null,
			provider: 'quarterdeck',
			model: null,
			conversation: null,
		});
		this.#saw(execution, 'Seen before', before);
		const outcome = await this.#guarded(repair, execution, verdict, signal).catch((error: unknown): RepairOutcome => {
			if (error instanceof CancelledError || signal.aborted) return { kind: 'stopped', execution };
			return { kind: 'failed', execution, why: errorText(error) };
		});
		const status = {
			fixed: 'succeeded',
			failed: 'failed',
			refused: 'stopped',
			gone: 'stopped',
			suggest: 'stopped',
			stopped: 'stopped',
		} as const;
		const error = outcome.kind === 'failed' ? outcome.why : null;
		append({ type: 'execution.ended', execution, status: status[outcome.kind], error });
		return outcome;
	}

	/** Asks the gate, and everything else once more: a person may have taken minutes to answer. */
	async #guarded(
		repair: Repair,
		execution: ExecutionId,
		verdict: GuardVerdict,
		signal: AbortSignal,
	): Promise<RepairOutcome> {
		const { looks, log, clock } = this.#deps;
		const refusal = await this.#askGate(repair, execution, verdict, signal);
		if (signal.aborted && signal.reason !== tooLate) return { kind: 'stopped', execution };
		if (refusal !== undefined) return this.#refused(execution, 'gate', signal.aborted ? tooLate : refusal);
		const sight = looks.peek(repair.incident);
		if (sight.isGone) {
			this.#saw(execution, 'Gone by itself', sight);
			return { kind: 'gone' };
		}
		const { incident, runbook, plan } = repair;
		const record = {
			id: execution,
			runbook: runbook.id,
			key: incident.key,
			since: incident.since,
			at: clock.now(),
			outcome: 'running' as const,
		};
		const turn = await log.begin(record, plan.title);
		if (!turn) return this.#refused(execution, 'oneAtATime', 'Another repair is under way.');
		let ended: Extract<RepairOutcome, { kind: 'fixed' | 'failed' }> | undefined;
		try {
			// Nobody else repairs from here on: what is counted now is what holds.
			const last = await this.judge(repair, execution);
			const refused = refusalOf(last, verdict);
			if (refused) return this.#refused(execution, refused.guardrail, refused.why);
			ended = { kind: 'failed', execution, why: '' };
			ended = await this.#act(repair, execution, signal);
			return ended;
		} finally {
			await turn.end(ended === undefined ? 'untouched' : signal.aborted ? 'stopped' : ended.kind);
		}
	}

	async #act(
		{ incident, runbook, plan }: Repair,
		execution: ExecutionId,
		signal: AbortSignal,
	): Promise<Extract<RepairOutcome, { kind: 'fixed' | 'failed' }>> {
		const { clock, looks } = this.#deps;
		const done = await this.#step(execution, runbook.tool, plan, signal);
		const after = await watchUntilGone({
			clock,
			signal,
			withinMs: runbook.verifyMs,
			look: () => looks.look(incident),
			peek: () => looks.peek(incident),
			onDidChange: looks.onDidChange,
		});
		this.#saw(execution, 'Seen after', after);
		if (after.isGone) return { kind: 'fixed', execution, words: `${sentence(done)} ${after.words}` };
		return { kind: 'failed', execution, why: `${sentence(done)} It did not help: ${after.words}` };
	}

	/** Why the gate refuses, or nothing. */
	async #askGate(
		{ runbook, plan, incident, by }: Repair,
		execution: ExecutionId,
		verdict: GuardVerdict,
		signal: AbortSignal,
	): Promise<string | undefined> {
		const { gate, rules, append, cwd } = this.#deps;
		const { level } = rules();
		const reasons = [`${incident.name}: ${incident.evidence}`, ...(verdict.kind === 'ask' ? [verdict.why] : [])];
		// By itself it acts as far as the user's own setting lets it; what is to be asked, and RED, is asked.
		const isByItself = by === 'monitor' && verdict.kind === 'act';
		const allowance = isByItself ? { allowance: { upTo: 'ORANGE', by: `autonomy:${level}` } as const } : {};
		append({ type: 'execution.updated', execution, status: 'waiting' });
		const answer = await gate.authorize(
			{ tool: runbook.tool, input: plan.input, cwd: cwd() },
			{ conversation: null, asker: plan.title, execution, step: null, ...allowance },
			signal,
			{ reasons, isOnceOnly: verdict.kind === 'ask' },
		);
		append({ type: 'execution.updated', execution, status: 'running' });
		return answer.isAllowed ? undefined : answer.reason;
	}

	async #step(execution: ExecutionId, tool: string, plan: RepairPlan, signal: AbortSignal): Promise<string> {
		const { append } = this.#deps;
		const step = newId<StepId>();
		const input = JSON.stringify(plan.input, null, 2);
		append({ type: 'step.started', execution, step, parent: null, kind: 'tool', name: tool, title: plan.title, input });
		const end = (status: 'succeeded' | 'failed' | 'stopped', output: string): void =>
			append({ type: 'step.ended', execution, step, status, output, usage: null, cost: null });
		try {
			if (signal.aborted) throw new CancelledError();
			const done = await plan.run({ execution, signal });
			end('succeeded', done);
			return done;
		} catch (error) {
			end(signal.aborted ? 'stopped' : 'failed', errorText(error));
			throw error;
		}
	}

	#refused(execution: ExecutionId, guardrail: Guardrail, why: string): RepairOutcome {
		this.#note(execution, guardrailNames[guardrail], `Refused by: ${guardrailNames[guardrail]}`, why, 'refused');
		return { kind: 'refused', guardrail, why, execution };
	}

	#saw(execution: ExecutionId, name: string, sight: Sight): void {
		this.#note(execution, name, `${name}: ${sight.words}`, sight.words, 'succeeded');
	}

	#note(execution: ExecutionId, name: string, title: string, output: string, status: 'succeeded' | 'refused'): void {
		const { append } = this.#deps;
		const step = newId<StepId>();
		append({ type: 'step.started', execution, step, parent: null, kind: 'node', name, title, input: null });
		append({ type: 'step.ended', execution, step, status, output, usage: null, cost: null });
	}
}

/** Why it may not go on after all: what held when it was judged first may hold no more. */
function refusalOf(
	now: GuardVerdict,
	before: GuardVerdict,
): { readonly guardrail: Guardrail; readonly why: string } | undefined {
	if (now.kind === 'refused') return now;
	if (now.kind !== 'suggest' && (now.kind !== 'ask' || before.kind === 'ask')) return undefined;
	return { guardrail: 'autonomy', why: 'What repairs may do by themselves was lowered meanwhile.' };
}

function sentence(text: string): string {
	return /[.!?]$/.test(text) ? text : `${text}.`;
}
