import type { PortValues } from '../nodes/nodeType';
import type { FramePath } from './events';
import type { RunHub } from './hub';
import type { NodeCall } from './nodeCall';
import type { FlowInstance } from './instance';
import { Frame, type FrameSink } from './frame';
import type { NodeFailure } from './nodeFailure';

/** What becomes of a node that does not run in a frame; `true`: it is settled. */
export type SettleGiven = (frame: Frame, local: number) => boolean;

/** Opens and ends frames. Whatever follows is queued, so that no nesting is too deep for the stack. */
export class Frames implements FrameSink {
	readonly #hub: Pick<RunHub, 'scheduler' | 'emit'>;
	readonly #settleGiven: SettleGiven;
	readonly #toAbort: Frame[] = [];
	#isAborting = false;
	/** Frames that are open, by their paths. */
	readonly open = new Map<FramePath, Frame>();
	/** Errors of branches of races, which end nothing by themselves. */
	readonly lost = new WeakMap<Frame, NodeFailure[]>();

	constructor(hub: Pick<RunHub, 'scheduler' | 'emit'>, settleGiven: SettleGiven) {
		this.#hub = hub;
		this.#settleGiven = settleGiven;
	}

	/** The first frame of a run or of a sub-flow. */
	openFlow(
		instance: FlowInstance,
		place: { readonly path: string; readonly parent: Frame | null },
		onEnd: (error: unknown) => void,
	): Frame {
		return this.#open(new Frame(instance, instance.compiled.bodies[0]!, { ...place, entry: {} }, this, onEnd));
	}

	/** One pass of a container. */
	openPass(call: NodeCall, index: number, entry: PortValues, onEnd: (error: unknown) => void): Frame {
		const { frame: parent, compiled } = call;
		const body = parent.instance.compiled.bodies[compiled.inner]!;
		const path = passPath(call, index);
		return this.#open(new Frame(parent.instance, body, { path, parent, entry }, this, onEnd));
	}

	#open(frame: Frame): Frame {
		this.open.set(frame.path, frame);
		this.#hub.scheduler.defer(() => {
			if (!frame.isOver) frame.start(this.#settleGiven);
		});
		return frame;
	}

	/** A node failed, and nothing of it caught the failure. */
	fail(frame: Frame, local: number, failure: NodeFailure): void {
		if (frame.isOver) return;
		if (frame.body.owner?.container !== 'race') {
			this.end(frame, failure);
			return;
		}
		const lost = this.lost.get(frame) ?? [];
		this.lost.set(frame, [...lost, failure]);
		frame.skip(local);
	}

	/** Ends a frame: what still runs in it is stopped. */
	end(frame: Frame, error: unknown): void {
		if (frame.isOver) return;
		this.abort([frame]);
		this.#hub.scheduler.defer(() => frame.onEnd(error));
	}

	/** Stops all that runs in frames, without telling who opened them. */
	abort(frames: Iterable<Frame>): void {
		this.#toAbort.push(...frames);
		if (this.#isAborting) return;
		this.#isAborting = true;
		for (let frame = this.#toAbort.pop(); frame; frame = this.#toAbort.pop()) {
			frame.isOver = true;
			this.open.delete(frame.path);
			// Ending a container's call brings its frames here, into the list.
			for (const call of frame.calls) call.abort();
			frame.calls.clear();
		}
		this.#isAborting = false;
	}

	ready(frame: Frame, local: number): void {
		this.#hub.scheduler.add(frame, local);
	}

	skipped(frame: Frame, local: number): void {
		const { id } = frame.body.nodes[local]!;
		this.#hub.emit({
			type: 'node.ended',
			node: id,
			frame: frame.path,
			attempt: 0,
			state: 'skipped',
			outputs: {},
			error: null,
			durationMs: 0,
			cost: null,
		});
	}

	exit(frame: Frame, edge: number): void {
		frame.onExit?.(edge);
	}

	done(frame: Frame): void {
		this.end(frame, null);
	}
}

/** `each#3`, or `each~2#3` in the second attempt, below the frame that the node stands in. */
export function passPath({ frame, compiled, attempt }: NodeCall, index: number): string {
	const own = `${compiled.id}${attempt > 1 ? `~${attempt}` : ''}#${index}`;
	return frame.path === '' ? own : `${frame.path}/${own}`;
}
