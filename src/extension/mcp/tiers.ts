import { homedir } from 'node:os';
import type { Tier } from '../../core/ledger/events';
import type { Gate } from '../../core/safety/gate';
import { workspaceFolders } from '../host/workspace';

/** Where calls of servers' tools start from. */
export function callFolder(): string {
	return workspaceFolders()[0] ?? homedir();
}

/** The tier of a tool before its arguments are known; they may only raise it. */
export function projectTier(gate: Gate, qualifiedName: string): Tier {
	return gate.classify({ tool: qualifiedName, input: {}, cwd: callFolder() }).tier;
}
