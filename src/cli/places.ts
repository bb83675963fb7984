import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Given, OptionSpec } from './command';
import type { Io } from './io';

/** Where the program keeps what it must not forget. */
export interface Places {
	/** All of it. */
	readonly home: string;
	readonly ledger: string;
	/** Journals of runs. */
	readonly runs: string;
	readonly processes: string;
}

export const placeOptions: Readonly<Record<string, OptionSpec>> = {
	ledger: {
		type: 'string',
		value: 'DIR',
		help: 'The ledger to write to, in the format of the editor’s own: give its folder to see runs there.\nWithout it: “ledger” in QUARTERDECK_HOME, else in ~/.quarterdeck.',
	},
	runs: { type: 'string', value: 'DIR', help: 'Where journals of runs lie; without it: “flows” beside the ledger.' },
	cwd: {
		type: 'string',
		value: 'DIR',
		help: 'The workspace folder; paths of flows start there. Without it: this folder.',
	},
};

export function placesOf(given: Given, io: Io): Places {
	const named = io.environment['QUARTERDECK_HOME'];
	const home = named === undefined || named === '' ? join(homedir(), '.quarterdeck') : resolve(io.cwd, named);
	const set = given.text('ledger');
	const ledger = set === undefined ? join(home, 'ledger') : resolve(io.cwd, set);
	const runs = given.text('runs');
	return {
		home,
		ledger,
		runs: runs === undefined ? join(dirname(ledger), 'flows') : resolve(io.cwd, runs),
		processes: join(home, 'processes'),
	};
}

/** The workspace folder. */
export function workspaceOf(given: Given, io: Io): string {
	return resolve(io.cwd, given.text('cwd') ?? '.');
}
