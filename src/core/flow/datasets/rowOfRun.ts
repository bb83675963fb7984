import { ExpectedError } from '../../base/errors';
import type { Json } from '../../base/json';
import type { StoredRun } from '../engine/readJournal';

/** More than this on one line helps nobody. */
const longestRow = 1024 * 1024;

/** The line of a test that gives a flow what a run was given, and wants what came out of it. */
export function rowOfRun({ events, valueOf }: Pick<StoredRun, 'events' | 'valueOf'>, name: string): string {
	const started = events.find(({ event }) => event.type === 'run.started')?.event;
	const ended = events.findLast(({ event }) => event.type === 'run.ended')?.event;
	if (started?.type !== 'run.started' || ended?.type !== 'run.ended' || ended.status === 'stopped')
		throw new ExpectedError('run-open', 'Only a run that came to its end is a test: this one was stopped or goes on.');
	if (started.scope.kind !== 'all')
		throw new ExpectedError('run-part', 'Only a run of the whole flow is a test: this one ran a part of it.');
	const assertions = Object.entries(ended.outputs).map(([output, stored]) => {
		const equals = valueOf(stored);
		if (equals === undefined) throw new ExpectedError('no-value', `The value of '${output}' is not kept any more.`);
		return { output, equals };
	});
	const wanted = ended.status === 'failed' ? { fails: ended.error ?? true } : { assertions };
	const row: Readonly<Record<string, Json>> = { name, inputs: started.inputs, ...wanted };
	const text = JSON.stringify(row);
	if (text.length > longestRow)
		throw new ExpectedError('too-large', 'What this run was given or gave is too large for a test.');
	return text;
}

/** A file of tests with one more row at its end. */
export function withRow(text: string, row: string): string {
	const isOpen = text !== '' && !text.endsWith('\n');
	return `${isOpen ? '\n' : ''}${row}\n`;
}
