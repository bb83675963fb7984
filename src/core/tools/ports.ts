import type { Clock } from '../base/clock';
import type { ConversationId } from '../base/ids';
import type { MemoryCategory } from '../ledger/events';
import type { Ledger } from '../ledger/queries';
import type { Environment } from '../process/environment';
import type { SpawnRequest } from '../process/supervisor';
import type { SupervisedProcess } from '../process/supervisedProcess';
import type { FlowsPort } from './flows/runFlow';
import type { SafetyContext } from '../safety/approval';

/** One complaint of a compiler or linter about a file. Lines and columns count from 1. */
export interface Diagnostic {
	readonly path: string;
	readonly line: number;
	readonly column: number;
	readonly severity: 'error' | 'warning' | 'info' | 'hint';
	readonly message: string;
	readonly source: string;
}

/** One symbol of a file or of the workspace. */
export interface CodeSymbol {
	readonly name: string;
	readonly kind: string;
	/** The class or module that holds it; '' at the top. */
	readonly container: string;
	readonly path: string;
	readonly line: number;
	readonly endLine: number;
}

/** A place in a file, with the text of its line. */
export interface CodePlace {
	readonly path: string;
	readonly line: number;
	readonly column: number;
	readonly text: string;
}

/** What only the editor knows of the code. */
export interface CodePort {
	/** @param path a file or a folder; `undefined` for everything that is known */
	diagnostics(path: string | undefined): readonly Diagnostic[];
	symbolsOf(path: string, signal: AbortSignal): Promise<readonly CodeSymbol[]>;
	symbolsNamed(query: string, signal: AbortSignal): Promise<readonly CodeSymbol[]>;
	/** `null` when no language feature knows what stands there. */
	references(
		place: { readonly path: string; readonly line: number; readonly column: number },
		signal: AbortSignal,
	): Promise<{ readonly definitions: readonly CodePlace[]; readonly references: readonly CodePlace[] } | null>;
	/** The text of a file with changes that are not saved; `undefined` when there are none. */
	unsavedText(path: string): string | undefined;
}

/** A terminal of the editor, with what its shell integration told of the last commands. */
export interface TerminalView {
	readonly name: string;
	readonly isActive: boolean;
	readonly commands: readonly {
		readonly command: string;
		/** `null` while it runs, or when the shell did not say. */
		readonly exitCode: number | null;
		readonly isRunning: boolean;
		readonly output: string;
	}[];
}

export interface TerminalPort {
	terminals(): readonly TerminalView[];
}

/** Shows something to the person at this window, without waiting for an answer. */
export interface NotifyPort {
	notify(text: string, level: 'info' | 'warning' | 'error', asker: string): void;
}

/** One thing that is remembered. */
export interface RememberedFact {
	readonly id: string;
	readonly text: string;
	readonly category: MemoryCategory;
}

/** What is remembered for later conversations. */
export interface MemoryPort {
	search(where: {
		readonly text: string;
		/** Facts about this folder, and those about all. */
		readonly project: string;
		readonly conversation: ConversationId | null;
		readonly limit: number;
	}): Promise<readonly RememberedFact[]>;
	/** Rejects with an `ExpectedError` when the text must not be remembered. */
	remember(fact: {
		readonly text: string;
		readonly category: MemoryCategory;
		readonly isPermanent: boolean;
		/** `null` for a fact about all folders. */
		readonly project: string | null;
		readonly conversation: ConversationId | null;
	}): Promise<RememberedFact>;
	/** Forgets the fact of this id; `differs` when it says something else than `text`. */
	forget(id: string, text: string): Promise<'forgotten' | 'unknown' | 'differs'>;
}

/** Where the user lets agents search the web; `null` when nowhere. */
export type WebSearchChoice =
	| { readonly kind: 'searxng'; /** The server's address, as the user set it. */ readonly url: string }
	| { readonly kind: 'brave'; readonly key: () => Promise<string | undefined> };

/** Makes readable text of a page. It runs away from the host's own thread: a page may be of any size and shape. */
export type ReadPage = (html: string, url: string, signal: AbortSignal) => Promise<PageText>;

export interface PageText {
	readonly title: string;
	/** Markdown of what a reader would read. */
	readonly text: string;
}

/** Reads a document away from the host's own thread. Rejects with an `ExpectedError` that names the file. */
export type ReadDocumentText = (
	path: string,
	limit: number,
	signal: AbortSignal,
) => Promise<{ readonly text: string; /** `PDF, 12 pages`, and what was left out. */ readonly detail: string }>;

/** Starts a process that ends with its window; see `ProcessSupervisor`. */
export type Spawn = (request: SpawnRequest) => SupervisedProcess;

/** What the built-in tools need from outside. What is absent leaves out the tools that need it. */
export interface BuiltInPorts {
	readonly clock: Clock;
	/** The places and rules that hold now: what is protected is left out of what searches find. */
	readonly safety: () => SafetyContext;
	readonly environment: Environment;
	/** Resolves to the way of starting processes; made on first use. */
	readonly spawn: () => Promise<Spawn>;
	/** The program that searches files; `null` where the editor brings none. */
	readonly ripgrep: string | null;
	/** A bash; `null` where there is none. */
	readonly shell: string | null;
	readonly code?: CodePort;
	readonly terminals?: TerminalPort;
	readonly people?: NotifyPort;
	readonly memory?: MemoryPort;
	readonly ledger?: () => Promise<Pick<Ledger, 'query'>>;
	readonly flows?: FlowsPort;
	readonly readPage?: ReadPage;
	readonly readDocument?: ReadDocumentText;
	/** Asked whenever the list of tools is made. */
	readonly webSearch?: () => WebSearchChoice | null;
	/** The program's version, for `system_info` and the name it gives itself on the web. */
	readonly version: string;
}
