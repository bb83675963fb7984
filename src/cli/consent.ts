import type { ApprovalView } from '../core/safety/approval';
import type { Approvals } from '../core/safety/approvals';
import { UsageError } from './io';

/** How far the flag `--yes-to` goes. RED is in no flag's gift. */
export type YesTo = 'nothing' | 'yellow' | 'orange';

export function readYesTo(given: string | undefined): YesTo {
	const word = given?.toLowerCase();
	if (word === undefined) return 'nothing';
	if (word === 'yellow' || word === 'orange') return word;
	const why =
		word === 'red' || word === 'black'
			? `${word.toUpperCase()} calls cannot be undone and are never allowed by a flag: run them yourself, or run the flow in the editor.`
			: `--yes-to takes “yellow” or “orange”, not “${given}”.`;
	throw new UsageError(why);
}

/** What was refused, for the end of a run. */
export interface Refusal {
	readonly tool: string;
	readonly tier: string;
	readonly effect: string;
	readonly reason: string;
}

/**
 * Answers every question of the gate at once, by the flag: nobody sits in front of a command line. Each answer is in the
 * ledger, with the flag's name as who decided.
 */
export class FlagConsent {
	readonly #approvals: Approvals;
	readonly #yesTo: YesTo;
	readonly refusals: Refusal[] = [];

	constructor(approvals: Approvals, yesTo: YesTo) {
		this.#approvals = approvals;
		this.#yesTo = yesTo;
		approvals.onDidAdd(view => this.#answer(view));
	}

	#answer(view: ApprovalView): void {
		const by = this.#yesTo === 'nothing' ? 'command line' : `--yes-to ${this.#yesTo}`;
		if (this.#isAllowed(view)) {
			const word = view.word === null ? {} : { word: view.word };
			this.#approvals.decide(view.id, { outcome: 'allow', scope: 'once', ...word }, { by });
			return;
		}
		const reason = reasonOf(view);
		this.refusals.push({ tool: view.tool, tier: view.tier, effect: view.effect, reason });
		this.#approvals.decide(view.id, { outcome: 'refuse', reason }, { by });
	}

	#isAllowed({ tier, kind, needsModal }: ApprovalView): boolean {
		if (needsModal || (kind !== 'tool' && kind !== 'edit')) return false;
		if (tier === 'GREEN' || tier === 'YELLOW') return this.#yesTo !== 'nothing';
		return tier === 'ORANGE' && this.#yesTo === 'orange';
	}
}

function reasonOf({ tier, kind, tool, effect, reasons }: ApprovalView): string {
	if (kind === 'question') return 'Nobody is there to answer questions.';
	if (kind === 'plan') return 'Nobody is there to read the plan.';
	const why = reasons[0] === undefined ? '' : ` (${reasons[0]})`;
	const what = `${tool} was refused: ${firstLine(effect)} is ${tier}${why}.`;
	if (tier === 'YELLOW' || tier === 'GREEN') return `${what} Allow such calls with --yes-to yellow.`;
	if (tier === 'ORANGE') return `${what} Allow such calls with --yes-to orange.`;
	return `${what} No flag allows that.`;
}

function firstLine(text: string): string {
	const line = text.split('\n', 1)[0] ?? '';
	return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
