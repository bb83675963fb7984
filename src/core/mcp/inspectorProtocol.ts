import type { CallToolResult, GetPromptResult, ReadResourceResult } from '@modelcontextprotocol/sdk/types.js';
import type { ErrorAction } from '../base/errors';
import type { Tier } from '../ledger/events';
import type { McpLog, McpLogLevel, McpLogLine, McpServerView, McpTraffic } from './protocol';

/** A tool as the page places it. */
export interface ToolPlace {
	readonly tier: Tier;
	readonly reasons: readonly string[];
}

export interface InspectorSnapshot {
	/** `null` when there is no such server any more. */
	readonly server: McpServerView | null;
	/** By the tool's own name. */
	readonly tiers: Readonly<Record<string, Tier>>;
	readonly isTrusted: boolean;
}

/** How long a request took, with its answer. */
export interface Timed<T> {
	readonly result: T;
	readonly ms: number;
}

/** How the last request of one place went. */
export interface Outcome<T> {
	readonly result: T | null;
	readonly failure: { readonly text: string; readonly actions: readonly ErrorAction[] } | null;
	/** Milliseconds. */
	readonly ms: number | null;
}

/** A request that takes its time, by its number, and the place of the page that its outcome belongs to. */
export interface Numbered {
	readonly call: number;
	readonly place: string;
}

export type InspectorTab = 'tools' | 'resources' | 'prompts' | 'traffic' | 'log';

/** What the page shall show: a tree's row was chosen. */
export interface InspectorTarget {
	readonly tab: InspectorTab;
	readonly name: string | null;
}

/** What the completion of an argument completes. */
export type CompletionOf =
	{ readonly type: 'prompt'; readonly name: string } | { readonly type: 'resource'; readonly uriTemplate: string };

/** Between the inspector of one server and its host. The host knows which server the page is about. */
export interface InspectorContract {
	requests: {
		open: {
			params: null;
			result: InspectorSnapshot & {
				readonly log: McpLog;
				readonly target: InspectorTarget | null;
				/** What was typed and answered so far, by place: a tab that is hidden loses its page. */
				readonly kept: Readonly<Record<string, unknown>>;
				/** Requests that still run, by place. */
				readonly running: Readonly<Record<string, number>>;
				/** The highest number of a request so far. */
				readonly lastCall: number;
			};
		};
		/** Keeps a value for as long as the tab is open, and nowhere but in memory. */
		keep: { params: { readonly place: string; readonly value: unknown }; result: void };
		server: { params: null; result: InspectorSnapshot };
		start: { params: null; result: void };
		stop: { params: null; result: void };
		restart: { params: null; result: void };
		ping: { params: null; result: number };
		/** Where the gate places a call with this input, before it is made. */
		place: { params: { readonly tool: string; readonly input: Readonly<Record<string, unknown>> }; result: ToolPlace };
		/** Calls a tool after the gate has allowed it; answered when the call has ended. */
		call: {
			params: Numbered & { readonly tool: string; readonly input: Readonly<Record<string, unknown>> };
			result: Timed<CallToolResult>;
		};
		/** Ends a running `call`, `read` or `prompt` by its number. */
		cancel: { params: { readonly call: number }; result: void };
		read: { params: Numbered & { readonly uri: string }; result: Timed<ReadResourceResult> };
		expand: {
			params: { readonly uriTemplate: string; readonly variables: Readonly<Record<string, string>> };
			result: string;
		};
		subscribe: { params: { readonly uri: string; readonly isOn: boolean }; result: void };
		prompt: {
			params: Numbered & { readonly name: string; readonly input: Readonly<Record<string, string>> };
			result: Timed<GetPromptResult>;
		};
		complete: {
			params: {
				readonly of: CompletionOf;
				readonly argument: { readonly name: string; readonly value: string };
				readonly known: Readonly<Record<string, string>>;
			};
			result: readonly string[];
		};
		setToolEnabled: { params: { readonly tool: string; readonly isEnabled: boolean }; result: void };
		setLogLevel: { params: { readonly level: McpLogLevel }; result: void };
		copy: { params: { readonly text: string }; result: void };
		/** Opens a text in an editor of its own. */
		openText: { params: { readonly text: string; readonly language: string }; result: void };
		openLink: { params: { readonly href: string }; result: void };
		runAction: { params: ErrorAction; result: void };
	};
	events: {
		/** The server's view is another one: ask for it. */
		changed: null;
		/** New lines and messages, in order. */
		logged: readonly (McpLogLine | McpTraffic)[];
		progress: { readonly call: number; readonly text: string };
		/** A request has ended; its outcome is kept under its place. For a page that came after it had begun. */
		finished: { readonly call: number; readonly place: string; readonly outcome: Outcome<unknown> };
		resourceUpdated: { readonly uri: string; readonly at: number };
		show: InspectorTarget;
	};
}
