import * as vscode from 'vscode';
import { ExpectedError } from '../../../core/base/errors';
import type { Json } from '../../../core/base/json';
import type { TriggerValues } from '../../../core/flow/engine/instance';
import type { Flow } from '../../../core/flow/model/flow';
import type { NodeCatalog } from '../../../core/flow/nodes/nodeType';
import { gitFolders, gitState } from '../../../core/flow/triggers/gitState';
import { triggersOf, type TriggerSpec } from '../../../core/flow/triggers/spec';
import type { TriggerOutputs } from '../../../core/flow/triggers/starter';
import { askText } from '../../host/askText';
import { asWritten, folderOf } from '../files';

const mostFiles = 200;

/**
 * Where a run that a person asks for begins: at the manual trigger, or at one that waits for something, with what that
 * would give. `null`: everywhere, as there is no choice to make. `undefined` when the user cancels.
 */
export async function askTrigger(
	uri: vscode.Uri,
	flow: Flow,
	catalog: NodeCatalog,
	now: number,
): Promise<TriggerValues | null | undefined> {
	const triggers = triggersOf(flow, catalog);
	const able = triggers.filter(({ cause }) => cause !== undefined);
	const manual = able.filter(({ kind }) => kind === 'manual');
	if (able.length === 0 || manual.length === triggers.length) return null;
	const choices = manual.length > 0 ? manual : able;
	const spec = choices.length === 1 ? choices[0] : await pick(flow.name, choices);
	const outputs = spec && (await outputsOf(uri, spec, now));
	return spec && outputs && { node: spec.node, outputs };
}

async function pick(title: string, triggers: readonly TriggerSpec[]): Promise<TriggerSpec | undefined> {
	const choices = triggers.map(spec => ({ label: spec.title, description: spec.node, spec }));
	return (await vscode.window.showQuickPick(choices, { title, placeHolder: 'Where does the run begin?' }))?.spec;
}

/** What a trigger would give now; asks for what only an event knows. `undefined` when the user cancels. */
export async function outputsOf(
	uri: vscode.Uri,
	{ cause, title }: TriggerSpec,
	now: number,
): Promise<TriggerOutputs | undefined> {
	const at = new Date(now).toISOString();
	switch (cause?.kind) {
		case 'schedule':
			return { at, due: at };
		case 'webhook': {
			const body = await askBody(title);
			return body && { body: body.value, headers: {}, query: {}, method: cause.method };
		}
		case 'fileChange': {
			const path = await askFile(title, folderOf(uri), cause.pattern);
			return path === undefined ? undefined : { path, paths: [path], event: 'changed', count: 1 };
		}
		case 'git': {
			const folders = await gitFolders(folderOf(uri));
			const state = folders && (await gitState(folders));
			if (!state) throw new ExpectedError('no-git', 'The workspace folder is in no Git repository.');
			return { event: cause.events[0] ?? 'commit', ...state, before: state.commit, message: '' };
		}
		default:
			return { at };
	}
}

async function askBody(title: string): Promise<{ readonly value: Json } | undefined> {
	const text = await askText({
		title,
		prompt: 'The body that the webhook is called with, as JSON',
		value: '{}',
		validateInput: typed => (jsonOf(typed) ? undefined : 'This is no JSON.'),
	});
	return text === undefined ? undefined : jsonOf(text);
}

function jsonOf(text: string): { readonly value: Json } | undefined {
	try {
		return { value: JSON.parse(text) as Json };
	} catch {
		return undefined; // Told while it is typed.
	}
}

async function askFile(title: string, folder: string, pattern: string): Promise<string | undefined> {
	const base = new vscode.RelativePattern(vscode.Uri.file(folder), pattern);
	const files = await vscode.workspace.findFiles(base, '**/{node_modules,.git,.quarterdeck}/**', mostFiles);
	if (files.length === 0) throw new ExpectedError('no-files', `No file of the workspace fits “${pattern}”.`);
	const paths = files.map(file => asWritten(folder, file.fsPath)).sort();
	return vscode.window.showQuickPick(paths, { title, placeHolder: 'Which file has changed?' });
}
