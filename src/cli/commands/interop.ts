import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { silentLogger } from '../../core/base/logger';
import { customSources } from '../../core/flow/custom/sources';
import { sourcesOf, usedParts } from '../../core/flow/custom/usedParts';
import { importedName, readBeside } from '../../core/flow/interop/besideFiles';
import { copyEngine, engineEntry, engineFolder } from '../../core/flow/interop/copyEngine';
import { exportCommand } from '../../core/flow/interop/exportCommand';
import { exportTypeScript, type ProgramParts } from '../../core/flow/interop/exportTypeScript';
import { importFlow, importFormats, type ImportFormat } from '../../core/flow/interop/importFlow';
import { exportN8n } from '../../core/flow/interop/n8n/exportN8n';
import { reportText, type InteropReport } from '../../core/flow/interop/report';
import type { Flow } from '../../core/flow/model/flow';
import { pinsPath, printPins } from '../../core/flow/model/pins';
import { printFlow } from '../../core/flow/model/print';
import { slugOf } from '../../core/flow/model/slugs';
import type { CommandSpec, Given } from '../command';
import { exitCodes } from '../exitCodes';
import { FlowFolder, readFlowFile } from '../flowFiles';
import { jsonLine, readNamed, shownPath, UsageError, type Io } from '../io';
import { workspaceOf } from '../places';
import { workerFile } from '../threads';
import { version } from '../version';
import { catalogOfFolder, newSandbox } from '../world';

const common = {
	json: { type: 'boolean', help: 'Prints what was done as one object.' },
	force: { type: 'boolean', short: 'f', help: 'Writes over files that are there.' },
	cwd: { type: 'string', value: 'DIR', help: 'The workspace folder. Without it: this folder.' },
} as const;

interface NewFile {
	/** Absolute. */
	readonly path: string;
	readonly text: string;
}

/** Writes all files or none. */
async function writeAll(files: readonly NewFile[], given: Given, io: Io): Promise<void> {
	const there = files.filter(({ path }) => existsSync(path));
	if (there.length > 0 && !given.flag('force')) {
		throw new UsageError(
			`${there.map(({ path }) => shownPath(io, path)).join(', ')} is there already; --force writes over it.`,
		);
	}
	for (const { path, text } of files) {
		await mkdir(dirname(path), { recursive: true });
		await writeFile(path, text);
	}
}

function tell(files: readonly NewFile[], report: InteropReport, given: Given, io: Io): void {
	const names = files.map(({ path }) => shownPath(io, path));
	if (given.flag('json')) {
		io.out(jsonLine({ files: names, report }));
		return;
	}
	const isLong = report.lines.filter(({ kind }) => kind === 'translated').length > 8;
	const lines = isLong ? report.lines.filter(({ kind }) => kind !== 'translated') : report.lines;
	io.err(`${reportText({ ...report, lines })}\n`);
	io.out(`${names.join('\n')}\n`);
}

export const importCommand: CommandSpec = {
	name: 'import',
	usage: 'FILE [OUT.flow.json] [options]',
	summary: 'Makes a flow of one of ClaraVerse, n8n or Prompt flow',
	about: `
Translates what has a counterpart here and keeps the rest, so that an export gives it back. Says what was translated, what
has to be mended, what was kept and what was left out. Keys that stand in the file are taken out.

Custom nodes of ClaraVerse are written to .quarterdeck/nodes. Pinned data of n8n goes beside the flow. FILE may be - for
what n8n put on the clipboard.`,
	options: {
		from: { type: 'string', value: 'SYSTEM', help: `One of ${importFormats.join(', ')}. Without it, it is found out.` },
		...common,
	},
	takes: [1, 2],
	async run(given, io) {
		const [source = '', out] = given.positionals;
		const format = given.text('from');
		if (format !== undefined && !(importFormats as readonly string[]).includes(format))
			throw new UsageError(`--from takes one of ${importFormats.join(', ')}.`);
		const folder = workspaceOf(given, io);
		const beside = dirname(resolve(io.cwd, source));
		const { flow, pins, files, report } = await importFlow(await readNamed(io, source), {
			...(format === undefined ? {} : { format: format as ImportFormat }),
			name: importedName(source === '-' ? '' : source, beside),
			files: { read: path => readBeside(beside, path) },
		});
		const target = resolve(folder, out ?? `${slugOf(flow.name, 'imported')}.flow.json`);
		const all = [
			{ path: target, text: printFlow(flow) },
			...(Object.keys(pins.pins).length > 0 ? [{ path: pinsPath(target), text: printPins(pins) }] : []),
			...files.map(({ path, text }) => ({ path: join(folder, path), text })),
		];
		await writeAll(all, given, io);
		tell(all, report, given, io);
		return exitCodes.ok;
	},
};

const targets = ['n8n', 'typescript', 'claude-command'] as const;

export const exportCommandSpec: CommandSpec = {
	name: 'export',
	usage: 'FLOW --to n8n|typescript|claude-command [options]',
	summary: 'Writes a flow for n8n, as a program, or as a command of Claude',
	about: `
n8n             a workflow to import there; what came from n8n and was not changed is as it was
typescript      a program that runs the flow on this engine, behind the same gate: Node 22.18 or newer runs it
claude-command  a slash command of the Claude CLI, in .claude/commands, that runs the flow`,
	options: {
		to: { type: 'string', value: 'SYSTEM', help: `One of ${targets.join(', ')}.` },
		out: { type: 'string', short: 'o', value: 'FILE', help: 'Where it is written; - for standard output.' },
		engine: {
			type: 'string',
			value: 'MODULE',
			help: 'Of a program: where its engine is imported from. Without it: quarterdeck/engine.',
		},
		standalone: { type: 'boolean', help: 'Of a program: the engine is copied beside it, so that it needs no package.' },
		...common,
	},
	takes: [1, 1],
	async run(given, io) {
		const [path = ''] = given.positionals;
		const { flow } = await readFlowFile(io, path);
		const folder = workspaceOf(given, io);
		const out = given.text('out');
		const { file, text, report } = await written(given, flow, folder, path, io);
		if (out === '-') {
			io.out(text);
			return exitCodes.ok;
		}
		const all = [{ path: resolve(io.cwd, out ?? file), text }];
		await writeAll(all, given, io);
		if (given.text('to') === 'typescript' && given.flag('standalone'))
			await copyEngine(dirname(dirname(workerFile('sandbox.js'))), join(dirname(all[0]!.path), engineFolder));
		tell(all, report, given, io);
		return exitCodes.ok;
	},
};

interface Written {
	readonly file: string;
	readonly text: string;
	readonly report: InteropReport;
}

async function written(given: Given, flow: Flow, folder: string, path: string, io: Io): Promise<Written> {
	switch (given.text('to')) {
		case 'n8n': {
			const { workflow, report } = exportN8n(flow);
			return { file: `${flow.id}.n8n.json`, text: `${JSON.stringify(workflow, null, 2)}\n`, report };
		}
		case 'typescript': {
			const isAlone = given.flag('standalone');
			const engine = given.text('engine') ?? (isAlone ? engineEntry : 'quarterdeck/engine');
			const used = await partsOf(flow, folder);
			const { fileName, text, report } = exportTypeScript({ flow, ...used, engine, version });
			return { file: fileName, text, report };
		}
		case 'claude-command': {
			const sandbox = newSandbox(silentLogger);
			try {
				const { catalog, custom } = await catalogOfFolder(folder, sandbox);
				custom.dispose();
				const near = relative(folder, resolve(io.cwd, path)).replaceAll('\\', '/');
				const made = exportCommand(flow, catalog, near);
				return { file: join(folder, made.path), text: made.text, report: made.report };
			} finally {
				sandbox.dispose();
			}
		}
		default:
			throw new UsageError(`--to takes one of ${targets.join(', ')}.`);
	}
}

/** Sub-flows and custom nodes that a flow uses, and those that they use. */
async function partsOf(flow: Flow, folder: string): Promise<Pick<ProgramParts, 'flows' | 'nodes'>> {
	const reader = new FlowFolder(folder);
	const { flows, types } = await usedParts(flow, async path => (await reader.load(path)).flow);
	return { flows, nodes: sourcesOf(types, await customSources(folder)) };
}
