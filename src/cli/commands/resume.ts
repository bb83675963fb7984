import { homedir } from 'node:os';
import { systemClock } from '../../core/base/clock';
import { isDatasetPath } from '../../core/flow/datasets/dataset';
import { expressionEngine } from '../../core/flow/expressions/engine';
import { builtInCatalog } from '../../core/flow/nodes/catalog';
import { RunBook, type InterruptedRun } from '../../core/flow/runs/runBook';
import type { CommandSpec, Given } from '../command';
import { exitCodes } from '../exitCodes';
import { jsonLine, shownPath, UsageError, type Io } from '../io';
import { perform, runOptions } from '../perform';
import { placeOptions, placesOf } from '../places';
import { consoleLogger } from '../world';

/** Runs that nobody goes on with, the newest first. */
async function interrupted(given: Given, io: Io): Promise<readonly InterruptedRun[]> {
	const book = new RunBook({
		folder: placesOf(given, io).runs,
		clock: systemClock,
		log: consoleLogger(io, given.flag('verbose')),
		catalog: () => builtInCatalog,
		world: { flow: () => undefined, tool: () => undefined },
		expressions: expressionEngine,
		services: async () => ({}),
		limits: () => ({}),
		append: () => undefined,
	});
	try {
		// A test is run again, not gone on with.
		const found = await book.interrupted(file => !isDatasetPath(file));
		return found.toSorted((left, right) => right.summary.startedAt - left.summary.startedAt);
	} finally {
		book.dispose();
	}
}

export const resumeCommand: CommandSpec = {
	name: 'resume',
	usage: '[RUN] [options]',
	summary: 'Goes on with a run that was killed or waits for an answer',
	about: `
Goes on where a run was: what has ended is not run again. A node that was changing the world when the program was
killed may have done its work already, so it asks: answer with --answer NODE=again or NODE=fail.

RUN is the id that was printed, or its beginning; without it the newest run that can go on. It needs the same --ledger
or --runs as before.`,
	options: runOptions,
	takes: [0, 1],
	async run(given, io) {
		const [wanted = ''] = given.positionals;
		const all = await interrupted(given, io);
		const [found, ...more] = all.filter(({ summary }) => summary.id.startsWith(wanted));
		if (!found) {
			const what = wanted === '' ? 'There is no run to go on with.' : `There is no run ${wanted} to go on with.`;
			throw new UsageError(`${what} \`quarterdeck runs\` lists those there are.`);
		}
		if (wanted !== '' && more.length > 0) throw new UsageError(`${more.length + 1} runs begin with ${wanted}.`);
		return perform(given, io, found.cwd, ({ runs }) => runs.resume(found.file, found.summary.id));
	},
};

export const runsCommand: CommandSpec = {
	name: 'runs',
	usage: '[options]',
	summary: 'Lists runs that can be gone on with',
	about: 'Lists runs that were killed or wait for an answer, the newest first.',
	options: {
		json: { type: 'boolean', help: 'Prints a line of JSON for each.' },
		verbose: { type: 'boolean', help: 'Says more about what the program itself does.' },
		...placeOptions,
	},
	takes: [0, 0],
	async run(given, io) {
		for (const { summary, file, flowName } of await interrupted(given, io)) {
			const { id, startedAt } = summary;
			if (given.flag('json')) io.out(jsonLine({ id, file, flow: flowName, startedAt }));
			else
				io.out(
					`${id}  ${new Date(startedAt).toISOString()}  ${flowName} (${shownPath(io, file).replace(homedir(), '~')})\n`,
				);
		}
		return exitCodes.ok;
	},
};
