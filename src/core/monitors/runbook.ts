import type { ExecutionId } from '../base/ids';
import type { Json } from '../base/json';
import type { AutonomyLevel } from './limits';
import type { Condition, Incident } from './incident';

/** What a repair runs with. */
export interface RepairContext {
	readonly execution: ExecutionId;
	/** Aborted by the kill switch, at the window's end, and when it takes too long. */
	readonly signal: AbortSignal;
}

/** What a runbook would do about one incident, as things are now. */
export interface RepairPlan {
	/** "Restart Ollama". */
	readonly title: string;
	/** Word of a button: "Restart". */
	readonly verb: string;
	/** The question of the notification: "Restart it?" */
	readonly question: string;
	/** What the gate is shown. */
	readonly input: Readonly<Record<string, Json>>;
	/** What it reaches: services, processes, models, folders. */
	readonly touches: readonly string[];
	/** Does it, and says in a sentence what was done. Rejects with a sentence when it could not be done. */
	run(context: RepairContext): Promise<string>;
}

/** A way of repairing. */
export interface Runbook {
	readonly id: string;
	readonly conditions: readonly Condition[];
	/** What the gate knows it as; its tier stands in `core/safety/tiers.ts`. */
	readonly tool: string;
	/** The autonomy level from which it acts by itself. */
	readonly needsLevel: AutonomyLevel;
	/** It never acts by itself: a workspace's own settings brought it. */
	readonly isAlwaysAsked?: boolean;
	/** How long it is not tried again for the same incident. */
	readonly coolDownMs: number;
	/** How long the condition may take to be gone, after it was done. */
	readonly verifyMs: number;
	/** What it would do; `undefined` where it can do nothing about it here. */
	plan(incident: Incident): Promise<RepairPlan | undefined>;
}

/**
 * The runbooks that answer an incident, in their order, each with what it would do. One that cannot tell is left out, and
 * keeps no other one from it.
 */
export async function plansFor(
	runbooks: readonly Runbook[],
	incident: Incident,
	onProblem: (runbook: Runbook, error: unknown) => void,
): Promise<readonly { readonly runbook: Runbook; readonly plan: RepairPlan }[]> {
	const answering = runbooks.filter(({ conditions }) => conditions.includes(incident.condition));
	const plans = await Promise.all(
		answering.map(async runbook => {
			try {
				const plan = await runbook.plan(incident);
				return plan ? [{ runbook, plan }] : [];
			} catch (error) {
				onProblem(runbook, error);
				return [];
			}
		}),
	);
	return plans.flat();
}
