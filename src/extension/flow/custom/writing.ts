import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { z } from 'zod';
import { ExpectedError } from '../../../core/base/errors';
import type { CustomFile } from '../../../core/flow/custom/customFile';
import { describeToNode, type WrittenNode } from '../../../core/flow/custom/writeNode';
import { customFolder } from '../../../core/flow/custom/newNode';
import { defineNode } from '../../../core/flow/nodes/nodeType';
import { choicesOf } from '../choices';
import { isThere, writeText } from '../files';
import type { FlowService } from '../service';
import { closeShown, shownText } from '../valueText';
import { runOne } from './trial';
import { nodeTypes, writeTypes } from './types';

/** Has a model write a node. It is a run in the ledger with what it cost. `undefined`: the user cancels. */
export async function writeWithModel(
	service: FlowService,
	wish: { readonly description: string; readonly cwd: string; readonly model: string; readonly current?: string },
): Promise<WrittenNode | undefined> {
	const { description, cwd, model, current } = wish;
	const types = await nodeTypes(service.host);
	let written: WrittenNode | undefined;
	const writer = defineNode({
		type: 'quarterdeck.writer',
		version: 1,
		title: 'Write a custom node',
		category: 'Agents',
		icon: 'sparkle',
		summary: '',
		help: '',
		params: z.object({}),
		ports: { inputs: [], outputs: [] },
		effects: 'reads',
		async run(_inputs, _params, context) {
			const deps = { sandbox: service.services.sandbox, ask: context.complete.bind(context), model, types };
			written = await describeToNode(deps, description, context.signal, current);
			return {};
		},
	});
	const progress = {
		location: vscode.ProgressLocation.Notification,
		title: 'A model writes the node…',
		cancellable: true,
	};
	return vscode.window.withProgress(progress, async (_, cancel) => {
		const stop = new AbortController();
		cancel.onCancellationRequested(() => stop.abort());
		const { signal } = stop;
		const run = await runOne(service, { type: writer, title: writer.title, cwd, inputs: {}, params: {}, signal });
		if (written || signal.aborted) return written;
		throw new ExpectedError(
			'custom-write',
			run.isOk ? 'The model wrote nothing.' : run.message.replace(/^'node' failed: /u, ''),
		);
	});
}

/** Which model writes; `undefined` when the user cancels. */
export async function pickModel({ choices, runs, host }: FlowService, cwd: string): Promise<string | undefined> {
	const usual = host.settings.get('flows.model').trim();
	const listed = await choicesOf('model', '', cwd, choices);
	const items = [
		...(usual === '' ? [] : [{ label: usual, description: 'the model of flows', value: usual }]),
		...listed
			.filter(({ value }) => value !== usual)
			.map(({ value, label, description = '' }) => ({ label, description, value })),
	];
	if (items.length === 0) {
		throw new ExpectedError('no-model', 'No model is ready to write it. Start a model server, or add a provider.', {
			actions: [{ title: 'Add a Provider', command: 'quarterdeck.providers.add' }],
		});
	}
	const { maxCost } = runs.limits;
	const cap = maxCost === undefined ? '' : ` At most $${(maxCost / 1e9).toFixed(2)} for it.`;
	const picked = await vscode.window.showQuickPick(items, {
		title: 'Which model writes the node?',
		placeHolder: `It answers with the code, which you see before it is saved.${cap}`,
		matchOnDescription: true,
	});
	return picked?.value;
}

/** Shows what a model wrote beside what is there, before anything is saved. */
export async function showDraft(
	folder: vscode.Uri,
	{ path, source }: Pick<CustomFile, 'path' | 'source'>,
): Promise<void> {
	const file = vscode.Uri.joinPath(folder, path);
	const name = basename(path);
	const before = (await isThere(file)) ? file : shownText(name, '', path);
	const after = shownText(name, source, path);
	await vscode.commands.executeCommand('vscode.diff', before, after, `${name} (not saved)`, { preview: false });
}

/** Closes what `showDraft` has opened. */
export function closeDraft({ path, source }: Pick<CustomFile, 'path' | 'source'>): Promise<void> {
	return closeShown(shownText(basename(path), source, path));
}

/** Writes a node's file with the types beside it. One that is there is replaced only when the user says so. */
export async function saveNode(
	service: FlowService,
	folder: vscode.Uri,
	{ path, source }: Pick<CustomFile, 'path' | 'source'>,
	mayReplace: boolean,
): Promise<vscode.Uri | undefined> {
	const file = vscode.Uri.joinPath(folder, path);
	if (await isThere(file)) {
		if (!mayReplace) throw new ExpectedError('custom-there', `${path} is there already. Choose another name.`);
		const detail = 'What stands in it now is replaced by what you have just seen.';
		const picked = await vscode.window.showWarningMessage(`Replace ${path}?`, { modal: true, detail }, 'Replace');
		if (picked !== 'Replace') return undefined;
	}
	await writeText(file, source);
	await writeTypes(service.host, folder);
	await service.nodes.refresh();
	return file;
}

/** The workspace folder that a node's file lies in. */
export function folderOfNode(file: vscode.Uri): string {
	return file.fsPath.slice(0, -join(customFolder, basename(file.fsPath)).length - 1);
}
