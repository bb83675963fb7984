import { join } from 'node:path';
import * as vscode from 'vscode';
import { Deferred, Sequencer, type Lazy } from '../../core/base/async';
import { errorText } from '../../core/base/errors';
import { Owner, toDisposable } from '../../core/base/lifecycle';
import type { RocmSmi } from '../../core/hardware/amd/rocmSmi';
import type { HardwareFeed } from '../../core/hardware/feed';
import { LiveFeed, type Nvidia } from '../../core/hardware/liveFeed';
import { programExists } from '../../core/hardware/programExists';
import { ledgerFolders } from '../../core/ledger/journal/layout';
import { Lease } from '../../core/ledger/lease';
import type { LedgerEvent } from '../../core/ledger/events';
import type { Ledger } from '../../core/ledger/queries';
import type { MinuteValues } from '../../core/hardware/minutes';
import type { ProcessSupervisor } from '../../core/process/supervisor';
import type { Host } from '../host/context';
import { WorkerPort } from '../host/workerHost';

export interface HardwareServiceDeps {
	readonly host: Host;
	readonly nvidia: Lazy<Nvidia>;
	readonly supervisor: Lazy<ProcessSupervisor>;
	readonly ledger: Lazy<Ledger>;
	readonly ledgerFolder: string;
	append(event: LedgerEvent): void;
}

const remotes: Readonly<Record<string, string>> = {
	'ssh-remote': 'Remote-SSH',
	wsl: 'WSL',
	'dev-container': 'Dev Container',
	'attached-container': 'Dev Container',
	'k8s-container': 'Kubernetes',
	codespaces: 'Codespaces',
	tunnel: 'Tunnel',
};

/** Megabytes of JavaScript that the thread may hold: with 5,000 processes it needs a tenth of it. */
const workerLimits = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 4 };

/** The machine of this window, looked at for as long as somebody watches. */
export class HardwareService extends Owner {
	readonly feed: HardwareFeed;
	readonly #deps: HardwareServiceDeps;
	readonly #lease: Lease;
	/** The lease is asked one thing at a time. */
	readonly #records = new Sequencer();
	#granted: Promise<void> | undefined;

	constructor(deps: HardwareServiceDeps) {
		super();
		const { host, nvidia, ledger, ledgerFolder } = deps;
		const { remoteName } = vscode.env;
		this.#deps = deps;
		this.#lease = new Lease(ledgerFolders(ledgerFolder).leases, 'metrics');
		this.feed = this.own(
			new LiveFeed({
				clock: host.clock,
				log: host.log,
				platform: process.platform,
				remote: remoteName === undefined ? undefined : (remotes[remoteName] ?? 'Remote'),
				startWorker: () =>
					new WorkerPort(host.context.asAbsolutePath(join('dist', 'workers', 'hardware.js')), host.log, workerLimits),
				nvidia: async () => {
					await this.#trusted();
					return this.isDisposed ? undefined : nvidia.get();
				},
				rocm: () => this.#rocm(),
				record: (minute, values) => void this.#records.run(() => this.#record(minute, values)),
				minutes: async (from, to, metrics) => (await ledger.get()).query('metrics', { from, to, metrics }),
			}),
		);
	}

	/** Gives back the right to record, so that another window records from its next minute on. */
	async stop(): Promise<void> {
		this.dispose();
		await this.#records.run(() => this.#lease.release());
	}

	async #rocm(): Promise<RocmSmi | undefined> {
		await this.#trusted();
		if (this.isDisposed) return undefined;
		const { clock, log } = this.#deps.host;
		const { RocmSmi } = await import('../../core/hardware/amd/rocmSmi');
		const supervisor = (): Promise<ProcessSupervisor> => this.#deps.supervisor.get();
		return this.own(new RocmSmi({ clock, log, supervisor, exists: programExists }));
	}

	/** In a workspace that is not trusted no program is started; the cards join once it is. */
	#trusted(): Promise<void> {
		if (vscode.workspace.isTrusted) return Promise.resolve();
		if (!this.#granted) {
			const granted = new Deferred<void>();
			this.own(vscode.workspace.onDidGrantWorkspaceTrust(() => granted.resolve()));
			this.own(toDisposable(() => granted.resolve()));
			this.#granted = granted.promise;
		}
		return this.#granted;
	}

	/** All windows look, and one of them records. */
	async #record(minute: number, values: MinuteValues): Promise<void> {
		// A workspace that is not trusted writes nothing.
		if (this.isDisposed || !vscode.workspace.isTrusted) return;
		try {
			if (await this.#lease.tryAcquire()) this.#deps.append({ type: 'metrics.recorded', minute, values });
		} catch (error) {
			this.#deps.host.log.warn(`A minute of the machine was not recorded: ${errorText(error)}`);
		}
	}
}
