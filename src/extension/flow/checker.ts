import { hash } from 'node:crypto';
import * as vscode from 'vscode';
import { Emitter } from '../../core/base/event';
import type { Clock } from '../../core/base/clock';
import { MutableDisposable, Owner, type Disposable } from '../../core/base/lifecycle';
import type { Flow } from '../../core/flow/model/flow';
import { parseFlow } from '../../core/flow/model/parse';
import type { FlowProblem, TextRange } from '../../core/flow/model/problem';
import { validateFlow } from '../../core/flow/model/validate/validate';
import type { FlowDocuments } from './document';
import { flowSuffix, isFlowFile, textOf } from './files';
import { fileOf } from './runs';
import type { FlowWorld } from './world';

/** Checked this long after the last change, milliseconds. */
const restMs = 300;
/** Flows of a workspace that are checked without being open. */
const mostFiles = 300;

/** What was found last, and in what: the same text in the same world is not checked again. */
interface Checked {
	/** Hash of the text. */
	readonly text: string;
	readonly world: string;
	readonly problems: readonly FlowProblem[];
	/** It calls other flows, whose inputs and outputs are ports of its nodes. */
	readonly isCaller: boolean;
}

/** Checks the flows that are open or lie in the workspace, and puts what is wrong into Problems. */
export class FlowChecker extends Owner {
	readonly #clock: Clock;
	readonly #world: FlowWorld;
	readonly #documents: FlowDocuments;
	readonly #collection = this.own(vscode.languages.createDiagnosticCollection('quarterdeck-flow'));
	readonly #problems = new Map<string, Checked>();
	readonly #timers = new Map<string, MutableDisposable<Disposable>>();
	readonly #checked = this.own(new Emitter<vscode.Uri>());
	/** A flow was checked. */
	readonly onDidCheck = this.#checked.event;
	readonly #changedFlow = this.own(new Emitter<vscode.Uri>());
	/** A flow is another than when it was last checked: those that call it may have other ports. */
	readonly onDidChangeFlow = this.#changedFlow.event;
	/** Grows when what flows are checked against is another. */
	#generation = 0;

	constructor(clock: Clock, world: FlowWorld, documents: FlowDocuments) {
		super();
		this.#clock = clock;
		this.#world = world;
		this.#documents = documents;
		const { workspace } = vscode;
		this.own(workspace.onDidChangeTextDocument(({ document }) => this.checkSoon(document.uri)));
		this.own(workspace.onDidOpenTextDocument(({ uri }) => this.checkSoon(uri)));
		this.own(
			workspace.onDidCloseTextDocument(({ uri }) => {
				if (uri.scheme === 'untitled') this.#forget(uri);
			}),
		);
		this.own(world.onDidChange(() => this.#checkAllAgain()));
		const watcher = this.own(workspace.createFileSystemWatcher(`**/*${flowSuffix}`));
		this.own(watcher.onDidChange(uri => this.checkSoon(uri)));
		this.own(watcher.onDidCreate(uri => this.checkSoon(uri)));
		this.own(watcher.onDidDelete(uri => this.#forget(uri)));
	}

	/** What is wrong with a flow, as it was found last. */
	problemsOf(uri: vscode.Uri): readonly FlowProblem[] {
		return this.#problems.get(uri.toString())?.problems ?? [];
	}

	/** Checks the flows of the workspace, open or not. */
	async checkWorkspace(): Promise<void> {
		const files = await vscode.workspace.findFiles(`**/*${flowSuffix}`, '**/node_modules/**', mostFiles);
		for (const uri of files) {
			if (this.isDisposed) return;
			await this.checkNow(uri);
		}
	}

	/** Checks a flow at once. */
	async checkNow(uri: vscode.Uri): Promise<void> {
		await this.#world.ready;
		// One that cannot be read has nothing wrong with it any more.
		const text = await textOf(uri).catch(() => undefined);
		if (this.isDisposed) return;
		if (text === undefined) return this.#forget(uri);
		const key = uri.toString();
		const before = this.#problems.get(key);
		const stamp = hash('sha256', text);
		if (before?.text === stamp && before.world === this.#worldOf(uri)) return;
		if (before && before.text !== stamp) this.#changed(key);
		const world = this.#worldOf(uri);
		const { problems, isCaller } = this.#check(uri, text);
		this.#problems.set(key, { text: stamp, world, problems, isCaller });
		this.#collection.set(
			uri,
			problems.map(problem => toDiagnostic(uri, problem)),
		);
		if (before && before.text !== stamp) this.#changedFlow.fire(uri);
		this.#checked.fire(uri);
	}

	override dispose(): void {
		super.dispose();
		for (const timer of this.#timers.values()) timer.dispose();
	}

	/** Flows that call others are checked again. */
	#changed(key: string): void {
		this.#generation++;
		for (const [other, { isCaller }] of this.#problems)
			if (isCaller && other !== key) this.checkSoon(vscode.Uri.parse(other, true));
	}

	#check(uri: vscode.Uri, text: string): Pick<Checked, 'problems' | 'isCaller'> {
		const open = this.#documents.find(uri)?.sync;
		const isSame =
			open?.isReadable === true && open.flow.id !== '' && this.#documents.find(uri)?.text.getText() === text;
		const parsed = open && isSame ? { flow: open.flow, problems: open.problems } : parseFlow(text);
		if (!parsed.flow) return { problems: parsed.problems, isCaller: false };
		const { catalog } = this.#world;
		const found = validateFlow(parsed.flow, catalog, this.#world.validationOf(fileOf(uri)), text);
		return { problems: [...parsed.problems, ...found], isCaller: callsFlows(parsed.flow) };
	}

	/** Checks a flow once it has rested: many changes are one, and who opens it does not wait. */
	checkSoon(uri: vscode.Uri): void {
		if (!isFlowFile(uri) || !['file', 'untitled'].includes(uri.scheme)) return;
		const key = uri.toString();
		let timer = this.#timers.get(key);
		if (!timer) this.#timers.set(key, (timer = new MutableDisposable()));
		timer.value = this.#clock.after(restMs, () => void this.checkNow(uri));
	}

	/** A custom node that is another than the one that ran last is remarked on. */
	#worldOf(uri: vscode.Uri): string {
		return `${this.#generation} ${this.#world.ranVersionsOf(fileOf(uri))}`;
	}

	#checkAllAgain(): void {
		this.#generation++;
		for (const key of this.#problems.keys()) this.checkSoon(vscode.Uri.parse(key, true));
	}

	#forget(uri: vscode.Uri): void {
		this.#problems.delete(uri.toString());
		this.#collection.delete(uri);
		this.#checked.fire(uri);
	}
}

/** Whether a flow has nodes that run other flows. */
export function callsFlows(flow: Flow): boolean {
	return Object.values(flow.nodes).some(({ type }) => /^flow\.call(?:@|$)/.test(type));
}

export const severities = {
	error: vscode.DiagnosticSeverity.Error,
	warning: vscode.DiagnosticSeverity.Warning,
	hint: vscode.DiagnosticSeverity.Information,
} as const;

function linkTo(uri: vscode.Uri, node: string): vscode.Uri {
	const args = encodeURIComponent(JSON.stringify([uri.toString(), node]));
	return vscode.Uri.parse(`command:quarterdeck.flows.reveal?${args}`);
}

function toDiagnostic(uri: vscode.Uri, problem: FlowProblem): vscode.Diagnostic {
	const { code, node } = problem;
	const diagnostic = new vscode.Diagnostic(rangeOf(problem.range), problem.message, severities[problem.severity]);
	diagnostic.source = 'Quarterdeck';
	// The editor of flows does not hear which problem was clicked: the link beside it leads to the node.
	diagnostic.code = node === undefined ? code : { value: code, target: linkTo(uri, node) };
	return diagnostic;
}

/** The place in VS Code's words; the beginning where there is none. */
export function rangeOf(range: TextRange | undefined): vscode.Range {
	if (!range) return new vscode.Range(0, 0, 0, 1);
	return new vscode.Range(range.line, range.column, range.endLine, range.endColumn);
}
