import { hash } from 'node:crypto';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { Lazy } from '../../core/base/async';
import { ExpectedError } from '../../core/base/errors';
import { Emitter } from '../../core/base/event';
import type { ExecutionId } from '../../core/base/ids';
import type { Json } from '../../core/base/json';
import { Owner } from '../../core/base/lifecycle';
import { toNano, type NanoDollars } from '../../core/base/money';
import { cappedServices } from '../../core/flow/datasets/runDataset';
import type { RunSummary } from '../../core/flow/editorProtocol';
import type { Breakpoint, RunScope } from '../../core/flow/engine/events';
import type { TriggerValues } from '../../core/flow/engine/instance';
import { FileCache } from '../../core/flow/engine/fileCache';
import { limitsOf } from '../../core/flow/engine/limits';
import type { RunLimits } from '../../core/flow/engine/limits';
import { expressionEngine } from '../../core/flow/expressions/engine';
import type { Flow, FlowLimits } from '../../core/flow/model/flow';
import { printFlow } from '../../core/flow/model/print';
import type { LiveRun } from '../../core/flow/runs/liveRun';
import { RunBook, type RunBookDeps } from '../../core/flow/runs/runBook';
import { RunFolders } from '../../core/flow/runs/runFolders';
import { changedInputs, type RunValues } from '../../core/flow/runs/runValues';
import { stateOf } from '../../core/flow/runs/runViews';
import type { LedgerEvent, Trigger } from '../../core/ledger/events';
import { BlobStore } from '../../core/storage/blobs';
import type { Host } from '../host/context';
import { askInputs, reusable } from './askInputs';
import type { FlowDocument } from './document';
import { Daily } from './daily';
import { folderOf } from './files';
import type { FlowPins } from './pins';
import type { FlowRunServices } from './runServices';
import { requireTrust } from './trust';
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
	/** Results of nodes, for later runs with the same inputs. */
	readonly cache: Lazy<FileCache>;
	readonly #deps: FlowRunsDeps;
	readonly #book: RunBookDeps;
	readonly #tests = new Set<RunBook>();
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
		this.cache = new Lazy(() => FileCache.open({ folder: new RunFolders(folder).cache }));
		this.#book = {
			folder,
			clock: host.clock,
			log: host.log,
			catalog: () => world.catalog,
			world: world.ports,
			expressions: expressionEngine,
			services: services.forRun,
			limits: () => this.limits,
			append,
			cache: () => this.cache.get(),
		};
		this.book = this.own(new RunBook(this.#book));
		this.own(new Daily(host.clock, host.log, () => this.#prune()));
	}

	/** A run of this window, also one of a test. */
	find(id: ExecutionId): LiveRun | undefined {
		for (const book of [this.book, ...this.#tests]) {
			const live = book.find(id);
			if (live) return live;
		}
		return undefined;
	}

	/** A book for tests, whose runs ask `left` before each call of a model. Whoever asks for it disposes of it. */
	cappedBook(left: () => NanoDollars | null): RunBook {
		for (const book of this.#tests) if (book.isClosed) this.#tests.delete(book);
		const { services } = this.#book;
		const book = new RunBook({ ...this.#book, services: async cwd => cappedServices(await services(cwd), left) });
		this.#tests.add(book);
		return book;
	}

	/** The window ends: runs stay as they are, to be resumed. */
	async abandon(): Promise<void> {
		await Promise.all([this.book, ...this.#tests].map(book => book.abandon()));
		await (await this.cache.started)?.settled();
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
		/** The trigger node that it begins at. */
		readonly by?: TriggerValues;
	}): Promise<LiveRun | undefined> {
		const { uri, flow, scope, withLastInputs } = wish;
		requireTrust('Flows run');
		const file = fileOf(uri);
		const { world } = this.#deps;
		await world.ready;
		if (!(await world.nodes.permit(file, flow, path => world.flows.find(path)))) return undefined;
		const last = await this.book.lastInputs(file);
		const inputs = (withLastInputs ? reusable(flow, last) : undefined) ?? (await askInputs(flow, last));
		if (!inputs) return undefined;
		const by = await this.#beginning(wish);
		if (by === undefined) return undefined;
		const breakpoints = this.breakpointsOf(uri);
		return this.begin({ uri, flow, scope, inputs, breakpoints, trigger: 'user', ...(by ? { by } : {}) });
	}

	/** The trigger that a run begins at; `null` for all, `undefined` when the user cancels. */
	async #beginning(wish: Parameters<FlowRuns['startFlow']>[0]): Promise<TriggerValues | null | undefined> {
		const { uri, flow, scope, withLastInputs, by } = wish;
		if (by) return by;
		const isAsked = scope.kind === 'all' && !withLastInputs;
		const last = isAsked ? null : await this.book.lastTrigger(fileOf(uri));
		if (last && Object.hasOwn(flow.nodes, last.node)) return last;
		if (scope.kind !== 'all') return null;
		const { host, world } = this.#deps;
		return (await import('./triggers/askTrigger')).askTrigger(uri, flow, world.catalog, host.clock.now());
	}

	/** Begins a run that was given everything. */
	async begin(wish: {
		readonly uri: vscode.Uri;
		readonly flow: Flow;
		readonly scope: RunScope;
		readonly inputs: Readonly<Record<string, Json>>;
		readonly breakpoints: readonly Breakpoint[];
		readonly trigger: Trigger;
		/** The trigger node that it begins at. */
		readonly by?: TriggerValues;
		readonly title?: string;
	}): Promise<LiveRun> {
		const { uri, flow, ...rest } = wish;
		await this.#deps.world.ready;
		return this.book.start({
			...rest,
			flow,
			file: fileOf(uri),
			hash: hash('sha256', printFlow(flow)),
			cwd: folderOf(uri),
			// What somebody pinned to try the flow out is nothing that a trigger should go on with.
			pins: wish.by ? new Map() : await this.pins.read(uri),
		});
	}

	/** Upper bounds that a run of the flow would have. */
	capsOf(flow: Flow): FlowLimits {
		const { maxSteps, maxMs, maxTokens, maxCost, concurrency } = limitsOf(flow.limits, this.limits);
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

	async #prune(): Promise<void> {
		const { log, settings } = this.#deps.host;
		const count = await this.book.prune(settings.get('ledger.retentionDays'));
		if (count > 0) log.info(`What was kept of ${count} old runs of flows is deleted.`);
	}

	/** Caps of the settings. */
	get limits(): Partial<RunLimits> {
		const { settings } = this.#deps.host;
		return { maxCost: toNano(settings.limit('flows.maxCostUsd')), maxMs: settings.limit('flows.maxMinutes') * 60_000 };
	}
}

/** What runs of a flow are kept under. */
export function fileOf(uri: vscode.Uri): string {
	return uri.scheme === 'file' ? uri.fsPath : uri.toString();
}
