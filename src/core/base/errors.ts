/** An action that a failure offers the user. `command` is an id of ours; the host runs it with `args`. */
export interface ErrorAction {
	readonly title: string;
	readonly command: string;
	readonly args?: readonly unknown[];
}

/**
 * A failure that was foreseen. `message` is a sentence for the user: what is wrong, where, and what to do next.
 * Callers branch on `code`, never on the message.
 */
export class ExpectedError<Code extends string = string> extends Error {
	readonly code: Code;
	readonly details: Readonly<Record<string, unknown>>;
	readonly actions: readonly ErrorAction[];

	constructor(
		code: Code,
		message: string,
		options: { details?: Record<string, unknown>; actions?: readonly ErrorAction[]; cause?: unknown } = {},
	) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.name = 'ExpectedError';
		this.code = code;
		this.details = options.details ?? {};
		this.actions = options.actions ?? [];
	}

	static is<Code extends string>(error: unknown, code?: Code): error is ExpectedError<Code> {
		return error instanceof ExpectedError && (code === undefined || error.code === code);
	}
}

/** A state that our own code must never reach. It means a bug of ours, not of the user's input. */
export class BugError extends Error {
	constructor(message: string) {
		super(message);
		this.name = 'BugError';
	}
}

/** Thrown when work ends because the user or the owner stopped it. It is not shown as a failure. */
export class CancelledError extends Error {
	constructor(message = 'Cancelled') {
		super(message);
		this.name = 'CancelledError';
	}
}

/** The text of anything thrown. */
export function errorText(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** Node's `code` of a system error (`ENOENT`, `ENOSPC`, …), where there is one. */
export function systemCode(error: unknown): string | undefined {
	return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
