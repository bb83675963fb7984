import * as vscode from 'vscode';
import { errorText, ExpectedError } from '../../../core/base/errors';
import { MutableDisposable, Owner, type Disposable } from '../../../core/base/lifecycle';
import { printBaseline, withAccepted } from '../../../core/flow/datasets/baseline';
import { checkDataset } from '../../../core/flow/datasets/checkDataset';
import type { DatasetProblem, DatasetRow } from '../../../core/flow/datasets/dataset';
import { readDataset } from '../../../core/flow/datasets/readDataset';
import type { RowResult } from '../../../core/flow/datasets/runDataset';
import { textOf } from '../files';
import type { FlowService } from '../service';
import { DatasetCompletions } from './completions';
import {
	baselineUri,
	datasetPattern,
	datasetUri,
	flowUri,
	isDatasetFile,
	readBaseline,
	testedFlow,
} from './datasetFiles';
import { severities } from '../checker';
import type { TestItems, TestPlace } from './parts';
import { runTests } from './runTests';

/** Read again so long after the last change, milliseconds. */
const restMs = 300;
const mostFiles = 1000;

/** The tests of flows in VS Code's Testing view: a file of tests each, and in it an item a row. */
export class FlowTests extends Owner implements TestItems {
	readonly service: FlowService;
	readonly controller: vscode.TestController;
	readonly #places = new WeakMap<vscode.TestItem, TestPlace>();
	/** How rows went in this window, by their items' ids. */
	readonly #results = new Map<string, RowResult>();
	readonly #timers = new Map<string, MutableDisposable<Disposable>>();
	readonly #runs: vscode.TestRunProfile;
	readonly #problems = this.own(vscode.languages.createDiagnosticCollection('quarterdeck-flow-tests'));
	#discovered: Promise<void> | undefined;

	constructor(service: FlowService) {
		super();
		this.service = service;
		this.controller = this.own(vscode.tests.createTestController('quarterdeck.flows', 'Agent Flows'));
		const { controller } = this;
		controller.resolveHandler = item => (item ? this.#readFile(item) : this.#discover());
		controller.refreshHandler = () => this.#discoverAgain();
		const run = (request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> =>
			runTests(this, request, token).catch((error: unknown) => service.host.commands.showFailure(error));
		this.#runs = this.own(controller.createRunProfile('Run', vscode.TestRunProfileKind.Run, run, true));
		// Its rows are runs on the graph, which stop at the breakpoints there.
		this.own(controller.createRunProfile('Debug on Graph', vscode.TestRunProfileKind.Debug, run, true));
		const coverage = this.own(controller.createRunProfile('Coverage', vscode.TestRunProfileKind.Coverage, run, true));
		coverage.loadDetailedCoverage = async (_, file) => (await import('./coverage')).detailsOf(file);
		this.#follow();
	}

	placeOf(item: vscode.TestItem): TestPlace | undefined {
		return this.#places.get(item);
	}

	async rowsOf(item: vscode.TestItem): Promise<readonly vscode.TestItem[]> {
		if (this.placeOf(item)?.row) return [item];
		await this.#readFile(item);
		return [...item.children].map(([, child]) => child);
	}

	async files(): Promise<readonly vscode.TestItem[]> {
		await this.#discover();
		return [...this.controller.items].map(([, item]) => item);
	}

	noteResult(item: vscode.TestItem, result: RowResult): void {
		this.#results.set(item.id, result);
	}

	/** Runs a file of tests as the Testing view does. Rejects with a sentence when there is none. */
	async runFile(uri: vscode.Uri): Promise<void> {
		await this.#discover();
		if ((await textOf(uri)) === undefined) {
			throw new ExpectedError(
				'no-tests',
				'This flow has no tests yet. Run it, and add the run to the tests in the list of its runs.',
				{ actions: [{ title: 'Show Runs', command: 'quarterdeck.flow.runs' }] },
			);
		}
		const item = this.#fileItem(uri);
		await vscode.commands.executeCommand('workbench.view.testing.focus');
		const stop = new vscode.CancellationTokenSource();
		try {
			await runTests(this, new vscode.TestRunRequest([item], undefined, this.#runs), stop.token);
		} finally {
			stop.dispose();
		}
	}

	/** Takes what came out of tests last for what has to come out of them. */
	async accept(items: readonly vscode.TestItem[]): Promise<void> {
		const byFile = new Map<string, vscode.TestItem[]>();
		for (const item of items) {
			const uri = this.placeOf(item)?.uri.toString();
			if (uri !== undefined) byFile.set(uri, [...(byFile.get(uri) ?? []), ...(await this.rowsOf(item))]);
		}
		let count = 0;
		for (const [address, rows] of byFile) count += await this.#acceptIn(vscode.Uri.parse(address, true), rows);
		if (count === 0)
			throw new ExpectedError('no-result', 'Nothing came out of these tests in this window: run them first.');
		vscode.window.setStatusBarMessage(
			`$(check) ${count === 1 ? 'The outputs of one test are' : `The outputs of ${count} tests are`} accepted`,
			4000,
		);
	}

	override dispose(): void {
		super.dispose();
		for (const timer of this.#timers.values()) timer.dispose();
	}

	async #acceptIn(uri: vscode.Uri, items: readonly vscode.TestItem[]): Promise<number> {
		const accepted = new Map<string, NonNullable<RowResult['outputs']>>();
		for (const item of items) {
			const result = this.#results.get(item.id);
			if (result?.outputs) accepted.set(result.row.key, result.outputs);
		}
		if (accepted.size === 0) return 0;
		const { rows } = readDataset((await textOf(uri)) ?? '');
		const known = new Set(rows.map(({ key }) => key));
		const text = printBaseline(withAccepted(await readBaseline(uri), accepted, known));
		await vscode.workspace.fs.writeFile(baselineUri(uri), new TextEncoder().encode(text));
		return accepted.size;
	}

	#follow(): void {
		const { workspace } = vscode;
		const watcher = this.own(workspace.createFileSystemWatcher(datasetPattern));
		this.own(watcher.onDidCreate(uri => this.#outdated(this.#fileItem(uri))));
		this.own(watcher.onDidChange(uri => this.#outdated(this.#fileItem(uri))));
		this.own(
			watcher.onDidDelete(uri => {
				this.controller.items.delete(uri.toString());
				this.#problems.delete(uri);
			}),
		);
		// A flow that is another may have other inputs and outputs.
		this.own(
			this.service.checker.onDidCheck(flow => {
				const item = this.controller.items.get(datasetUri(flow).toString());
				if (item && item.children.size > 0) this.#outdated(item);
			}),
		);
		this.own(
			vscode.languages.registerCompletionItemProvider(
				{ pattern: datasetPattern },
				new DatasetCompletions(this.service.documents),
				'"',
			),
		);
		const onText = ({ uri }: vscode.TextDocument): void => {
			if (isDatasetFile(uri) && uri.scheme === 'file') this.#outdated(this.#fileItem(uri));
		};
		this.own(workspace.onDidOpenTextDocument(onText));
		this.own(workspace.onDidChangeTextDocument(({ document }) => onText(document)));
		workspace.textDocuments.forEach(onText);
	}

	#discover(): Promise<void> {
		return (this.#discovered ??= this.#discoverAgain());
	}

	async #discoverAgain(): Promise<void> {
		const files = await vscode.workspace.findFiles(datasetPattern, '**/node_modules/**', mostFiles);
		const found = new Set(files.map(uri => uri.toString()));
		for (const [id] of this.controller.items) if (!found.has(id)) this.controller.items.delete(id);
		for (const uri of files) this.#fileItem(uri);
	}

	#fileItem(uri: vscode.Uri): vscode.TestItem {
		const id = uri.toString();
		const known = this.controller.items.get(id);
		if (known) return known;
		const label = vscode.workspace.asRelativePath(flowUri(uri));
		const item = this.controller.createTestItem(id, label, uri);
		item.canResolveChildren = true;
		this.#places.set(item, { uri, row: null });
		this.controller.items.add(item);
		return item;
	}

	#outdated(item: vscode.TestItem): void {
		let timer = this.#timers.get(item.id);
		if (!timer) this.#timers.set(item.id, (timer = new MutableDisposable()));
		timer.value = this.service.host.clock.after(restMs, () => void this.#readFile(item));
	}

	/** Makes an item of each row; one of a row that is still there stays, and keeps how it went. */
	async #readFile(item: vscode.TestItem): Promise<void> {
		const { uri } = item;
		if (!uri) return;
		try {
			const text = await textOf(uri);
			const dataset = readDataset(text ?? '');
			const { rows } = dataset;
			const flow = await testedFlow(this.service.documents, uri).catch(() => undefined);
			const problems = flow ? checkDataset(dataset, flow, text ?? '') : dataset.problems;
			if (this.isDisposed) return;
			this.#problems.set(uri, problems.map(toDiagnostic));
			const items = rows.map(row => this.#rowItem(item, uri, row));
			item.children.replace(items);
			const [first] = problems;
			item.error = first
				? `Line ${first.line + 1}: ${first.message}`
				: flow
					? undefined
					: 'The flow beside it cannot be read.';
		} catch (error) {
			item.error = errorText(error);
		}
	}

	#rowItem(file: vscode.TestItem, uri: vscode.Uri, row: DatasetRow): vscode.TestItem {
		const id = `${uri.toString()} ${row.key}`;
		const item = file.children.get(id) ?? this.controller.createTestItem(id, row.title, uri);
		item.label = row.title;
		item.sortText = String(row.line).padStart(8, '0');
		item.range = new vscode.Range(row.line, 0, row.line, 0);
		this.#places.set(item, { uri, row });
		return item;
	}
}

function toDiagnostic({ severity, message, line, column, endColumn }: DatasetProblem): vscode.Diagnostic {
	const diagnostic = new vscode.Diagnostic(
		new vscode.Range(line, column, line, endColumn),
		message,
		severities[severity],
	);
	diagnostic.source = 'Quarterdeck';
	return diagnostic;
}
