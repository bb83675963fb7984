import type { Json } from '../core/base/json';
import { formatCost } from '../core/base/money';
import type { RunEvent } from '../core/flow/engine/events';
import type { RunResult } from '../core/flow/engine/flowRun';
import type { ExitCode } from './exitCodes';
import { jsonLine, type Io } from './io';

/** Shows a run: as lines of JSON for programs, or as a few words for people. */
export interface RunPrinter {
	event(event: RunEvent, at: number): void;
	end(result: RunResult, about: RunEndAbout): void;
}

export interface RunEndAbout {
	readonly execution: string;
	readonly exitCode: ExitCode;
	readonly sentences: readonly string[];
}

/** Every event of the run on a line, then `{"type":"result",…}`. */
export function jsonPrinter(io: Io): RunPrinter {
	return {
		event: (event, at) => io.out(jsonLine({ at, ...event })),
		end({ status, outputs, error, node, spent }, { execution, exitCode, sentences }) {
			io.out(jsonLine({ type: 'result', execution, status, exitCode, outputs, error, node, spent, sentences }));
		},
	};
}

/** The gate’s sentences are for models, to whom it says that a person has decided. */
function plainError(error: string): string {
	return error.replaceAll('Not allowed by the user: ', '');
}

export const seconds = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** What happens goes to standard error, what comes out of the flow to standard output. */
export function textPrinter(io: Io, isQuiet: boolean): RunPrinter {
	const say = (text: string): void => {
		if (!isQuiet) io.err(`${text}\n`);
	};
	return {
		event: event => {
			const line = eventText(event);
			if (line !== undefined) say(line);
		},
		end({ status, outputs, error, node, spent }, { execution, sentences }) {
			const cost = spent.cost > 0 ? `, ${formatCost(spent.cost)}` : '';
			const where = node === null ? '' : ` at '${node}'`;
			if (status === 'succeeded') say(`done in ${seconds(spent.ms)}${cost}`);
			else io.err(`${status === 'failed' ? `failed${where}: ${plainError(error ?? '')}` : 'stopped'}${cost}\n`);
			for (const sentence of sentences) io.err(`${sentence}\n`);
			if (status !== 'succeeded') say(`run ${execution}`);
			const text = outputsText(outputs);
			if (text !== '') io.out(text);
		},
	};
}

function eventText(event: RunEvent): string | undefined {
	switch (event.type) {
		case 'node.ended': {
			const { node, frame, state, durationMs, error } = event;
			if (state === 'skipped') return undefined;
			const mark = state === 'failed' ? '✗' : state === 'stopped' ? '■' : '✓';
			const place = frame === '' ? node : `${frame}/${node}`;
			return `${mark} ${place} (${seconds(durationMs)})${error === null ? '' : `: ${plainError(error)}`}`;
		}
		case 'node.retrying':
			return `… ${event.node} is tried again in ${seconds(event.delayMs)}: ${event.error}`;
		case 'run.log':
			return `  ${event.node ?? ''}: ${event.text}`;
		case 'run.warning':
			return `! ${event.note ?? `${event.cap}: ${event.used} of ${event.limit} are used`}`;
		case 'run.resumed':
			return `goes on; ${event.finished} runs of nodes stand`;
		default:
			return undefined;
	}
}

/** One text is printed as it is; everything else as JSON. */
export function outputsText(outputs: Readonly<Record<string, Json>>): string {
	const values = Object.values(outputs);
	const [only] = values;
	if (values.length === 0) return '';
	if (values.length === 1 && typeof only === 'string') return only.endsWith('\n') ? only : `${only}\n`;
	return `${JSON.stringify(values.length === 1 ? only : outputs, null, 2)}\n`;
}
