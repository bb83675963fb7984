import type { ChatItem, ConversationStatus, ConversationView, ItemChange, TextItem } from '../../core/chat/items';
import { speakerName } from './speaker';

/** Long answers are read by moving into them; the announcement only gives their beginning. */
const spokenLimit = 400;

export const statusWords: Readonly<Record<ConversationStatus, string>> = {
	idle: 'Idle',
	starting: 'Starting',
	running: 'Running',
	waiting: 'Waiting for you',
	failed: 'Failed',
};

/** What to tell a screen reader after a change: finished answers, questions and status, never single tokens. */
export function announce(
	before: ConversationView,
	after: ConversationView,
	items: readonly ChatItem[],
	changes: readonly ItemChange[],
): string | null {
	const said: string[] = [];
	for (const change of changes) {
		if (change.op !== 'replace' && change.op !== 'add') continue;
		const text = describeItem(change.item, speakerName(after), () =>
			items.findLast(item => item.id === change.item.id),
		);
		if (text) said.push(text);
	}
	if (before.status !== after.status && after.status !== 'waiting') said.push(statusWords[after.status]);
	// A sentence that has its end needs no second one.
	return said.length > 0 ? said.join('. ').replaceAll(/([.!?…])\. /g, '$1 ') : null;
}

function describeItem(item: ChatItem, name: string, previous: () => ChatItem | undefined): string | null {
	if (item.kind === 'text' && item.parent === null && !item.isStreaming) {
		const old = previous();
		return old && (old as TextItem).isStreaming ? `${name} answered: ${item.text.slice(0, spokenLimit)}` : null;
	}
	if (item.kind === 'tool' && item.approval) {
		const old = previous();
		if (old?.kind === 'tool' && old.approval?.id === item.approval.id) return null;
		return `Waiting for you: ${item.approval.tool}, ${item.approval.effect.slice(0, spokenLimit)}`;
	}
	if (item.kind === 'notice' && item.level !== 'info') return previous() ? null : item.text;
	return null;
}
