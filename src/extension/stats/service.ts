import { randomBytes } from 'node:crypto';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Lazy } from '../../core/base/async';
import { localDay } from '../../core/base/clock';
import { errorText } from '../../core/base/errors';
import { DisposableStore, MutableDisposable, Owner } from '../../core/base/lifecycle';
import type { HardwareFeed } from '../../core/hardware/feed';
import { ledgerFolders } from '../../core/ledger/journal/layout';
import { Lease } from '../../core/ledger/lease';
import type { Ledger } from '../../core/ledger/queries';
import { SampleDemand } from '../../core/stats/demand';
import { EndedRuns } from '../../core/stats/endedRuns';
import { Growing, ledgerMeasures, machineMeasures, type LedgerTotals, type Measure } from '../../core/stats/measures';
import { OtlpExporter, otlpEndpoint, otlpHeaders } from '../../core/stats/otlpExporter';
import { statsFeed, statsRoutes } from '../../core/stats/routes';
import { StatsServer } from '../../core/stats/server';
import { Uploads } from '../../core/stats/upload';
import type { Host } from '../host/context';
import { AddressFile } from './address';
import { uploadParser } from './documents';
import { SoleWindow } from './soleWindow';

export interface StatsDeps {
	readonly host: Host;
	readonly ledgerFolder: string;
	readonly ledger: Lazy<Ledger>;
	hardware(): Promise<HardwareFeed>;
}

const firstDay = '1970-01-01';
const mostRunning = 1_000;

/** The stats server and the export of this machine: in one window of all, and off until the user turns them on. */
export class StatsService extends Owner {
	readonly #deps: StatsDeps;
	readonly #sole: SoleWindow;
	readonly #address: AddressFile;
	readonly #growing = new Growing();
	readonly #serving = this.own(new MutableDisposable<DisposableStore>());
	readonly #exporting = this.own(new MutableDisposable<DisposableStore>());
	#server: StatsServer | undefined;
	/** As they were when the server and the export began. */
	#serverWish: string | undefined;
	#exportWish: string | undefined;
	#token = '';

	constructor(deps: StatsDeps) {
		super();
		this.#deps = deps;
		const { host } = deps;
		this.#address = new AddressFile(join(host.context.globalStorageUri.fsPath, 'stats', 'address.json'));
		this.#sole = this.own(
			new SoleWindow({
				lease: new Lease(ledgerFolders(deps.ledgerFolder).leases, 'stats'),
				clock: host.clock,
				log: host.log,
				isWanted: () => vscode.workspace.isTrusted && (this.isOn || this.#endpoint !== ''),
				begin: () => this.#begin(),
				end: () => this.#end(),
			}),
		);
		this.own(
			host.settings.onDidChange(keys => {
				if ([...keys].some(key => key.startsWith('statsServer.') || key.startsWith('otlp.'))) void this.look();
			}),
		);
		this.own(
			host.secrets.onDidChange(key => {
				if (key === 'stats.token') void this.#useToken();
				if (key !== 'otlp.headers') return;
				this.#exportWish = undefined;
				void this.look();
			}),
		);
		this.own(vscode.workspace.onDidGrantWorkspaceTrust(() => void this.look()));
	}

	/** The user wants the server. */
	get isOn(): boolean {
		return this.#deps.host.settings.get('statsServer.enable');
	}

	/** Where it is, in this window or another one; `undefined` while it is nowhere. */
	async port(): Promise<number | undefined> {
		return this.#server?.port ?? (await this.#address.read());
	}

	/** Whether it is this window that serves. */
	get isServing(): boolean {
		return this.#server?.port !== undefined;
	}

	/** What callers must bring; made when it is first asked for. */
	async token(): Promise<string> {
		const known = await this.#deps.host.secrets.get('stats.token');
		return known ?? this.newToken();
	}

	/** Another token: what was handed out before opens nothing any more. */
	async newToken(): Promise<string> {
		const token = randomBytes(24).toString('base64url');
		await this.#deps.host.secrets.set('stats.token', token);
		await this.#useToken();
		return token;
	}

	/** Does what the settings want, now. */
	look(): Promise<void> {
		return this.#sole.look();
	}

	/** The window ends: another one may serve. */
	stop(): Promise<void> {
		return this.#sole.stop();
	}

	get #endpoint(): string {
		return this.#deps.host.settings.get('otlp.endpoint').trim();
	}

	async #begin(): Promise<void> {
		await this.#serve().catch((error: unknown) => this.#failed('The stats server could not start', error));
		await this.#export().catch((error: unknown) => this.#failed('Nothing is exported', error));
	}

	#failed(what: string, error: unknown): void {
		this.#deps.host.log.warn(`${what}: ${errorText(error)}`);
	}

	async #serve(): Promise<void> {
		const { settings } = this.#deps.host;
		const wish = this.isOn ? String(settings.get('statsServer.port')) : '';
		if (wish === this.#serverWish) return;
		await this.#stopServer();
		this.#serverWish = wish;
		if (!this.isOn) return;
		this.#token = await this.token();
		const store = new DisposableStore();
		this.#serving.value = store;
		const server = store.add(this.#newServer(store, await this.#deps.hardware()));
		const port = await server.open(settings.get('statsServer.port'));
		if (store.isDisposed) return;
		this.#server = server;
		await this.#address.write(port);
		this.#deps.host.log.info(`The stats server answers on http://127.0.0.1:${port}`);
	}

	#newServer(store: DisposableStore, hardware: HardwareFeed): StatsServer {
		const { clock, log, settings } = this.#deps.host;
		const demand = store.add(new SampleDemand(hardware, clock));
		const uploads = new Uploads(uploadParser(this.#deps.host), clock);
		const server: StatsServer = new StatsServer({
			clock,
			log,
			token: () => this.#token,
			allowedOrigins: () => settings.get('statsServer.allowedOrigins').filter(origin => typeof origin === 'string'),
			routes: statsRoutes({
				demand,
				uploads,
				measures: async () => [...machineMeasures(await demand.current()), ...(await this.#ledgerMeasures())],
				connections: () => server.connections,
				now: () => clock.now(),
				uptime,
			}),
			socket: statsFeed({ demand, uptime }),
		});
		return server;
	}

	async #export(): Promise<void> {
		const { host } = this.#deps;
		const { clock, log, settings, secrets, context } = host;
		const wish = JSON.stringify([this.#endpoint, settings.get('otlp.intervalSeconds')]);
		if (wish === this.#exportWish) return;
		this.#exporting.value = undefined;
		this.#exportWish = wish;
		if (this.#endpoint === '') return;
		const target = {
			endpoint: otlpEndpoint(this.#endpoint),
			headers: otlpHeaders((await secrets.get('otlp.headers')) ?? ''),
		};
		const store = new DisposableStore();
		this.#exporting.value = store;
		const [hardware, ledger] = await Promise.all([this.#deps.hardware(), this.#deps.ledger.get()]);
		if (store.isDisposed) return;
		store.add(hardware.watch('background'));
		const { version } = context.extension.packageJSON as { readonly version: string };
		const exporter = store.add(
			new OtlpExporter({
				clock,
				log,
				target,
				resource: { version, hostname: hostname() },
				intervalMs: Math.max(5, settings.get('otlp.intervalSeconds')) * 1000,
				measures: async () => [
					...(hardware.latest ? machineMeasures(hardware.latest) : []),
					...(await this.#ledgerMeasures()),
				],
			}),
		);
		store.add(new EndedRuns(ledger, clock, log, run => exporter.add(run)));
		log.info(`Metrics and runs are exported to ${target.endpoint}`);
	}

	async #ledgerMeasures(): Promise<readonly Measure[]> {
		const ledger = await this.#deps.ledger.get();
		const toDay = localDay(this.#deps.host.clock.now());
		const [costs, running] = await Promise.all([
			ledger.query('costs', { fromDay: firstDay, toDay, by: ['provider', 'model'] }),
			ledger.query('executions', { statuses: ['running', 'waiting'], limit: mostRunning }),
		]);
		const totals: LedgerTotals = { costs, running: running.length };
		return this.#growing.apply(ledgerMeasures(totals));
	}

	/** Another window may have made it. */
	async #useToken(): Promise<void> {
		if (!this.#server) return;
		const token = await this.token();
		if (token === this.#token) return;
		this.#token = token;
		this.#server.dropConnections();
	}

	async #stopServer(): Promise<void> {
		const wasServing = this.isServing;
		this.#serving.value = undefined;
		this.#server = undefined;
		this.#serverWish = undefined;
		if (!wasServing) return;
		// Before another window may write its own there.
		await this.#address
			.write(undefined)
			.catch((error: unknown) => this.#failed('The address of the stats server is still told', error));
	}

	async #end(): Promise<void> {
		this.#exporting.value = undefined;
		this.#exportWish = undefined;
		await this.#stopServer();
	}
}
