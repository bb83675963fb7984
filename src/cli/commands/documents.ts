import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { silentLogger } from '../../core/base/logger';
import { diffSentences, semanticDiff } from '../../core/flow/model/semanticDiff';
import { printFlow } from '../../core/flow/model/print';
import { parseFlow } from '../../core/flow/model/parse';
import { validateFlow } from '../../core/flow/model/validate/validate';
import type { FlowProblem } from '../../core/flow/model/problem';
import type { CommandSpec } from '../command';
import { exitCodes } from '../exitCodes';
import { FlowFolder, problemLine, readFlowFile, UnreadableFlow } from '../flowFiles';
import { jsonLine, readNamed, shownPath } from '../io';
import { workspaceOf } from '../places';
import { catalogOfFolder, newSandbox } from '../world';

const cwd = {
	type: 'string',
	value: 'DIR',
	help: 'The workspace folder, where custom nodes and sub-flows are. Without it: this folder.',
} as const;

export const validateCommand: CommandSpec = {
	name: 'validate',
	usage: 'FLOW... [options]',
	summary: 'Says what is wrong with flows',
	about: `
Checks flows as the editor does: shape, types, required ports, cycles, parameters, expressions. Each problem is a line
as of a compiler. Ends with 1 when one keeps a flow from running.`,
	options: {
		json: { type: 'boolean', help: 'Prints each problem as a line of JSON.' },
		strict: { type: 'boolean', help: 'Warnings count as well.' },
		cwd,
	},
	takes: [1, 10_000],
	async run(given, io) {
		const folder = workspaceOf(given, io);
		const sandbox = newSandbox(silentLogger);
		try {
			const { catalog, custom } = await catalogOfFolder(folder, sandbox);
			const flows = new FlowFolder(folder);
			const world = { flow: (path: string) => flows.find(path), tool: () => undefined };
			let isBad = false;
			for (const path of given.positionals) {
				const shown = path === '-' ? 'standard input' : shownPath(io, path);
				const text = await readNamed(io, path);
				const { flow, problems } = parseFlow(text);
				const all = flow ? [...problems, ...validateFlow(flow, catalog, world, text)] : problems;
				isBad ||= all.some(({ severity }) => severity === 'error' || (given.flag('strict') && severity === 'warning'));
				for (const problem of all)
					io.out(given.flag('json') ? jsonLine(plain(shown, problem)) : `${problemLine(shown, problem)}\n`);
			}
			custom.dispose();
			return isBad ? exitCodes.failed : exitCodes.ok;
		} finally {
			sandbox.dispose();
		}
	},
};

function plain(file: string, { code, severity, message, range, node }: FlowProblem): object {
	const place = range ? { line: range.line + 1, column: range.column + 1 } : {};
	return { file, ...place, severity, code, message, ...(node === undefined ? {} : { node }) };
}

export const formatCommand: CommandSpec = {
	name: 'fmt',
	usage: 'FLOW... [--check]',
	summary: 'Writes flows in their one canonical form',
	about: `
Brings flows into the form that the editor writes, so that two people who made the same change have the same text. With
- it reads standard input and prints. A file that is no flow is left as it is, and the command ends with 1.`,
	options: {
		check: { type: 'boolean', help: 'Writes nothing; lists what is not canonical and ends with 1.' },
	},
	takes: [1, 10_000],
	async run(given, io) {
		let isBad = false;
		for (const path of given.positionals) {
			const {
				flow,
				text,
				path: shown,
			} = await readFlowFile(io, path).catch((error: unknown) => {
				if (!(error instanceof UnreadableFlow)) throw error;
				io.err(`${error.message}\n`);
				return { flow: undefined, text: '', path };
			});
			if (!flow) {
				isBad = true;
				continue;
			}
			const canonical = printFlow(flow);
			if (path === '-' && !given.flag('check')) io.out(canonical);
			if (canonical === text) continue;
			if (given.flag('check')) {
				isBad = true;
				io.out(`${shown} is not canonical\n`);
			} else if (path !== '-') {
				await writeFile(resolve(io.cwd, path), canonical);
				io.out(`${shown} was rewritten\n`);
			}
		}
		return isBad ? exitCodes.failed : exitCodes.ok;
	},
};

export const diffCommand: CommandSpec = {
	name: 'diff',
	usage: 'A B [--json]',
	summary: 'Says in sentences how two flows differ',
	about: `
Compares what two flows do, not how they are written. Ends with 0 when they are the same (places on the canvas count as
well), with 1 when they differ. For a file of Git:
  git show HEAD:review.flow.json | quarterdeck diff - review.flow.json`,
	options: {
		json: { type: 'boolean', help: 'Prints one object: nodes, edges, inputs, groups and flow.' },
		logic: { type: 'boolean', help: 'Places on the canvas do not count.' },
	},
	takes: [2, 2],
	async run(given, io) {
		const [first = '', second = ''] = given.positionals;
		const { flow: a } = await readFlowFile(io, first);
		const { flow: b } = await readFlowFile(io, second);
		const diff = semanticDiff(a, b);
		const isSame = diff.isSame || (given.flag('logic') && diff.isLayoutOnly);
		if (given.flag('json')) io.out(jsonLine({ ...diff, nodes: Object.fromEntries(diff.nodes) }));
		else if (!isSame) io.out(`${diffSentences(a, b, diff).join('\n')}\n`);
		return isSame ? exitCodes.ok : exitCodes.failed;
	},
};
