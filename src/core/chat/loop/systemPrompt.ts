import { localDay } from '../../base/clock';
import { dataRule } from '../../tools/resultText';
import type { PermissionMode } from '../items';

export interface PromptFacts {
	readonly cwd: string;
	readonly platform: string;
	/** Milliseconds since 1970. */
	readonly now: number;
	readonly mode: PermissionMode;
	readonly hasTools: boolean;
}

const systems: Readonly<Record<string, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };

/** What the model is told before anything else: where it is, what it may do, and what it must not take for an order. */
export function systemPrompt(facts: PromptFacts): string {
	const { cwd, platform, now, hasTools } = facts;
	const parts = [
		`You are an assistant for software development inside VS Code. The workspace folder is ${cwd} on ${systems[platform] ?? platform}; today is ${localDay(now)}.`,
		'Answer in the language of the user, briefly, in Markdown. Say plainly what you do not know or could not do; never claim to have done what no tool result shows.',
	];
	if (hasTools)
		parts.push(
			'Use the tools to look before you answer and to do what is asked; independent calls go into one response. Relative paths start at the workspace folder; `@path` in a message names a file there, to be read before you speak of it. The user decides on calls that change things; when a call is refused, do not try it in another way.',
			dataRule,
		);
	const note = modeNote(facts);
	if (note !== null) parts.push(note);
	return parts.join('\n\n');
}

function modeNote({ mode, hasTools }: PromptFacts): string | null {
	if (!hasTools) return null;
	if (mode === 'plan')
		return 'Plan mode: only read. Change nothing and run nothing that changes anything. When you know enough, call ExitPlanMode with the plan in Markdown.';
	if (mode === 'autonomous')
		return 'The user wants you to work on by yourself until the task is done. Check your work with the tools before you say that it is done.';
	return null;
}
