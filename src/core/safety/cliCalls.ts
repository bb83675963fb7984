/** A tool call as the Claude CLI's `PreToolUse` hook describes it. */
export interface HookCall {
	readonly toolName: string;
	/** The tool is one that we serve to the CLI, of ours or of an MCP server of ours. */
	readonly isServedByUs?: boolean;
	readonly input: Readonly<Record<string, unknown>>;
	readonly toolUseId: string;
	/** The folder the call runs in; the CLI's own working folder when absent. */
	readonly cwd?: string;
	/** `default`, `acceptEdits`, `plan`, `dontAsk`, `bypassPermissions`, `auto`. */
	readonly permissionMode?: string;
}

/** What the hook answers, at once. It never says `allow`: some CLI versions would then act in plan mode. */
export type HookVerdict = 'pass' | { readonly decision: 'ask' | 'deny'; readonly reason: string };

/** A tool call for which the CLI wants a verdict (`can_use_tool`). */
export interface PermissionCall {
	readonly toolName: string;
	/** As in `HookCall`. */
	readonly isServedByUs?: boolean;
	readonly input: Readonly<Record<string, unknown>>;
	readonly toolUseId: string;
	readonly cwd?: string;
	/** Why the CLI asks; may hold terminal escapes. */
	readonly decisionReason?: string;
	/** `rule`, `mode`, `hook`, `safetyCheck`, `classifier`, … */
	readonly decisionReasonType?: string;
	/** `false` when the CLI holds that only a person may answer. */
	readonly classifierApprovable?: boolean;
	readonly defaultToNo?: boolean;
	readonly suppressAlwaysAllowRule?: boolean;
	/** Set when a rule of the user's own CLI settings says to ask. */
	readonly matchedAskRule?: unknown;
}

/** One change of the CLI's own permission state that goes with an answer. */
export interface PermissionUpdate {
	readonly type: 'setMode';
	readonly mode: 'acceptEdits' | 'default';
	readonly destination: 'session';
}

/** The verdict in the CLI's own words. */
export type PermissionVerdict =
	| {
			readonly behavior: 'allow';
			readonly updatedInput: Readonly<Record<string, unknown>>;
			readonly updatedPermissions?: readonly PermissionUpdate[];
	  }
	| { readonly behavior: 'deny'; readonly message: string; readonly interrupt?: boolean };
