import { CancelledError } from '../../base/errors';
import type { ExecutionId, StepId } from '../../base/ids';
import type { Json } from '../../base/json';
import type { Disposable } from '../../base/lifecycle';
import type { NanoDollars } from '../../base/money';
import type { Clock } from '../../base/clock';
import type { ToolOffer } from '../../providers/provider';
import type { ToolOutcome } from '../../tools/toolRunner';
import type { NodeId } from '../model/flow';
import type {
	AgentAnswer,
	AgentRequest,
	FlowModelRequest,
	ModelAnswer,
	NodeContext,
	PersonPorts,
} from '../nodes/context';
import type { CompiledNode } from './compiled';
import { FlowError } from './errors';
import type { NodePlace, RunEvent } from './events';
import type { ExpressionScope } from './expressionPort';
import type { Frame } from './frame';
import { missing, stepOf, type CallerNode, type RunHub } from './hub';
import { callAgent, callModel, callTool } from './serviceCalls';

const progressMs = 100;
const longestLog = 10_000;
const mostLogs = 1000;

/** What a call asks of the engine. */
export interface CallOwner {
	/** The call was ended from outside while it ran or waited. */
	stopped(call: NodeCall): void;
	runFlow(
		call: NodeCall,
		path: string,
		inputs: Readonly<Record<string, Json>>,
	): Promise<Readonly<Record<string, Json>>>;
}

/** One run of one node in one frame, all its attempts: what the engine keeps of it, and what the node reaches. */
export class NodeCall implements NodeContext, CallerNode {
	readonly hub: RunHub;
	readonly frame: Frame;
	readonly local: number;
	readonly compiled: CompiledNode;
	inputs: Readonly<Record<string, Json>>;
	params: unknown;
	attempt = 0;
	/** Monotonic; of the attempt. */
	startedAt = 0;
	/** What models cost in this attempt. */
	cost: NanoDollars | null = null;
	/** Nothing that still happens for it counts. */
	isOver = false;
	/** It has a slot of the scheduler, which it may have lent to others. */
	hasSlot = false;
	/** Waits that are open while it has lent its slot. */
	parks = 0;
	/** Grows when an attempt is over: what the old one still gives back does not count. */
	token = 0;
	/** Under which its result is kept; cleared once it has read what the key does not cover. */
	cacheKey: string | undefined;
	/** Sub-flows that it called. */
	flows = 0;
	timer: Disposable | undefined;
	/** Ends what was started for it: frames of a container or sub-flow. */
	onAbort: (() => void) | undefined;
	readonly #owner: CallOwner;
	#controller: AbortController | undefined;
	#lastProgress = Number.NEGATIVE_INFINITY;
	#pendingProgress: string | undefined;
	#progressTimer: Disposable | undefined;
	#logs = 0;
	#asked = 0;

	constructor(hub: RunHub, frame: Frame, local: number, owner: CallOwner) {
		this.hub = hub;
		this.frame = frame;
		this.local = local;
		this.compiled = frame.body.nodes[local]!;
		this.inputs = frame.inputsOf(local);
		this.#owner = owner;
	}

	get place(): NodePlace {
		return { node: this.compiled.id, frame: this.frame.path };
	}

	get execution(): ExecutionId {
		return this.hub.execution;
	}

	get node(): NodeId {
		return this.compiled.id;
	}

	get idempotencyKey(): string {
		const { path } = this.frame;
		return `${this.hub.execution}/${path === '' ? '' : `${path}/`}${this.compiled.id}`;
	}

	get step(): StepId {
		return stepOf(this.hub.execution, this.place, this.attempt);
	}

	get signal(): AbortSignal {
		this.#controller ??= new AbortController();
		if (this.isOver && !this.#controller.signal.aborted) this.#controller.abort(new CancelledError());
		return this.#controller.signal;
	}

	get clock(): Clock {
		this.cacheKey = undefined;
		return this.hub.clock;
	}

	get cwd(): string {
		return this.hub.cwd;
	}

	get flowInputs(): Readonly<Record<string, Json>> {
		this.cacheKey = undefined;
		return this.frame.instance.inputs;
	}

	/** The attempt is over: what it started is told so, and a new one gets a signal of its own. */
	closeAttempt(): void {
		this.token++;
		this.timer?.dispose();
		this.timer = undefined;
		this.#progressTimer?.dispose();
		this.#progressTimer = undefined;
		this.#pendingProgress = undefined;
		this.onAbort?.();
		this.onAbort = undefined;
		if (!this.#controller) return;
		this.#controller.abort(new CancelledError());
		this.#controller = undefined;
	}

	/** Ends the call from outside: Stop, a failed neighbour, a lost race. */
	abort(): void {
		if (this.isOver) return;
		this.isOver = true;
		this.closeAttempt();
		this.#owner.stopped(this);
	}

	emit(event: RunEvent): void {
		if (!this.isOver) this.hub.emit(event);
	}

	log(text: string): void {
		if (this.#logs >= mostLogs) return;
		this.#logs++;
		const { node, frame } = this.place;
		const line = this.#logs === mostLogs ? 'Further lines of this node are left out.' : text.slice(0, longestLog);
		this.emit({ type: 'run.log', node, frame, text: line });
	}

	progress(text: string): void {
		const left = this.#lastProgress + progressMs - this.hub.clock.monotonic();
		if (left > 0) {
			this.#pendingProgress = text;
			this.#progressTimer ??= this.hub.clock.after(left, () => this.#tellProgress());
			return;
		}
		this.#pendingProgress = text;
		this.#tellProgress();
	}

	callTool(
		name: string,
		input: Readonly<Record<string, unknown>>,
		secrets?: Readonly<Record<string, string>>,
	): Promise<ToolOutcome> {
		return callTool(this, name, input, secrets);
	}

	async offers(patterns: readonly string[]): Promise<readonly ToolOffer[]> {
		return this.hub.services.tools?.offers(patterns) ?? missing('tools');
	}

	complete(request: FlowModelRequest): Promise<ModelAnswer> {
		return callModel(this, request);
	}

	agent(request: AgentRequest): Promise<AgentAnswer> {
		return callAgent(this, request);
	}

	get people(): PersonPorts {
		return {
			approve: async ({ title, detail, timeoutMs }) => {
				const question = { id: this.nextAsk(), title, detail, questions: [], timeoutMs };
				const answer = await this.parked(() => this.hub.waits.ask(this.place, 'approval', question, this.signal));
				if (answer === null) return null;
				return answer.kind === 'approval' ? { isApproved: answer.isApproved, comment: answer.comment } : null;
			},
			ask: async (questions, timeoutMs) => {
				const title = questions[0]?.question ?? this.compiled.id;
				const question = { id: this.nextAsk(), title, detail: '', questions, timeoutMs };
				const answer = await this.parked(() => this.hub.waits.ask(this.place, 'input', question, this.signal));
				return answer?.kind === 'input' ? answer.answers : null;
			},
		};
	}

	async secret(name: string): Promise<string> {
		// The key has its name and not its value, which may become another.
		this.cacheKey = undefined;
		const value = await this.hub.services.secret?.(name);
		if (value !== undefined) return value;
		const text = `The secret '${name}' has no value here. Set it in the flow's inspector, under Secrets.`;
		throw new FlowError('no-service', text);
	}

	async script(source: string, values: Readonly<Record<string, Json>>): Promise<Json> {
		const onLog = (text: string): void => this.log(text);
		return this.hub.services.script?.(source, values, this.signal, onLog) ?? missing('a sandbox for scripts');
	}

	evaluate(expression: string, scope: Readonly<Record<string, Json>>): Json | undefined {
		return this.hub.expressions.evaluate(expression, this.scope(scope));
	}

	runFlow(path: string, inputs: Readonly<Record<string, Json>>): Promise<Readonly<Record<string, Json>>> {
		return this.#owner.runFlow(this, path, inputs);
	}

	/** What expressions of the node see. */
	scope(extra?: Readonly<Record<string, Json>>): ExpressionScope {
		return new CallScope(this, extra);
	}

	/** Ids of questions are the same when a resumed run asks them again. */
	nextAsk(): string {
		const { node, frame } = this.place;
		return `${frame === '' ? '' : `${frame}/`}${node}?${this.#asked++}`;
	}

	/** Gives the slot to others while `wait` is open. */
	async parked<T>(wait: () => Promise<T>): Promise<T> {
		this.park();
		try {
			return await wait();
		} finally {
			await this.unpark();
		}
	}

	/** Gives the slot back for as long as it only waits. May be called several times, each with its own `unpark`. */
	park(): void {
		if (this.hasSlot && this.parks++ === 0) this.hub.scheduler.park();
	}

	/** Resolves when the node may go on. */
	async unpark(): Promise<void> {
		if (!this.hasSlot) return;
		if (this.parks > 1) {
			this.parks--;
			return;
		}
		await this.hub.scheduler.unpark();
		// It ended meanwhile, or waits for something else again.
		if (this.isOver || !this.hasSlot || --this.parks > 0) this.hub.scheduler.park();
	}

	#tellProgress(): void {
		this.#progressTimer = undefined;
		const text = this.#pendingProgress;
		this.#pendingProgress = undefined;
		if (text === undefined || this.isOver) return;
		this.#lastProgress = this.hub.clock.monotonic();
		const { node, frame } = this.place;
		this.hub.emit({ type: 'node.progress', node, frame, text }, false);
	}
}

/** Looks names up where they are; nothing is copied. */
class CallScope implements ExpressionScope {
	readonly #call: NodeCall;
	readonly #extra: Readonly<Record<string, Json>> | undefined;

	constructor(call: NodeCall, extra: Readonly<Record<string, Json>> | undefined) {
		this.#call = call;
		this.#extra = extra;
	}

	get input(): Readonly<Record<string, Json>> {
		return this.#call.inputs;
	}

	node(id: NodeId): Readonly<Record<string, Json | undefined>> | undefined {
		const { frame } = this.#call;
		this.#call.cacheKey = undefined;
		const node = frame.instance.compiled.byId.get(id);
		return node && frame.valuesOf(node);
	}

	name(name: string): Json | undefined {
		if (this.#extra && Object.hasOwn(this.#extra, name)) return this.#extra[name];
		const { frame: own, hub } = this.#call;
		this.#call.cacheKey = undefined;
		for (let frame: Frame | null = own; frame?.instance === own.instance; frame = frame.parent)
			if (Object.hasOwn(frame.entry, name)) return frame.entry[name];
		if (name === 'flow') return own.instance.inputs;
		if (name === 'now') return new Date(hub.clock.now()).toISOString();
		if (name !== 'run') return undefined;
		return { id: hub.execution, startedAt: new Date(hub.startedAt).toISOString() };
	}
}
