import { say } from '../messages/reply.ts';
import type { Script } from '../messages/server.ts';
import { conversations, notice, write, type Conversation } from './conversations.ts';

/** The demo's "model" for the sample project in `folder`: it knows a handful of words and says what they are. */
export function demoScript(folder: string): Script {
	const known = conversations(folder);
	return request => {
		if (request.kind === 'compact') return say(`The conversation so far was a demo. ${notice}`);
		if (request.isSubAgent) return say(`I counted six tests. ${notice}`, { chunk: 6, delayMs: 12 });
		const text = request.userText.toLowerCase();
		const asked = known.find(conversation => new RegExp(`\\b${conversation.word}\\b`).test(text));
		return asked ? asked.answer(request) : write(menu(known));
	};
}

/** What can be typed, one line each. */
function menu(known: readonly Conversation[]): string {
	const lines = known.map(({ word, what }) => `- \`${word}\`: ${what}`);
	return `Welcome aboard. This is the real Claude CLI in front of a script instead of a model. Type one of these words:\n\n${lines.join('\n')}`;
}
