import type { ExecutionId } from '../../base/ids';
import type { Json } from '../../base/json';
import type { Clock } from '../../base/clock';
import type { Usage } from '../../ledger/events';
import type { ModelRequest, ModelToolCall } from '../../providers/provider';
import type { ToolOffer } from '../../providers/provider';
import type { ToolOutcome } from '../../tools/toolRunner';
import type { QuestionView } from '../../safety/approval';
import type { NodeId } from '../model/flow';

/** What a model answered in a flow, whoever answered. */
export interface ModelAnswer {
	readonly text: string;
	readonly thinking: string;
	readonly calls: readonly ModelToolCall[];
	/** The parsed object when the request had a `format`. */
	readonly object?: Json;
	readonly model: string;
	readonly usage: Usage | null;
}

/** One request to a model. `model` is `provider/model`; '' is what the user set as default for flows. */
export type FlowModelRequest = Pick<
	ModelRequest,
	'messages' | 'tools' | 'format' | 'temperature' | 'maxOutputTokens' | 'effort'
> & {
	readonly model: string;
};

/** One task for the Claude CLI. */
export interface AgentRequest {
	readonly prompt: string;
	/** A model's name or alias; '' for the CLI's own default. */
	readonly model: string;
	readonly permissionMode: 'default' | 'acceptEdits' | 'plan';
	/** Tools it may use; empty for all. */
	readonly tools: readonly string[];
	/** Paths it is told about. */
	readonly files: readonly string[];
	/** Its answer is JSON that fits this schema. */
	readonly schema?: Readonly<Record<string, unknown>>;
	/** Nodes of one run that name the same session go on in one conversation. '' for a fresh one. */
	readonly session: string;
	readonly systemPrompt: string;
}

export interface AgentAnswer {
	readonly text: string;
	readonly object?: Json;
	readonly model: string;
	readonly turns: number;
}

/** A person is asked for something; `null` when the time ran out. */
export interface PersonPorts {
	approve(question: {
		readonly title: string;
		readonly detail: string;
		readonly timeoutMs: number | null;
	}): Promise<{ readonly isApproved: boolean; readonly comment: string } | null>;
	ask(questions: readonly QuestionView[], timeoutMs: number | null): Promise<Readonly<Record<string, string>> | null>;
}

/**
 * What a node may reach, and nothing else. Every tool call passes the gate; money is counted and capped by the engine
 * before a call and journaled after it.
 */
export interface NodeContext {
	readonly execution: ExecutionId;
	readonly node: NodeId;
	/** From 1. */
	readonly attempt: number;
	/** The same for every attempt of the same node in the same frame of the same run: for servers that know such a key. */
	readonly idempotencyKey: string;
	/** Aborted by Stop, a timeout, a lost race and the window's end. */
	readonly signal: AbortSignal;
	readonly clock: Clock;
	/** Absolute path of the workspace folder; relative paths start here. */
	readonly cwd: string;
	/** What the run, or the node that runs this sub-flow, gave the flow; defaults filled in. */
	readonly flowInputs: Readonly<Record<string, Json>>;
	/** A line of the run's log. */
	log(text: string): void;
	/** What the node shows while it works: the answer so far. Called at any pace; throttled by the receiver. */
	progress(text: string): void;
	/**
	 * Calls a tool by its name, through the gate. What is refused or fails comes back as such; it never throws for those.
	 * The outcome has a `value`. Secrets stand in the input as `${secret:name}` and go to the tool beside it.
	 */
	callTool(
		name: string,
		input: Readonly<Record<string, unknown>>,
		secrets?: Readonly<Record<string, string>>,
	): Promise<ToolOutcome>;
	/** Tools by name or pattern (`mcp__github__*`), as they are offered to models. */
	offers(patterns: readonly string[]): Promise<readonly ToolOffer[]>;
	/** Rejects with a `ProviderError`, or a `FlowLimitError` before the call when a cap is reached. */
	complete(request: FlowModelRequest): Promise<ModelAnswer>;
	agent(request: AgentRequest): Promise<AgentAnswer>;
	readonly people: PersonPorts;
	/** The value of a secret that the user bound to this name; rejects with a sentence when there is none. */
	secret(name: string): Promise<string>;
	/** Runs JavaScript in the sandbox: `source` is a function body that sees the names of `values`. */
	script(source: string, values: Readonly<Record<string, Json>>): Promise<Json>;
	/** Evaluates an expression for one item, with more names in scope. For parameters that are `isRaw`. */
	evaluate(expression: string, scope: Readonly<Record<string, Json>>): Json | undefined;
	/** Runs another flow inside this run; its nodes are steps below this node's. */
	runFlow(path: string, inputs: Readonly<Record<string, Json>>): Promise<Readonly<Record<string, Json>>>;
}
