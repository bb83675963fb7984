import type { Lazy } from '../../core/base/async';
import { errorText } from '../../core/base/errors';
import type { ConversationMemory } from '../../core/chat/preamble';
import type { Host } from '../host/context';
import type { MemoryService } from './service';

/** The memory as conversations use it. Nothing of it loads before the first prompt. */
export function memoryForChat(host: Host, memory: Lazy<MemoryService>): ConversationMemory {
	return {
		recall: async (conversation, project, prompt) => {
			if (!host.settings.get('memory.give')) return null;
			return (await memory.get()).recall(conversation, project, prompt);
		},
		restarted: conversation => {
			void memory.started?.then(service => service.forgetGiven(conversation));
		},
		learn: (exchange, show) => {
			if (!host.settings.get('memory.learn')) return;
			memory.get().then(
				service => service.learn(exchange, show),
				(error: unknown) => host.log.warn(`Nothing was learned: ${errorText(error)}`),
			);
		},
	};
}
