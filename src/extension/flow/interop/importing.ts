import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { ExpectedError } from '../../../core/base/errors';
import type { Imported } from '../../../core/flow/interop/flowBuilder';
import { importedName, readBeside } from '../../../core/flow/interop/besideFiles';
import { importFlow } from '../../../core/flow/interop/importFlow';
import { pinsPath, printPins } from '../../../core/flow/model/pins';
import { printFlow } from '../../../core/flow/model/print';
import { slugOf } from '../../../core/flow/model/slugs';
import { flowEditorType } from '../../host/ids';
import { projectFolder, workspaceFolders } from '../../host/workspace';
import { writeTypes } from '../custom/types';
import { freeFile, isThere, writeText } from '../files';
import type { FlowService } from '../service';
import { closeShown, shownText } from '../valueText';
import { requireTrust } from '../trust';
import { showReport, tellReport } from './report';

const mostBytes = 32 * 1024 * 1024;

type NodeFile = Imported['files'][number];

/** Makes a flow of a file of another system, says what became of each part, and opens it. */
export async function importFlowFile(service: FlowService, argument?: unknown): Promise<void> {
	requireTrust('A flow is imported');
	const source = argument instanceof vscode.Uri ? argument : await pickFile();
	if (!source) return;
	const { size } = await vscode.workspace.fs.stat(source);
	if (size > mostBytes) throw new ExpectedError('import', 'The file is larger than 32 MB.');
	const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(source));
	const beside = dirname(source.fsPath);
	const imported = await importFlow(text, {
		name: importedName(source.fsPath, beside),
		files: { read: path => readBeside(beside, path) },
	});
	const folder = vscode.workspace.getWorkspaceFolder(source)?.uri ?? vscode.Uri.file(projectFolder());
	const nodes = await chooseNodes(folder, imported.files);
	if (!nodes) return;
	const parent = vscode.workspace.getWorkspaceFolder(source) ? vscode.Uri.joinPath(source, '..') : folder;
	const target = await freeFile(parent, slugOf(imported.flow.name, 'imported'));
	for (const { path, text: code } of nodes.write) await writeText(vscode.Uri.joinPath(folder, path), code);
	if (nodes.write.length > 0) {
		await writeTypes(service.host, folder);
		await service.nodes.refresh();
	}
	await writeText(target, printFlow(imported.flow));
	const pins = target.with({ path: pinsPath(target.path) });
	if (Object.keys(imported.pins.pins).length > 0 && !(await isThere(pins)))
		await writeText(pins, printPins(imported.pins));
	await vscode.commands.executeCommand('vscode.openWith', target, flowEditorType);
	const { report } = imported;
	const sentence = `“${imported.flow.name}” was imported.`;
	if (report.lines.some(({ kind }) => kind !== 'translated')) await showReport(sentence, report, nodes.told);
	void tellReport(sentence, report, nodes.told);
}

async function pickFile(): Promise<vscode.Uri | undefined> {
	const [folder] = workspaceFolders();
	const [file] =
		(await vscode.window.showOpenDialog({
			title: 'Import a Flow of ClaraVerse, n8n or Prompt flow',
			openLabel: 'Import',
			filters: { 'Flows of other systems': ['json', 'yaml', 'yml'] },
			...(folder === undefined ? {} : { defaultUri: vscode.Uri.file(folder) }),
		})) ?? [];
	return file;
}

/** Shows the code that an import brings before anything of it is written. `undefined`: the user cancels. */
async function chooseNodes(
	folder: vscode.Uri,
	files: readonly NodeFile[],
): Promise<{ readonly write: readonly NodeFile[]; readonly told: string } | undefined> {
	const fresh: NodeFile[] = [];
	const taken: string[] = [];
	for (const file of files) {
		if (await isThere(vscode.Uri.joinPath(folder, file.path))) taken.push(file.path);
		else fresh.push(file);
	}
	const kept = taken.map(path => `\`${path}\` is there already and was left as it is.`).join('\n\n');
	if (fresh.length === 0) return { write: [], told: kept };
	const shown: vscode.Uri[] = [];
	for (const { path, text } of fresh) {
		const name = path.split('/').at(-1) ?? path;
		const [before, after] = [shownText(name, '', path), shownText(name, text, path)];
		await vscode.commands.executeCommand('vscode.diff', before, after, `${name} (would be written)`, {
			preview: false,
		});
		shown.push(after);
	}
	const names = fresh.map(({ path }) => path).join(', ');
	const several = fresh.length === 1 ? 'this custom node' : `these ${fresh.length} custom nodes`;
	const write = { label: `$(check) Write ${several}`, description: names };
	const leave = { label: '$(circle-slash) Import without the code', description: 'Its nodes are kept, and do not run' };
	const picked = await vscode.window.showQuickPick([write, leave], {
		title: 'The flow brings code',
		placeHolder: 'It is shown in the editor. In a run it is in the sandbox, and reaches nothing that you do not allow.',
		ignoreFocusOut: true,
	});
	for (const uri of shown) await closeShown(uri);
	if (!picked) return undefined;
	const written = fresh.map(({ path }) => `\`${path}\` was written.`).join('\n\n');
	if (picked === write) return { write: fresh, told: [written, kept].filter(text => text !== '').join('\n\n') };
	return { write: [], told: `The code of ${names} was left out.` };
}
