import { localDay } from '../../base/clock';
import type { ExecutionId, StepId } from '../../base/ids';
import { asId } from '../../base/ids';
import type { LedgerEvent, Trigger } from '../../ledger/events';
import type { Flow } from '../model/flow';
import type { FramePath, NodePlace, RunEvent, StoredValue } from './events';
import { stepOf } from './hub';
import { RunState } from './runState';

/** What the ledger is told of a run beside its events. */
export interface RunRecord {
	readonly execution: ExecutionId;
	readonly flow: Flow;
	readonly trigger: Trigger;
	/** Absolute path of the workspace folder. */
	readonly project: string | null;
	/** `Review: run to fetch`; absent: the flow's name. */
	readonly title?: string;
	readonly append: (event: LedgerEvent) => void;
}

const longestOutput = 4000;

/**
 * Writes a run into the ledger: an execution, a step for each attempt of a node and for each call that a node makes, and
 * what each model used. Ids follow from places, so a run that is told again changes nothing.
 */
export class RunRecorder {
	readonly #record: RunRecord;
	readonly #totals = new RunState();
	readonly #open = new Map<StepId, number>();
	#day = '';
	#model = '';

	constructor(record: RunRecord) {
		this.#record = record;
	}

	/** Takes what a journal holds of the run already, without writing it again. */
	skip(event: RunEvent, at: number): void {
		if (event.type === 'run.started') this.#day = localDay(at);
		if (event.type === 'run.usage') this.#totals.apply(event, at);
	}

	add(event: RunEvent, at: number): void {
		switch (event.type) {
			case 'run.started':
				this.#start(at);
				break;
			case 'run.resumed':
				this.#append({ type: 'execution.updated', execution: this.#record.execution, status: 'running' });
				break;
			case 'run.status': {
				const status = event.status === 'running' ? 'running' : 'waiting';
				this.#append({ type: 'execution.updated', execution: this.#record.execution, status });
				break;
			}
			case 'node.started':
				this.#startNode(event, event.attempt);
				break;
			case 'node.retrying':
				this.#endStep(stepOf(this.#record.execution, event, event.attempt), 'failed', event.error, event.cost);
				break;
			case 'node.ended':
				this.#endNode(event);
				break;
			case 'run.call':
				this.#addCall(event);
				break;
			case 'run.usage':
				this.#addUsage(event, at);
				break;
			case 'run.ended':
				this.#end(event);
				break;
			default:
		}
	}

	#append(event: LedgerEvent): void {
		this.#record.append(event);
	}

	#start(at: number): void {
		const { execution, flow, trigger, project, title } = this.#record;
		this.#day = localDay(at);
		this.#append({
			type: 'execution.started',
			execution,
			kind: 'flow',
			trigger,
			title: title ?? flow.name,
			agent: flow.name,
			project,
			provider: 'flow',
			model: null,
			conversation: null,
		});
	}

	#startNode(place: NodePlace, attempt: number): void {
		const { execution, flow } = this.#record;
		const step = stepOf(execution, place, attempt);
		const node = place.frame === '' ? flow.nodes[place.node] : undefined;
		this.#open.set(step, attempt);
		this.#append({
			type: 'step.started',
			execution,
			step,
			parent: parentOf(execution, place.frame),
			kind: 'node',
			name: node?.type ?? place.node,
			title: `${node?.name ?? place.node}${attempt > 1 ? ` (attempt ${attempt})` : ''}`,
			input: null,
		});
	}

	#endNode(event: Extract<RunEvent, { type: 'node.ended' }>): void {
		const { attempt, state, outputs, error, cost } = event;
		// What did not run has no step.
		if (attempt === 0 || state === 'skipped' || state === 'pinned') return;
		const status = state === 'failed' ? 'failed' : state === 'stopped' ? 'stopped' : 'succeeded';
		this.#endStep(stepOf(this.#record.execution, event, attempt), status, error ?? outputText(outputs), cost);
	}

	#endStep(step: StepId, status: 'succeeded' | 'failed' | 'stopped', output: string | null, cost: number | null): void {
		// An attempt that was stopped while it waited to begin has none.
		if (!this.#open.delete(step)) return;
		const { execution } = this.#record;
		this.#append({ type: 'step.ended', execution, step, status, output, usage: null, cost });
	}

	#addCall(event: Extract<RunEvent, { type: 'run.call' }>): void {
		const { execution } = this.#record;
		const step = asId<StepId>(event.call);
		const kind = event.kind === 'tool' ? 'tool' : 'model';
		const { name, title, usage, cost } = event;
		const parent = stepOf(execution, event.place, event.attempt);
		if (event.status === 'running')
			this.#append({ type: 'step.started', execution, step, parent, kind, name, title, input: null });
		else this.#append({ type: 'step.ended', execution, step, status: event.status, output: null, usage, cost });
	}

	#addUsage(event: Extract<RunEvent, { type: 'run.usage' }>, at: number): void {
		const { execution } = this.#record;
		this.#totals.apply(event, at);
		this.#writeUsage(false, `${event.provider}/${event.model}`);
		const { provider, model } = event;
		if (this.#model !== '') return;
		this.#model = model;
		this.#append({ type: 'execution.updated', execution, provider, model });
	}

	#writeUsage(isFinal: boolean, only?: string): void {
		const { execution } = this.#record;
		for (const [key, total] of this.#totals.models) {
			if (only !== undefined && key !== only) continue;
			const { provider, model, usage, basis } = total;
			const cost = basis === 'unpriced' ? null : total.cost;
			this.#append({ type: 'usage.recorded', execution, provider, model, usage, cost, basis, isFinal, day: this.#day });
		}
	}

	#end({ status, error }: Extract<RunEvent, { type: 'run.ended' }>): void {
		const { execution } = this.#record;
		for (const step of this.#open.keys()) this.#endStep(step, 'stopped', null, null);
		this.#writeUsage(true);
		this.#append({ type: 'execution.ended', execution, status, error });
	}
}

/** The step of the container or sub-flow that a frame is a pass of. */
function parentOf(execution: ExecutionId, frame: FramePath): StepId | null {
	if (frame === '') return null;
	const at = frame.lastIndexOf('/');
	const [, node = '', attempt = '1'] = /^([^~#]*)(?:~(\d+))?#/.exec(frame.slice(at + 1)) ?? [];
	return stepOf(execution, { node, frame: at < 0 ? '' : frame.slice(0, at) }, Number(attempt));
}

function outputText(outputs: Readonly<Record<string, StoredValue>>): string | null {
	const entries = Object.entries(outputs);
	if (entries.length === 0) return null;
	const parts = entries.map(([port, stored]) => {
		const text =
			'blob' in stored
				? stored.preview
				: typeof stored.value === 'string'
					? stored.value
					: JSON.stringify(stored.value);
		return entries.length === 1 ? text : `${port}: ${text}`;
	});
	const text = parts.join('\n');
	return text.length > longestOutput ? `${text.slice(0, longestOutput)}…` : text;
}
