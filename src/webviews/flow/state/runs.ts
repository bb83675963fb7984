import type { RunSummary } from '../../../core/flow/editorProtocol';
import type { NodeId } from '../../../core/flow/model/flow';
import { applyRunChange, idleNode, type NodeRun, type RunChange, type RunView } from '../../../core/flow/runView';
import { KeyedStore, Store } from './store';

/** The run that is shown. Cards watch their own node; changes reach them at most ten times a second. */
export class RunState {
	readonly run = new Store<RunView | null>(null);
	readonly nodes = new KeyedStore<NodeRun>(idleNode);
	readonly list = new Store<readonly RunSummary[]>([]);
	/** Nodes that gave something else in the run that this one is compared with. */
	readonly differing = new Store<ReadonlySet<NodeId>>(new Set());
	/** Grows with each change of a state: layers that draw everything at once watch this. */
	readonly tick = new Store(0);
	#waiting: RunChange[] = [];
	#timer: ReturnType<typeof setTimeout> | undefined;

	show(run: RunView | null): void {
		this.#waiting = [];
		this.nodes.reset(Object.entries(run?.nodes ?? {}));
		this.run.set(run);
		this.tick.update(tick => tick + 1);
	}

	change(change: RunChange): void {
		this.#waiting.push(change);
		this.#timer ??= setTimeout(() => this.flush(), 100);
	}

	/** Shows what has come since the last time. */
	flush(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		const waiting = this.#waiting;
		this.#waiting = [];
		const before = this.run.get();
		if (!before || waiting.length === 0) return;
		const after = waiting.reduce(applyRunChange, before);
		for (const { id, nodes } of waiting) {
			if (id === before.id) for (const [node, run] of Object.entries(nodes)) this.nodes.set(node, run);
		}
		this.run.set(after);
		this.tick.update(tick => tick + 1);
	}

	dispose(): void {
		clearTimeout(this.#timer);
	}
}

/** Whether a run goes on and can be stopped. */
export function isLive(run: RunView | null): boolean {
	return run !== null && (run.status === 'running' || run.status === 'paused' || run.status === 'waiting');
}
