import { CancelledError, ExpectedError } from '../base/errors';
import type { ConversationId, ExecutionId, StepId } from '../base/ids';
import type { LedgerEvent, Tier } from '../ledger/events';
import type { Classification, Decision, QuestionView, SafetyContext, ToolCall } from './approval';
import type { Approvals } from './approvals';
import { classify } from './classify';
import type { Grants } from './grants';
import { isModeAllowed } from './policyRules';
import { isWorse } from './tier';
import { isOwnTool } from './tiers';

/** On whose behalf a call is made. */
export interface CallOrigin {
	readonly conversation: ConversationId | null;
	/** Title of the conversation, for the person who is asked. */
	readonly asker: string;
	readonly execution: ExecutionId | null;
	readonly step: StepId | null;
	/** Nobody is there to ask: what is not granted is refused. */
	readonly isUnattended?: boolean;
	/**
	 * How far a setting of the user's own lets our tools go by themselves, for this caller. RED is asked about all the
	 * same, and a call that is to be asked about by a person, too.
	 */
	readonly allowance?: { readonly upTo: 'GREEN' | 'YELLOW' | 'ORANGE'; /** For the journal. */ readonly by: string };
	/** `acceptEdits`: the user wants edits inside the workspace to go through. Other modes only ask more. */
	readonly mode?: string;
}

/** What a call brings along that its arguments do not say. */
export interface CallDetails {
	readonly questions?: readonly QuestionView[];
	readonly plan?: string | null;
	/** Only a person may answer, and for this once only. */
	readonly isOnceOnly?: boolean;
	/** More reasons for the person to read. */
	readonly reasons?: readonly string[];
}

/** How the gate decided one call. */
export type Verdict =
	| {
			readonly isAllowed: true;
			readonly by: string;
			readonly classification: Classification;
			readonly decision: Decision | null;
	  }
	| {
			readonly isAllowed: false;
			readonly by: string;
			readonly classification: Classification;
			readonly reason: string;
			readonly isStop: boolean;
	  };

/** What the gate needs from outside. */
export interface GatePorts {
	/** The places and rules that hold now; asked for each call, so that a changed setting counts at once. */
	readonly context: () => SafetyContext;
	readonly approvals: Approvals;
	readonly grants: Grants;
	readonly journal: (event: LedgerEvent) => void;
}

/** The one gate: every call of every tool is decided here, whoever makes it. */
export class Gate {
	readonly #ports: GatePorts;

	constructor(ports: GatePorts) {
		this.#ports = ports;
	}

	classify(call: ToolCall): Classification {
		return classify(call, this.#ports.context());
	}

	/** Whether a standing grant covers the call. */
	grantFor(classification: Classification, origin: CallOrigin): 'session' | 'workspace' | undefined {
		return this.#ports.grants.covers(classification, origin.conversation);
	}

	/** Records a decision for which nobody was asked. */
	record(
		call: ToolCall,
		classification: Classification,
		origin: CallOrigin,
		decision: 'allowed' | 'refused',
		by: string,
	): void {
		const { tier, effect } = classification;
		this.#ports.journal({
			type: 'gate.decided',
			execution: origin.execution,
			tool: call.tool,
			tier,
			decision,
			by,
			effect,
		});
	}

	/** Decides a call, waiting for a person where it takes one. It never throws for a refused or ended call. */
	async authorize(
		call: ToolCall,
		origin: CallOrigin,
		signal: AbortSignal,
		details: CallDetails = {},
	): Promise<Verdict> {
		const classification = this.classify(call);
		const automatic = this.#automatic(classification, origin, details, isOwnTool(call.tool));
		if (automatic) {
			this.record(call, classification, origin, automatic.isAllowed ? 'allowed' : 'refused', automatic.by);
			return automatic;
		}
		return this.#ask(call, classification, origin, signal, details);
	}

	/** Whether edits go through by themselves: the user wants it, and no policy of a repository says otherwise. */
	#edits({ mode }: CallOrigin): boolean {
		return mode === 'acceptEdits' && this.allowsMode(mode);
	}

	/** Whether the policies of the open repositories allow a conversation to ask as little as in this mode. */
	allowsMode(mode: string | undefined): boolean {
		return isModeAllowed(mode, this.#ports.context());
	}

	#automatic(
		classification: Classification,
		origin: CallOrigin,
		details: CallDetails,
		isOwn: boolean,
	): Verdict | undefined {
		const { tier, kind } = classification;
		if (tier === 'BLACK') return refused(classification, 'policy', refusalText(classification));
		const isPlain = kind === 'tool' || kind === 'edit';
		if (isPlain && details.isOnceOnly !== true) {
			if (tier === 'GREEN') return allowed(classification, 'policy');
			const isWantedEdit = this.#edits(origin) && kind === 'edit' && tier === 'YELLOW';
			if (isWantedEdit) return allowed(classification, 'policy');
			const grant = this.grantFor(classification, origin);
			if (grant) return allowed(classification, `grant:${grant}`);
			const { allowance } = origin;
			if (allowance && isOwn && !isWorse(tier, allowance.upTo)) return allowed(classification, allowance.by);
		}
		if (origin.isUnattended === true) {
			return refused(classification, 'policy', 'Nobody is there to allow this, and it was not granted beforehand.');
		}
		return undefined;
	}

	async #ask(
		call: ToolCall,
		classification: Classification,
		origin: CallOrigin,
		signal: AbortSignal,
		details: CallDetails,
	): Promise<Verdict> {
		const shown = { ...classification, reasons: [...classification.reasons, ...(details.reasons ?? [])] };
		const { decision } = this.#ports.approvals.add(
			{
				tool: call.tool,
				call,
				classification: shown,
				conversation: origin.conversation,
				asker: origin.asker,
				execution: origin.execution,
				step: origin.step,
				questions: details.questions ?? [],
				plan: details.plan ?? null,
				isOnceOnly: details.isOnceOnly ?? false,
				check: answer => this.#checkChanged(call, classification.tier, answer),
			},
			signal,
		);
		try {
			const answer = await decision;
			if (answer.outcome === 'refuse') {
				return { ...refused(classification, 'user', answer.reason), isStop: answer.isStop === true };
			}
			if (answer.outcome === 'allow') {
				const reached = this.classify({ ...call, input: answer.changedInput ?? call.input }).tier;
				// While a person thought about it, a folder may have become a link to somewhere else.
				if (isWorse(reached, classification.tier)) {
					const why = `What the call reaches has changed since it was shown (it is ${reached} now). Ask for it anew.`;
					return refused(classification, 'policy', why);
				}
				this.#ports.grants.add(answer.scope, classification, origin.conversation);
			}
			return { isAllowed: true, by: 'user', classification, decision: answer };
		} catch (error) {
			if (error instanceof CancelledError) return refused(classification, 'policy', error.message);
			throw error;
		}
	}

	/** A call that was changed by hand may reach as far as the one that was shown, and no further. */
	#checkChanged(call: ToolCall, shown: Tier, answer: Decision): void {
		if (answer.outcome !== 'allow' || answer.changedInput === undefined) return;
		const changed = this.classify({ ...call, input: answer.changedInput });
		if (!isWorse(changed.tier, shown)) return;
		throw new ExpectedError(
			'changedCallReachesFurther',
			`The changed call reaches further (${changed.tier}) than the one you were shown (${shown}): ${changed.reasons[0] ?? changed.effect}. Refuse it and ask for it anew.`,
		);
	}
}

function allowed(classification: Classification, by: string): Verdict {
	return { isAllowed: true, by, classification, decision: null };
}

function refused(classification: Classification, by: string, reason: string): Extract<Verdict, { isAllowed: false }> {
	return { isAllowed: false, by, classification, reason, isStop: false };
}

/** What the model is told about a call that is never allowed. */
export function refusalText(classification: Classification): string {
	const why = classification.reasons[0] ?? classification.effect;
	return `Refused: ${why}. This is never allowed, so do not try it in another way; tell the user what you need instead.`;
}
