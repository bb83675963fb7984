import type { Clock } from '../../base/clock';
import { asId, type ExecutionId, type StepId } from '../../base/ids';
import type { NanoDollars } from '../../base/money';
import type { CompiledNode } from './compiled';
import { FlowError } from './errors';
import type { NodePlace, RunEvent } from './events';
import type { ExpressionEngine } from './expressionPort';
import type { RunLimits, RunMeter, Semaphore } from './limits';
import type { Scheduler } from './scheduler';
import type { RunServices } from './services';
import type { Waits } from './waits';

/** What is one for a whole run, sub-flows included. */
export interface RunHub {
	readonly execution: ExecutionId;
	/** Milliseconds since 1970. */
	readonly startedAt: number;
	/** Name of the flow, for whoever is asked something. */
	readonly title: string;
	readonly cwd: string;
	readonly clock: Clock;
	readonly limits: RunLimits;
	readonly meter: RunMeter;
	readonly scheduler: Scheduler;
	readonly expressions: ExpressionEngine;
	readonly services: RunServices;
	readonly waits: Waits;
	/** Between 0 and 1, for the jitter of retries. */
	readonly random: () => number;
	/** @param isKept whether the journal needs it; absent: it does */
	emit(event: RunEvent, isKept?: boolean): void;
	/** Requests at once, by provider. */
	semaphore(provider: string): Semaphore;
	/** Unique in the run. */
	nextCallId(): string;
}

/** One run of a node, as what it calls sees it. */
export interface CallerNode {
	readonly hub: RunHub;
	readonly compiled: CompiledNode;
	readonly place: NodePlace;
	readonly attempt: number;
	readonly step: StepId;
	readonly signal: AbortSignal;
	/** Nothing that still happens for it counts. */
	readonly isOver: boolean;
	/** What models cost in this attempt. */
	cost: NanoDollars | null;
	emit(event: RunEvent): void;
	progress(text: string): void;
	/** Gives the slot to others while `wait` is open. */
	parked<T>(wait: () => Promise<T>): Promise<T>;
}

/** The step of an attempt in the ledger: the same for a live run and one that is read from its journal. */
export function stepOf(execution: ExecutionId, { node, frame }: NodePlace, attempt: number): StepId {
	return asId<StepId>(`${execution}/${frame === '' ? '' : `${frame}/`}${node}@${attempt}`);
}

/** A node asks for something that whoever started the run did not bring. */
export function missing(what: string): never {
	throw new FlowError('no-service', `This run was started without ${what}.`);
}
