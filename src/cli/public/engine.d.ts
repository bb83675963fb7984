/** What programs that were exported from flows import: `quarterdeck/engine`. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One event of a run, as `quarterdeck run --json` prints it. */
export interface RunEvent {
	readonly type: string;
	readonly [key: string]: unknown;
}

export interface ProgramParts {
	readonly flow: object;
	readonly flows: Readonly<Record<string, object>>;
	readonly nodes: readonly { readonly path: string; readonly text: string }[];
}

export interface ProgramOptions {
	/** The workspace folder; without it, where the program is started. */
	readonly cwd?: string;
	/** Which calls go through that take a person’s word. */
	readonly yesTo?: 'nothing' | 'yellow' | 'orange';
	/** Answers to what nodes ask, by their ids: `yes`, `no`, a text. What has none fails the run. */
	readonly answers?: Readonly<Record<string, string>>;
	/** Custom nodes that may reach what they declare. */
	readonly allowedNodes?: readonly string[];
	/** `provider/model` of nodes that name none. */
	readonly model?: string;
	/** The most that one run may cost, US dollars; a smaller cap of the flow holds. */
	readonly maxCostUsd?: number;
	/** Folder of ledger and runs; without it QUARTERDECK_HOME, else ~/.quarterdeck. */
	readonly home?: string;
	readonly signal?: AbortSignal;
}

export interface ProgramLog {
	readonly at: number;
	readonly level: 'info' | 'warning' | 'error';
	readonly node: string | null;
	readonly text: string;
}

export interface ProgramStats {
	readonly runs: number;
	readonly succeeded: number;
	readonly failed: number;
	readonly totalMs: number;
	readonly costUsd: number;
	readonly tokens: number;
}

export interface BatchOptions {
	/** Runs at once; 4 without it. */
	readonly concurrency?: number;
	/** `false`: the first failure ends the rest. */
	readonly continueOnError?: boolean;
	readonly onProgress?: (done: number, total: number) => void;
}

export type BatchEntry =
	| { readonly isOk: true; readonly outputs: Readonly<Record<string, Json>> }
	| { readonly isOk: false; readonly error: string };

/** A flow as a class, on the engine of the editor: the same gate, the same limits, the same ledger. */
export declare class FlowProgram<Inputs extends object = Readonly<Record<string, Json>>> {
	constructor(parts: ProgramParts, options?: ProgramOptions);
	/** Runs the flow and gives what comes out of it, by the names of its outputs. Rejects with a sentence. */
	execute(inputs: Inputs): Promise<Readonly<Record<string, Json>>>;
	/** The same, told each event of the run. */
	executeWithCallback(inputs: Inputs, onEvent: (event: RunEvent) => void): Promise<Readonly<Record<string, Json>>>;
	/** Runs the flow for each of many inputs, several at once; results stand in the order of the inputs. */
	executeBatch(all: readonly Inputs[], options?: BatchOptions): Promise<readonly BatchEntry[]>;
	/** What keeps the flow from running, or is doubtful; empty when nothing is. */
	validate(): Promise<
		readonly { readonly code: string; readonly severity: 'error' | 'warning' | 'hint'; readonly message: string }[]
	>;
	/** What runs have said, the oldest first. */
	logs(): readonly ProgramLog[];
	clearLogs(): void;
	stats(): ProgramStats;
	/** Ends every process and writes what waits. Nothing can be run after. */
	dispose(): Promise<void>;
	/** The program by itself: reads the command line, runs once, prints and sets the exit code. */
	main(args?: readonly string[]): Promise<void>;
}
