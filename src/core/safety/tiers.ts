import type { Tier } from '../ledger/events';
import type { ApprovalKind, GrantScope } from './approval';

/** How the arguments of a tool are judged; what the arguments tell can only raise the tool's own tier. */
export type ToolRule =
	| 'shell'
	| 'powershell'
	| 'readFile'
	| 'listFolder'
	| 'writeFile'
	| 'fetch'
	| 'request'
	| 'worktreeExit'
	| 'remoteTrigger'
	| 'monitor'
	| 'plain';

/** What is known of one tool. */
export interface ToolTier {
	readonly tier: Tier;
	readonly rule: ToolRule;
	readonly kind: ApprovalKind;
	/** What it does, for the approval: a verb phrase. */
	readonly does: string;
	readonly maxGrant: GrantScope;
	/** The gate asks by itself, whatever the CLI's own rules say. */
	readonly isAlwaysAsked?: boolean;
}

function tool(tier: Tier, rule: ToolRule, does: string, more: Partial<ToolTier> = {}): ToolTier {
	return { tier, rule, kind: 'tool', does, maxGrant: 'workspace', ...more };
}

/**
 * The one table of tiers: every tool that the Claude CLI offers. A tool moves up by an edit here; a test holds the
 * floor, so that none moves down unnoticed.
 */
const cliTools: Readonly<Record<string, ToolTier>> = {
	Bash: tool('GREEN', 'shell', 'runs a command'),
	PowerShell: tool('GREEN', 'powershell', 'runs a PowerShell command'),
	BashOutput: tool('GREEN', 'plain', 'reads the output of a running command'),
	TaskOutput: tool('GREEN', 'plain', 'reads the output of a running task'),
	KillShell: tool('GREEN', 'plain', 'ends a command that it started'),
	KillBash: tool('GREEN', 'plain', 'ends a command that it started'),
	Monitor: tool('GREEN', 'monitor', 'watches a command or an address'),
	Read: tool('GREEN', 'readFile', 'reads a file'),
	NotebookRead: tool('GREEN', 'readFile', 'reads a notebook'),
	Glob: tool('GREEN', 'listFolder', 'finds files'),
	Grep: tool('GREEN', 'readFile', 'searches files'),
	LS: tool('GREEN', 'listFolder', 'lists a folder'),
	LSP: tool('GREEN', 'readFile', 'asks the language server'),
	Edit: tool('YELLOW', 'writeFile', 'edits a file', { kind: 'edit' }),
	MultiEdit: tool('YELLOW', 'writeFile', 'edits a file', { kind: 'edit' }),
	Write: tool('YELLOW', 'writeFile', 'writes a file', { kind: 'edit' }),
	NotebookEdit: tool('YELLOW', 'writeFile', 'edits a notebook', { kind: 'edit' }),
	WebFetch: tool('YELLOW', 'fetch', 'fetches a page'),
	WebSearch: tool('YELLOW', 'plain', 'searches the web'),
	Task: tool('GREEN', 'plain', 'hands work to another agent, whose calls are asked about in turn'),
	Agent: tool('GREEN', 'plain', 'hands work to another agent, whose calls are asked about in turn'),
	Workflow: tool('YELLOW', 'plain', 'runs a workflow of agents'),
	ListAgents: tool('GREEN', 'plain', 'lists agents'),
	SendMessage: tool('GREEN', 'plain', 'writes to another agent of this conversation'),
	TodoWrite: tool('GREEN', 'plain', 'updates its list of tasks'),
	TodoRead: tool('GREEN', 'plain', 'reads its list of tasks'),
	TaskCreate: tool('GREEN', 'plain', 'adds to its list of tasks'),
	TaskGet: tool('GREEN', 'plain', 'reads its list of tasks'),
	TaskList: tool('GREEN', 'plain', 'reads its list of tasks'),
	TaskUpdate: tool('GREEN', 'plain', 'updates its list of tasks'),
	TaskStop: tool('GREEN', 'plain', 'stops a task that it started'),
	Skill: tool('YELLOW', 'plain', 'follows a skill'),
	SlashCommand: tool('YELLOW', 'plain', 'runs a slash command'),
	ToolSearch: tool('GREEN', 'plain', 'looks for a tool'),
	AskUserQuestion: tool('GREEN', 'plain', 'asks you', { kind: 'question', maxGrant: 'once' }),
	ExitPlanMode: tool('GREEN', 'plain', 'shows you its plan', { kind: 'plan', maxGrant: 'once' }),
	EnterPlanMode: tool('GREEN', 'plain', 'starts to plan'),
	ListMcpResources: tool('GREEN', 'plain', 'lists what an MCP server offers'),
	ListMcpResourcesTool: tool('GREEN', 'plain', 'lists what an MCP server offers'),
	RefreshMcpTools: tool('GREEN', 'plain', 'asks MCP servers for their tools again'),
	ReadMcpResource: tool('YELLOW', 'plain', 'reads from an MCP server'),
	ReadMcpResourceTool: tool('YELLOW', 'plain', 'reads from an MCP server'),
	ReadMcpResourceDir: tool('YELLOW', 'plain', 'reads from an MCP server'),
	EnterWorktree: tool('YELLOW', 'plain', 'works in a git worktree'),
	ExitWorktree: tool('YELLOW', 'worktreeExit', 'leaves a git worktree'),
	CronList: tool('GREEN', 'plain', 'lists its timed prompts'),
	CronCreate: tool('ORANGE', 'plain', 'starts a prompt by itself later', { maxGrant: 'session' }),
	CronDelete: tool('YELLOW', 'plain', 'removes a timed prompt'),
	ScheduleWakeup: tool('YELLOW', 'plain', 'continues by itself later'),
	RemoteTrigger: tool('YELLOW', 'remoteTrigger', 'works with agents that run elsewhere', { maxGrant: 'session' }),
	PushNotification: tool('YELLOW', 'plain', 'sends a notification'),
	ReadNotifications: tool('YELLOW', 'plain', 'reads notifications'),
	ReportFindings: tool('GREEN', 'plain', 'reports what it found'),
	DesignSync: tool('ORANGE', 'plain', 'sends designs to your account', { maxGrant: 'session' }),
	ClaudeDesign: tool('ORANGE', 'plain', 'works with designs in your account', { maxGrant: 'session' }),
	Artifact: tool('ORANGE', 'plain', 'publishes a page in your account', { maxGrant: 'session' }),
	Projects: tool('ORANGE', 'plain', 'works with projects in your account', { maxGrant: 'session' }),
	SendFeedback: tool('ORANGE', 'plain', 'sends feedback from this conversation', { maxGrant: 'once' }),
	ProposeSkills: tool('YELLOW', 'plain', 'proposes skills to keep'),
	ProposeGoal: tool('YELLOW', 'plain', 'proposes a goal'),
	ShowOnboardingRolePicker: tool('GREEN', 'plain', 'asks for your role'),
	OfferChromeSetup: tool('YELLOW', 'plain', 'offers to set up a browser'),
	StructuredOutput: tool('GREEN', 'plain', 'gives its answer in a fixed form'),
};

/** Tools of MCP servers: what they do is unknown to us, so they are asked about until the user allows them. */
const mcpTool = tool('YELLOW', 'plain', 'uses a tool of an MCP server', { isAlwaysAsked: true });

/** A tool that a newer CLI offers. */
const newCliTool = tool('YELLOW', 'plain', 'uses a tool that is not known here', {
	maxGrant: 'session',
	isAlwaysAsked: true,
});

/** A tool of our own that nobody gave a tier. */
const untieredTool = tool('BLACK', 'plain', 'uses a tool of ours without a tier', { maxGrant: 'once' });

/** Our own tools carry this prefix. Their tiers stand here, too. */
const ownPrefix = 'quarterdeck_';
const ownTools: Readonly<Record<string, ToolTier>> = {
	quarterdeck_read_file: tool('GREEN', 'readFile', 'reads a file'),
	quarterdeck_read_document: tool('GREEN', 'readFile', 'reads a document'),
	quarterdeck_list_folder: tool('GREEN', 'listFolder', 'lists a folder'),
	quarterdeck_find_files: tool('GREEN', 'listFolder', 'finds files'),
	quarterdeck_search: tool('GREEN', 'readFile', 'searches files'),
	quarterdeck_write_file: tool('YELLOW', 'writeFile', 'writes a file', { kind: 'edit' }),
	quarterdeck_edit_file: tool('YELLOW', 'writeFile', 'edits a file', { kind: 'edit' }),
	quarterdeck_diagnostics: tool('GREEN', 'readFile', 'reads the problems that the editor shows'),
	quarterdeck_symbols: tool('GREEN', 'readFile', 'asks the editor for symbols'),
	quarterdeck_references: tool('GREEN', 'readFile', 'asks the editor for references'),
	quarterdeck_run_command: tool('GREEN', 'shell', 'runs a command'),
	quarterdeck_terminal_output: tool('YELLOW', 'plain', 'reads your terminals'),
	quarterdeck_git_status: tool('GREEN', 'readFile', 'looks at the state of the repository'),
	quarterdeck_git_diff: tool('GREEN', 'readFile', 'looks at changes in the repository'),
	quarterdeck_git_log: tool('GREEN', 'readFile', 'looks at the commits of the repository'),
	quarterdeck_git_commit: tool('YELLOW', 'plain', 'commits to the repository'),
	quarterdeck_fetch_page: tool('YELLOW', 'fetch', 'fetches a page'),
	quarterdeck_http_request: tool('YELLOW', 'request', 'sends a request to a web server'),
	quarterdeck_web_search: tool('YELLOW', 'plain', 'searches the web'),
	quarterdeck_system_info: tool('GREEN', 'plain', 'looks at this machine'),
	quarterdeck_calculate: tool('GREEN', 'plain', 'calculates'),
	quarterdeck_time: tool('GREEN', 'plain', 'looks at the clock'),
	quarterdeck_ask_user: tool('GREEN', 'plain', 'asks you', { kind: 'question', maxGrant: 'once' }),
	quarterdeck_run_flow: tool('YELLOW', 'plain', 'runs a flow, whose calls are asked about in turn'),
	quarterdeck_notify: tool('GREEN', 'plain', 'shows you a notification'),
	quarterdeck_memory_search: tool('GREEN', 'plain', 'looks into what is remembered'),
	quarterdeck_remember: tool('YELLOW', 'plain', 'remembers something for later'),
	quarterdeck_forget: tool('YELLOW', 'plain', 'forgets something that was remembered'),
	quarterdeck_restart_mcp_server: tool('YELLOW', 'plain', 'starts an MCP server of yours again'),
	quarterdeck_restart_service: tool('ORANGE', 'plain', 'starts a service again', { maxGrant: 'session' }),
	quarterdeck_unload_model: tool('YELLOW', 'plain', 'takes a model out of memory'),
	quarterdeck_close_idle_agents: tool('YELLOW', 'plain', 'closes agents that have nothing to do'),
	quarterdeck_clear_caches: tool('YELLOW', 'plain', 'deletes what is made again when it is needed'),
	quarterdeck_free_port: tool('ORANGE', 'plain', 'ends a process that keeps a port', { maxGrant: 'once' }),
	quarterdeck_end_own_process: tool('YELLOW', 'plain', 'ends a process that this window started', { maxGrant: 'once' }),
	quarterdeck_end_process: tool('RED', 'plain', 'ends a process that something else started', { maxGrant: 'once' }),
	quarterdeck_query_ledger: tool('GREEN', 'plain', 'looks into the ledger of this project'),
};

/** What the table says of a tool, by its name. */
export function toolTier(name: string): ToolTier {
	if (Object.hasOwn(cliTools, name)) return cliTools[name] ?? newCliTool;
	if (name.startsWith(ownPrefix)) return (Object.hasOwn(ownTools, name) ? ownTools[name] : undefined) ?? untieredTool;
	return name.startsWith('mcp__') ? mcpTool : newCliTool;
}

/** Whether a name is one that only our own tools carry. */
export function isOwnTool(name: string): boolean {
	return name.startsWith(ownPrefix);
}

/** Every tool of the table, for tests. */
export function tieredTools(): Readonly<Record<string, ToolTier>> {
	return { ...cliTools, ...ownTools };
}
