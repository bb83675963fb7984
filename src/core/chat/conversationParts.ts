import * as z from 'zod/mini';
import { ExpectedError } from '../base/errors';
import type { NanoDollars } from '../base/money';
import type { PermissionRequest } from '../claude/session';
import type { ConversationRow } from '../ledger/queries';
import type { ApprovalEnd } from '../safety/approvals';
import type { PermissionCall } from '../safety/cliCalls';
import type { ConversationId } from '../base/ids';
import type { ConversationView, Effort, NoticeItem, PermissionMode, ToolItem } from './items';

/** What is stored of a conversation beside its rows. */
export interface ConversationRecord {
	readonly id: ConversationId;
	readonly title: string;
	/** Absolute path of the folder it works in. */
	readonly project: string;
	/** The CLI's session, to resume. */
	readonly session: string | null;
	readonly model: string;
	readonly mode: PermissionMode;
	readonly effort: Effort;
	/** What all its turns cost so far. */
	readonly cost: NanoDollars | null;
}

export const untitled = 'New conversation';

const options = z.object({
	model: z.string(),
	mode: z.enum(['default', 'plan', 'acceptEdits']),
	effort: z.enum(['default', 'low', 'medium', 'high', 'xhigh', 'max']),
});

/** A conversation as the ledger has it. Choices that cannot be read any more are the defaults of new ones. */
export function recordOf(
	row: ConversationRow,
	defaults: Pick<ConversationRecord, 'model' | 'mode' | 'effort'>,
	cost: NanoDollars | null,
	project: () => string,
): ConversationRecord {
	const { id, title, session } = row;
	const stored = options.safeParse(row.options === null ? undefined : parseJson(row.options));
	return { id, title, session, cost, project: row.project ?? project(), ...(stored.success ? stored.data : defaults) };
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		// The schema refuses `undefined`, so the defaults are taken.
		return undefined;
	}
}

/** A conversation's view before anything ran. */
export function emptyView(record: ConversationRecord): ConversationView {
	return {
		id: record.id,
		title: record.title,
		status: 'idle',
		activity: null,
		turnStartedAt: null,
		provider: 'claude',
		model: record.model,
		mode: record.mode,
		effort: record.effort,
		models: [],
		commands: [],
		context: null,
		cost: record.cost,
		basis: record.cost === null ? null : 'reported',
	};
}

/** What the end of an approval changes on its tool's row. */
export function approvalPatch(end: ApprovalEnd): Pick<ToolItem, 'approval' | 'state' | 'decision'> {
	const { outcome, decision } = end;
	if (outcome === 'expired') return { approval: null, state: 'stopped', decision: 'ended before it was decided' };
	if (outcome === 'refused') {
		const why = decision?.outcome === 'refuse' && decision.reason !== '' ? `: ${decision.reason}` : '';
		return { approval: null, state: 'refused', decision: `refused by you${why}` };
	}
	if (decision?.outcome !== 'allow') return { approval: null, state: 'running', decision: 'answered by you' };
	const scope =
		decision.scope === 'session'
			? 'allowed by you for this session'
			: decision.scope === 'workspace'
				? 'allowed by you in this workspace'
				: 'allowed by you';
	const changed = decision.changedInput === undefined ? '' : ', with your changes';
	return { approval: null, state: 'running', decision: scope + changed };
}

/** The day's or month's budget is used up. */
export function budgetError(): ExpectedError<'budget'> {
	return new ExpectedError(
		'budget',
		'Your budget is used up, so the message was not sent. Raise it, or wait for the next day or month.',
		{
			actions: [{ title: 'Set Budget…', command: 'quarterdeck.costs.setBudget' }],
		},
	);
}

/** The CLI's question in the gate's own words. */
export function permissionCall(request: PermissionRequest): PermissionCall {
	const { toolName, input, toolUseId, decisionReason, decisionReasonType, isManualOnly } = request;
	return {
		toolName,
		input,
		toolUseId,
		...(decisionReason === null ? {} : { decisionReason }),
		...(decisionReasonType === null ? {} : { decisionReasonType }),
		...(isManualOnly ? { classifierApprovable: false } : {}),
	};
}

/** What was restored, for the notice. */
export function restoredText(files: readonly string[]): Pick<NoticeItem, 'level' | 'code' | 'text' | 'details'> {
	const count = files.length === 1 ? '1 file' : `${files.length} files`;
	return {
		level: 'info',
		code: 'restored',
		text: `Restored ${count} to what it was before this message.`,
		details: files.join('\n') || null,
	};
}
