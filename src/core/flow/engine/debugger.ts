import type { Json } from '../../base/json';
import type { PortValues } from '../nodes/nodeType';
import type { Breakpoint, NodePlace } from './events';
import type { RunHub } from './hub';
import type { NodeCall } from './nodeCall';
import { messageOf } from './values';

/** A node that a breakpoint, a pause or a step holds. */
export interface Hold {
	readonly call: NodeCall;
	readonly when: Breakpoint['when'];
	/** What came out of it, for `after`; what stands in for it, for `error`, once a person has said so. */
	outputs: PortValues | null;
	readonly resume: (hold: Hold) => void;
}

export type StepKind = 'over' | 'into';

/** Holds nodes where a person wants to look. What runs already goes on; nothing new begins while the run is paused. */
export class Debugger {
	readonly #hub: Pick<RunHub, 'scheduler' | 'emit'>;
	readonly #breakpoints = new Map<string, Breakpoint[]>();
	readonly #holds = new Map<string, Hold>();
	#isPaused = false;
	/** The container or sub-flow that is stepped over: its inside runs freely. */
	#over: { readonly call: NodeCall; readonly prefix: string } | undefined;

	constructor(hub: Pick<RunHub, 'scheduler' | 'emit'>, breakpoints: readonly Breakpoint[] = []) {
		this.#hub = hub;
		this.set(breakpoints);
	}

	/** Whether nodes have to be asked about at all. */
	get isActive(): boolean {
		return this.#isPaused || this.#breakpoints.size > 0;
	}

	get isPaused(): boolean {
		return this.#isPaused;
	}

	get holds(): readonly Hold[] {
		return [...this.#holds.values()];
	}

	set(breakpoints: readonly Breakpoint[]): void {
		this.#breakpoints.clear();
		for (const breakpoint of breakpoints) {
			const key = keyOf(breakpoint.flow ?? '', breakpoint.node, breakpoint.when);
			this.#breakpoints.set(key, [...(this.#breakpoints.get(key) ?? []), breakpoint]);
		}
	}

	/** Whether a node has to be held here. @param names what its conditions see beside the node's own scope */
	stops(call: NodeCall, when: Breakpoint['when'], names: Readonly<Record<string, Json>> = {}): boolean {
		const { instance, path } = call.frame;
		const here = this.#breakpoints.get(keyOf(instance.path, call.compiled.id, when)) ?? [];
		if (here.some(({ condition }) => this.#isTrue(call, condition, names))) return true;
		return when === 'before' && this.#isPaused && !(this.#over && path.startsWith(this.#over.prefix));
	}

	hold(hold: Hold): void {
		const { call, when } = hold;
		this.#holds.set(placeKey(call.place), hold);
		const wasPaused = this.#isPaused;
		this.#isPaused = true;
		call.frame.calls.add(call);
		call.emit({ type: 'node.waiting', ...call.place, for: 'breakpoint', when });
		if (!wasPaused) this.#hub.emit({ type: 'run.status', status: 'paused' });
		this.#refresh();
	}

	/** Holds the next node that would begin. */
	pause(): void {
		if (this.#isPaused) return;
		this.#isPaused = true;
		this.#hub.emit({ type: 'run.status', status: 'paused' });
		this.#refresh();
	}

	/** Lets everything go on. */
	resume(): void {
		if (!this.#isPaused) return;
		this.#isPaused = false;
		this.#over = undefined;
		this.#hub.emit({ type: 'run.status', status: 'running' });
		for (const hold of this.holds) this.#release(hold);
		this.#refresh();
	}

	/** Lets one held node go on (the first, when no place is given); the next that would begin is held. */
	step(kind: StepKind, place?: NodePlace): boolean {
		const hold = place ? this.#holds.get(placeKey(place)) : this.holds[0];
		if (!hold) return false;
		const { call, when } = hold;
		if (kind === 'over' && when === 'before') this.#over = { call, prefix: insidePrefix(call.place) };
		this.#release(hold);
		this.#refresh();
		return true;
	}

	/** A node is over, whichever way. */
	ended(call: NodeCall): void {
		if (this.#over?.call === call) this.#over = undefined;
		const key = placeKey(call.place);
		if (this.#holds.get(key)?.call === call) this.#holds.delete(key);
		if (this.#isPaused) this.#refresh();
	}

	holdAt(place: NodePlace): Hold | undefined {
		return this.#holds.get(placeKey(place));
	}

	#release(hold: Hold): void {
		this.#holds.delete(placeKey(hold.call.place));
		const state = hold.when === 'before' ? 'queued' : 'running';
		hold.call.emit({ type: 'node.continued', ...hold.call.place, state });
		hold.resume(hold);
	}

	/** Nothing begins while a node is held, but for the inside of what is stepped over. */
	#refresh(): void {
		this.#hub.scheduler.isHeld = this.#isPaused && this.#holds.size > 0 && this.#over === undefined;
		this.#hub.scheduler.wake();
	}

	#isTrue(call: NodeCall, condition: string | undefined, names: Readonly<Record<string, Json>>): boolean {
		if (condition === undefined || condition.trim() === '') return true;
		try {
			return Boolean(call.hub.expressions.evaluate(condition, call.scope(names)));
		} catch (error) {
			call.log(`The condition of the breakpoint has no value: ${messageOf(error)}`);
			return true;
		}
	}
}

function keyOf(flow: string, node: string, when: Breakpoint['when']): string {
	return `${when} ${node} ${flow}`;
}

function placeKey({ frame, node }: NodePlace): string {
	return `${frame}/${node}`;
}

/** How the paths of frames inside of a node begin; an id holds neither `#` nor `/`. */
function insidePrefix({ frame, node }: NodePlace): string {
	return frame === '' ? `${node}#` : `${frame}/${node}#`;
}
