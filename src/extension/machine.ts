import { Lazy } from '../core/base/async';
import type { DisposableStore } from '../core/base/lifecycle';
import type { HardwareFeed } from '../core/hardware/feed';
import type { Nvidia } from '../core/hardware/liveFeed';
import type { AlertFeed } from '../core/health/alert';
import type { LedgerEvent } from '../core/ledger/events';
import type { Ledger } from '../core/ledger/queries';
import type { ProcessSupervisor } from '../core/process/supervisor';
import type { Approvals } from '../core/safety/approvals';
import type { Gate } from '../core/safety/gate';
import type { Toolbox } from '../core/tools/toolbox';
import type { ChatService } from './chat/service';
import type { FlowService } from './flow/service';
import type { HardwareService } from './hardware/service';
import type { HealthService } from './health/service';
import type { Host } from './host/context';
import type { McpService } from './mcp/service';
import type { KillSwitchItem } from './monitors/killSwitchItem';
import type { Reports } from './monitors/reports';
import type { MonitorService } from './monitors/service';
import type { ProviderService } from './providers/service';
import type { StatsService } from './stats/service';
import type { ToolsService } from './tools/service';

/** What the services that look after the machine work on. */
export interface MachineDeps {
	readonly host: Host;
	readonly store: DisposableStore;
	readonly ledgerFolder: string;
	readonly ledger: Lazy<Ledger>;
	readonly supervisor: Lazy<ProcessSupervisor>;
	readonly providers: Lazy<ProviderService>;
	readonly mcp: Lazy<McpService>;
	readonly flow: Lazy<FlowService>;
	readonly tools: Lazy<ToolsService>;
	readonly chat: Lazy<ChatService>;
	readonly approvals: Approvals;
	readonly toolbox: Toolbox;
	append(event: LedgerEvent): void;
	newGate(): Promise<Gate>;
}

/** The services that answer whether the machine is coping, made as `Parts` makes the others: on first use. */
export class Machine {
	/** The one `nvidia-smi` of this window, for samples and for the energy of answers. */
	readonly nvidia: Lazy<Nvidia>;
	readonly hardware: Lazy<HardwareService>;
	readonly stats: Lazy<StatsService>;
	readonly health: Lazy<HealthService>;
	readonly alerts: Lazy<AlertFeed>;
	readonly killSwitch: Lazy<KillSwitchItem>;
	readonly monitors: Lazy<MonitorService>;
	readonly reports: Lazy<Reports>;
	/** What they work on, for widgets of the dashboard too. */
	readonly deps: MachineDeps;

	constructor(deps: MachineDeps) {
		const { host, store, supervisor, ledger, ledgerFolder } = deps;
		const append = (event: LedgerEvent): void => deps.append(event);
		this.deps = deps;
		this.nvidia = new Lazy(async () =>
			(await import('./hardware/nvidia')).nvidiaOf(host, store, () => supervisor.get()),
		);
		this.hardware = new Lazy(async () => {
			const { HardwareService } = await import('./hardware/service');
			return store.add(new HardwareService({ host, nvidia: this.nvidia, supervisor, ledger, ledgerFolder, append }));
		});
		this.stats = new Lazy(async () => {
			const { StatsService } = await import('./stats/service');
			const hardware = async (): Promise<HardwareFeed> => (await this.hardware.get()).feed;
			return store.add(new StatsService({ host, ledger, ledgerFolder, hardware }));
		});
		this.health = new Lazy(async () => {
			const { HealthService } = await import('./health/service');
			const hardware = async (): Promise<HardwareFeed> => (await this.hardware.get()).feed;
			return store.add(await HealthService.open({ ...deps, hardware }));
		});
		this.alerts = new Lazy(async () => (await this.health.get()).alerts);
		this.killSwitch = new Lazy(async () => {
			const { KillSwitchItem } = await import('./monitors/killSwitchItem');
			return store.add(new KillSwitchItem(host));
		});
		this.monitors = new Lazy(async () => {
			const [{ MonitorService }, health, item, gate] = await Promise.all([
				import('./monitors/service'),
				this.health.get(),
				this.killSwitch.get(),
				deps.newGate(),
			]);
			const { alerts, monitor, notifier } = health;
			const leads = (): boolean => monitor.isLeader;
			const service = store.add(await MonitorService.open({ ...deps, append, gate, health, alerts, leads, item }));
			notifier.leave(alert => service.speaksFor(alert));
			return service;
		});
		this.reports = new Lazy(async () => {
			const [{ Reports }, health, monitors] = await Promise.all([
				import('./monitors/reports'),
				this.health.get(),
				this.monitors.get(),
			]);
			const hardware = async (): Promise<HardwareFeed> => (await this.hardware.get()).feed;
			return store.add(new Reports({ ...deps, append, health, hardware }, monitors));
		});
	}

	/** Ends what runs. */
	async stop(): Promise<void> {
		await (await this.monitors.started)?.stop();
		await (await this.health.started)?.stop();
		await (await this.stats.started)?.stop();
		await (await this.hardware.started)?.stop();
		await this.deps.supervisor.started;
	}
}
