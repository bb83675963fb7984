import type { ConversationId, ItemId } from '../../base/ids';
import { familyOfModel } from '../agentSession';
import type { RouteAsk } from '../deps';
import type { AttachmentView, ChatItem } from '../items';

/** What Auto is told of a prompt and of the conversation before it. */
export function routeAsk(
	conversation: ConversationId,
	items: readonly ChatItem[],
	prompt: { readonly id: ItemId; readonly text: string; readonly attachments: readonly AttachmentView[] },
): RouteAsk {
	const before = items.filter(item => item.id !== prompt.id);
	const last = before.findLast(item => item.kind === 'turn' && item.model !== undefined);
	const historyLength = before.reduce((sum, item) => sum + ('text' in item ? item.text.length : 0), 0);
	const { text, attachments } = prompt;
	return {
		conversation,
		text,
		attachments,
		last: last?.kind === 'turn' && last.model !== undefined ? nameOf(last.model) : null,
		historyLength,
	};
}

/** Claude among the candidates: the CLI with the model that it is set to. */
export const claudeModelName = 'default';

/** The CLI says the full name of what its default is; to stay is to stay with the default. */
function nameOf(model: string): string {
	return familyOfModel(model) === 'cli' ? claudeModelName : model;
}
