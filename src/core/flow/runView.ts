import type { ExecutionId } from '../base/ids';
import type { Json } from '../base/json';
import type { NanoDollars } from '../base/money';
import type {
	Breakpoint,
	CapName,
	FramePath,
	NodeState,
	RunEvent,
	RunStatus,
	StoredValue,
	WaitDetail,
	WaitKind,
} from './engine/events';
import type { NodeId } from './model/flow';

/** How one node stands in a run. */
export interface NodeRun {
	readonly state: NodeState;
	/** Of the last frame that began or ended. */
	readonly frame: FramePath;
	/** How often it has ended, over all frames. */
	readonly times: number;
	readonly attempt: number;
	/** Milliseconds since 1970, while it runs. */
	readonly startedAt: number | null;
	/** Sum over frames and attempts that have ended. */
	readonly durationMs: number;
	/** Sum; `null` while nothing with a known price was used. */
	readonly cost: NanoDollars | null;
	readonly error: string | null;
	/** The end of what it streams, while it runs; the beginning of its first output afterwards. */
	readonly preview: string;
	/** Ports that were taken, with the number of items where the value is a list. */
	readonly ports: Readonly<Record<string, number | null>>;
	readonly wait: NodeWaitView | null;
}

/** A node that waits for a person. */
export interface NodeWaitView {
	readonly kind: WaitKind;
	readonly frame: FramePath;
	/** Of a breakpoint: where in the node's run it stands. */
	readonly when?: Breakpoint['when'];
	readonly ask: WaitDetail | null;
}

/** A run as the page shows it. */
export interface RunView {
	readonly id: ExecutionId;
	/** `Run all`, `Run to review`. */
	readonly title: string;
	readonly status: RunStatus;
	/** Milliseconds since 1970. */
	readonly startedAt: number;
	readonly endedAt: number | null;
	readonly cost: NanoDollars | null;
	readonly tokens: number;
	readonly steps: number;
	readonly error: string | null;
	readonly nodes: Readonly<Record<NodeId, NodeRun>>;
	/** The last lines of the log. */
	readonly log: readonly LogLine[];
	/** The document was changed after the run had begun; the run keeps its own copy. */
	readonly isOutdated: boolean;
}

export interface LogLine {
	readonly at: number;
	readonly node: NodeId | null;
	readonly text: string;
}

/** What changed since the last one: applying it twice gives the same. */
export interface RunChange {
	readonly id: ExecutionId;
	readonly run: Partial<Omit<RunView, 'id' | 'nodes' | 'log'>>;
	readonly nodes: Readonly<Record<NodeId, NodeRun>>;
	readonly log: readonly LogLine[];
}

type NodeEvent = Extract<RunEvent, { readonly type: `node.${string}` }>;

const previewLength = 280;
const mostLines = 500;

/** Nothing has happened to the node yet. */
export const idleNode: NodeRun = {
	state: 'idle',
	frame: '',
	times: 0,
	attempt: 0,
	startedAt: null,
	durationMs: 0,
	cost: null,
	error: null,
	preview: '',
	ports: {},
	wait: null,
};

/** The run after a change. */
export function applyRunChange(run: RunView, change: RunChange): RunView {
	if (change.id !== run.id) return run;
	return {
		...run,
		...change.run,
		nodes: { ...run.nodes, ...change.nodes },
		log: change.log.length === 0 ? run.log : [...run.log, ...change.log].slice(-mostLines),
	};
}

/**
 * Digests a run's events into what a page shows. `take` gives what changed since it was last called; whoever owns it
 * calls it at most ten times a second.
 */
export class RunDigest {
	#run: RunView;
	#changed = new Set<NodeId>();
	#fields: Partial<Omit<RunView, 'id' | 'nodes' | 'log'>> = {};
	#log: LogLine[] = [];
	readonly #nodes = new Map<NodeId, NodeRun>();
	/** Nodes whose streamed text is wanted; `null` for all. */
	#watched: ReadonlySet<NodeId> | null = null;

	constructor(id: ExecutionId, title: string, startedAt: number) {
		this.#run = {
			id,
			title,
			status: 'running',
			startedAt,
			endedAt: null,
			cost: null,
			tokens: 0,
			steps: 0,
			error: null,
			nodes: {},
			log: [],
			isOutdated: false,
		};
	}

	get run(): RunView {
		return { ...this.#run, nodes: Object.fromEntries(this.#nodes), log: this.#run.log };
	}

	/** What a page that opens late is told: everything. */
	watch(nodes: readonly NodeId[] | null): void {
		this.#watched = nodes === null ? null : new Set(nodes);
	}

	/** Facts that events do not carry: tokens, the title, whether the document has changed. */
	set(fields: Partial<Omit<RunView, 'id' | 'nodes' | 'log'>>): void {
		this.#run = { ...this.#run, ...fields };
		this.#fields = { ...this.#fields, ...fields };
	}

	add(event: RunEvent, at: number): void {
		switch (event.type) {
			case 'run.started':
				for (const node of event.cached) this.#change(node, { state: 'cached' });
				break;
			case 'run.log':
				this.#addLog({ at, node: event.node, text: event.text });
				break;
			case 'run.status':
				this.set({ status: event.status });
				break;
			case 'run.ended':
				this.set({ status: event.status, endedAt: at, error: event.error });
				break;
			case 'run.usage':
				this.set({ tokens: this.#run.tokens + event.usage.input + event.usage.output });
				break;
			case 'run.warning':
				this.#addLog({ at, node: null, text: event.note ?? warningText(event) });
				break;
			default:
				if (isNodeEvent(event)) this.#addNode(event, at);
		}
	}

	/** What changed since the last call, or `null` for nothing. */
	take(): RunChange | null {
		const isQuiet = this.#changed.size === 0 && this.#log.length === 0 && Object.keys(this.#fields).length === 0;
		if (isQuiet) return null;
		const nodes = Object.fromEntries([...this.#changed].map(id => [id, this.#nodes.get(id) ?? idleNode]));
		const change = { id: this.#run.id, run: this.#fields, nodes, log: this.#log };
		this.#changed = new Set();
		this.#fields = {};
		this.#log = [];
		return change;
	}

	#addNode(event: NodeEvent, at: number): void {
		const { node, frame } = event;
		const before = this.#nodes.get(node) ?? idleNode;
		switch (event.type) {
			case 'node.started':
				this.set({ steps: this.#run.steps + 1 });
				return this.#change(node, {
					state: 'running',
					frame,
					attempt: event.attempt,
					startedAt: at,
					error: null,
					preview: '',
					wait: null,
				});
			case 'node.progress':
				if (this.#watched && !this.#watched.has(node)) {
					this.#nodes.set(node, { ...before, preview: tail(event.text) });
					return;
				}
				return this.#change(node, { preview: tail(event.text) });
			case 'node.waiting':
				return this.#change(node, {
					state: event.for === 'breakpoint' ? 'paused' : 'waiting',
					frame,
					wait: { kind: event.for, frame, ...(event.when ? { when: event.when } : {}), ask: event.ask ?? null },
				});
			case 'node.continued':
				return this.#change(node, { state: event.state, frame, wait: null });
			case 'node.retrying':
				return this.#change(node, {
					state: 'retrying',
					frame,
					error: event.error,
					durationMs: before.durationMs + event.durationMs,
				});
			case 'node.ended':
				return this.#end(event, before);
			default:
				// Kinds of a newer engine change nothing here.
				return undefined;
		}
	}

	#end(event: Extract<RunEvent, { type: 'node.ended' }>, before: NodeRun): void {
		const cost = event.cost === null ? before.cost : (before.cost ?? 0) + event.cost;
		if (event.cost !== null) this.set({ cost: (this.#run.cost ?? 0) + event.cost });
		const [first] = Object.values(event.outputs);
		this.#change(event.node, {
			state: event.state,
			frame: event.frame,
			times: before.times + 1,
			attempt: event.attempt,
			startedAt: null,
			durationMs: before.durationMs + event.durationMs,
			cost,
			error: event.error,
			preview: first ? previewOf(first) : before.preview,
			ports: Object.fromEntries(Object.entries(event.outputs).map(([port, value]) => [port, itemsOf(value)])),
			wait: null,
		});
	}

	#change(node: NodeId, change: Partial<NodeRun>): void {
		this.#nodes.set(node, { ...(this.#nodes.get(node) ?? idleNode), ...change });
		this.#changed.add(node);
	}

	#addLog(line: LogLine): void {
		this.#log.push(line);
		this.#run = { ...this.#run, log: [...this.#run.log, line].slice(-mostLines) };
	}
}

const capNames: Readonly<Record<CapName, string>> = { steps: 'steps', time: 'time', tokens: 'tokens', money: 'money' };

function warningText({
	cap,
	used,
	limit,
}: {
	readonly cap: CapName;
	readonly used: number;
	readonly limit: number;
}): string {
	return `${Math.round((100 * used) / limit)} % of the run's ${capNames[cap]} are used.`;
}

function isNodeEvent(event: RunEvent): event is NodeEvent {
	return event.type.startsWith('node.');
}

/** The beginning of a value, as a card shows it. */
export function previewOf(stored: StoredValue): string {
	const text = 'blob' in stored ? stored.preview : plainText(stored.value);
	return text.length > previewLength ? `${text.slice(0, previewLength)}…` : text;
}

function plainText(value: Json): string {
	return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function itemsOf(stored: StoredValue): number | null {
	return 'value' in stored && Array.isArray(stored.value) ? stored.value.length : null;
}

function tail(text: string): string {
	return text.length > previewLength ? `…${text.slice(-previewLength)}` : text;
}
