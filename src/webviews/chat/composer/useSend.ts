import { useHost } from '../host';
import type { ChatState } from '../state';
import type { Prompt } from './usePrompt';

/** Sends what is written; if the host refuses, the words come back. */
export function useSend(prompt: Prompt, state: ChatState): () => Promise<void> {
	const { client, conversation, dispatch, attempt } = useHost();
	const { attachments } = state;
	return async () => {
		const text = prompt.text.trim();
		if (text === '' && attachments.length === 0) return;
		prompt.set('');
		dispatch({ type: 'detachAll' });
		void client.call('saveDraft', { conversation, text: '' }).catch(() => undefined);
		const sent = await attempt('send', { conversation, text, attachments });
		if (sent) return;
		prompt.prepend(text);
		dispatch({ type: 'attach', attachments });
	};
}
