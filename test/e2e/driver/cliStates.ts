import { processesOfRun, runVariable, type ProcessInfo } from '../../../scripts/lib/processes.ts';
import type { ChatPage } from './chatPage.ts';
import type { Editor } from './editor.ts';
import { until } from './until.ts';

/** Two shells' children that ignore their parent's end, beside the one that is waited for. */
const command = 'touch busy; (setsid tail -f busy &) ; tail -f busy & tail -f busy; wait';

/** What the CLI may be doing when its window goes away, and how it gets there. The script is the obedient one. */
export const cliStates: Readonly<Record<string, (chat: ChatPage, editor: Editor) => Promise<void>>> = {
	idle: async chat => {
		await chat.send('good morning');
		await chat.shows('You said: good morning');
		await chat.button('Stop (Escape)').waitFor({ state: 'detached' });
	},
	'waiting for an approval': async chat => {
		await chat.send('run: touch never.txt');
		await chat.button('Allow once').waitFor();
	},
	streaming: async chat => {
		await chat.send('slow');
		await chat.shows('Sentence 2 of');
	},
	'waiting to try again': async chat => {
		await chat.send('overloaded');
		await chat.shows(/Trying again/);
	},
	'running Bash': async (chat, editor) => {
		await chat.send(`run: ${command}`);
		await chat.button(/^Allow/).press('Enter');
		await until('three tails', () => ofAgents(editor).filter(item => item.command.startsWith('tail')).length === 3);
	},
};

/** CLIs and what they started. */
export function ofAgents(editor: Editor): readonly ProcessInfo[] {
	const all = processesOfRun(process.env[runVariable] ?? '');
	return [...editor.claudeProcesses(), ...all.filter(item => item.command.startsWith('tail -f busy'))];
}

/** Brings a conversation of its own into a state. */
export async function enter(state: string, editor: Editor): Promise<void> {
	const chat = await editor.newConversation();
	await cliStates[state]?.(chat, editor);
	if (ofAgents(editor).length === 0) throw new Error('No CLI runs that could be left behind');
}

/** Nothing of an agent may outlive its window by more than 5 seconds. */
export async function noneLeft(editor: Editor): Promise<void> {
	await until('the end of all that agents ran', () => ofAgents(editor).length === 0, 5000).catch((error: unknown) => {
		const left = ofAgents(editor).map(({ pid, parent, command }) => `${pid} (of ${parent}) ${command}`);
		throw new Error(`Left running:\n${left.join('\n')}`, { cause: error });
	});
}
