import type { ErrorAction } from '../base/errors';
import type { ExecutionId } from '../base/ids';
import type { Json } from '../base/json';
import type { Breakpoint, FramePath, RunScope, StoredValue } from './engine/events';
import type { CommandId } from './editorCommands';
import type { Flow, FlowEdge, FlowGroup, FlowLimits, FlowNode, NodeId, Position } from './model/flow';
import type { FlowOp } from './model/ops';
import type { NodeMark } from './model/semanticDiff';
import type { SyncAnswer } from './model/syncHost';
import type { NodeCategory, Ports } from './nodes/nodeType';
import type { RunChange, RunView } from './runView';
import type { TriggerView } from './triggers/triggerView';

/** A node type as the page needs it: data, no code. */
export interface NodeTypeView {
	readonly type: string;
	readonly version: number;
	readonly title: string;
	readonly category: NodeCategory;
	readonly icon: string;
	readonly summary: string;
	/** Markdown. */
	readonly help: string;
	readonly aliases: readonly string[];
	/** JSON schema of the parameters; properties carry the keys of `ParamMeta`. */
	readonly schema: Readonly<Record<string, unknown>>;
	/** `null`: they depend on the parameters; the page asks for them (`ports`). */
	readonly ports: Ports | null;
	readonly effects: 'pure' | 'reads' | 'writes';
	readonly isTrigger: boolean;
	/** The palette does not offer it. */
	readonly isOffered?: false;
	readonly isNote: boolean;
	readonly isContainer: boolean;
}

/** One thing that is wrong or doubtful, as VS Code's Problems show it too. */
export interface ProblemView {
	readonly id: string;
	readonly severity: 'error' | 'warning' | 'info';
	readonly message: string;
	readonly node?: NodeId;
	/** Name of the parameter or of the port. */
	readonly place?: string;
	/** `edgeText` of the edge. */
	readonly edge?: string;
	readonly fixes: readonly { readonly id: string; readonly title: string }[];
}

/** Why the document cannot be read now. The page keeps the last graph and is read-only until it can. */
export interface TextError {
	readonly message: string;
	/** From 1. */
	readonly line: number;
}

/** How a node or an edge differs from the other side of a comparison. */
export type ChangeMark = NodeMark;

/** Marks of a comparison; the flow that is shown with it holds what was removed too. */
export interface CompareMarks {
	readonly nodes: Readonly<Record<NodeId, ChangeMark>>;
	/** By `edgeText`. */
	readonly edges: Readonly<Record<string, 'added' | 'removed'>>;
	/** What changed in a node, a line each. */
	readonly details: Readonly<Record<NodeId, readonly string[]>>;
	/** What the two sides are called: `HEAD`, `Working Tree`. */
	readonly sides: readonly [string, string];
}

/** What the host can do beside the document; the page offers nothing else. */
export type HostOffer =
	| 'run'
	| 'layout'
	| 'extract'
	| 'openSubflow'
	| 'openText'
	| 'openValue'
	| 'editParam'
	| 'importN8n'
	| 'completions'
	| 'compareRuns'
	| 'replay'
	| 'tests'
	| 'pins'
	| 'triggers';

export interface EditorSnapshot {
	readonly mode: 'edit' | 'readonly' | 'compare';
	/** Why it cannot be changed, in a sentence. */
	readonly reason: string | null;
	/** Number of the host's model; operations are based on it. */
	readonly version: number;
	readonly flow: Flow;
	readonly textError: TextError | null;
	/** The file's name, for titles. */
	readonly file: string;
	readonly catalog: readonly NodeTypeView[];
	readonly problems: readonly ProblemView[];
	readonly compare: CompareMarks | null;
	readonly isTrusted: boolean;
	/** `host`: VS Code's keybindings send `command` events; `page`: the page hears the default keys itself. */
	readonly keys: 'host' | 'page';
	readonly offers: readonly HostOffer[];
	readonly breakpoints: readonly Breakpoint[];
	/** Nodes whose last outputs are pinned. */
	readonly pins: readonly NodeId[];
	/** How its triggers stand in this window. */
	readonly triggers: readonly TriggerView[];
	/** Upper bounds that a run would have, defaults included. */
	readonly caps: FlowLimits;
	readonly run: RunView | null;
}

/** Nodes with what is between them: what the clipboard holds, and what an import brings. */
export interface FlowFragment {
	readonly nodes: Readonly<Record<NodeId, FlowNode>>;
	readonly edges: readonly FlowEdge[];
	readonly groups: Readonly<Record<string, FlowGroup>>;
	readonly layout: Readonly<Record<NodeId, Position>>;
}

/** One entry of a picker: a model, a tool, a secret's name, a path. */
export interface ChoiceView {
	readonly value: string;
	readonly label: string;
	readonly description?: string;
}

export interface Completion {
	/** What is shown. */
	readonly label: string;
	/** What stands there afterwards, from `from` on. */
	readonly insert: string;
	/** Where in the text the replaced word begins. */
	readonly from: number;
	/** Kind of the value, or what it is. */
	readonly detail?: string;
	readonly kind: 'value' | 'property' | 'method' | 'keyword';
}

/** What an expression gives with the values of the run that is shown. */
export type ExpressionPreview =
	| { readonly state: 'value'; readonly value: Json; readonly isWhole: boolean }
	/** It refers to something that has no value yet. */
	| { readonly state: 'unknown'; readonly reason: string }
	| { readonly state: 'error'; readonly reason: string };

export interface RunSummary {
	readonly id: ExecutionId;
	readonly status: RunView['status'];
	/** Milliseconds since 1970. */
	readonly startedAt: number;
	readonly durationMs: number | null;
	readonly cost: number | null;
	/** `Run all`, `Run to review`. */
	readonly title: string;
	readonly failedNode: NodeId | null;
}

/** Values of one node in one frame of a run. */
export interface NodeValues {
	/** Every frame in which the node ran, in order. */
	readonly frames: readonly FramePath[];
	readonly frame: FramePath;
	readonly inputs: Readonly<Record<string, StoredValue>>;
	readonly outputs: Readonly<Record<string, StoredValue>>;
	readonly error: string | null;
}

/** One value of a run. */
export interface ValuePlace {
	readonly run: ExecutionId;
	readonly node: NodeId;
	readonly frame: FramePath;
	readonly side: 'input' | 'output';
	readonly port: string;
}

export interface RunComparison {
	/** Only nodes that differ. */
	readonly nodes: Readonly<Record<NodeId, { readonly what: string; readonly ports: readonly string[] }>>;
	readonly a: RunSummary;
	readonly b: RunSummary;
}

/** A finished run as a film: what changed at which millisecond. */
export interface Replay {
	readonly durationMs: number;
	readonly steps: readonly { readonly at: number; readonly change: RunChange }[];
}

export type PersonAnswer =
	| { readonly kind: 'approval'; readonly isApproved: boolean; readonly comment: string }
	| { readonly kind: 'input'; readonly answers: Readonly<Record<string, string>> }
	| { readonly kind: 'rerun'; readonly isRun: boolean };

/**
 * Between the editor of one flow and its host. Positions are absolute, also of nodes inside containers: a container that
 * moves takes the nodes inside along by operations of their own.
 */
export interface FlowEditorContract {
	requests: {
		open: { params: null; result: EditorSnapshot };
		/** One gesture. Answered with the number of the model that holds it. */
		apply: {
			params: { readonly base: number; readonly ops: readonly FlowOp[]; readonly label: string };
			result: SyncAnswer;
		};
		/** Where the keyboard is: keys of the graph hold only while it has the focus. */
		focus: { params: { readonly part: 'graph' | 'other' }; result: void };
		/** Ports of nodes whose type makes them from the parameters, in the order of the question. */
		ports: {
			params: { readonly nodes: readonly { readonly type: string; readonly params: Readonly<Record<string, Json>> }[] };
			result: readonly Ports[];
		};
		/** New places; `near` nodes stay where they are as far as they can. */
		layout: {
			params: { readonly scope: 'all' | 'selection' | 'new'; readonly nodes: readonly NodeId[] };
			result: Readonly<Record<NodeId, Position>>;
		};
		/** Moves nodes to a flow of their own; the host asks for the file and changes this document. */
		extract: { params: { readonly nodes: readonly NodeId[] }; result: void };
		/** Opens the flow that a sub-flow node runs, or the file of a custom node. */
		openDefinition: { params: { readonly node: NodeId }; result: void };
		/** Shows the document as text, at a node when one is named. */
		openText: { params: { readonly node: NodeId | null }; result: void };
		/** Opens a parameter's text in an editor; what is saved there comes back as an operation. */
		editParam: { params: { readonly node: NodeId; readonly name: string }; result: void };
		/** Turns n8n's clipboard into a fragment; the host tells what became of it. */
		importN8n: { params: { readonly text: string }; result: FlowFragment };
		/** Puts nodes on the clipboard as n8n pastes them. */
		copyForN8n: { params: { readonly nodes: readonly NodeId[] }; result: void };
		readClipboard: { params: null; result: string };
		writeClipboard: { params: { readonly text: string }; result: void };
		choices: {
			params: {
				readonly of: 'model' | 'tool' | 'secret' | 'path' | 'flow';
				readonly query: string;
			};
			result: readonly ChoiceView[];
		};
		completions: {
			params: { readonly node: NodeId; readonly param: string; readonly text: string; readonly at: number };
			result: readonly Completion[];
		};
		preview: {
			params: { readonly node: NodeId; readonly text: string; readonly run: ExecutionId | null };
			result: ExpressionPreview;
		};
		applyFix: { params: { readonly problem: string; readonly fix: string }; result: void };
		openLink: { params: { readonly href: string }; result: void };
		runAction: { params: ErrorAction; result: void };

		/** Turns a trigger on or off, runs the flow as it would, or copies a call of a webhook. */
		trigger: {
			params: { readonly node: NodeId; readonly action: 'turnOn' | 'turnOff' | 'run' | 'copyCurl' };
			result: void;
		};
		run: { params: { readonly scope: RunScope; readonly withLastInputs: boolean }; result: void };
		control: {
			params: {
				readonly run: ExecutionId;
				readonly action: 'stop' | 'pause' | 'continue' | 'stepOver' | 'stepInto';
			};
			result: void;
		};
		answer: {
			params: {
				readonly run: ExecutionId;
				/** `WaitDetail.id` of what is answered. */
				readonly wait: string;
				readonly answer: PersonAnswer;
			};
			result: void;
		};
		setBreakpoints: { params: { readonly breakpoints: readonly Breakpoint[] }; result: void };
		setPin: { params: { readonly node: NodeId; readonly isOn: boolean }; result: void };
		/** Nodes that are on the screen: only theirs are the previews that are streamed. */
		watch: { params: { readonly nodes: readonly NodeId[] }; result: void };
		runs: { params: null; result: readonly RunSummary[] };
		/** Shows an earlier run; `null` for none. */
		showRun: { params: { readonly run: ExecutionId | null }; result: RunView | null };
		values: {
			params: { readonly run: ExecutionId; readonly node: NodeId; readonly frame: FramePath | null };
			result: NodeValues;
		};
		/** The JSON text of a large value, cut at a megabyte. */
		blob: {
			params: { readonly run: ExecutionId; readonly blob: string };
			result: { readonly text: string; readonly isCut: boolean };
		};
		/** Replaces a value while the run is paused at the node. */
		setValue: { params: { readonly at: ValuePlace; readonly value: Json }; result: void };
		openValue: { params: ValuePlace; result: void };
		/** Opens both values in the diff editor. */
		diffValues: { params: { readonly a: ValuePlace; readonly b: ValuePlace }; result: void };
		/** Nodes that hold the text in a value of the run. */
		findValues: { params: { readonly run: ExecutionId; readonly text: string }; result: readonly NodeId[] };
		compareRuns: { params: { readonly a: ExecutionId; readonly b: ExecutionId }; result: RunComparison };
		replay: { params: { readonly run: ExecutionId }; result: Replay };
		/** Makes a test of a run that has ended; the host asks what it is called. */
		addToTests: { params: { readonly run: ExecutionId }; result: void };
	};
	events: {
		/** Changes that this page did not make, or the whole flow after a change that operations cannot say. */
		changed:
			| { readonly version: number; readonly ops: readonly FlowOp[] }
			| { readonly version: number; readonly flow: Flow; readonly compare?: CompareMarks | null };
		textError: TextError | null;
		mode: Pick<EditorSnapshot, 'mode' | 'reason' | 'isTrusted'>;
		catalog: readonly NodeTypeView[];
		/** Ports that were told before may be others now: a sub-flow or a tool has changed. */
		portsChanged: null;
		problems: readonly ProblemView[];
		breakpoints: readonly Breakpoint[];
		pins: readonly NodeId[];
		triggers: readonly TriggerView[];
		/** A command of the editor: a key, the palette, a menu of VS Code. */
		command: { readonly id: CommandId };
		/** Puts the node into view and selects it: from Problems, the outline, a test. */
		reveal: { readonly node: NodeId };
		/** Another run is shown now. */
		run: RunView | null;
		/** What changed in the run that is shown; at most ten a second. */
		runChanged: RunChange;
		runs: readonly RunSummary[];
	};
}
