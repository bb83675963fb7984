import type { CostRow } from '../costs';
import type { AssistantMessage, UserMessage } from '../messages';

/** A session on disk, as a list shows it. */
export interface SessionSummary {
	readonly id: string;
	readonly title: string;
	/** Absolute path of the folder that it worked in, as the session says itself. */
	readonly cwd: string | null;
	readonly gitBranch: string | null;
	/** Milliseconds since 1970. */
	readonly updatedAt: number;
	readonly bytes: number;
}

/** A message of an earlier conversation, in the shape that live ones have. */
export interface HistoryMessage {
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly message: AssistantMessage | UserMessage | CompactNotice;
}

/** Stands where the CLI summarised what came before. */
export interface CompactNotice {
	readonly type: 'system';
	readonly subtype: 'compact_boundary';
}

interface Place {
	/** `configFolders` of the host's environment. */
	readonly folders: readonly string[];
	/** Absolute path of the workspace folder. */
	readonly cwd: string;
}

/** What the history worker answers. */
export interface HistoryContract {
	requests: {
		/** Sessions of a folder, newest first. */
		sessions: { params: Place & { readonly limit: number }; result: readonly SessionSummary[] };
		/** The whole conversation, or null when there is no such transcript (any more). */
		conversation: {
			params: Place & { readonly session: string };
			result: {
				readonly title: string;
				readonly messages: readonly HistoryMessage[];
				readonly rejected: number;
			} | null;
		};
		/**
		 * What a session used after a prompt (its uuid), or in all, sub-agents included. For executions that were cut off by
		 * a crash: the CLI's own report never came, and the transcript is the best there is. Null when there is none.
		 */
		usage: {
			params: Place & {
				readonly session: string;
				readonly since: string | null;
				/** The user's own prices, over our table. */
				readonly prices: Readonly<Record<string, unknown>>;
			};
			result: readonly CostRow[] | null;
		};
	};
	events: Record<string, never>;
}
