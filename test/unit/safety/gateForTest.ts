import { asId, type ConversationId, type ExecutionId } from '../../../src/core/base/ids';
import type { LedgerEvent } from '../../../src/core/ledger/events';
import type { SafetyContext } from '../../../src/core/safety/approval';
import { Approvals } from '../../../src/core/safety/approvals';
import { CliGate } from '../../../src/core/safety/cliGate';
import { Gate, type CallOrigin } from '../../../src/core/safety/gate';
import { Grants, type StoredGrant } from '../../../src/core/safety/grants';
import { context, cwd } from './context';

export const conversation = asId<ConversationId>('conversation-1');
export const execution = asId<ExecutionId>('execution-1');
export const origin: CallOrigin = { conversation, asker: 'Fix the build', execution, step: null };

/** A whole gate over memory, with everything that it journaled. */
export function gateForTest(
	more: { context?: Partial<SafetyContext>; origin?: Partial<CallOrigin>; plan?: string } = {},
) {
	const events: LedgerEvent[] = [];
	const journal = (event: LedgerEvent): void => void events.push(event);
	let stored: readonly StoredGrant[] = [];
	const store = { load: () => stored, save: (grants: readonly StoredGrant[]) => void (stored = grants) };
	const grants = new Grants(store, () => 1000);
	const approvals = new Approvals({ journal, random: () => 0 });
	const gate = new Gate({ context: () => ({ ...context, ...more.context }), approvals, grants, journal });
	const cli = new CliGate({
		gate,
		cwd,
		origin: () => ({ ...origin, ...more.origin }),
		readPlan: async () => more.plan ?? null,
	});
	return { cli, gate, approvals, grants, events, store };
}
