import type { ApprovalId, ConversationId, ExecutionId, StepId } from '../base/ids';
import type { Tier } from '../ledger/events';
import type { ForeignTool } from './foreignTool';
import type { RepositoryPolicy } from './policy';

/** How long an allowance holds. Which ones are offered depends on the tier. */
export type GrantScope = 'once' | 'session' | 'workspace';

/** What kind of answer is wanted: a yes or no, a reviewed edit, answers to questions, or a verdict on a plan. */
export type ApprovalKind = 'tool' | 'edit' | 'question' | 'plan';

export interface QuestionView {
	readonly question: string;
	readonly header: string;
	readonly isMultiSelect: boolean;
	readonly options: readonly { readonly label: string; readonly description: string }[];
}

/** A pending question about one call, as pages, trees and notifications show it. Plain data: it crosses the wire. */
export interface ApprovalView {
	readonly id: ApprovalId;
	readonly kind: ApprovalKind;
	readonly tier: Tier;
	readonly tool: string;
	/** The exact command, path or arguments. Never shortened here: the interface scrolls instead. */
	readonly effect: string;
	/** Why the tier is what it is, one sentence a part: `rm -rf build deletes a folder inside the workspace`. */
	readonly reasons: readonly string[];
	/** Offered allowances, the first being the default. Empty for questions and plans. */
	readonly grants: readonly GrantScope[];
	/** What a session or workspace grant would cover: `git push to origin`, `Edit inside this workspace`. */
	readonly grantLabel: string | null;
	/** For ORANGE: the word the user types. It is random, shown to the user alone, and dies with the call. */
	readonly word: string | null;
	/** For RED: a modal confirmation is needed, each time. */
	readonly needsModal: boolean;
	readonly questions: readonly QuestionView[];
	/** Markdown of the plan, for `plan`. */
	readonly plan: string | null;
	readonly conversation: ConversationId | null;
	/** Title of the conversation that asks. */
	readonly asker: string;
	readonly execution: ExecutionId | null;
	readonly step: StepId | null;
	/** Milliseconds since 1970. */
	readonly askedAt: number;
}

/** A person's (or a standing grant's) answer. */
export type Decision =
	| {
			readonly outcome: 'allow';
			readonly scope: GrantScope;
			/** For ORANGE: what the user typed. A wrong word is refused by the gate, not by the page. */
			readonly word?: string;
			/** The call's input, changed by the user (a reviewed edit). */
			readonly changedInput?: Readonly<Record<string, unknown>>;
	  }
	| { readonly outcome: 'refuse'; /** Goes to the model. */ readonly reason: string; readonly isStop?: boolean }
	| { readonly outcome: 'answer'; readonly answers: Readonly<Record<string, string>> }
	| { readonly outcome: 'plan'; readonly mode: 'acceptEdits' | 'default' };

/** What one call wants to do, before anything is decided. */
export interface ToolCall {
	/** The tool's own name: `Bash`, `Edit`, `mcp__github__create_issue`, … */
	readonly tool: string;
	readonly input: Readonly<Record<string, unknown>>;
	/** Absolute path of the folder that the call runs in. */
	readonly cwd: string;
	/** The server is one that the asking program runs itself: what we know of a server of the same name is not about it. */
	readonly isOfOtherServer?: boolean;
}

/** The places and rules that a classification depends on. */
export interface SafetyContext {
	/** Absolute, real paths of the workspace folders. */
	readonly workspaceFolders: readonly string[];
	readonly home: string;
	readonly platform: NodeJS.Platform;
	/** Extra protected paths (globs) that the user added; they can only refuse more. */
	readonly protectedPaths: readonly string[];
	/** Tiers the user raised, by tool name. A lower tier than ours is ignored. */
	readonly raisedTiers: Readonly<Record<string, Tier>>;
	/** What the policies of the open repositories ask for; they can only make a call take more. */
	readonly policies?: readonly RepositoryPolicy[];
	/** What is known of a tool that an MCP server offers, by its qualified name. */
	readonly toolFacts?: (tool: string) => ForeignTool | undefined;
	/** Our own folders (journal, settings, grants): no agent reads or writes them. */
	readonly storageFolders?: readonly string[];
	/** Where the Claude CLI keeps its settings and sessions when that is not `~/.claude`. */
	readonly claudeFolders?: readonly string[];
}

/** What the table says of a call. */
export interface Classification {
	readonly tier: Tier;
	readonly kind: ApprovalKind;
	readonly effect: string;
	readonly reasons: readonly string[];
	/**
	 * What a grant must cover, one part a line, each part with its tier; `null` when no grant may cover it. A grant for
	 * `npm test && git add .` covers `git add .` alone, and a YELLOW part never covers an ORANGE one of the same words.
	 */
	readonly grantKey: string | null;
	readonly grantLabel: string | null;
	/** The furthest allowance that may be offered for this call. */
	readonly maxGrant: GrantScope;
}
