import { localDay } from '../base/clock';
import type { ExecutionRow } from '../ledger/queries';
import type { ConversationDeps, SessionHistory } from './deps';
import type { StoredItem } from './itemStore';

export interface CutOff {
	readonly cwd: string;
	readonly session: string | null;
	readonly rows: readonly StoredItem[];
	/** The conversation's executions, newest first. */
	readonly executions: readonly ExecutionRow[];
}

/**
 * The window was killed in the middle of a turn, so the CLI's own report of its cost never came: it is taken from the
 * transcript. Usage is replaced and never added to, so doing this again changes nothing.
 * @returns whether the ledger was corrected
 */
export async function recoverCosts(
	cutOff: CutOff,
	deps: Pick<ConversationDeps, 'append' | 'ledger'>,
	history: SessionHistory,
): Promise<boolean> {
	const last = cutOff.executions[0];
	if (last?.status !== 'interrupted' || cutOff.session === null) return false;
	const detail = await deps.ledger.query('execution', { id: last.id });
	if (!detail || detail.usage.some(row => row.isFinal)) return false;
	const prompt = cutOff.rows.findLast(({ item }) => item.kind === 'user' && item.state === 'sent')?.item;
	if (!prompt) return false;
	const rows = await history.usage(cutOff.cwd, cutOff.session, prompt.id);
	for (const { model, usage, cost, basis } of rows ?? [])
		deps.append({
			type: 'usage.recorded',
			execution: last.id,
			provider: last.provider,
			model,
			usage,
			cost,
			basis,
			isFinal: true,
			day: localDay(last.startedAt),
		});
	return rows !== null && rows.length > 0;
}
