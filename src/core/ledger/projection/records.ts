import type { LedgerEvent, Usage } from '../events';
import { codeOf, firstEndedStatus, words } from './schema';

/** Where in the journal a line stands. */
export interface Place {
	readonly segment: number;
	readonly offset: number;
	readonly length: number;
}

/** An execution's row while a batch changes it. Fields with numbers of names say so in `schema.ts`. */
export interface ExecutionState {
	readonly row: number;
	readonly id: string;
	kind: number | null;
	trigger: number | null;
	status: number;
	title: string;
	error: string | null;
	agent: number;
	project: number;
	provider: number;
	model: number;
	conversation: number;
	host: number;
	startedAt: number | null;
	endedAt: number | null;
	firstAt: number;
	lastAt: number;
	/** Order of the update that set the field; 0 when the start did. */
	titleSeq: number;
	modelSeq: number;
	statusSeq: number;
}

export interface StepState {
	readonly id: string;
	parent: string | null;
	/** `null` while only its end is known. */
	kind: number | null;
	name: number;
	title: string;
	status: number;
	startedAt: number;
	endedAt: number | null;
	usage: Usage | null;
	cost: number | null;
	input: Place | null;
	inputBytes: number;
	output: Place | null;
	outputBytes: number;
}

export interface UsageState {
	readonly provider: number;
	readonly model: number;
	seq: number;
	day: number;
	isFinal: boolean;
	basis: number;
	cost: number | null;
	usage: Usage;
}

type Of<Type extends LedgerEvent['type']> = Extract<LedgerEvent, { type: Type }>;
type NameOf = (text: string | null) => number;

/*
 * What follows must commute and be idempotent: whatever the order in which the events of one record arrive, and however
 * often, the record ends up the same. So each function keeps what is newest by `seq` (or latest, for an end) instead of
 * what came last, and an event applied again only refreshes where its text stands.
 */

export function newExecution(row: number, id: string, at: number): ExecutionState {
	return {
		row,
		id,
		kind: null,
		trigger: null,
		status: codeOf(words.status, 'running'),
		title: '',
		error: null,
		agent: 0,
		project: 0,
		provider: 0,
		model: 0,
		conversation: 0,
		host: 0,
		startedAt: null,
		endedAt: null,
		firstAt: at,
		lastAt: at,
		titleSeq: 0,
		modelSeq: 0,
		statusSeq: 0,
	};
}

export function startExecution(
	state: ExecutionState,
	event: Of<'execution.started'>,
	at: number,
	host: number,
	nameOf: NameOf,
): void {
	if (state.startedAt !== null && at > state.startedAt) return;
	state.kind = codeOf(words.kind, event.kind);
	state.trigger = codeOf(words.trigger, event.trigger);
	state.agent = nameOf(event.agent);
	state.project = nameOf(event.project);
	// An update that names another one may have been applied before.
	if (state.provider === 0) state.provider = nameOf(event.provider);
	state.conversation = nameOf(event.conversation);
	state.host = host;
	state.startedAt = at;
	if (state.titleSeq === 0) state.title = event.title;
	if (state.modelSeq === 0) state.model = nameOf(event.model);
}

export function updateExecution(
	state: ExecutionState,
	event: Of<'execution.updated'>,
	seq: number,
	nameOf: NameOf,
): void {
	if (event.title !== undefined && seq >= state.titleSeq) {
		state.title = event.title;
		state.titleSeq = seq;
	}
	if (event.model !== undefined && seq >= state.modelSeq) {
		state.model = nameOf(event.model);
		if (event.provider !== undefined) state.provider = nameOf(event.provider);
		state.modelSeq = seq;
	}
	if (event.status !== undefined && state.endedAt === null && seq >= state.statusSeq) {
		state.status = codeOf(words.status, event.status);
		state.statusSeq = seq;
	}
}

export function endExecution(state: ExecutionState, event: Of<'execution.ended'>, at: number): void {
	const status = codeOf(words.status, event.status);
	if (!isLater(state, at, status)) return;
	state.status = status;
	state.endedAt = at;
	state.error = event.error;
	state.statusSeq = 0;
}

/** Two ends of one record are not expected; the later one wins (and of two starts the earlier), whichever is read first. */
function isLater(state: { status: number; endedAt: number | null }, at: number, status: number): boolean {
	return state.endedAt === null || at > state.endedAt || (at === state.endedAt && status >= state.status);
}

export function newStep(id: string, at: number): StepState {
	return {
		id,
		parent: null,
		kind: null,
		name: 0,
		title: '',
		status: codeOf(words.status, 'running'),
		startedAt: at,
		endedAt: null,
		usage: null,
		cost: null,
		input: null,
		inputBytes: 0,
		output: null,
		outputBytes: 0,
	};
}

export function startStep(
	state: StepState,
	event: Of<'step.started'>,
	at: number,
	name: number,
	input: { readonly place: Place; readonly bytes: number } | null,
): void {
	if (state.kind !== null && at > state.startedAt) return;
	state.parent = event.parent;
	state.kind = codeOf(words.stepKind, event.kind);
	state.name = name;
	state.title = event.title;
	state.startedAt = at;
	state.input = input && input.place;
	state.inputBytes = input?.bytes ?? 0;
}

export function endStep(
	state: StepState,
	event: Of<'step.ended'>,
	at: number,
	output: { readonly place: Place; readonly bytes: number } | null,
): void {
	const status = codeOf(words.status, event.status);
	if (!isLater(state, at, status)) return;
	if (state.kind === null) state.startedAt = at;
	state.status = status;
	state.endedAt = at;
	state.usage = event.usage;
	state.cost = event.cost;
	state.output = output && output.place;
	state.outputBytes = output?.bytes ?? 0;
}

/** Whether a usage event replaces what is known: newest first, but a final one is never replaced by a provisional one. */
export function replacesUsage(known: UsageState | undefined, seq: number, isFinal: boolean): boolean {
	if (!known) return true;
	return known.isFinal === isFinal ? seq >= known.seq : isFinal;
}

export function isOpen(status: number): boolean {
	return status < firstEndedStatus;
}
