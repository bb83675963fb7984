import type { ExecutionId } from '../../base/ids';
import type { Json } from '../../base/json';
import type { CostBasis, NanoDollars } from '../../base/money';
import { addUsage, type Usage } from '../../ledger/events';
import type { NodeId } from '../model/flow';
import type {
	Breakpoint,
	FramePath,
	NodePlace,
	NodeState,
	RunEvent,
	RunScope,
	RunStatus,
	StoredValue,
	WaitDetail,
	WaitKind,
} from './events';

/** How one run of a node stands. */
export interface NodeRunState {
	readonly node: NodeId;
	readonly frame: FramePath;
	readonly state: NodeState;
	readonly attempt: number;
	/** Milliseconds since 1970, of the last attempt; `null` before it began. */
	readonly startedAt: number | null;
	/** All attempts together. */
	readonly durationMs: number;
	readonly cost: NanoDollars | null;
	readonly error: string | null;
	readonly outputs: Readonly<Record<string, StoredValue>>;
	/** What it streams, while it runs. */
	readonly progress: string;
	readonly wait: { readonly kind: WaitKind; readonly when?: Breakpoint['when']; readonly ask?: WaitDetail } | null;
}

/** What a run used of one model. */
export interface ModelTotal {
	readonly provider: string;
	readonly model: string;
	readonly usage: Usage;
	/** `null` when a part of it is unknown. */
	readonly cost: NanoDollars | null;
	readonly basis: CostBasis;
}

export interface RunLogLine {
	readonly at: number;
	readonly node: NodeId | null;
	readonly frame: FramePath;
	readonly text: string;
}

type CallEvent = Extract<RunEvent, { type: 'run.call' }>;

/** The place of a node's run as one text. */
export function placeKey({ node, frame }: NodePlace): string {
	return frame === '' ? node : `${frame}/${node}`;
}

/**
 * A run as its events add up, live, from a journal, or up to any moment of a replay. Applying an event again changes
 * nothing but counts; events must come in their order.
 */
export class RunState {
	readonly nodes = new Map<string, NodeRunState>();
	readonly models = new Map<string, ModelTotal>();
	readonly calls = new Map<string, CallEvent>();
	readonly log: RunLogLine[] = [];
	readonly warnings: Extract<RunEvent, { type: 'run.warning' }>[] = [];
	execution: ExecutionId | null = null;
	/** SHA-256 of the document that runs. */
	flow = '';
	scope: RunScope = { kind: 'all' };
	inputs: Readonly<Record<string, Json>> = {};
	outputs: Readonly<Record<string, StoredValue>> = {};
	breakpoints: readonly Breakpoint[] = [];
	status: RunStatus = 'running';
	startedAt = 0;
	endedAt: number | null = null;
	error: string | null = null;
	/** Attempts of nodes that have ended. */
	steps = 0;

	static of(events: Iterable<{ readonly event: RunEvent; readonly at: number }>): RunState {
		const state = new RunState();
		for (const { event, at } of events) state.apply(event, at);
		return state;
	}

	/** Sum of what is known; `null` when no model was used. */
	get cost(): NanoDollars | null {
		return this.models.size === 0 ? null : [...this.models.values()].reduce((sum, { cost }) => sum + (cost ?? 0), 0);
	}

	at(place: NodePlace): NodeRunState | undefined {
		return this.nodes.get(placeKey(place));
	}

	/** All runs of a node, over its frames, in the order in which they began. */
	runsOf(node: NodeId): readonly NodeRunState[] {
		return [...this.nodes.values()].filter(run => run.node === node);
	}

	apply(event: RunEvent, at: number): void {
		switch (event.type) {
			case 'run.started':
				this.execution = event.execution;
				this.flow = event.flow;
				this.inputs = event.inputs;
				this.scope = event.scope;
				this.startedAt = at;
				for (const node of event.cached) this.#change({ node, frame: '' }, { state: 'cached' });
				break;
			case 'run.resumed':
				this.#resume();
				break;
			case 'run.status':
				this.status = event.status;
				break;
			case 'run.ended':
				this.status = event.status;
				this.outputs = event.outputs;
				this.error = event.error;
				this.endedAt = at;
				break;
			case 'run.log':
				this.log.push({ at, node: event.node, frame: event.frame ?? '', text: event.text });
				break;
			case 'run.usage':
				this.#addUsage(event);
				break;
			case 'run.call':
				this.calls.set(event.call, event);
				break;
			case 'run.warning':
				this.warnings.push(event);
				break;
			case 'run.breakpoints':
				this.breakpoints = event.breakpoints;
				break;
			case 'run.valueSet':
				this.#setValue(event);
				break;
			case 'run.flow':
			case 'run.secret':
				break;
			default:
				this.#applyNode(event, at);
		}
	}

	#applyNode(event: Extract<RunEvent, { node: NodeId; frame: FramePath; type: `node.${string}` }>, at: number): void {
		const before = this.at(event);
		switch (event.type) {
			case 'node.started':
				this.#change(event, {
					state: 'running',
					attempt: event.attempt,
					startedAt: at,
					error: null,
					progress: '',
					wait: null,
				});
				break;
			case 'node.progress':
				this.#change(event, { progress: event.text });
				break;
			case 'node.waiting': {
				const { for: kind, when, ask } = event;
				const wait = { kind, ...(when ? { when } : {}), ...(ask ? { ask } : {}) };
				this.#change(event, { state: kind === 'breakpoint' ? 'paused' : 'waiting', wait });
				break;
			}
			case 'node.continued':
				this.#change(event, { state: event.state, wait: null });
				break;
			case 'node.retrying':
				this.steps++;
				this.#change(event, {
					state: 'retrying',
					attempt: event.attempt,
					error: event.error,
					durationMs: (before?.durationMs ?? 0) + event.durationMs,
					cost: sum(before?.cost ?? null, event.cost),
				});
				break;
			case 'node.ended':
				if (event.attempt > 0) this.steps++;
				this.#change(event, {
					state: event.state,
					attempt: event.attempt,
					startedAt: before?.startedAt ?? (event.attempt > 0 ? Math.round(at - event.durationMs) : null),
					durationMs: (before?.durationMs ?? 0) + event.durationMs,
					cost: sum(before?.cost ?? null, event.cost),
					error: event.error,
					outputs: event.outputs,
					progress: '',
					wait: null,
				});
				break;
			default:
				event satisfies never;
		}
	}

	/** What was in the middle of something begins anew. */
	#resume(): void {
		this.status = 'running';
		this.endedAt = null;
		this.error = null;
		const open: readonly NodeState[] = ['queued', 'running', 'waiting', 'retrying', 'stopped'];
		for (const run of this.nodes.values()) {
			if (open.includes(run.state)) this.#change(run, { state: 'idle', progress: '', wait: null });
		}
	}

	#setValue({ place, side, port, value }: Extract<RunEvent, { type: 'run.valueSet' }>): void {
		const run = this.at(place);
		if (side === 'output' && run) this.#change(place, { outputs: { ...run.outputs, [port]: value } });
	}

	#addUsage({ provider, model, usage, cost, basis }: Extract<RunEvent, { type: 'run.usage' }>): void {
		const key = `${provider}/${model}`;
		const before = this.models.get(key);
		this.models.set(key, {
			provider,
			model,
			usage: before ? addUsage(before.usage, usage) : usage,
			// A sum with an unknown part is unknown.
			cost: cost === null || before?.cost === null ? null : (before?.cost ?? 0) + cost,
			basis: before ? worstBasis(before.basis, basis) : basis,
		});
	}

	#change(place: NodePlace, change: Partial<NodeRunState>): void {
		const { node, frame } = place;
		const key = placeKey(place);
		const before = this.nodes.get(key) ?? {
			node,
			frame,
			state: 'idle',
			attempt: 0,
			startedAt: null,
			durationMs: 0,
			cost: null,
			error: null,
			outputs: {},
			progress: '',
			wait: null,
		};
		this.nodes.set(key, { ...before, ...change });
	}
}

function sum(left: NanoDollars | null, right: NanoDollars | null): NanoDollars | null {
	return right === null ? left : (left ?? 0) + right;
}

function worstBasis(left: CostBasis, right: CostBasis): CostBasis {
	const order: readonly CostBasis[] = ['reported', 'priced', 'unpriced'];
	return order[Math.max(order.indexOf(left), order.indexOf(right))] ?? 'unpriced';
}
