import { asId, type ItemId, type StepId } from '../base/ids';
import type { ApprovalView } from '../safety/approval';
import type { ApprovalEnd } from '../safety/approvals';
import { approvalPatch } from './conversationParts';
import type { ConversationView } from './items';
import type { TurnRunner } from './turnRunner';

/** Shows pending approvals on the rows of their calls, and as steps of the execution. */
export class ApprovalRows {
	readonly #runner: TurnRunner;
	readonly #view: (patch: Partial<ConversationView>) => void;
	#pending = 0;

	constructor(runner: TurnRunner, view: (patch: Partial<ConversationView>) => void) {
		this.#runner = runner;
		this.#view = view;
	}

	/** A call waits for a person, and with it the conversation. */
	added(view: ApprovalView): void {
		this.#pending++;
		const { turn, rows } = this.#runner;
		if (view.step !== null) rows.patchTool(asId<ItemId>(view.step), { approval: view, state: 'waiting' });
		turn?.stepStarted({
			step: asId<StepId>(view.id),
			parent: view.step,
			kind: 'approval',
			name: view.tier,
			title: view.effect.split('\n', 1)[0] ?? view.tool,
			input: view.effect,
		});
		turn?.setStatus('waiting');
		this.#view({ status: 'waiting', activity: 'Waiting for you' });
	}

	/** A pending call was decided, or ended by itself. */
	ended(end: ApprovalEnd): void {
		this.#pending = Math.max(0, this.#pending - 1);
		const { view, outcome, decision } = end;
		const { turn, rows } = this.#runner;
		const patch = approvalPatch(end);
		if (view.step !== null) rows.patchTool(asId<ItemId>(view.step), patch);
		turn?.stepEnded(asId<StepId>(view.id), {
			status: outcome === 'allowed' ? 'succeeded' : outcome === 'refused' ? 'refused' : 'stopped',
			output: decision?.outcome === 'refuse' ? decision.reason : patch.decision,
		});
		if (this.#pending > 0 || !turn) return;
		turn.setStatus('running');
		this.#view({ status: 'running', activity: null });
	}

	/** The turn is over, and every approval of it. */
	reset(): void {
		this.#pending = 0;
	}
}
