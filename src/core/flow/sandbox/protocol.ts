import type { Json } from '../../base/json';

/** How much a script may use. What a limit stops is told with the limit in the sentence. */
export interface SandboxLimits {
	/** Time in which the script itself computes; waiting for what it asked for does not count. */
	readonly computeMs: number;
	/** Time from start to end, waiting included. */
	readonly totalMs: number;
	readonly memoryBytes: number;
	/** Characters of its result as JSON, and of all that it asks the host for. */
	readonly outputCharacters: number;
	readonly logLines: number;
	readonly logCharacters: number;
	/** Requests to the host (`fetch`, files, secrets) of one run. */
	readonly calls: number;
}

export const defaultSandboxLimits: SandboxLimits = {
	computeMs: 5_000,
	totalMs: 60_000,
	memoryBytes: 64 * 1024 * 1024,
	outputCharacters: 8_000_000,
	logLines: 1_000,
	logCharacters: 256_000,
	calls: 1_000,
};

/** Requests of one script that may wait at the same time, and timers that may run. */
export const concurrentCalls = 50;
export const concurrentTimers = 1_000;

/** The same clock and the same random numbers in every run. */
export interface Determinism {
	/** Milliseconds since 1970. */
	readonly now: number;
	readonly seed: number;
}

/** What runs. */
export type Program =
	/** A function body that sees the names of `values`. */
	| { readonly kind: 'body'; readonly source: string; readonly values: Readonly<Record<string, Json>> }
	/** A module whose default export is a node: what it says about itself. */
	| { readonly kind: 'describe'; readonly file: string; readonly source: string }
	/** The same, run. */
	| {
			readonly kind: 'node';
			readonly file: string;
			readonly source: string;
			readonly inputs: Readonly<Record<string, Json>>;
			readonly params: Readonly<Record<string, Json>>;
			readonly context: Readonly<Record<string, Json>>;
	  };

export type SandboxFailureCode =
	/** The source is no JavaScript. */
	| 'script-syntax'
	/** It threw. */
	| 'script-failed'
	/** It used up a limit of time. */
	| 'script-timeout'
	| 'script-memory'
	| 'script-output'
	/** It asked the host for more than it may. */
	| 'script-calls'
	/** It waits for something that cannot happen any more. */
	| 'script-stuck'
	/** The file is no node. */
	| 'script-shape';

export interface SandboxFailure {
	readonly code: SandboxFailureCode | 'stopped';
	/** The error's own text, without its kind. */
	readonly message: string;
	/** `TypeError`. */
	readonly name?: string;
	/** Frames in the user's own source, one a line. */
	readonly stack?: string;
	/** In the user's source, from 1. */
	readonly line?: number;
	readonly column?: number;
}

export type RunOutcome = {
	/** The thread is not to be used again: its engine failed, or keeps too much memory. */
	readonly isSpent: boolean;
} & (
	| { readonly isOk: true; /** JSON; absent for `undefined`. */ readonly json?: string }
	| { readonly isOk: false; readonly failure: SandboxFailure }
);

export interface RunRequest {
	readonly program: Program;
	/** Names of what it may ask the host for. */
	readonly capabilities: readonly string[];
	readonly limits: SandboxLimits;
	readonly determinism?: Determinism;
	/** See `RunClock`. */
	readonly shared: SharedArrayBuffer;
	readonly startedAt: number;
}

/** What the sandbox thread answers. It runs one program at a time. */
export interface SandboxContract {
	requests: {
		run: { params: RunRequest; result: RunOutcome };
		/** The run is to end: wakes a script that waits. One that computes sees it in the `RunClock`. */
		stop: { params: null; result: void };
		/** The host's answer to an `asked`. `json` is an error's sentence where it failed. */
		answer: { params: { readonly id: number; readonly isOk: boolean; readonly json: string }; result: void };
	};
	events: {
		logged: { readonly text: string };
		asked: { readonly id: number; readonly name: string; readonly json: string };
	};
}
