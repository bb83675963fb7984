import { resolve } from 'node:path';
import type { CommandSpec } from '../command';
import { flowHash, readFlowFile } from '../flowFiles';
import { cappedFlow, readInputs } from '../inputs';
import { perform, runOptions } from '../perform';
import { workspaceOf } from '../places';

export const runCommand: CommandSpec = {
	name: 'run',
	usage: 'FLOW [--input NAME=VALUE] [options]',
	summary: 'Runs a flow and prints what comes out of it',
	about: `
Runs a flow on the engine of the editor, behind the same gate, and writes it into the ledger. What comes out of the
flow goes to standard output, everything else to standard error.

Nobody sits in front of a command line, so calls that take a person’s word are refused unless --yes-to allows them.
Ctrl+C stops every node and every process at once.`,
	options: {
		input: {
			type: 'string',
			short: 'i',
			multiple: true,
			value: 'NAME=VALUE',
			help: 'An input of the flow; NAME=@FILE takes a file’s text. Lists and objects are written as JSON.',
		},
		inputs: { type: 'string', value: 'FILE', help: 'A JSON object of inputs; - for standard input.' },
		'max-cost': {
			type: 'string',
			value: 'USD',
			help: 'The most that models may cost; a smaller cap of the flow holds.',
		},
		...runOptions,
	},
	takes: [1, 1],
	async run(given, io) {
		const [path = ''] = given.positionals;
		const file = await readFlowFile(io, path);
		const flow = cappedFlow(file.flow, given);
		const inputs = await readInputs(flow, given, io);
		const folder = workspaceOf(given, io);
		return perform(given, io, folder, ({ runs }) =>
			runs.start({
				file: resolve(io.cwd, path),
				flow,
				hash: flowHash(flow),
				cwd: folder,
				trigger: 'user',
				scope: { kind: 'all' },
				inputs,
				breakpoints: [],
				pins: new Map(),
			}),
		);
	},
};
