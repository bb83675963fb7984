import type * as vscode from 'vscode';
import { ExpectedError } from '../../../core/base/errors';
import { baselinePathOf, noBaseline, parseBaseline, type Baseline } from '../../../core/flow/datasets/baseline';
import { datasetPathOf, datasetSuffix, flowPathOf, isDatasetPath } from '../../../core/flow/datasets/dataset';
import type { Flow } from '../../../core/flow/model/flow';
import { parseFlow } from '../../../core/flow/model/parse';
import type { FlowDocuments } from '../document';
import { textOf } from '../files';

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
