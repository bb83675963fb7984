import type { ToolCall } from '../../safety/approval';
import { isAlwaysAsked } from '../../safety/classify';
import type { CallDetails, CallOrigin, Gate, Verdict } from '../../safety/gate';
import { isWorse } from '../../safety/tier';

export interface LoopGatePorts {
	readonly gate: Pick<Gate, 'authorize' | 'classify' | 'record'>;
	/** Resolves when everything journaled so far is on disk. */
	settled(): Promise<void>;
}

const planReason =
	'Plan mode only reads. Put this step into your plan and call ExitPlanMode when the plan is complete.';

/**
 * The gate as a loop asks it: plan mode refuses what changes anything, and in autonomous mode what stays inside the
 * workspace goes through. Whatever reaches further takes a person, in every mode.
 */
export class LoopGate implements Pick<Gate, 'authorize'> {
	readonly #ports: LoopGatePorts;

	constructor(ports: LoopGatePorts) {
		this.#ports = ports;
	}

	async authorize(
		call: ToolCall,
		origin: CallOrigin,
		signal: AbortSignal,
		details: CallDetails = {},
	): Promise<Verdict> {
		const verdict = this.#byMode(call, origin) ?? (await this.#ports.gate.authorize(call, origin, signal, details));
		// Who allowed what is on disk before the tool runs.
		await this.#ports.settled();
		return verdict;
	}

	#byMode(call: ToolCall, origin: CallOrigin): Verdict | undefined {
		if (origin.mode !== 'plan' && origin.mode !== 'autonomous') return undefined;
		const { gate } = this.#ports;
		const classification = gate.classify(call);
		const { tier, kind } = classification;
		if (kind === 'question' || kind === 'plan' || tier === 'BLACK') return undefined;
		if (origin.mode === 'plan') {
			if (!isWorse(tier, 'GREEN')) return undefined;
			gate.record(call, classification, origin, 'refused', 'policy');
			return { isAllowed: false, by: 'policy', classification, reason: planReason, isStop: false };
		}
		if (tier !== 'YELLOW' || isAlwaysAsked(call.tool)) return undefined;
		gate.record(call, classification, origin, 'allowed', 'policy');
		return { isAllowed: true, by: 'policy', classification, decision: null };
	}
}
