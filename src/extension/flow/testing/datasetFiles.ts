import * as vscode from 'vscode';
import { ExpectedError } from '../../../core/base/errors';
import { baselinePathOf, noBaseline, parseBaseline, type Baseline } from '../../../core/flow/datasets/baseline';
import { datasetPathOf, datasetSuffix, flowPathOf, isDatasetPath } from '../../../core/flow/datasets/dataset';
import type { Flow } from '../../../core/flow/model/flow';
import { parseFlow } from '../../../core/flow/model/parse';
import type { FlowDocuments } from '../document';

export const datasetPattern = `**/*${datasetSuffix}`;

export function isDatasetFile(uri: vscode.Uri): boolean {
	return isDatasetPath(uri.path);
}

/** The file of tests of a flow. */
export function datasetUri(flow: vscode.Uri): vscode.Uri {
	return flow.with({ path: datasetPathOf(flow.path) });
}

export function flowUri(dataset: vscode.Uri): vscode.Uri {
	return dataset.with({ path: flowPathOf(dataset.path) });
}

export function baselineUri(dataset: vscode.Uri): vscode.Uri {
	return dataset.with({ path: baselinePathOf(dataset.path) });
}

/** A file's text, as it stands in its editor or on disk; `undefined` when there is none. */
export async function textOf(uri: vscode.Uri): Promise<string | undefined> {
	const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
	if (open) return open.getText();
	try {
		return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
	} catch (error) {
		if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
		throw error;
	}
}

/** The flow beside a file of tests, as it stands now. Rejects with a sentence. */
export async function testedFlow(documents: FlowDocuments, dataset: vscode.Uri): Promise<Flow> {
	const uri = flowUri(dataset);
	const open = documents.find(uri)?.sync;
	if (open?.isReadable === true) return open.flow;
	const name = uri.path.split('/').at(-1) ?? '';
	const text = await textOf(uri);
	if (text === undefined) throw new ExpectedError('not-found', `There is no ${name} beside these tests.`);
	const { flow, problems } = parseFlow(text);
	if (flow) return flow;
	throw new ExpectedError('flow-unreadable', `${name} cannot be read: ${problems[0]?.message ?? 'no reason'}`);
}

/** What was accepted last. Rejects with a sentence when the file cannot be read. */
export async function readBaseline(dataset: vscode.Uri): Promise<Baseline> {
	const uri = baselineUri(dataset);
	const text = await textOf(uri);
	if (text === undefined) return noBaseline;
	const baseline = parseBaseline(text);
	if (typeof baseline !== 'string') return baseline;
	throw new ExpectedError('bad-baseline', `${uri.path.split('/').at(-1) ?? ''}: ${baseline}`);
}
