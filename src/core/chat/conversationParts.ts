import * as z from 'zod/mini';
import { ExpectedError } from '../base/errors';
import type { CostBasis, NanoDollars } from '../base/money';
import type { CommandInfo, ModelInfo } from '../claude/messages';
import type { PermissionRequest } from '../claude/session';
import type { ConversationRow } from '../ledger/queries';
import type { ApprovalEnd } from '../safety/approvals';
import type { PermissionCall } from '../safety/cliCalls';
import type { ConversationId } from '../base/ids';
import { parseModelRef } from '../providers/provider';
import { familyOfModel, modelForSession } from './agentSession';
import { efforts, permissionModes } from './limits';
import { loopCommands } from './loop/commands';
import type { TurnOrigin } from './turn';
import { conversationMarkdown } from './markdown';
import type { ChatItem, ConversationView, Effort, NoticeItem, PermissionMode, ToolItem } from './items';

/** What is stored of a conversation beside its rows. */
export interface ConversationRecord {
	readonly id: ConversationId;
	readonly title: string;
	/** Absolute path of the folder it works in. */
	readonly project: string;
	/** How its next session begins. */
	readonly plan: SessionPlan;
	readonly model: string;
	readonly mode: PermissionMode;
	readonly effort: Effort;
	/** What all its turns cost so far, and where that comes from. */
	readonly cost: NanoDollars | null;
	readonly basis: CostBasis | null;
}

/** How a conversation's next session begins: afresh, where it was, or from a message of another session. */
export type SessionPlan =
	| { readonly kind: 'new' }
	| { readonly kind: 'resume'; readonly id: string }
	| { readonly kind: 'fork'; readonly from: string; readonly at: string | null };

export type ConversationChoices = Pick<ConversationRecord, 'model' | 'mode' | 'effort'>;

export const untitled = 'New conversation';

const options = z.object({
	model: z.string(),
	mode: z.enum(permissionModes),
	effort: z.enum(efforts),
	fork: z.optional(z.object({ from: z.string(), at: z.nullable(z.string()) })),
});

/** What the ledger keeps of a conversation's choices and of a fork that has not begun yet. */
export function optionsText({ model, mode, effort }: ConversationChoices, plan: SessionPlan): string {
	const fork = plan.kind === 'fork' ? { fork: { from: plan.from, at: plan.at } } : {};
	return JSON.stringify({ model, mode, effort, ...fork });
}

/** A conversation as the ledger has it. Choices that cannot be read any more are the defaults of new ones. */
export function recordOf(
	row: ConversationRow,
	defaults: ConversationChoices,
	paid: Pick<ConversationRecord, 'cost' | 'basis'>,
	project: () => string,
): ConversationRecord {
	const { id, title, session } = row;
	const stored = options.safeParse(row.options === null ? undefined : parseJson(row.options));
	const { fork, ...choices } = stored.success ? stored.data : { ...defaults, fork: undefined };
	const plan: SessionPlan =
		session !== null ? { kind: 'resume', id: session } : fork ? { kind: 'fork', ...fork } : { kind: 'new' };
	return { id, title, plan, project: row.project ?? project(), ...paid, ...choices };
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		// The schema refuses `undefined`, so the defaults are taken.
		return undefined;
	}
}

/** Models and commands as the pickers show them. */
export type KnownInfo = Pick<ConversationView, 'models' | 'commands'> & {
	/** Prompts of MCP servers that run, offered as commands beside those of the agent. */
	readonly prompts?: ConversationView['commands'];
};

/** What the CLI says of its models and commands, for the pickers. */
export function infoView(models: readonly ModelInfo[], commands: readonly CommandInfo[]): KnownInfo {
	return {
		commands,
		models: models.map(({ value, displayName, description, supportedEffortLevels }) => ({
			value,
			label: displayName,
			description,
			efforts: supportedEffortLevels ?? [],
		})),
	};
}

/** The CLI has no mode in which it works on inside the workspace alone. */
export function checkMode(model: string, mode: PermissionMode): void {
	if (mode !== 'autonomous' || model === 'auto' || familyOfModel(model) === 'loop') return;
	throw new ExpectedError(
		'no-autonomy',
		'Claude has no autonomous mode here. Choose Auto-edit, or a model of another provider.',
	);
}

/** What stands for “go on” where there is nothing else to send. */
export const goOnPrompt = 'Go on from where you stopped.';

/** The provider of a chosen model; `auto` while the rules choose. */
export function providerOf(model: string): string {
	if (model === 'auto') return 'auto';
	return familyOfModel(model) === 'cli' ? 'claude' : parseModelRef(model).provider;
}

/** Commands are the CLI's own, our loop has fewer; prompts of MCP servers go with both. */
export function infoFor(model: string, { models, commands, prompts = [] }: KnownInfo): Omit<KnownInfo, 'prompts'> {
	const own = familyOfModel(model) === 'loop' ? loopCommands : commands;
	return { models, commands: [...own, ...prompts] };
}

/** What choosing another model changes beside the model. */
export function choiceOf(view: ConversationView, model: string, info: KnownInfo): Partial<ConversationView> {
	const [before, after] = [familyOfModel(view.model), familyOfModel(model)];
	const isOtherFamily = before !== after;
	const modeStays = view.mode !== 'autonomous' || (after === 'loop' && !isOtherFamily);
	return {
		model,
		provider: providerOf(model),
		chosen: null,
		...infoFor(model, info),
		...(isOtherFamily ? { effort: 'default' as const, context: null, limits: null } : {}),
		...(modeStays ? {} : { mode: 'default' as const }),
	};
}

/** A conversation's view before anything ran. */
export function emptyView(record: ConversationRecord, info: KnownInfo): ConversationView {
	return {
		id: record.id,
		title: record.title,
		status: 'idle',
		activity: null,
		turnStartedAt: null,
		provider: providerOf(record.model),
		model: record.model,
		chosen: null,
		limits: null,
		mode: record.mode,
		effort: record.effort,
		...infoFor(record.model, info),
		readOnly: null,
		isQueueHeld: false,
		context: null,
		cost: record.cost,
		basis: record.basis,
	};
}

/** What a turn of a conversation is part of. */
export function turnOrigin(
	{ id, provider, model }: Pick<ConversationView, 'id' | 'provider' | 'model'>,
	project: string,
	trigger: TurnOrigin['trigger'],
	title: string,
): TurnOrigin {
	// Which model the CLI's default or Auto is shows itself only later.
	const isKnown = model !== 'default' && model !== 'auto';
	const known = isKnown
		? familyOfModel(model) === 'cli'
			? (modelForSession(model) ?? null)
			: parseModelRef(model).model
		: null;
	return { conversation: id, project, provider, model: known, title, trigger };
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

/** A budget is used up. @param which says which one, and what it holds */
export function budgetError(which: string): ExpectedError<'budget'> {
	return new ExpectedError('budget', `${which} The message was not sent: raise the budget, then send it again.`, {
		actions: [
			{ title: 'Set Budget…', command: 'quarterdeck.costs.setBudget' },
			{ title: 'Send Again', command: 'quarterdeck.chat.sendAgain' },
		],
	});
}

/** Characters of an older conversation that are handed on when the CLI does not have it. */
const handOnLimit = 40_000;

/** What was said before, as text for a session that does not know it; the newest part where it is long. */
export function handOnText(title: string, items: readonly ChatItem[]): string {
	const spoken = items.filter(item => item.kind === 'user' || item.kind === 'text');
	return conversationMarkdown(title, spoken).slice(-handOnLimit);
}

/** Why the next prompt takes the text of what came before along. */
export function handOnNotice(why: 'missing' | 'switched', model: string): Pick<NoticeItem, 'level' | 'code' | 'text'> {
	if (why === 'missing')
		return {
			level: 'warning',
			code: 'session-missing',
			text: 'The record that the model goes by is gone. A new session was given the text of what came before.',
		};
	const name = familyOfModel(model) === 'cli' ? 'Claude' : model;
	return {
		level: 'info',
		code: 'model-switched',
		text: `${name} goes on from here. It was given the text of what came before, without what tools returned.`,
	};
}

/** The CLI's question in the gate's own words. */
export function permissionCall(request: PermissionRequest): PermissionCall {
	const { toolName, input, toolUseId, decisionReason, decisionReasonType, isManualOnly } = request;
	const { isServedByUs } = request;
	return {
		toolName,
		input,
		toolUseId,
		...(isServedByUs === undefined ? {} : { isServedByUs }),
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
