import type { ConversationId, ExecutionId } from '../base/ids';
import type { CostBasis, NanoDollars } from '../base/money';
import type { ConversationRow, ExecutionRow, Ledger } from '../ledger/queries';
import type { StoredItem } from './itemStore';
import type { ChatItem, ConversationStatus, ConversationView } from './items';

/** Rows that are read when a conversation is opened; older ones are read on demand. */
const firstRows = 300;
/** More turns than anybody has in one conversation. */
const allTurns = 100_000;

/** A conversation as the ledger has it now. */
export interface StoredConversation {
	readonly row: ConversationRow;
	readonly rows: readonly StoredItem[];
	/** How many rows are older than those. */
	readonly earlier: number;
	/** Its turns, newest first. */
	readonly executions: readonly ExecutionRow[];
}

/** Reads a conversation; `undefined` when the ledger has none of that id. */
export async function readConversation(
	ledger: Pick<Ledger, 'query'>,
	id: ConversationId,
): Promise<StoredConversation | undefined> {
	const row = await ledger.query('conversation', { id });
	if (!row) return undefined;
	const { items, earlier } = await ledger.query('items', { conversation: id, limit: firstRows });
	const executions = await ledger.query('executions', { conversation: id, limit: allTurns });
	const rows = items.map(({ order, body }) => ({ order, item: JSON.parse(body) as ChatItem }));
	return { row, rows, earlier, executions };
}

/** Why a conversation can only be read here: a turn of it runs, and not in this window. */
export function readOnlyReason(
	executions: readonly ExecutionRow[],
	isOurs: (execution: ExecutionId) => boolean,
): string | null {
	const running = executions.some(({ id, status }) => (status === 'running' || status === 'waiting') && !isOurs(id));
	return running
		? 'This conversation is at work in another window. It can be continued here once that turn has ended.'
		: null;
}

/** How a view changes when another window begins, goes on with or ends a conversation; `undefined` where it does not. */
export function readOnlyPatch(
	view: ConversationView,
	readOnly: string | null,
	items: readonly ChatItem[],
): Partial<ConversationView> | undefined {
	const isWaiting = items.some(item => item.kind === 'tool' && item.state === 'waiting');
	const status = readOnly === null ? 'idle' : isWaiting ? 'waiting' : 'running';
	const isSame = view.readOnly === readOnly && (readOnly === null || view.status === status);
	return isSame ? undefined : { readOnly, status };
}

/** What all turns cost together. */
export function paidFor(executions: readonly ExecutionRow[]): {
	readonly cost: NanoDollars | null;
	readonly basis: CostBasis | null;
} {
	const costs = executions.flatMap(({ cost }) => (cost === null ? [] : [cost]));
	const bases = new Set(executions.map(({ basis }) => basis));
	const basis = (['unpriced', 'priced', 'reported'] as const).find(candidate => bases.has(candidate)) ?? null;
	return { cost: costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0), basis };
}

/** A conversation's state from its newest turn, where no window of ours has it open. */
export function statusOf(newest: ExecutionRow | undefined): ConversationStatus {
	if (newest?.status === 'running' || newest?.status === 'waiting') return newest.status;
	return newest?.status === 'failed' || newest?.status === 'interrupted' ? 'failed' : 'idle';
}

/** Rows of a turn that another window runs: what waits for a person waits there, so nothing is offered here. */
export function decidedElsewhere(rows: readonly StoredItem[]): readonly StoredItem[] {
	return rows.map(row =>
		row.item.kind === 'tool' && row.item.approval ? { ...row, item: { ...row.item, approval: null } } : row,
	);
}
