import { hash } from 'node:crypto';
import * as vscode from 'vscode';
import { errorText } from '../../../core/base/errors';
import { formatCost, toNano } from '../../../core/base/money';
import { readDataset } from '../../../core/flow/datasets/readDataset';
import type { RowFailure } from '../../../core/flow/datasets/assertions';
import type { DatasetRow } from '../../../core/flow/datasets/dataset';
import { runDataset, type RowResult } from '../../../core/flow/datasets/runDataset';
import { printFlow } from '../../../core/flow/model/print';
import { flowEditorType } from '../../host/ids';
import { folderOf, insideOf, textOf } from '../files';
import { fileOf } from '../runs';
import { requireTrust } from '../trust';
import { coverageOf } from './coverage';
import { flowUri, readBaseline, testedFlow } from './datasetFiles';
import type { TestItems } from './parts';

/** Tests at once. */
const concurrency = 4;

/** Runs what the Testing view asks for, one file after another. */
export async function runTests(
	tests: TestItems,
	request: vscode.TestRunRequest,
	token: vscode.CancellationToken,
): Promise<void> {
	requireTrust('Tests of flows run');
	const files = await wantedRows(tests, request);
	const run = tests.controller.createTestRun(request);
	const stop = new AbortController();
	const listening = [token, run.token].map(each => each.onCancellationRequested(() => stop.abort()));
	if (token.isCancellationRequested) stop.abort();
	try {
		for (const items of files.values()) for (const item of items) run.enqueued(item);
		const { settings } = tests.service.host;
		let left = toNano(settings.limit('flows.testMaxCostUsd'));
		for (const [address, items] of files) {
			const uri = vscode.Uri.parse(address, true);
			try {
				left -= await runFile(tests, { uri, items, run, request, left: Math.max(0, left), signal: stop.signal });
			} catch (error) {
				for (const item of items) run.errored(item, new vscode.TestMessage(errorText(error)));
			}
		}
	} finally {
		for (const each of listening) each.dispose();
		run.end();
	}
}

/** Items of rows by the address of their file. */
async function wantedRows(
	tests: TestItems,
	{ include, exclude }: vscode.TestRunRequest,
): Promise<ReadonlyMap<string, readonly vscode.TestItem[]>> {
	const left = new Set(exclude?.map(({ id }) => id));
	const byFile = new Map<string, vscode.TestItem[]>();
	for (const item of include ?? (await tests.files())) {
		if (left.has(item.id)) continue;
		for (const row of await tests.rowsOf(item)) {
			const uri = tests.placeOf(row)?.uri.toString();
			if (uri === undefined || left.has(row.id)) continue;
			const rows = byFile.get(uri) ?? [];
			if (!rows.includes(row)) byFile.set(uri, [...rows, row]);
		}
	}
	return byFile;
}

interface FileRun {
	readonly uri: vscode.Uri;
	readonly items: readonly vscode.TestItem[];
	readonly run: vscode.TestRun;
	readonly request: vscode.TestRunRequest;
	/** Nano-dollars. */
	readonly left: number;
	readonly signal: AbortSignal;
}

/** Gives what it cost. */
async function runFile(tests: TestItems, { uri, items, run, request, left, signal }: FileRun): Promise<number> {
	const { documents, runs, world, services } = tests.service;
	await world.ready;
	const flow = await testedFlow(documents, uri);
	const { rows } = readDataset((await textOf(uri)) ?? '');
	const isDebug = request.profile?.kind === vscode.TestRunProfileKind.Debug;
	const tested = flowUri(uri);
	if (isDebug) await vscode.commands.executeCommand('vscode.openWith', tested, flowEditorType);
	const byKey = new Map(rows.map(row => [row.key, row]));
	const itemOf = new Map<DatasetRow, vscode.TestItem>();
	for (const item of items) {
		const row = byKey.get(tests.placeOf(item)?.row?.key ?? '');
		if (row) itemOf.set(row, item);
		else run.errored(item, new vscode.TestMessage('This test is not in its file any more.'));
	}
	const report = await runDataset({
		file: fileOf(uri),
		flow,
		hash: hash('sha256', printFlow(flow)),
		cwd: folderOf(uri),
		rows: [...itemOf.keys()],
		baseline: await readBaseline(uri),
		concurrency: isDebug ? 1 : concurrency,
		...(isDebug
			? { attended: { book: runs.book, file: fileOf(tested), breakpoints: runs.breakpointsOf(tested) } }
			: {}),
		maxCost: left,
		newBook: limit => runs.cappedBook(limit),
		script: (source, values, abort) => services.sandbox.script(source, values, abort),
		signal,
		onStart: row => run.started(itemOf.get(row)!),
		onEnd: result => tell(tests, run, itemOf.get(result.row)!, result),
	});
	if (request.profile?.kind === vscode.TestRunProfileKind.Coverage) {
		const { coverage } = report;
		const folder = folderOf(uri);
		const called = coverage.called(world.catalog, world.ports).flatMap(({ path, nodes }) => {
			const file = insideOf(folder, path);
			return file === undefined ? [] : [{ flow: vscode.Uri.file(file), nodes }];
		});
		for (const { flow: covered, nodes } of [
			{ flow: tested, nodes: coverage.nodes(world.catalog, world.ports) },
			...called,
		])
			run.addCoverage(coverageOf(covered, (await textOf(covered)) ?? '', nodes));
	}
	return report.cost;
}

function tell(tests: TestItems, run: vscode.TestRun, item: vscode.TestItem, result: RowResult): void {
	const { status, failures, durationMs, cost, outputs, row } = result;
	tests.noteResult(item, result);
	const place = item.uri && new vscode.Location(item.uri, new vscode.Position(row.line, 0));
	const lines = [`${row.title}: ${status}${cost === null ? '' : `, ${formatCost(cost)}`}`];
	for (const [name, value] of Object.entries(outputs ?? {})) lines.push(`  ${name}: ${JSON.stringify(value)}`);
	for (const { message } of failures) lines.push(`  ${message}`);
	run.appendOutput(`${lines.join('\n').replaceAll(/\r?\n/g, '\r\n')}\r\n`, place, item);
	const messages = failures.map(failure => messageOf(failure, place, outputs !== null));
	if (status === 'passed') run.passed(item, durationMs);
	else if (status === 'failed') run.failed(item, messages, durationMs);
	else if (status === 'errored') run.errored(item, messages, durationMs);
	else run.skipped(item);
}

function messageOf(
	{ message, expected, actual }: RowFailure,
	place: vscode.Location | undefined,
	hasOutputs: boolean,
): vscode.TestMessage {
	const made =
		expected !== undefined && actual !== undefined
			? vscode.TestMessage.diff(message, expected, actual)
			: new vscode.TestMessage(actual === undefined ? message : `${message}\n\n${actual}`);
	if (place) made.location = place;
	if (hasOutputs) made.contextValue = 'outputs';
	return made;
}
