import { preludeFile, scriptFile } from './prelude';
import type { SandboxFailure, SandboxFailureCode } from './protocol';

/** An error as the script's side describes it. */
export interface ThrownError {
	readonly name?: string;
	readonly message?: string;
	readonly stack?: string;
}

const shownFrames = 20;

/**
 * An error as the user sees it: frames of their own source only, with the lines as they wrote them.
 * @param lineOffset lines that were put before the user's source
 */
export function failureOf(error: ThrownError, file: string, lineOffset: number): SandboxFailure {
	const name = error.name ?? '';
	const message = error.message ?? 'It failed without saying why.';
	const place = new RegExp(`${escaped(file)}:(\\d+)(?::(\\d+))?`, 'u');
	const frames: string[] = [];
	let first: { readonly line: number; readonly column: number } | undefined;
	for (const frame of (error.stack ?? '').split('\n')) {
		const match = place.exec(frame);
		if (!match || frame.includes(preludeFile)) continue;
		const at = { line: Math.max(1, Number(match[1]) - lineOffset), column: Number(match[2] ?? 1) };
		first ??= at;
		if (frames.length < shownFrames) frames.push(frame.trim().replace(place, `${file}:${at.line}:${at.column}`));
	}
	return {
		code: codeOf(name, message),
		message,
		...(name === '' ? {} : { name }),
		...(frames.length === 0 ? {} : { stack: frames.join('\n') }),
		...first,
	};
}

function codeOf(name: string, message: string): SandboxFailureCode {
	if (name === 'InternalError' && message === 'out of memory') return 'script-memory';
	return 'script-failed';
}

function escaped(text: string): string {
	return text.replaceAll(/[\\^$.*+?()[\]{}|]/gu, String.raw`\$&`);
}

/** A sentence for the user. */
export function failureSentence({ code, message, name, line }: SandboxFailure, file: string): string {
	const at = line === undefined ? '' : file === scriptFile ? ` in line ${line}` : ` in ${file}, line ${line}`;
	if (code === 'script-syntax') return `The script cannot be read${at}: ${message}`;
	if (code !== 'script-failed') return message;
	const kind = name === undefined || name === 'Error' ? '' : `${name}: `;
	return `The script failed${at}: ${kind}${message}`;
}
