import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Lazy } from '../core/base/async';
import { systemClock } from '../core/base/clock';
import { newId, type HostId } from '../core/base/ids';
import { errorText } from '../core/base/errors';
import type { Json } from '../core/base/json';
import type { Logger } from '../core/base/logger';
import { DisposableStore } from '../core/base/lifecycle';
import type { NanoDollars } from '../core/base/money';
import { configFolders } from '../core/claude/history/paths';
import type { CapabilityGrants } from '../core/flow/custom/customNode';
import { CustomNodes, type NodeSource } from '../core/flow/custom/customNodes';
import { customSources } from '../core/flow/custom/sources';
import { cappedServices } from '../core/flow/datasets/runDataset';
import { agentService } from '../core/flow/engine/agentService';
import type { RunEvent } from '../core/flow/engine/events';
import { FileCache } from '../core/flow/engine/fileCache';
import { modelService } from '../core/flow/engine/modelService';
import type { RunServices } from '../core/flow/engine/services';
import { toolService } from '../core/flow/engine/toolService';
import type { Flow } from '../core/flow/model/flow';
import { expressionEngine } from '../core/flow/expressions/engine';
import { builtInCatalog, catalogOf } from '../core/flow/nodes/catalog';
import type { NodeCatalog, PortWorld } from '../core/flow/nodes/nodeType';
import { RunBook, type RunBookDeps } from '../core/flow/runs/runBook';
import { RunFolders } from '../core/flow/runs/runFolders';
import { Sandbox } from '../core/flow/sandbox/sandbox';
import { LedgerClient } from '../core/ledger/client';
import type { LedgerEvent } from '../core/ledger/events';
import { findOnPath } from '../core/process/findOnPath';
import { systemProcessTable } from '../core/process/processTable';
import { ProcessSupervisor } from '../core/process/supervisor';
import { Watchdog } from '../core/process/watchdog';
import { Approvals } from '../core/safety/approvals';
import { machineContext } from '../core/safety/classify';
import { CliGate } from '../core/safety/cliGate';
import { Gate } from '../core/safety/gate';
import { Grants } from '../core/safety/grants';
import { PolicyStore } from '../core/safety/policyStore';
import { redactingLogger } from '../core/safety/redactingLogger';
import { withoutSecretsIn } from '../core/safety/withoutSecrets';
import { builtInTools } from '../core/tools/builtIn';
import { Toolbox } from '../core/tools/toolbox';
import { ToolRunner } from '../core/tools/toolRunner';
import { FlagConsent, type Refusal, type YesTo } from './consent';
import { FlowFolder } from './flowFiles';
import type { Io } from './io';
import { claudeStarter, openProviders } from './models';
import type { Places } from './places';
import { WorkerThread, workerFile } from './threads';
import { version } from './version';

/** What an exported program carries with it. */
export interface Embedded {
	readonly flows: Readonly<Record<string, Flow>>;
	readonly nodes: readonly NodeSource[];
}

export interface WorldOptions {
	readonly io: Io;
	readonly places: Places;
	/** The workspace folder. */
	readonly folder: string;
	readonly yesTo: YesTo;
	/** `provider/model` of nodes that name none. */
	readonly model: string;
	/** Of `--providers`. */
	readonly providers: string | undefined;
	/** Custom nodes that may reach what their files declare. */
	readonly allowedNodes: readonly string[];
	readonly isVerbose: boolean;
	/** Results of nodes are neither taken from earlier runs nor kept. */
	readonly isCacheOff?: boolean;
	/** What a program brings along: its sub-flows and custom nodes come before those of the folder. */
	readonly embedded?: Embedded;
	readonly onEvent: (event: RunEvent, at: number) => void;
}

type Views = () => CustomNodes['views'];

const noViews: Views = () => [];

/** Node types of a folder. Its custom nodes may reach nothing beyond what `grantsOf` says. */
export async function catalogOfFolder(
	folder: string,
	sandbox: Sandbox,
	grantsOf: (views: Views) => CapabilityGrants = () => ({ granted: () => [] }),
	embedded: readonly NodeSource[] = [],
): Promise<{ readonly catalog: NodeCatalog; readonly custom: CustomNodes }> {
	// Which file a hash belongs to is known only once the files are read.
	let views = noViews;
	const custom = new CustomNodes({ sandbox, grants: grantsOf(() => views()) });
	const own = new Set(embedded.map(({ path }) => path));
	const sources = [...embedded, ...(await customSources(folder)).filter(({ path }) => !own.has(path))];
	if (sources.length > 0) await custom.update(sources, new AbortController().signal);
	const known = custom.views;
	views = () => known;
	const { types } = custom;
	return { catalog: types.length === 0 ? builtInCatalog : catalogOf([...builtInCatalog.list(), ...types]), custom };
}

export function newSandbox(log: Logger): Sandbox {
	return new Sandbox({ startThread: () => new WorkerThread('sandbox.js', log) });
}

/** Everything that a run needs, made by hand in the order in which the parts need each other. */
export class World {
	readonly runs: RunBook;
	readonly catalog: NodeCatalog;
	readonly ports: PortWorld;
	readonly #options: WorldOptions;
	readonly #store: DisposableStore;
	readonly #ledger: LedgerClient;
	readonly #supervisor: ProcessSupervisor;
	readonly #consent: FlagConsent;
	readonly #failures: string[];
	readonly #book: RunBookDeps;
	readonly #cache: Lazy<FileCache>;
	readonly #sandbox: Sandbox;
	readonly #log: Logger;

	static async open(options: WorldOptions): Promise<World> {
		const { io, places, folder } = options;
		const log = consoleLogger(io, options.isVerbose);
		const store = new DisposableStore();
		await mkdir(places.processes, { recursive: true });
		const watchdog = new Watchdog({ entry: workerFile('watchdog.js'), logger: log });
		const supervisor = new ProcessSupervisor({
			folder: places.processes,
			table: systemProcessTable(),
			watchdog,
			logger: log,
		});
		// What a run that was killed left behind.
		await supervisor.reap().catch((error: unknown) => log.warn(errorText(error)));
		const sandbox = store.add(newSandbox(log));
		const allowed = new Set(options.allowedNodes);
		const { catalog, custom } = await catalogOfFolder(
			folder,
			sandbox,
			(views): CapabilityGrants => ({
				granted: hash => {
					const view = views().find(entry => entry.hash === hash);
					return view && allowed.has(view.type.replace(/^custom\./u, '')) ? view.capabilities : [];
				},
			}),
			options.embedded?.nodes,
		);
		store.add(custom);
		return new World(options, { log, store, supervisor, sandbox, catalog });
	}

	private constructor(options: WorldOptions, parts: Parts) {
		const { io, places, folder, yesTo } = options;
		const { log, store, supervisor, catalog } = parts;
		this.#options = options;
		this.#store = store;
		this.#supervisor = supervisor;
		this.catalog = catalog;
		this.#failures = [];
		this.#ledger = new LedgerClient({
			folder: places.ledger,
			host: newId<HostId>(),
			version,
			retention,
			startWorker: () => new WorkerThread('ledger.js', log),
			log,
		});
		const approvals = store.add(new Approvals({ journal: event => this.#append(event) }));
		this.#consent = new FlagConsent(approvals, yesTo);
		const grants = store.add(new Grants({ load: () => [], save: () => undefined }));
		const policies = new PolicyStore();
		const context = (): ReturnType<typeof machineContext> =>
			machineContext([folder], {
				policies: policies.policies([folder]),
				claudeFolders: configFolders(io.environment, homedir()),
				storageFolders: [places.home, places.ledger, places.runs],
			});
		const gate = new Gate({ context, approvals, grants, journal: event => this.#append(event) });
		const toolbox = store.add(newToolbox(io, supervisor, context));
		const runner = new ToolRunner({ toolbox, gate, clock: systemClock });
		const flows = new FlowFolder(folder, options.embedded?.flows);
		this.ports = { flow: path => flows.find(path), tool: name => toolbox.find(name)?.schema };
		const services = new Lazy(() => this.#services(parts, { gate, toolbox, runner, flows }));
		const cache = new Lazy(() => FileCache.open({ folder: cacheFolder(places) }));
		this.#book = {
			folder: places.runs,
			clock: systemClock,
			log,
			catalog: () => catalog,
			world: this.ports,
			expressions: expressionEngine,
			services: () => services.get(),
			limits: () => ({}),
			append: event => this.#append(event),
			onEvent: options.onEvent,
			...(options.isCacheOff === true ? {} : { cache: () => cache.get() }),
		};
		this.#cache = cache;
		this.#sandbox = parts.sandbox;
		this.#log = log;
		this.runs = store.add(new RunBook(this.#book));
	}

	/** A book of runs that ask `left` before each call of a model. Whoever asks for it disposes of it. */
	cappedBook(left: () => NanoDollars | null): RunBook {
		const { services } = this.#book;
		return new RunBook({ ...this.#book, services: async cwd => cappedServices(await services(cwd), left) });
	}

	readonly script = (source: string, values: Readonly<Record<string, Json>>, signal: AbortSignal): Promise<Json> =>
		this.#sandbox.script(source, values, signal);

	/** Calls that the gate refused so far. */
	get refusals(): readonly Refusal[] {
		return this.#consent.refusals;
	}

	/** What could not be written into the ledger. */
	get failures(): readonly string[] {
		return this.#failures;
	}

	/** Ends every process, then writes what waits. */
	async close(): Promise<void> {
		await this.runs.abandon();
		await this.runs.prune(retention.days).catch((error: unknown) => this.#log.warn(errorText(error)));
		await this.#supervisor.close();
		await (await this.#cache.started)?.settled();
		await this.#settled;
		await this.#ledger.close();
		this.#store.dispose();
	}

	#settled: Promise<void> = Promise.resolve();

	#append(event: LedgerEvent): void {
		const kept = withoutSecretsIn(event);
		this.#settled = this.#ledger.append(kept).catch((error: unknown) => void this.#failures.push(errorText(error)));
	}

	async #services({ log, sandbox, supervisor }: Parts, { gate, toolbox, runner, flows }: Reach): Promise<RunServices> {
		const { io, places, model, providers: file } = this.#options;
		const folder = join(places.home, 'claude');
		await mkdir(folder, { recursive: true });
		const how = { io, supervisor, log, folder };
		const providers = this.#store.add(await openProviders({ ...how, file }));
		const settled = (): Promise<void> => this.#settled;
		return {
			models: modelService({ providers, defaultModel: () => model }),
			tools: toolService({ toolbox, runner, settled }),
			agents: agentService({ start: claudeStarter(how), newGate: one => new CliGate({ gate, ...one }), settled }),
			secret: async name => io.environment[secretVariable(name)],
			script: (source, values, signal) => sandbox.script(source, values, signal),
			loadFlow: path => flows.load(path),
		};
	}
}

/** The same as the editor's own settings have where nobody changed them. */
const retention = { days: 365, megabytes: 1000 };

/** Where results of nodes are kept for the next run. */
export function cacheFolder({ runs }: Places): string {
	return new RunFolders(runs).cache;
}

interface Parts {
	readonly log: Logger;
	readonly store: DisposableStore;
	readonly supervisor: ProcessSupervisor;
	readonly sandbox: Sandbox;
	readonly catalog: NodeCatalog;
}

interface Reach {
	readonly gate: Gate;
	readonly toolbox: Toolbox;
	readonly runner: ToolRunner;
	readonly flows: FlowFolder;
}

function newToolbox(io: Io, supervisor: ProcessSupervisor, safety: () => ReturnType<typeof machineContext>): Toolbox {
	const toolbox = new Toolbox();
	toolbox.add(
		builtInTools({
			clock: systemClock,
			safety,
			environment: io.environment,
			spawn: async () => request => supervisor.spawn(request),
			ripgrep: findOnPath(process.platform === 'win32' ? 'rg.exe' : 'rg', io.environment),
			shell: shellOf(io),
			people: { notify: (text, level) => io.err(`${level === 'info' ? '' : `${level}: `}${text}\n`) },
			version,
		}),
	);
	return toolbox;
}

/** The variable that holds a secret of flows: `github-token` is `QUARTERDECK_SECRET_GITHUB_TOKEN`. */
export function secretVariable(name: string): string {
	return `QUARTERDECK_SECRET_${name.toUpperCase().replaceAll(/[^A-Z0-9]+/gu, '_')}`;
}

/** A bash, by whose rules the gate reads commands. `bash.exe` of System32 is another machine's. */
function shellOf(io: Io): string | null {
	if (process.platform !== 'win32')
		return ['/bin/bash', '/usr/bin/bash'].find(path => existsSync(path)) ?? findOnPath('bash', io.environment);
	const git = io.environment['ProgramFiles'];
	const path = git === undefined ? '' : join(git, 'Git', 'bin', 'bash.exe');
	return path !== '' && existsSync(path) ? path : null;
}

/** Warnings and errors go to standard error; the rest only with `--verbose`. */
export function consoleLogger(io: Io, isVerbose: boolean): Logger {
	const say =
		(level: string, isShown: boolean) =>
		(message: string | Error): void => {
			if (isShown) io.err(`quarterdeck: ${level}: ${message instanceof Error ? message.message : message}\n`);
		};
	return redactingLogger({
		trace: say('trace', false),
		debug: say('debug', isVerbose),
		info: say('info', isVerbose),
		warn: say('warning', isVerbose),
		error: say('error', true),
	});
}
