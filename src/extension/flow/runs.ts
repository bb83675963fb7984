import { hash } from 'node:crypto';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import { Emitter } from '../../core/base/event';
import type { ExecutionId } from '../../core/base/ids';
import type { Json } from '../../core/base/json';
import { Owner } from '../../core/base/lifecycle';
import { toNano } from '../../core/base/money';
import type { RunSummary } from '../../core/flow/editorProtocol';
import type { Breakpoint, RunScope } from '../../core/flow/engine/events';
import { limitsOf } from '../../core/flow/engine/limits';
import type { RunLimits } from '../../core/flow/engine/limits';
import { expressionEngine } from '../../core/flow/expressions/engine';
import type { Flow, FlowLimits } from '../../core/flow/model/flow';
import { printFlow } from '../../core/flow/model/print';
import type { LiveRun } from '../../core/flow/runs/liveRun';
import { RunBook } from '../../core/flow/runs/runBook';
import { changedInputs, type RunValues } from '../../core/flow/runs/runValues';
import { stateOf } from '../../core/flow/runs/runViews';
import type { LedgerEvent } from '../../core/ledger/events';
import { BlobStore } from '../../core/storage/blobs';
import type { Host } from '../host/context';
import { askInputs, reusable } from './askInputs';
import type { FlowDocument } from './document';
import { folderOf } from './files';
import type { FlowPins } from './pins';
import type { FlowRunServices } from './runServices';
import type { FlowWorld } from './world';

export interface FlowRunsDeps {
	readonly host: Host;
	readonly world: FlowWorld;
	readonly pins: FlowPins;
	readonly services: FlowRunServices;
	readonly append: (event: LedgerEvent) => void;
}

/** Runs of flows in this window, and what is kept of earlier ones. */
export class FlowRuns extends Owner {
	readonly book: RunBook;
	readonly pins: FlowPins;
	readonly #deps: FlowRunsDeps;
	readonly #blobs: BlobStore;
	readonly #breakpoints = this.own(new Emitter<string>());
	/** Fires with the file of the flow whose breakpoints are others. */
	readonly onDidChangeBreakpoints = this.#breakpoints.event;

	constructor(deps: FlowRunsDeps) {
		super();
		const { host, world, services, append } = deps;
		this.#deps = deps;
		this.pins = deps.pins;
		const folder = join(host.context.globalStorageUri.fsPath, 'flows');
		this.#blobs = new BlobStore(join(folder, 'blobs'));
		this.book = this.own(
			new RunBook({
				folder,
				clock: host.clock,
				log: host.log,
				catalog: () => world.catalog,
				world: world.ports,
				expressions: expressionEngine,
				services: services.forRun,
				limits: () => this.#limits,
				append,
			}),
		);
	}

	/** Begins a run of an open flow; asks for what it must be given. `undefined` when the user cancels. */
	async start(document: FlowDocument, scope: RunScope, withLastInputs: boolean): Promise<LiveRun | undefined> {
		const { uri, sync } = document;
		if (!sync.isReadable) throw new ExpectedError('flow-unreadable', 'The text of this flow has to be mended first.');
		return this.startFlow({ uri, flow: sync.flow, scope, withLastInputs });
	}

	async startFlow(wish: {
		readonly uri: vscode.Uri;
		readonly flow: Flow;
		readonly scope: RunScope;
		readonly withLastInputs: boolean;
	}): Promise<LiveRun | undefined> {
		const { uri, flow, scope, withLastInputs } = wish;
		if (!vscode.workspace.isTrusted) {
			throw new ExpectedError('untrusted', 'Flows run in trusted workspaces only.', {
				actions: [{ title: 'Manage Trust', command: 'workbench.trust.manage' }],
			});
		}
		const file = fileOf(uri);
		const { world } = this.#deps;
		await world.ready;
		if (!(await world.nodes.permit(file, flow, path => world.flows.find(path)))) return undefined;
		const last = await this.book.lastInputs(file);
		const inputs = (withLastInputs ? reusable(flow, last) : undefined) ?? (await askInputs(flow, last));
		if (!inputs) return undefined;
		return this.begin({ uri, flow, scope, inputs, breakpoints: this.breakpointsOf(uri), trigger: 'user' });
	}

	/** Begins a run that was given everything. */
	async begin(wish: {
		readonly uri: vscode.Uri;
		readonly flow: Flow;
		readonly scope: RunScope;
		readonly inputs: Readonly<Record<string, Json>>;
		readonly breakpoints: readonly Breakpoint[];
		readonly trigger: 'user' | 'tool';
	}): Promise<LiveRun> {
		const { uri, flow, ...rest } = wish;
		await this.#deps.world.ready;
		return this.book.start({
			...rest,
			flow,
			file: fileOf(uri),
			hash: hash('sha256', printFlow(flow)),
			cwd: folderOf(uri),
			pins: await this.pins.read(uri),
		});
	}

	/** Upper bounds that a run of the flow would have. */
	capsOf(flow: Flow): FlowLimits {
		const { maxSteps, maxMs, maxTokens, maxCost, concurrency } = limitsOf(flow.limits, this.#limits);
		return { maxSteps, maxMinutes: maxMs / 60_000, maxTokens, maxCostUsd: maxCost / 1e9, concurrency };
	}

	list(uri: vscode.Uri): Promise<readonly RunSummary[]> {
		return this.book.list(fileOf(uri));
	}

	/** A run whose values are looked at. */
	async values(uri: vscode.Uri, id: ExecutionId): Promise<RunValues> {
		const live = this.book.find(id);
		const valueOf: RunValues['valueOf'] = stored => {
			if (!('blob' in stored)) return stored.value;
			const text = this.#blobs.readNow(stored.blob);
			return text === undefined ? undefined : (JSON.parse(text) as Json);
		};
		if (live) {
			const { run, flow, state, changed } = live;
			return { flow, state, valueOf, changed, ...(run ? { live: (at, side, port) => run.value(at, side, port) } : {}) };
		}
		const stored = await this.book.read(fileOf(uri), id);
		return { flow: stored.flow, state: stateOf(stored), valueOf, changed: changedInputs(stored.events) };
	}

	/** The JSON of a large value. */
	blob(name: string): string {
		const text = this.#blobs.readNow(name);
		if (text === undefined) throw new ExpectedError('no-value', 'This value is not kept any more.');
		return text;
	}

	breakpointsOf(uri: vscode.Uri): readonly Breakpoint[] {
		return this.#deps.host.state.flowBreakpoints(fileOf(uri));
	}

	/** Keeps the breakpoints of a flow, and tells its run. */
	async setBreakpoints(uri: vscode.Uri, breakpoints: readonly Breakpoint[]): Promise<void> {
		const file = fileOf(uri);
		await this.#deps.host.state.setFlowBreakpoints(file, breakpoints);
		this.book.liveOf(file)?.run?.setBreakpoints(breakpoints);
		this.#breakpoints.fire(file);
	}

	get #limits(): Partial<RunLimits> {
		const { settings } = this.#deps.host;
		return { maxCost: toNano(settings.get('flows.maxCostUsd')), maxMs: settings.get('flows.maxMinutes') * 60_000 };
	}
}

/** What runs of a flow are kept under. */
export function fileOf(uri: vscode.Uri): string {
	return uri.scheme === 'file' ? uri.fsPath : uri.toString();
}
