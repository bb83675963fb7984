import type { Tier } from '../ledger/events';

/** A place that the policy protects. */
export interface PolicyPath {
	/** Absolute: the folder of the repository stands before a relative one. */
	readonly glob: string;
	readonly read: Tier | null;
	readonly write: Tier | null;
}

/** A command line that takes more here: `git push`, `npm run deploy`. */
export interface PolicyCommand {
	readonly words: readonly string[];
	readonly tier: Tier;
	readonly reason: string | null;
}

/** What one repository asks for. Each part of it can only make a call take more. */
export interface RepositoryPolicy {
	/** Absolute path of the repository's folder. */
	readonly folder: string;
	/** Tiers by the name of a tool; `*` stands for any letters. */
	readonly tools: Readonly<Record<string, Tier>>;
	readonly commands: readonly PolicyCommand[];
	readonly protectedPaths: readonly PolicyPath[];
	/** Names of machines that no call may reach; `*.example.com` for all below. */
	readonly forbiddenHosts: readonly string[];
	/** Where given, no other machines than these (and this one) may be reached. */
	readonly onlyHosts: readonly string[] | null;
	/** Where given, conversations ask as in these modes and in no milder one. */
	readonly modes: readonly string[] | null;
}
