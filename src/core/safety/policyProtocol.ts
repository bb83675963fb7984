import type { Tier } from '../ledger/events';
import type { Explanation } from './explain';

/** One tool with the tier that holds for it now. What the arguments add depends on the call. */
export interface ToolRow {
	readonly name: string;
	/** For people. */
	readonly title: string;
	readonly does: string;
	readonly tier: Tier;
	/** What it would be if nobody had raised it; equal to `tier` otherwise. */
	readonly ownTier: Tier;
	/** Who raised it, and how, one sentence each. */
	readonly raised: readonly string[];
	/** The arguments are looked at and may take it further. */
	readonly looksAtArguments: boolean;
	/** Asked about in every mode, until the user decides. */
	readonly isAlwaysAsked: boolean;
}

/** Tools that come from one place: built in, the Claude CLI, a server. */
export interface ToolGroup {
	readonly title: string;
	readonly kind: 'builtIn' | 'claude' | 'server';
	readonly tools: readonly ToolRow[];
}

export interface ProtectedPlace {
	readonly globs: readonly string[];
	readonly read: Tier | null;
	readonly write: Tier | null;
	readonly why: string;
	readonly by: 'builtIn' | 'setting' | 'repository';
}

export interface GrantRow {
	readonly id: string;
	readonly label: string;
	readonly where: string;
	readonly tier: string;
	/** Milliseconds since 1970. */
	readonly grantedAt: number;
}

/** The policy file of one folder. */
export interface PolicyFileRow {
	readonly folder: string;
	/** The folder's name. */
	readonly name: string;
	readonly exists: boolean;
	/** What it asks for, one sentence each. */
	readonly rules: readonly string[];
	/** What in it does not count, with the line. */
	readonly problems: readonly { readonly line: number; readonly message: string }[];
}

/** The whole policy, as its page shows it. */
export interface PolicyView {
	readonly groups: readonly ToolGroup[];
	readonly places: readonly ProtectedPlace[];
	readonly grants: readonly GrantRow[];
	readonly files: readonly PolicyFileRow[];
}

/** What the page of the policy and its host exchange. */
export interface PolicyContract {
	requests: {
		view: { params: null; result: PolicyView };
		/** Why a pasted call would be asked about. Nothing runs. */
		explain: { params: { readonly text: string }; result: Explanation | { readonly problem: string } };
		revoke: { params: { readonly id: string }; result: void };
		openSetting: { params: { readonly key: 'safety.raiseTiers' | 'safety.protectedPaths' }; result: void };
		/** Opens the policy file of a folder, and begins one where there is none. */
		openFile: { params: { readonly folder: string }; result: void };
	};
	events: {
		changed: null;
	};
}
