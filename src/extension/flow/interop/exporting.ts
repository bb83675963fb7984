import { join } from 'node:path';
import * as vscode from 'vscode';
import { customSources } from '../../../core/flow/custom/sources';
import { sourcesOf, usedParts } from '../../../core/flow/custom/usedParts';
import { copyEngine, engineEntry, engineFolder } from '../../../core/flow/interop/copyEngine';
import { exportCommand } from '../../../core/flow/interop/exportCommand';
import { exportTypeScript } from '../../../core/flow/interop/exportTypeScript';
import { exportN8n } from '../../../core/flow/interop/n8n/exportN8n';
import type { InteropReport } from '../../../core/flow/interop/report';
import type { Flow } from '../../../core/flow/model/flow';
import { targetOf } from '../commands';
import { asWritten, folderOf, isThere, readFlow, writeText } from '../files';
import type { FlowService } from '../service';
import { requireTrust } from '../trust';
import { tellReport } from './report';

interface Written {
	readonly file: vscode.Uri;
	readonly text: string;
	readonly report: InteropReport;
	/** Of what lies beside it. */
	readonly finish?: () => Promise<void>;
	/** How it is used. */
	readonly told: string;
}

interface Target extends vscode.QuickPickItem {
	readonly write: (flow: Flow, uri: vscode.Uri, service: FlowService) => Promise<Written> | Written;
}

const targets: readonly Target[] = [
	{
		label: 'n8n workflow',
		description: 'JSON',
		detail: 'Imported there from a file. What came from n8n and was not changed is as it was.',
		write: toN8n,
	},
	{
		label: 'Program in TypeScript',
		description: 'with the engine beside it',
		detail:
			'Runs by itself on the same engine, behind the same gate: a class with execute, batch, validate, logs and stats.',
		write: toProgram,
	},
	{
		label: 'Slash command of Claude',
		description: '.claude/commands',
		detail: 'Lets the Claude CLI run the flow with npx quarterdeck.',
		write: toCommand,
	},
];

/** Writes a flow for another system, and says what of it could not be said there. */
export async function exportFlow(service: FlowService, argument?: unknown): Promise<void> {
	requireTrust('A flow is exported');
	const uri = targetOf(service, argument);
	const flow = service.documents.find(uri)?.sync.flow ?? (await readFlow(uri));
	const target = await vscode.window.showQuickPick(targets, {
		title: `Export “${flow.name}”`,
		placeHolder: 'As what?',
	});
	if (!target) return;
	await service.world.ready;
	const { file, text, report, finish, told } = await target.write(flow, uri, service);
	const name = vscode.workspace.asRelativePath(file);
	if ((await isThere(file)) && !(await mayReplace(name))) return;
	await writeText(file, text);
	await finish?.();
	await vscode.window.showTextDocument(file, { preview: false });
	void tellReport(`“${flow.name}” was written to ${name}.`, report, told);
}

async function mayReplace(name: string): Promise<boolean> {
	const detail = 'What stands in it now is lost, unless it is in Git.';
	return (
		(await vscode.window.showWarningMessage(`${name} is there already.`, { modal: true, detail }, 'Replace')) ===
		'Replace'
	);
}

function toN8n(flow: Flow, uri: vscode.Uri): Written {
	const { workflow, report } = exportN8n(flow);
	const file = vscode.Uri.joinPath(uri, '..', `${flow.id}.n8n.json`);
	return { file, text: `${JSON.stringify(workflow, null, 2)}\n`, report, told: 'In n8n: Import from File…' };
}

async function toProgram(flow: Flow, uri: vscode.Uri, { world, host }: FlowService): Promise<Written> {
	const folder = folderOf(uri);
	const { flows, types } = await usedParts(flow, path => Promise.resolve(world.flows.find(path)));
	const nodes = sourcesOf(types, await customSources(folder));
	const { version } = host.context.extension.packageJSON as { readonly version: string };
	const { fileName, text, report } = exportTypeScript({ flow, flows, nodes, engine: engineEntry, version });
	const parent = vscode.Uri.joinPath(uri, '..');
	const paths = Object.values(flow.nodes).flatMap(({ params }) =>
		typeof params?.['path'] === 'string' ? [params['path']] : [],
	);
	const left = paths.filter(path => path.endsWith('.flow.json') && !Object.hasOwn(flows, path));
	return {
		file: vscode.Uri.joinPath(parent, fileName),
		text,
		report,
		finish: () => copyEngine(host.context.asAbsolutePath('dist'), join(parent.fsPath, engineFolder)),
		told: [
			`Run it with \`node ${fileName}\` (Node 22.18 or newer). The engine lies in \`${engineFolder}\` beside it.`,
			...left.map(path => `The sub-flow \`${path}\` could not be read, and is not in the program.`),
		].join('\n\n'),
	};
}

function toCommand(flow: Flow, uri: vscode.Uri, { world }: FlowService): Written {
	const folder = folderOf(uri);
	const { path, text, report } = exportCommand(flow, world.catalog, asWritten(folder, uri.fsPath));
	return {
		file: vscode.Uri.joinPath(vscode.Uri.file(folder), path),
		text,
		report,
		told: `In Claude: \`/${flow.id}\`.`,
	};
}
