import { familyOfModel, familyOfSession } from './agentSession';
import { handOnText, type SessionPlan } from './conversationParts';
import type { StoredItem } from './itemStore';

/** How a copy of a conversation goes on. */
export interface ForkPoint {
	readonly plan: SessionPlan;
	/** What the new session is told, where it cannot begin from the old one; `null` for nothing. */
	readonly handOn: string | null;
}

/**
 * Where a session begins that knows `rows` and nothing after them: in a fork of the old one, or afresh with their text.
 * @param isWhole they are all rows of the conversation
 */
export function forkPoint(title: string, rows: readonly StoredItem[], plan: SessionPlan, isWhole = false): ForkPoint {
	const turn = rows.findLast(row => row.item.kind === 'turn')?.item;
	const at = turn?.kind === 'turn' ? turn.lastMessage : null;
	const model = turn?.kind === 'turn' ? turn.model : undefined;
	// The turn may be one of another family, of which the session has no message.
	const isOfFamily = model === undefined || plan.kind !== 'resume' || familyOfModel(model) === familyOfSession(plan.id);
	if (plan.kind === 'resume' && isOfFamily && (at !== null || isWhole))
		return { plan: { kind: 'fork', from: plan.id, at }, handOn: null };
	const items = rows.map(row => row.item);
	return { plan: { kind: 'new' }, handOn: items.length === 0 ? null : handOnText(title, items) };
}
