import type { ConversationId, ExecutionId } from '../base/ids';
import type { Json } from '../base/json';
import type { QuestionView } from '../safety/approval';

/** A part of what a tool gives back. It is data for the model, never an instruction. */
export type ToolContent =
	| { readonly type: 'text'; readonly text: string }
	| { readonly type: 'image'; readonly mediaType: string; /** Base64. */ readonly data: string };

export interface ToolResult {
	readonly content: readonly ToolContent[];
	readonly isError: boolean;
	/** Lines of the change for the chat, as a unified diff without headers, where a file was changed. */
	readonly diff?: string;
	/** The same for a program: what `content` says in words, as a value. Absent: its text is the value. */
	readonly value?: Json;
}

/** For whom and where a call runs. */
export interface ToolContext {
	/** Absolute path of the folder that relative paths start from. */
	readonly cwd: string;
	readonly conversation: ConversationId | null;
	readonly execution: ExecutionId | null;
	/** Aborted by Stop, by a timeout and at the window's end: whatever the tool started ends with it. */
	readonly signal: AbortSignal;
	/** Output so far, for a call that takes long. Called at any pace; it is throttled by the receiver. */
	readonly onProgress: (text: string) => void;
	/** What the person answered, for a tool with `questions`. */
	readonly answers?: Readonly<Record<string, string>>;
	/**
	 * What `${secret:name}` in the input stands for. Only a tool that says so puts them in; neither the gate nor a journal
	 * sees them, and no result holds them.
	 */
	readonly secrets?: Readonly<Record<string, string>>;
	/** Asks the person in front of this conversation; absent where nobody is there. */
	readonly ask?: (questions: readonly QuestionView[]) => Promise<Readonly<Record<string, string>>>;
}

/**
 * Something a model may call: built in, of an MCP server, or a flow. Its tier is not here: `core/safety` has the one
 * table, and a tool of ours without an entry there is refused.
 */
export interface Tool {
	/** Unique: `quarterdeck_read_file`, `mcp__github__create_issue`. */
	readonly name: string;
	/** For people: `Read file`, `create_issue (github)`. */
	readonly title: string;
	/** For the model. */
	readonly description: string;
	/** A JSON schema of type `object`. */
	readonly schema: Readonly<Record<string, unknown>>;
	/** Where it comes from, for lists: `Quarterdeck`, or the server's name. */
	readonly source: string;
	/** Milliseconds after which a call is ended; absent for the default, `Infinity` for one that waits for a person. */
	readonly timeoutMs?: number;
	/** For a tool whose call is a question to the person: what they are asked. The answers come with the context. */
	questions?(input: Readonly<Record<string, unknown>>): readonly QuestionView[];
	/**
	 * Runs a call that the gate has allowed and whose input fits the schema. What went wrong in the tool's own work is a
	 * result with `isError`, which the model reads; it throws for faults of ours and when `signal` aborts.
	 */
	run(input: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolResult>;
}

/** A result that is one text. */
export function textResult(text: string, isError = false): ToolResult {
	return { content: [{ type: 'text', text }], isError };
}
