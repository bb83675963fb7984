import { inject } from 'vitest';
import type { FakeReply, SeenRequest } from '../../fakes/modelReply.ts';
import { FakeOllama } from '../../fakes/ollama/server.ts';
import type { ChatPage } from './chatPage.ts';
import { Editor } from './editor.ts';

export interface OllamaEditor {
	readonly editor: Editor;
	readonly chat: ChatPage;
	readonly ollama: FakeOllama;
	/** Ends the editor, with a last picture of that name, and the server. */
	close(picture: string): Promise<void>;
}

/** The editor of somebody who has nothing but Ollama, with its chat open and its model chosen. */
export async function openWithOllama(
	answer: (request: SeenRequest) => FakeReply,
	settings: Readonly<Record<string, unknown>>,
	env: Readonly<Record<string, string | undefined>> = {},
): Promise<OllamaEditor> {
	const ollama = await FakeOllama.start({
		models: [{ name: 'qwen3:4b', capabilities: ['completion', 'tools'], contextLength: 32_768 }],
	});
	ollama.respond(answer);
	let editor: Editor | undefined;
	const close = async (picture: string): Promise<void> => {
		await editor?.screenshot(picture);
		await editor?.close();
		await ollama.stop();
	};
	try {
		editor = await Editor.start({
			extensions: inject('extensions'),
			hasClaude: false,
			env,
			settings: {
				'quarterdeck.claude.path': '/nowhere/claude',
				'quarterdeck.discoverLocalModels': false,
				'quarterdeck.providers': [{ id: 'ollama', kind: 'ollama', baseUrl: ollama.url }],
				...settings,
			},
		});
		const chat = await editor.openChat();
		await chat.button('Use Ollama').press('Enter');
		await chat.composer().waitFor();
		return { editor, chat, ollama, close };
	} catch (error) {
		await close('ollama-failed');
		throw error;
	}
}

/** Waits until no answer is being written. */
export const idle = (chat: ChatPage): Promise<void> =>
	chat.button('Stop (Escape)').waitFor({ state: 'detached', timeout: 60_000 });
