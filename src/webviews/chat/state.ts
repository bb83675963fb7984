import type { ErrorAction } from '../../core/base/errors';
import type { ApprovalId, ItemId } from '../../core/base/ids';
import {
	applyChange,
	type AttachmentView,
	type ChatItem,
	type ConversationSummary,
	type ConversationView,
} from '../../core/chat/items';
import {
	isCliObstacle,
	type ChatContract,
	type ChatSnapshot,
	type EditorContext,
	type Obstacle,
} from '../../core/chat/protocol';
import { announce } from './announce';
import { groupItems, noRows, type Grouped } from './rows';

/** A call that failed, shown until the user dismisses it. */
export interface Failure {
	readonly id: number;
	readonly text: string;
	readonly actions: readonly ErrorAction[];
}

export interface ChatState {
	readonly conversation: ConversationView | null;
	readonly items: readonly ChatItem[];
	readonly grouped: Grouped;
	/** Index of the first row as the virtual list counts; it falls as earlier rows are put before it. */
	readonly firstIndex: number;
	/** Older items that are not loaded. */
	readonly earlier: number;
	readonly isLoadingEarlier: boolean;
	readonly sequence: number;
	/** A change was missed: a snapshot must be fetched before anything else is applied. */
	readonly isStale: boolean;
	readonly savedDraft: string;
	readonly obstacle: Obstacle | null;
	readonly cli: ChatSnapshot['cli'];
	readonly root: string | null;
	readonly editor: EditorContext;
	readonly attachments: readonly AttachmentView[];
	/** `null` until the list was asked for. */
	readonly conversations: readonly ConversationSummary[] | null;
	readonly failures: readonly Failure[];
	/** What screen readers are told next. */
	readonly announcement: string;
	/** The row to bring into view, once. */
	readonly jump: { readonly item: ItemId; readonly count: number } | null;
	/** Cards of pending approvals that are in view: these need no pointer to them. */
	readonly visibleApprovals: ReadonlySet<ApprovalId>;
	/** Grows with each wish to focus the composer. */
	readonly focusCount: number;
}

export type ChatAction =
	| { readonly type: 'snapshot'; readonly snapshot: ChatSnapshot }
	| { readonly type: 'changed'; readonly change: ChatContract['events']['changed'] }
	| { readonly type: 'earlierWanted' }
	| { readonly type: 'earlier'; readonly items: readonly ChatItem[]; readonly earlier: number }
	| { readonly type: 'earlierFailed' }
	| { readonly type: 'conversations'; readonly conversations: readonly ConversationSummary[] }
	| { readonly type: 'obstacle'; readonly obstacle: Obstacle | null }
	| { readonly type: 'editor'; readonly editor: EditorContext }
	| { readonly type: 'attach'; readonly attachments: readonly AttachmentView[] }
	| { readonly type: 'detach'; readonly attachment: AttachmentView }
	| { readonly type: 'detachAll' }
	| { readonly type: 'failed'; readonly text: string; readonly actions: readonly ErrorAction[] }
	| { readonly type: 'dismissed'; readonly id: number }
	| { readonly type: 'jump'; readonly item: ItemId }
	| { readonly type: 'approvalVisible'; readonly approval: ApprovalId; readonly isVisible: boolean }
	| { readonly type: 'focusComposer' };

/** Far enough from zero for any number of earlier rows: the virtual list wants positive indexes. */
export const startIndex = 10_000_000;

export const initialState: ChatState = {
	conversation: null,
	items: [],
	grouped: noRows,
	firstIndex: startIndex,
	earlier: 0,
	isLoadingEarlier: false,
	sequence: 0,
	isStale: false,
	savedDraft: '',
	obstacle: null,
	cli: null,
	root: null,
	editor: { file: null, selection: null },
	attachments: [],
	conversations: null,
	failures: [],
	announcement: '',
	jump: null,
	visibleApprovals: new Set(),
	focusCount: 0,
};

let nextFailure = 1;

type Reducers = {
	readonly [Type in ChatAction['type']]: (state: ChatState, action: Extract<ChatAction, { type: Type }>) => ChatState;
};

const reducers: Reducers = {
	snapshot: (state, { snapshot }) => showSnapshot(state, snapshot),
	changed: (state, { change }) => applyChanged(state, change),
	earlierWanted: state => ({ ...state, isLoadingEarlier: true }),
	earlier: (state, { items, earlier }) => addEarlier(state, items, earlier),
	earlierFailed: state => ({ ...state, isLoadingEarlier: false }),
	conversations: (state, { conversations }) => ({ ...state, conversations }),
	obstacle: (state, { obstacle }) => ({ ...state, obstacle }),
	editor: (state, { editor }) => ({ ...state, editor }),
	attach: (state, { attachments }) => ({ ...state, attachments: addAttachments(state.attachments, attachments) }),
	detach: (state, { attachment }) => ({
		...state,
		attachments: state.attachments.filter(other => other !== attachment),
	}),
	detachAll: state => ({ ...state, attachments: [] }),
	failed: (state, { text, actions }) => addFailure(state, text, actions),
	dismissed: (state, { id }) => ({ ...state, failures: state.failures.filter(failure => failure.id !== id) }),
	jump: (state, { item }) => ({ ...state, jump: { item, count: (state.jump?.count ?? 0) + 1 } }),
	approvalVisible: (state, { approval, isVisible }) => {
		const visible = new Set(state.visibleApprovals);
		if (isVisible) visible.add(approval);
		else visible.delete(approval);
		return { ...state, visibleApprovals: visible };
	},
	focusComposer: state => ({ ...state, focusCount: state.focusCount + 1 }),
};

/** The page's state after `action`. Pure but for the numbers of failures. */
export function reduce(state: ChatState, action: ChatAction): ChatState {
	// The compiler cannot see that the reducer and the action have the same type.
	return (reducers[action.type] as (state: ChatState, action: ChatAction) => ChatState)(state, action);
}

function showSnapshot(state: ChatState, snapshot: ChatSnapshot): ChatState {
	const isSame = state.conversation?.id === snapshot.conversation.id;
	const grouped = groupItems(snapshot.items, isSame ? state.grouped : noRows);
	// The first one finds what the page kept over being hidden, and what was added while it opened.
	const attachments = isSame || state.conversation === null ? state.attachments : [];
	const base = isSame ? state : { ...state, attachments, jump: null, announcement: '', firstIndex: startIndex };
	return {
		...base,
		conversation: snapshot.conversation,
		items: snapshot.items,
		grouped,
		firstIndex: isSame ? alignedIndex(state, grouped) : startIndex,
		earlier: snapshot.earlier,
		isLoadingEarlier: false,
		sequence: snapshot.sequence,
		isStale: false,
		savedDraft: snapshot.draft,
		obstacle: snapshot.obstacle,
		cli: snapshot.cli,
		root: snapshot.root,
	};
}

/** Where a fresh snapshot's first row stands among the rows that were shown, so that the list does not jump. */
function alignedIndex(state: ChatState, grouped: Grouped): number {
	const first = grouped.rows[0];
	const at = first ? state.grouped.rows.findIndex(row => row.id === first.id) : -1;
	return at < 0 ? startIndex : state.firstIndex + at;
}

function applyChanged(state: ChatState, change: ChatContract['events']['changed']): ChatState {
	if (change.conversation !== state.conversation?.id || state.isStale) return state;
	if (change.sequence <= state.sequence) return state;
	if (change.sequence > state.sequence + 1) return { ...state, isStale: true };
	const items = change.items.reduce(applyChange, state.items);
	const conversation = change.view ? { ...state.conversation, ...change.view } : state.conversation;
	const announcement = announce(state.conversation, conversation, state.items, change.items);
	return {
		...state,
		sequence: change.sequence,
		items,
		grouped: items === state.items ? state.grouped : groupItems(items, state.grouped),
		conversation,
		announcement: announcement ?? state.announcement,
	};
}

function addEarlier(state: ChatState, items: readonly ChatItem[], earlier: number): ChatState {
	const known = new Set(state.items.map(item => item.id));
	const all = [...items.filter(item => !known.has(item.id)), ...state.items];
	const grouped = groupItems(all, state.grouped);
	const added = grouped.rows.length - state.grouped.rows.length;
	return { ...state, items: all, grouped, earlier, isLoadingEarlier: false, firstIndex: state.firstIndex - added };
}

function addAttachments(
	present: readonly AttachmentView[],
	added: readonly AttachmentView[],
): readonly AttachmentView[] {
	const keys = new Set(present.map(attachmentKey));
	return [...present, ...added.filter(attachment => !keys.has(attachmentKey(attachment)))];
}

/** Tells attachments apart: the same file, range or picture is attached once. */
export function attachmentKey(attachment: AttachmentView): string {
	const { kind, label } = attachment;
	if (kind === 'file') return `file:${attachment.path}`;
	if (kind === 'image') return `image:${label}:${attachment.data.length}:${attachment.data.slice(-64)}`;
	if (kind === 'text') return `text:${label}:${attachment.text.length}`;
	return `${kind}:${attachment.path}:${attachment.startLine}-${attachment.endLine}`;
}

function addFailure(state: ChatState, text: string, actions: readonly ErrorAction[]): ChatState {
	const others = state.failures.filter(failure => failure.text !== text);
	return { ...state, failures: [...others, { id: nextFailure++, text, actions }].slice(-3) };
}

/** Tool items that wait for a person and are out of sight, oldest first. */
export function hiddenPending(state: Pick<ChatState, 'items' | 'visibleApprovals'>): readonly ItemId[] {
	return state.items.flatMap(item =>
		item.kind === 'tool' && item.approval !== null && !state.visibleApprovals.has(item.approval.id) ? [item.id] : [],
	);
}

/** What stands in the way of this conversation: that the CLI is missing is no matter to other models. */
export function obstacleOf(state: Pick<ChatState, 'obstacle'>, conversation: ConversationView): Obstacle | null {
	const { obstacle } = state;
	return obstacle && isCliObstacle(obstacle) && conversation.provider !== 'claude' ? null : obstacle;
}

/** Whether a turn is under way, so that Stop makes sense and a prompt would be queued. */
export function isBusy(conversation: ConversationView | null): boolean {
	const status = conversation?.status;
	return status === 'starting' || status === 'running' || status === 'waiting';
}
