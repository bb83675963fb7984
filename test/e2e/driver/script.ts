import { EventEmitter, once } from 'node:events';
import { callTool, refuse, say, type Reply } from '../../fakes/messages/reply.ts';
import type { ParsedMessagesRequest } from '../../fakes/messages/request.ts';
import type { Script } from '../../fakes/messages/server.ts';

/**
 * A model that does what the last line of the prompt says, so that a test reads like a conversation:
 * `run: COMMAND`, `write: PATH = CONTENT`, `read: PATH`, `question`, `plan`, `think`, `slow`, `forever`, `overloaded`, `signed out`, and else it echoes.
 * Once it has a tool's result it repeats its first line.
 */
export const obedient: Script = request => {
	if (request.isSide) return say('A title');
	const line = request.userText.trim().split('\n').at(-1) ?? '';
	if (line === 'plan') return plan(request);
	const result = request.toolResults.at(-1);
	if (result) return say(`The tool said: ${result.text.split('\n')[0]}`);
	return answer(line);
};

/** As `obedient`; its long answer to `held` waits before its last words until it is released. */
export function holding(): { readonly script: Script; release(): void } {
	const releases = new EventEmitter();
	return {
		script: request =>
			!request.isSide && request.userText.trim().endsWith('held')
				? say(slowText, { chunk: 12, until: once(releases, 'release') })
				: obedient(request),
		release: () => void releases.emit('release'),
	};
}

function answer(line: string): Reply {
	const [, verb = '', rest = ''] = /^(\w+): (.*)$/.exec(line) ?? [];
	if (verb === 'run') return callTool('Bash', { command: rest, description: 'As asked' });
	if (verb === 'write') {
		const [path = '', content = ''] = rest.split(' = ');
		return callTool('Write', { file_path: path, content });
	}
	if (verb === 'read') return callTool('Read', { file_path: rest });
	if (line === 'question') return callTool('AskUserQuestion', { questions: [question] });
	if (line === 'plan')
		return callTool('ExitPlanMode', { plan: '# The plan\n\n1. Read the fares\n2. Fix the rounding' });
	if (line === 'think') {
		const thought = {
			type: 'thinking',
			text: 'The fares are in whole cents. '.repeat(4),
			chunk: 8,
			delayMs: 20,
		} as const;
		return { kind: 'message', blocks: [thought, { type: 'text', text: 'I have thought about it.' }] };
	}
	if (line === 'slow') return say(slowText, { chunk: 12, delayMs: 20 });
	if (line === 'overloaded') return refuse(529, 'Overloaded');
	if (line === 'signed out') return refuse(401, 'Invalid API key');
	if (line === 'forever') return say('It begins', { ending: 'hang', chunk: 4, delayMs: 20 });
	return say(`You said: ${line}`, { chunk: 6, delayMs: 5 });
}

/** In plan mode the CLI names a file for the plan; it is written first, and shown with an empty call. */
function plan(request: ParsedMessagesRequest): Reply {
	const file = /[^\s"'`\\]+[\\/]plans[\\/][\w.-]+\.md/.exec(JSON.stringify(request.body))?.[0];
	const content = '# The plan\n\n1. Read the fares\n2. Fix the rounding\n';
	if (request.step === 0 && file !== undefined) return callTool('Write', { file_path: file, content });
	if (request.step <= 1) return callTool('ExitPlanMode', file === undefined ? { plan: content } : {});
	return say(`The tool said: ${request.toolResults.at(-1)?.text.split('\n')[0] ?? 'nothing'}`);
}

const question = {
	question: 'Which currency should fares use?',
	header: 'Currency',
	multiSelect: false,
	options: [
		{ label: 'Euro', description: 'As on the islands' },
		{ label: 'Krona', description: 'As on the mainland' },
	],
};

/** Some four seconds of text. */
const slowText = Array.from({ length: 60 }, (_, index) => `Sentence ${index + 1} of a long answer. `).join('');
