import type { ErrorAction } from '../base/errors';
import { newId, type ItemId } from '../base/ids';
import type { ApiErrorKind, RateLimitMessage, ResultMessage, SystemMessage } from '../claude/messages';
import type { NoticeItem } from './items';

export type NoticeText = Pick<NoticeItem, 'level' | 'code' | 'text'> & Partial<Pick<NoticeItem, 'details' | 'actions'>>;

/** A row that tells the user what happened beside the conversation itself. */
export function notice(at: number, text: NoticeText, id: ItemId = newId<ItemId>()): NoticeItem {
	return { id, at, parent: null, kind: 'notice', details: null, actions: [], ...text };
}

const signIn =
	'Claude is not signed in, or its key is not valid. Run “claude” in a terminal, sign in with /login, then send the message again.';
const stopAction: ErrorAction = { title: 'Stop', command: 'quarterdeck.chat.stop' };
const outputAction: ErrorAction = { title: 'Show Output', command: 'quarterdeck.showOutput' };

/** The CLI tries a failed request again, up to ten times: say so at the first time, not after minutes. */
export function retryText(message: Extract<SystemMessage, { subtype: 'api_retry' }>): NoticeText {
	const seconds = (message.retry_delay_ms / 1000).toFixed(1);
	const { sentence } = message;
	const again = `Trying again in ${seconds} s (${message.attempt} of ${message.max_retries}).`;
	const details = `${message.error_status ?? ''} ${message.error}`.trim();
	if (sentence !== undefined) {
		const ended = /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
		return { level: 'warning', code: 'api-retry', text: `${ended} ${again}`, actions: [stopAction] };
	}
	const isSignedOut = message.error_status === 401 || message.error_status === 403;
	return {
		level: isSignedOut ? 'error' : 'warning',
		code: isSignedOut ? 'not-signed-in' : 'api-retry',
		text: isSignedOut ? `${signIn} ${again}` : `${reason(message.error_status)} ${again}`,
		details,
		actions: [stopAction],
	};
}

/** What remains to be said of a retry once the turn is over. */
export function retriedText(text: string, isOvercome: boolean): string {
	const said = text.replace(/ Trying again in .*$/, '');
	return isOvercome ? `${said} It was tried again, and went well.` : said;
}

function reason(status: number | null): string {
	if (status === 429) return 'The rate limit is reached.';
	if (status === 529) return 'The model is overloaded.';
	if (status === null) return 'The API cannot be reached.';
	return status >= 500 ? `The API has a problem (${status}).` : `The API answered ${status}.`;
}

const apiErrors: Readonly<Record<ApiErrorKind, string>> = {
	authentication_failed: signIn,
	oauth_org_not_allowed: 'Your organisation does not allow this account to use Claude Code.',
	billing_error: 'The account has no credit left. Add credit with your provider, then send the message again.',
	rate_limit: 'The rate limit is reached. Wait a while, or choose another model.',
	overloaded: 'The model is overloaded. Send the message again in a minute.',
	invalid_request: 'The API refused the request.',
	model_not_found: 'The chosen model does not exist for this account. Choose another one below.',
	server_error: 'The API has a problem. Send the message again in a minute.',
	max_output_tokens: 'The answer reached the longest length that the model may write. Ask it to continue.',
	unknown: 'The request failed.',
};

/** A request that failed for good. `text` is what the CLI says about it. */
export function apiErrorText(kind: ApiErrorKind, text: string): NoticeText {
	return {
		level: 'error',
		code: kind === 'authentication_failed' ? 'not-signed-in' : 'api-error',
		text: apiErrors[kind] ?? apiErrors.unknown,
		details: text,
		actions: [outputAction],
	};
}

export const cleared: NoticeText = {
	level: 'info',
	code: 'cleared',
	text: 'The context was cleared. The model starts afresh from here.',
};

/** The account's own limits, as the CLI reports them. */
export function limitText({ status, resetsAt, rateLimitType }: RateLimitMessage['rate_limit_info']): NoticeText {
	const which = rateLimitType === undefined ? 'limit' : `${rateLimitType.replaceAll('_', ' ')} limit`;
	const until = resetsAt === undefined ? '' : ` It resets at ${new Date(resetsAt * 1000).toLocaleString()}.`;
	const isReached = status === 'rejected';
	return {
		level: isReached ? 'error' : 'warning',
		code: 'rate-limit',
		text: `${isReached ? 'Your plan’s' : 'You are near your plan’s'} ${which}${isReached ? ' is reached' : ''}.${until}`,
	};
}

/** Older messages were replaced by a summary. */
export function compactText(message: Extract<SystemMessage, { subtype: 'compact_boundary' }>): NoticeText {
	const { trigger, pre_tokens: before, post_tokens: after, summary } = message.compact_metadata;
	const sizes =
		before === undefined
			? ''
			: after === undefined
				? ` (from ${thousands(before)} tokens)`
				: ` (${thousands(before)} → ${thousands(after)} tokens)`;
	const why =
		trigger === 'auto'
			? 'The context was full: the model now works from a summary'
			: 'The model now works from a summary';
	return {
		level: 'info',
		code: 'compacted',
		text: `${why} of what came before${sizes}. Nothing is gone from this view.`,
		details: summary ?? null,
	};
}

/** What to say of a turn that did not succeed; `undefined` where the reason was said already or there is none. */
export function resultText(message: ResultMessage): NoticeText | undefined {
	if (message.subtype === 'error_max_budget_usd')
		return {
			level: 'error',
			code: 'budget',
			text: 'The budget is used up, so Claude stopped before its next step.',
			actions: [{ title: 'Set Budget…', command: 'quarterdeck.costs.setBudget' }],
		};
	if (message.subtype === 'error_max_turns')
		return { level: 'warning', code: 'max-turns', text: 'Claude stopped at the largest number of steps of one turn.' };
	// The row that closes the turn says so.
	if (isStopped(message)) return undefined;
	const errors = (message.errors ?? []).filter(text => !text.startsWith('[ede_diagnostic]'));
	if (message.subtype === 'error_during_execution')
		return {
			level: 'error',
			code: 'failed',
			text: errors[0] ?? 'The turn failed.',
			details: errors.slice(1).join('\n') || null,
			actions: [outputAction],
		};
	return undefined;
}

/** Whether the user ended the turn. */
export function isStopped(message: ResultMessage): boolean {
	return message.terminal_reason?.startsWith('aborted') ?? false;
}

function thousands(tokens: number): string {
	return tokens < 1000 ? String(tokens) : `${Math.round(tokens / 1000)}k`;
}
