import type { NodeId } from '../model/flow';
import type { PortValues } from '../nodes/nodeType';
import type { EarlierRun, EndedNode } from './earlier';
import { FlowError } from './errors';
import type { Breakpoint, FramePath, RunEvent, RunScope, StoredValue } from './events';
import { FlowRun, type FlowRunOptions, type ResumedRun } from './flowRun';
import type { Spent } from './limits';
import type { StoredRun } from './readJournal';
import type { Flow } from '../model/flow';
import type { Json } from '../../base/json';
import { RunSecrets } from './runSecrets';
import type { LoadedFlow, RunServices } from './services';

/** What the program that goes on brings along; what the run is of stands in its journal. */
export type ResumeOptions = Omit<
	FlowRunOptions,
	'flow' | 'hash' | 'inputs' | 'trigger' | 'scope' | 'pins' | 'earlier' | 'execution' | 'resumed' | 'limits' | 'cwd'
> & {
	/** Nodes that failed run again, instead of failing again: the run is tried once more from where it broke. */
	readonly retriesFailures?: boolean;
};

/**
 * Goes on with a run from its journal. What has ended is not run again; what was running is, but for nodes that change
 * the world, which ask (`rerun`). Rejects when the run has ended well, or goes on elsewhere already.
 */
export async function resumeRun(
	stored: StoredRun,
	{ retriesFailures = false, ...options }: ResumeOptions,
): Promise<FlowRun> {
	const secrets = await secretsOf(stored, options.services);
	const fold = new Fold(stored, retriesFailures, secrets);
	const { started } = fold;
	if (!started)
		throw new FlowError('journal', 'The run had not begun, so there is nothing to go on with. Run it anew.');
	if (fold.isOver) throw new FlowError('journal', 'The run has ended: there is nothing to go on with.');
	return FlowRun.start({
		...options,
		flow: stored.flow,
		cwd: stored.cwd,
		hash: started.flow,
		inputs: started.inputs,
		scope: started.scope,
		limits: stored.limits,
		...(stored.trigger ? { trigger: stored.trigger } : {}),
		resumed: fold,
	});
}

/** Which runs can go on: they have begun and have not ended. */
export function isInterrupted({ events }: StoredRun): boolean {
	return events.some(({ event }) => event.type === 'run.started') && events.at(-1)?.event.type !== 'run.ended';
}

/** The scope and inputs of a run, to run with them once more. */
export function lastInputs({
	events,
}: StoredRun): { inputs: Readonly<Record<string, Json>>; scope: RunScope } | undefined {
	const started = events.find(({ event }) => event.type === 'run.started')?.event;
	return started?.type === 'run.started' ? { inputs: started.inputs, scope: started.scope } : undefined;
}

interface Ended {
	readonly outputs: Readonly<Record<string, StoredValue>>;
	readonly error: string | null;
	/** It failed, and nothing stood in for its outputs. */
	readonly isFailure: boolean;
	isHeld: boolean;
}

type Place = { readonly frame: FramePath; readonly node: NodeId };

/** The state that a journal's lines add up to. */
class Fold implements ResumedRun, EarlierRun {
	readonly execution: StoredRun['execution'];
	readonly startedAt: number;
	readonly journals: number;
	readonly secrets: RunSecrets;
	readonly pins = new Map<NodeId, PortValues>();
	readonly given = new Map<NodeId, PortValues>();
	readonly waits = new Map<string, number | null>();
	readonly flows = new Map<string, LoadedFlow>();
	breakpoints: readonly Breakpoint[] = [];
	started: Extract<RunEvent, { type: 'run.started' }> | undefined;
	isOver = false;
	readonly #stored: StoredRun;
	readonly #retriesFailures: boolean;
	readonly #ended = new Map<string, Ended>();
	readonly #attempts = new Map<string, number>();
	/** Nodes that change the world and have begun. */
	readonly #begun = new Set<string>();
	#steps = 0;
	#tokens = 0;
	#cost = 0;
	#ms = 0;
	#workingSince: number | null;
	#lastAt: number;

	constructor(stored: StoredRun, retriesFailures: boolean, secrets: RunSecrets) {
		this.secrets = secrets;
		this.#stored = stored;
		this.#retriesFailures = retriesFailures;
		this.execution = stored.execution;
		this.startedAt = stored.startedAt;
		this.journals = stored.journals;
		this.#workingSince = this.#lastAt = stored.startedAt;
		for (const { event, at } of stored.events) this.#add(event, at);
		this.#pauseClock(this.#lastAt);
	}

	get count(): number {
		return this.#ended.size;
	}

	get spent(): Spent {
		return { steps: this.#steps, ms: this.#ms, tokens: this.#tokens, cost: this.#cost };
	}

	ended(frame: FramePath, node: NodeId): EndedNode | undefined {
		const found = this.#ended.get(keyOf({ frame, node }));
		if (!found) return undefined;
		if (found.isFailure) return { outputs: null, error: found.error ?? 'failed', isHeld: false };
		const outputs = this.#valuesOf(found.outputs);
		// A value whose file is gone: the node runs again.
		return outputs && { outputs, error: null, isHeld: found.isHeld };
	}

	attempts(frame: FramePath, node: NodeId): number {
		return this.#attempts.get(keyOf({ frame, node })) ?? 0;
	}

	wasCutOff(frame: FramePath, node: NodeId): boolean {
		const key = keyOf({ frame, node });
		return this.#begun.has(key) || this.#ended.has(key);
	}

	#add(event: RunEvent, at: number): void {
		this.#lastAt = at;
		switch (event.type) {
			case 'run.started':
				this.started = event;
				break;
			case 'run.resumed':
				this.isOver = false;
				this.#workingSince = at;
				break;
			case 'run.ended':
				this.isOver = event.status === 'succeeded' || !this.#retriesFailures;
				this.#pauseClock(at);
				break;
			case 'run.status':
				if (event.status === 'running') this.#workingSince = at;
				else this.#pauseClock(at);
				break;
			case 'run.breakpoints':
				this.breakpoints = event.breakpoints;
				break;
			case 'run.usage':
				this.#addUsage(event);
				break;
			case 'run.flow': {
				const flow = this.#stored.valueOf(event.document) as unknown as Flow | undefined;
				if (flow) this.flows.set(event.path, { flow, hash: event.flow });
				break;
			}
			case 'run.valueSet':
				this.#setValue(event);
				break;
			case 'node.started':
				this.#begun.add(keyOf(event));
				break;
			case 'node.retrying':
				this.#steps++;
				this.#attempts.set(keyOf(event), event.attempt);
				this.#begun.delete(keyOf(event));
				break;
			case 'node.waiting':
				this.#addWait(event);
				break;
			case 'node.continued':
				this.#letGo(event);
				break;
			case 'node.ended':
				this.#end(event);
				break;
			default:
		}
	}

	#end(event: Extract<RunEvent, { type: 'node.ended' }>): void {
		const key = keyOf(event);
		if (event.attempt > 0) this.#steps++;
		// One that was stopped may have done half of its work; a skipped one is skipped again.
		if (event.state === 'stopped' || event.state === 'skipped') return;
		const isFailure = event.state === 'failed' && Object.keys(event.outputs).length === 0;
		if (isFailure && this.#retriesFailures) {
			this.#begun.delete(key);
			return;
		}
		this.#begun.delete(key);
		this.#ended.set(key, { outputs: event.outputs, error: event.error, isFailure, isHeld: false });
		if (event.frame !== '' || event.attempt > 0 || (event.state !== 'pinned' && event.state !== 'cached')) return;
		const values = this.#valuesOf(event.outputs);
		if (values) (event.state === 'pinned' ? this.pins : this.given).set(event.node, values);
	}

	#addWait(event: Extract<RunEvent, { type: 'node.waiting' }>): void {
		if (event.ask) this.waits.set(event.ask.id, event.ask.until);
		const ended = this.#ended.get(keyOf(event));
		if (ended && event.for === 'breakpoint') ended.isHeld = true;
	}

	#letGo(place: Place): void {
		const ended = this.#ended.get(keyOf(place));
		if (ended) ended.isHeld = false;
	}

	#setValue({ place, side, port, value }: Extract<RunEvent, { type: 'run.valueSet' }>): void {
		const key = keyOf(place);
		const ended = this.#ended.get(key);
		if (side === 'output' && ended)
			this.#ended.set(key, { ...ended, outputs: { ...ended.outputs, [port]: value }, isFailure: false });
	}

	#addUsage({ usage, cost }: Extract<RunEvent, { type: 'run.usage' }>): void {
		const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = usage;
		this.#tokens += input + output + cacheRead + cacheWrite5m + cacheWrite1h;
		this.#cost += cost ?? 0;
	}

	#pauseClock(at: number): void {
		if (this.#workingSince !== null) this.#ms += Math.max(0, at - this.#workingSince);
		this.#workingSince = null;
	}

	#valuesOf(outputs: Readonly<Record<string, StoredValue>>): PortValues | undefined {
		const values: Record<string, Json> = {};
		for (const [port, stored] of Object.entries(outputs)) {
			const value = this.#stored.valueOf(stored);
			if (value === undefined) return undefined;
			values[port] = this.secrets.restore(value);
		}
		return values;
	}
}

/** The secrets that the run was given, as they are now. */
async function secretsOf({ events }: StoredRun, { secret }: RunServices): Promise<RunSecrets> {
	const secrets = new RunSecrets();
	for (const { event } of events) {
		const value = event.type === 'run.secret' ? await secret?.(event.name) : undefined;
		if (event.type === 'run.secret' && value !== undefined) secrets.add(event.name, value);
	}
	return secrets;
}

function keyOf({ frame, node }: Place): string {
	return `${frame}/${node}`;
}
