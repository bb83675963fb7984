import type { ConversationView } from '../../core/chat/items';

/** Who answers a conversation, for sentences: `Claude`, a model by its name, or whoever Auto chooses. */
export function speakerName({
	provider,
	model,
	chosen,
}: Pick<ConversationView, 'provider' | 'model' | 'chosen'>): string {
	if (provider === 'claude') return 'Claude';
	if (provider === 'auto') return 'Auto';
	return chosen?.value === model ? chosen.label : model.slice(model.indexOf('/') + 1);
}
