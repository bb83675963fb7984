import type { StepId } from '../../base/ids';
import type { StepRow } from '../queries';
import type { ExecutionDetail } from './executionSummary';
import { formatClock, formatDuration, formatRunCost, formatUsage, statusLabels, stepName, stepTitle } from './format';

export const logLevels = ['debug', 'info', 'warning', 'error'] as const;
/** `debug` is what went in and came out; the rest is what happened. */
export type LogLevel = (typeof logLevels)[number];

export interface LogLine {
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly level: LogLevel;
	readonly step: StepId | null;
	/** The step's name; empty for the execution itself. */
	readonly source: string;
	readonly text: string;
}

/** Reads a slice of a step's text. */
export type ReadStepText = (
	step: StepId,
	part: 'input' | 'output',
	offset: number,
	length: number,
) => Promise<{ readonly text: string; readonly total: number }>;

/** A line longer than this goes on in the next one, so that one minified file cannot stall the view. */
export const lineLimit = 2_000;
// Large, because the other side reads the whole text for each slice of it.
const sliceLength = 1024 * 1024;
const shortFailure = 20;
const looksFailed = /\b(error|errors|err!|failed|failure|failing|fatal|panic|exception|not ok|traceback)\b/i;

interface LogEvent {
	readonly key: string;
	readonly at: number;
	/** The input of a start, the output of an end. */
	readonly part: 'input' | 'output' | null;
	readonly step: StepRow | null;
	readonly level: LogLevel;
	readonly text: string;
}

/**
 * Turns an execution into log lines. It only ever appends: each update adds what has happened since, so that a view
 * that follows it never has to start again.
 */
export class ExecutionLog {
	readonly #read: ReadStepText;
	readonly #emit: (lines: readonly LogLine[]) => void;
	readonly #done = new Set<string>();
	/** How far the text of an event was read, so that a failed read goes on where it stopped. */
	readonly #progress = new Map<string, Progress>();

	constructor(read: ReadStepText, emit: (lines: readonly LogLine[]) => void) {
		this.#read = read;
		this.#emit = emit;
	}

	/** Adds what is new in `detail`. Do not call it again before it has settled. */
	async update(detail: ExecutionDetail, signal: AbortSignal): Promise<void> {
		for (const event of eventsOf(detail)) {
			if (this.#done.has(event.key)) continue;
			const progress = this.#progress.get(event.key) ?? { offset: 0, rest: '', isSaid: false };
			this.#progress.set(event.key, progress);
			// What a step gave stands before the line that closes it; what it was given, after the line that opens it.
			if (event.part !== 'output' && !progress.isSaid) this.#emit(linesOf(event, event.text, event.level));
			progress.isSaid = true;
			await this.#emitText(event, progress, signal);
			if (signal.aborted) return;
			if (event.part === 'output') this.#emit(linesOf(event, event.text, event.level));
			this.#done.add(event.key);
			this.#progress.delete(event.key);
		}
	}

	async #emitText(event: LogEvent, progress: Progress, signal: AbortSignal): Promise<void> {
		const { step, part } = event;
		if (!step || part === null || (part === 'input' ? step.inputBytes : step.outputBytes) === 0) return;
		const isFailure = part === 'output' && step.status === 'failed';
		const emit = (text: string): void =>
			this.#emit(isFailure ? failureLines(event, text) : linesOf(event, text, 'debug'));
		for (let total = Infinity; progress.offset < total && !signal.aborted;) {
			const slice = await this.#read(step.id, part, progress.offset, sliceLength);
			({ total } = slice);
			if (slice.text.length === 0) break;
			progress.offset += slice.text.length;
			const text = progress.rest + slice.text;
			const cut = progress.offset < total ? text.lastIndexOf('\n') + 1 : text.length;
			progress.rest = text.slice(cut);
			if (cut > 0) emit(text.slice(0, cut).replace(/\r?\n$/, ''));
		}
		if (progress.rest !== '' && !signal.aborted) emit(progress.rest);
	}
}

interface Progress {
	offset: number;
	/** The beginning of a line whose end was not read yet. */
	rest: string;
	isSaid: boolean;
}

/** One line as text, for copying and export. */
export function logLineText(line: LogLine): string {
	const source = line.source === '' ? '' : ` [${line.source}]`;
	return `${formatClock(line.at)} ${line.level.toUpperCase().padEnd(7)}${source} ${line.text}`;
}

function eventsOf(detail: ExecutionDetail): LogEvent[] {
	const { execution, steps, usage } = detail;
	const events: LogEvent[] = [];
	const own = (key: string, at: number, level: LogLevel, text: string): void => {
		events.push({ key, at, level, text, step: null, part: null });
	};
	own('start', execution.startedAt, 'info', `Started: ${execution.title}`);
	for (const step of steps) events.push(...stepEvents(step));
	if (execution.endedAt !== null) {
		for (const row of usage) {
			const cost = formatRunCost(row.cost, row.basis);
			own(
				`usage:${row.provider}:${row.model}`,
				execution.endedAt,
				'info',
				`Used ${row.model}: ${formatUsage(row.usage)} · ${cost}`,
			);
		}
		const took = formatDuration(execution.endedAt - execution.startedAt);
		const level = execution.status === 'failed' ? 'error' : execution.status === 'succeeded' ? 'info' : 'warning';
		own(
			'end',
			execution.endedAt,
			level,
			`${statusLabels[execution.status]} after ${took}${execution.error === null ? '' : `: ${execution.error}`}`,
		);
	}
	// Stable, so that a step's start stays before its end and the execution's end stays last in the same millisecond.
	return events.sort((left, right) => left.at - right.at);
}

function stepEvents(step: StepRow): LogEvent[] {
	const own = stepTitle(step);
	const title = own === '' ? '' : ` ${own}`;
	const start: LogEvent = {
		key: `start:${step.id}`,
		at: step.startedAt,
		part: 'input',
		step,
		level: 'info',
		text: `${step.kind === 'approval' ? 'Asked' : 'Began'}:${title === '' ? ` ${step.name}` : title}`,
	};
	if (step.endedAt === null) return [start];
	const level = step.status === 'failed' ? 'error' : step.status === 'succeeded' ? 'info' : 'warning';
	const used = step.usage === null ? '' : ` · ${formatUsage(step.usage)}`;
	const cost = step.cost === null ? '' : ` · ${formatRunCost(step.cost, null)}`;
	const text = `${statusLabels[step.status]} after ${formatDuration(step.endedAt - step.startedAt)}${used}${cost}`;
	return [
		start,
		{ key: `end:${step.id}`, at: Math.max(step.endedAt, step.startedAt), part: 'output', step, level, text },
	];
}

/** What a failed step gave: all of it when it is short, else the lines that say what failed, among the rest. */
function failureLines(event: LogEvent, text: string): LogLine[] {
	const lines = linesOf(event, text, 'error');
	if (lines.length <= shortFailure) return lines;
	return lines.map(line => (looksFailed.test(line.text) ? line : { ...line, level: 'debug' }));
}

function linesOf(event: LogEvent, text: string, level: LogLevel): LogLine[] {
	const source = event.step ? stepName(event.step) : '';
	const step = event.step?.id ?? null;
	const lines: LogLine[] = [];
	for (const line of text.split(/\r?\n/)) {
		if (line.length <= lineLimit) lines.push({ at: event.at, level, step, source, text: line });
		else
			for (let from = 0; from < line.length; from += lineLimit)
				lines.push({ at: event.at, level, step, source, text: line.slice(from, from + lineLimit) });
	}
	return lines;
}
