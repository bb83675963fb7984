import { ExpectedError } from '../base/errors';
import type { ClaudeErrorCode } from './session';

/** The oldest CLI that the transport was tried with. */
export const minimumVersion = '2.1.197';

export type ClaudeError = ExpectedError<ClaudeErrorCode>;

export function cliMissing(settingPath: string | undefined, searched: readonly string[]): ClaudeError {
	const text =
		settingPath === undefined
			? 'The Claude CLI was not found. Install it with "npm install -g @anthropic-ai/claude-code", or name its path in the settings.'
			: `There is no Claude CLI at ${settingPath}, which the settings name. Correct the path, or clear it to search the usual places.`;
	return new ExpectedError('cli-missing', text, { details: { searched } });
}

export function cliTooOld(path: string, version: string): ClaudeError {
	const text = `Claude Code ${version} at ${path} is too old: ${minimumVersion} or newer is needed. Run "claude update".`;
	return new ExpectedError('cli-too-old', text, { details: { path, version } });
}

/** @param why a clause that ends the sentence: `it did not answer within 20 seconds` */
export function cliBroken(path: string, why: string, stderr = ''): ClaudeError {
	const said = firstLine(stderr);
	const text = `The Claude CLI at ${path} does not work: ${why}${said === '' ? '.' : `. It said: ${said}`}`;
	return new ExpectedError('cli-broken', text, { details: { path, stderr } });
}

/** It started and worked, and is gone: nobody's fault that the user could mend, and nothing is lost. */
export function cliEnded(how: string, stderr = ''): ClaudeError {
	const said = firstLine(stderr);
	const text = `Claude ended in the middle of the turn (${how}). What it did so far is kept: send a message to go on.`;
	return new ExpectedError('ended', said === '' ? text : `${text} It said: ${said}`, { details: { stderr } });
}

export function sessionMissing(id: string): ClaudeError {
	const text = 'The CLI no longer has this conversation, so it cannot be continued. Start a new one.';
	return new ExpectedError('session-missing', text, { details: { id } });
}

export function sessionInUse(id: string): ClaudeError {
	return new ExpectedError('session-in-use', 'Another process already has this conversation open.', {
		details: { id },
	});
}

export function requestTimedOut(subtype: string, ms: number): ClaudeError {
	return new ExpectedError(
		'timeout',
		`The Claude CLI did not answer "${subtype}" within ${Math.round(ms / 1000)} seconds.`,
	);
}

export function requestRefused(subtype: string, text: string): ClaudeError {
	return new ExpectedError('refused', `The Claude CLI refused "${subtype}": ${text}`);
}

export function sessionEnded(): ClaudeError {
	return new ExpectedError('ended', 'The Claude CLI of this conversation has ended.');
}

function firstLine(text: string): string {
	return (
		text
			.split('\n')
			.map(line => line.trim())
			.find(line => line !== '') ?? ''
	).slice(0, 300);
}
