// Makers of items, so that scenes and tests read as what is shown rather than as records.
import type { ConversationId, ExecutionId, ItemId } from '../../../src/core/base/ids';
import type {
	ChatItem,
	ConversationView,
	NoticeItem,
	TextItem,
	ThinkingItem,
	ToolItem,
	TurnItem,
	UserItem,
} from '../../../src/core/chat/items';
import type { ChatSnapshot } from '../../../src/core/chat/protocol';
import type { ApprovalView } from '../../../src/core/safety/approval';

export const conversationId = 'conversation-1' as ConversationId;
export const startedAt = Date.UTC(2026, 10, 20, 9, 30);

let nextItem = 1;
const base = (): { readonly id: ItemId; readonly at: number; readonly parent: null } => ({
	id: `item-${nextItem++}` as ItemId,
	at: startedAt,
	parent: null,
});

export function user(text: string, over: Partial<UserItem> = {}): UserItem {
	return { ...base(), kind: 'user', text, attachments: [], state: 'sent', ...over };
}

export function text(words: string, over: Partial<TextItem> = {}): TextItem {
	return { ...base(), kind: 'text', text: words, isStreaming: false, ...over };
}

export function thinking(words: string, over: Partial<ThinkingItem> = {}): ThinkingItem {
	return { ...base(), kind: 'thinking', text: words, isStreaming: false, duration: 4200, ...over };
}

export function tool(name: string, input: ToolItem['input'], over: Partial<ToolItem> = {}): ToolItem {
	const output = over.output ?? null;
	return {
		...base(),
		kind: 'tool',
		tool: name,
		input,
		state: 'done',
		outputTotal: output?.length ?? 0,
		diff: null,
		approval: null,
		decision: null,
		duration: 420,
		...over,
		output,
	};
}

export function notice(words: string, over: Partial<NoticeItem> = {}): NoticeItem {
	return { ...base(), kind: 'notice', level: 'info', code: 'note', text: words, details: null, actions: [], ...over };
}

export function turn(over: Partial<TurnItem> = {}): TurnItem {
	return {
		...base(),
		kind: 'turn',
		execution: 'execution-1' as ExecutionId,
		status: 'succeeded',
		duration: 14_300,
		usage: { input: 1204, output: 812, cacheRead: 31_400, cacheWrite5m: 2100, cacheWrite1h: 0 },
		cost: 23_400_000,
		basis: 'reported',
		changedFiles: [],
		lastMessage: null,
		...over,
	};
}

export function approval(over: Partial<ApprovalView> = {}): ApprovalView {
	return {
		id: `approval-${nextItem++}` as ApprovalView['id'],
		kind: 'tool',
		tier: 'YELLOW',
		tool: 'Bash',
		effect: 'npm test',
		reasons: ['npm test runs the scripts of this workspace'],
		grants: ['once', 'session', 'workspace'],
		grantLabel: 'npm test',
		word: null,
		needsModal: false,
		questions: [],
		plan: null,
		conversation: conversationId,
		asker: 'Fix the date parser',
		execution: null,
		step: null,
		askedAt: startedAt,
		...over,
	};
}

export function view(over: Partial<ConversationView> = {}): ConversationView {
	return {
		id: conversationId,
		title: 'Fix the date parser',
		status: 'idle',
		activity: null,
		turnStartedAt: null,
		readOnly: null,
		isQueueHeld: false,
		provider: 'claude',
		model: 'opus',
		chosen: null,
		limits: null,
		mode: 'default',
		effort: 'default',
		models: [
			{ value: 'default', label: 'Default', description: 'Recommended for your plan', efforts: [] },
			{
				value: 'opus',
				label: 'Opus 5.5',
				description: 'Most capable for complex work',
				efforts: ['default', 'low', 'medium', 'high'],
			},
			{ value: 'haiku', label: 'Haiku 5', description: 'Fastest for quick answers', efforts: [] },
		],
		commands: [
			{ name: 'compact', description: 'Summarise the conversation to free context', argumentHint: '[focus]' },
			{ name: 'clear', description: 'Forget the conversation', argumentHint: '' },
			{ name: 'review', description: 'Review a pull request', argumentHint: '[number]' },
		],
		context: { used: 68_400, max: 200_000 },
		cost: 123_400_000,
		basis: 'reported',
		...over,
	};
}

export function snapshot(items: readonly ChatItem[], over: Partial<ChatSnapshot> = {}): ChatSnapshot {
	return {
		conversation: view(),
		items,
		earlier: 0,
		sequence: 0,
		draft: '',
		obstacle: null,
		cli: { version: '2.1.329', path: '/usr/local/bin/claude' },
		root: '/home/ada/shop',
		...over,
	};
}
