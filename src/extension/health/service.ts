import * as vscode from 'vscode';
import { errorText } from '../../core/base/errors';
import { Emitter } from '../../core/base/event';
import { MutableDisposable, Owner, type Disposable } from '../../core/base/lifecycle';
import type { AlertFeed } from '../../core/health/alert';
import { AlertEngine } from '../../core/health/alerts/alertEngine';
import type { AlertSound } from '../../core/health/alerts/sound';
import { readQuietHours } from '../../core/health/alerts/quietHours';
import { HealthMonitor } from '../../core/health/healthMonitor';
import type { HealthFeed, ServiceAction, ServiceView } from '../../core/health/health';
import type { WatchedService } from '../../core/health/service';
import type { ProblemView } from '../../core/health/healthPage';
import type { HardwareFeed } from '../../core/hardware/feed';
import { ledgerFolders } from '../../core/ledger/journal/layout';
import { Lease } from '../../core/ledger/lease';
import type { Alert, Intent, MachineEvent } from '../../core/ledger/machineEvents';
import type { Ledger } from '../../core/ledger/queries';
import type { Lazy } from '../../core/base/async';
import type { LedgerEvent } from '../../core/ledger/events';
import type { ProcessSupervisor } from '../../core/process/supervisor';
import type { Gate } from '../../core/safety/gate';
import type { ChatService } from '../chat/service';
import type { Host } from '../host/context';
import type { McpService } from '../mcp/service';
import type { ProviderService } from '../providers/service';
import { Refresher } from '../ledger/refresher';
import { Channels } from './channels';
import { Notifier } from './notifier';
import { Signals } from './signals';
import { newAlertSound, soundFor } from './sound';
import { ClaudeSource } from './sources/claudeSource';
import { ledgerService } from './sources/ledgerSource';
import { McpSource } from './sources/mcpSource';
import { OllamaServers } from './sources/ollamaServers';
import { ProviderSource } from './sources/providerSource';
import { UserSource } from './sources/userSource';

/** How often a window that does not lead asks whether it may. */
const leaseMs = 10_000;
const adoptMs = 300;
/** The changes that another window wrote down, of which the newest of each service counts. */
const adopted = 500;
const badQuietHours: ProblemView = {
	setting: 'alerts.quietHours',
	entry: 'Quiet hours',
	text: 'They are no two times such as 22:00-07:00, so there are none.',
};

export interface HealthServiceDeps {
	readonly host: Host;
	readonly ledgerFolder: string;
	readonly ledger: Lazy<Ledger>;
	readonly supervisor: Lazy<ProcessSupervisor>;
	readonly providers: Lazy<ProviderService>;
	readonly mcp: Lazy<McpService>;
	readonly chat: Lazy<ChatService>;
	readonly append: (event: LedgerEvent) => void;
	readonly newGate: () => Promise<Gate>;
	readonly hardware: () => Promise<HardwareFeed>;
}

/** The services and alerts of this machine, for this window. Made on first use. */
export class HealthService extends Owner implements HealthFeed {
	readonly monitor: HealthMonitor;
	readonly engine: AlertEngine;
	readonly ledger: Ledger;
	readonly notifier: Notifier;
	readonly sound: AlertSound;
	readonly #deps: HealthServiceDeps;
	readonly #signals: Signals;
	readonly #lease: Lease;
	readonly #user: UserSource;
	readonly #ledgerService: WatchedService;
	readonly #ollamas: OllamaServers;
	readonly #turn = this.own(new MutableDisposable<Disposable>());
	readonly #adopting: Refresher;
	readonly #problemsChanged = this.own(new Emitter<void>());
	/** What is wrong with a setting of ours is another. */
	readonly onDidChangeProblems = this.#problemsChanged.event;
	#providers: ProviderSource | undefined;
	#mcp: McpSource | undefined;
	#claude: ClaudeSource | undefined;
	#turning: Promise<void> | undefined;
	#isStopped = false;

	private constructor(deps: HealthServiceDeps, ledger: Ledger) {
		super();
		this.#deps = deps;
		this.ledger = ledger;
		const { host, ledgerFolder, append } = deps;
		const { clock, settings, log } = host;
		const record = (event: MachineEvent): void => append(event);
		this.#lease = new Lease(ledgerFolders(ledgerFolder).leases, 'health');
		this.monitor = this.own(new HealthMonitor({ clock, record }));
		const quietHours = () => readQuietHours(settings.get('alerts.quietHours')) ?? null;
		this.engine = this.own(new AlertEngine({ clock, record, quietHours }));
		this.#ledgerService = ledgerService(ledger);
		this.#ollamas = this.own(new OllamaServers({ host, supervisor: () => deps.supervisor.get() }));
		this.#user = this.own(
			new UserSource({
				host,
				supervisor: () => deps.supervisor.get(),
				gate: () => deps.newGate(),
				others: () => this.#others(),
			}),
		);
		this.#signals = this.own(
			new Signals({
				clock,
				log,
				engine: this.engine,
				monitor: this.monitor,
				ledger,
				budgets: () => ({ dailyUsd: settings.get('budget.dailyUsd'), monthlyUsd: settings.get('budget.monthlyUsd') }),
				hardware: deps.hardware,
				providers: () => this.#providers,
			}),
		);
		this.#adopting = this.own(new Refresher(clock, adoptMs, () => this.#adopt()));
		const channels = this.own(new Channels(host, () => deps.newGate()));
		this.sound = this.own(newAlertSound({ host, supervisor: () => deps.supervisor.get(), quietHours }));
		const send = (alerts: readonly Alert[]): void => {
			channels.send(alerts);
			soundFor(this.sound, alerts, host);
		};
		this.notifier = this.own(new Notifier(host, this.engine.book, send));
		this.#follow();
	}

	static async open(deps: HealthServiceDeps): Promise<HealthService> {
		const service = new HealthService(deps, await deps.ledger.get());
		service.monitor.switch(vscode.workspace.isTrusted);
		service.#readRules();
		service.#takeServices();
		await service.#adopt();
		await service.#takeTurn();
		return service;
	}

	get alerts(): AlertFeed {
		return this.engine.book;
	}

	get services(): readonly ServiceView[] {
		return this.monitor.services;
	}

	get onDidChange(): HealthFeed['onDidChange'] {
		return this.monitor.onDidChange;
	}

	get onDidChangeState(): HealthFeed['onDidChangeState'] {
		return this.monitor.onDidChangeState;
	}

	/** What is wrong with the settings of services and rules. */
	get problems(): readonly ProblemView[] {
		const never = this.engine.rules.flatMap(({ rule, problem }) =>
			problem === null ? [] : [{ entry: rule.title, text: problem }],
		);
		return [
			...this.#user.problems.map(problem => ({ ...problem, setting: 'health.services' as const })),
			...(readQuietHours(this.#deps.host.settings.get('alerts.quietHours')) === undefined ? [badQuietHours] : []),
			...[...this.engine.problems, ...never].map(problem => ({ ...problem, setting: 'alerts.rules' as const })),
		];
	}

	check(id: string): Promise<ServiceView> {
		return this.monitor.check(id);
	}

	/** Somebody looks: what is not allowed yet may be asked for. */
	checkByHand(id: string): Promise<ServiceView> {
		this.#user.askFor(id);
		return this.monitor.check(id);
	}

	act(id: string, action: Exclude<ServiceAction, 'logs'>, intent: Intent): Promise<ServiceView> {
		return this.monitor.act(id, action, intent);
	}

	/** Shows what a server has written that this window has started; false where there is none. */
	showLog(id: string): boolean {
		return this.#providers?.showLog(id) ?? false;
	}

	/** The window ends; another one may lead at once. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		this.#turn.value = undefined;
		await this.#turning;
		this.engine.close();
		this.dispose();
		await this.#lease.release();
	}

	#follow(): void {
		const { host, mcp, chat } = this.#deps;
		const take = (): void => this.#takeServices();
		this.own(this.#user.onDidChange(take));
		this.own(
			host.settings.onDidChange(keys => {
				if (keys.has('alerts.rules') || keys.has('alerts.quietHours')) this.#readRules();
			}),
		);
		this.own(
			this.ledger.onDidChange(change => {
				if (change.services || change.alerts) this.#adopting.request();
			}),
		);
		this.own(vscode.workspace.onDidGrantWorkspaceTrust(() => void this.#takeTurn()));
		void mcp.whenMade.then(service => {
			if (this.isDisposed) return;
			this.#mcp = this.own(new McpSource(service));
			this.own(this.#mcp.onDidChange(take));
			take();
		});
		void chat.whenMade.then(({ obstacles }) => {
			if (this.isDisposed) return;
			this.#claude = this.own(new ClaudeSource(obstacles, host.clock));
			this.own(this.#claude.onDidChange(take));
			take();
		});
		// Only what somebody made already, or has set up, is worth loading the providers for.
		void this.#deps.providers.whenMade.then(service => {
			if (this.isDisposed) return;
			this.#providers = this.own(new ProviderSource(service, this.#ollamas));
			this.own(this.#providers.onDidChange(take));
			take();
		});
	}

	#others(): readonly WatchedService[] {
		return [
			...(this.#claude?.services() ?? []),
			...(this.#providers?.services() ?? []),
			...(this.#mcp?.services() ?? []),
			this.#ledgerService,
		];
	}

	#takeServices(): void {
		if (this.isDisposed) return;
		const others = this.#others();
		const problems = JSON.stringify(this.#user.problems);
		this.monitor.setServices([...this.#user.services(), ...others]);
		if (JSON.stringify(this.#user.problems) !== problems) this.#problemsChanged.fire();
	}

	#readRules(): void {
		this.engine.setRules(this.#deps.host.settings.byPlace('alerts.rules')[0]);
		this.#problemsChanged.fire();
	}

	/** Shows what the other windows know. */
	async #adopt(): Promise<void> {
		try {
			const [changes, alerts] = await Promise.all([
				this.monitor.isLeader ? [] : this.ledger.query('serviceChanges', { limit: adopted }),
				this.ledger.query('alerts', { isOpen: true, limit: 500 }),
			]);
			if (this.isDisposed) return;
			this.monitor.adopt(changes);
			this.engine.adopt(alerts);
		} catch (error) {
			if (!this.isDisposed) this.#deps.host.log.warn(`Services and alerts could not be read: ${errorText(error)}`);
		}
	}

	/** Leads if no other window does, and asks again later. */
	#takeTurn(): Promise<void> {
		this.#turning ??= this.#takeTurnOnce().finally(() => {
			this.#turning = undefined;
			if (this.#isStopped || this.isDisposed) return;
			this.#turn.value = this.#deps.host.clock.after(leaseMs, () => void this.#takeTurn());
		});
		return this.#turning;
	}

	async #takeTurnOnce(): Promise<void> {
		const isTrusted = vscode.workspace.isTrusted;
		this.monitor.switch(isTrusted);
		let leads = false;
		try {
			// In a workspace that is not trusted nothing is looked at, and another window may be in one that is.
			leads = isTrusted && (await this.#lease.tryAcquire());
		} catch (error) {
			this.#deps.host.log.warn(`Whether this window watches the services is not known: ${errorText(error)}`);
		}
		if (this.isDisposed || this.#isStopped) return;
		const isNew = leads && !this.monitor.isLeader;
		this.monitor.lead(leads);
		this.engine.lead(leads);
		this.#signals.update(isTrusted);
		if (isNew) void this.#begin();
	}

	/** What only the window that leads goes to the trouble of. */
	async #begin(): Promise<void> {
		const { host, providers } = this.#deps;
		const isWanted = host.settings.get('providers').length > 0 || host.settings.get('discoverLocalModels');
		if (!isWanted) return;
		try {
			await providers.get();
			await this.#providers?.find();
		} catch (error) {
			if (!this.isDisposed) host.log.warn(`Providers could not be looked at: ${errorText(error)}`);
		}
	}
}
