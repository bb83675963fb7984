import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { newId, type ExecutionId } from '../../core/base/ids';
import type { Event } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import type { HealthFeed } from '../../core/health/health';
import type { AlertFeed } from '../../core/health/alert';
import type { RepairOffer } from '../../core/health/views/repairNodes';
import type { LedgerEvent } from '../../core/ledger/events';
import type { Alert } from '../../core/ledger/machineEvents';
import { ledgerFolders } from '../../core/ledger/journal/layout';
import { Lease } from '../../core/ledger/lease';
import { builtInRunbooks } from '../../core/monitors/builtIn';
import { flowRunbook, readFlowRunbooks } from '../../core/monitors/flowRunbooks';
import { IncidentBook } from '../../core/monitors/incidentBook';
import type { AutonomyLevel } from '../../core/monitors/limits';
import { Looks, type Sight } from '../../core/monitors/look';
import { Monitors, type Suggestion } from '../../core/monitors/monitors';
import { findingOfCaches, keepNewest, lookAtCaches } from '../../core/monitors/ownStorage';
import { Repairer, type RepairOutcome } from '../../core/monitors/repairer';
import { RepairLog } from '../../core/monitors/repairLog';
import type { Runbook } from '../../core/monitors/runbook';
import type { ApprovalView } from '../../core/safety/approval';
import type { Approvals } from '../../core/safety/approvals';
import type { Gate } from '../../core/safety/gate';
import { unlinked } from '../host/unlinked';
import { workspaceFolders } from '../host/workspace';
import { decideWithUser } from '../safety/decide';
import { flowRunner } from './flowRunner';
import type { KillSwitchItem } from './killSwitchItem';
import { MonitorNotices, type MonitorActions } from './notices';
import { repairPorts, type RepairPortsDeps } from './repairPorts';

export interface MonitorServiceDeps extends RepairPortsDeps {
	readonly health: HealthFeed;
	readonly alerts: AlertFeed;
	/** Whether this window checks services for all: only that one is told of changes. */
	readonly leads: () => boolean;
	readonly ledgerFolder: string;
	readonly approvals: Approvals;
	readonly gate: Gate;
	readonly item: KillSwitchItem;
	append(event: LedgerEvent): void;
}

/** Reports that are kept. */
const keptReports = 30;

/** The monitors of this window, joined to VS Code. Made on first use, or when services are watched. */
export class MonitorService extends Owner implements MonitorActions {
	readonly repairs: RepairLog;
	readonly folder: string;
	readonly notices: MonitorNotices;
	readonly #deps: MonitorServiceDeps;
	readonly #monitors: Monitors;
	readonly #lease: Lease;
	readonly #builtIn: readonly Runbook[];
	#runbooks: readonly Runbook[] = [];

	private constructor(deps: MonitorServiceDeps) {
		super();
		const { host, health, alerts, ledgerFolder, item } = deps;
		const { clock, log } = host;
		this.#deps = deps;
		this.folder = item.killSwitch.folder;
		this.#lease = new Lease(ledgerFolders(ledgerFolder).leases, 'monitors');
		this.repairs = new RepairLog(this.folder, clock);
		const ports = repairPorts(deps);
		this.#builtIn = builtInRunbooks(ports);
		const storage = (): Promise<Sight> => lookAtCaches(ports.caches);
		const looks = this.own(new Looks({ health, alerts }, storage));
		const repairer = this.#newRepairer(looks);
		this.#monitors = this.own(
			new Monitors({
				clock,
				log,
				health,
				alerts,
				looks,
				repairer,
				book: new IncidentBook(this.folder),
				runbooks: () => this.#runbooks,
				level: () => this.level,
				isHolder: () => this.isHolder(),
				lookAtStorage: async () => findingOfCaches(await storage(), clock.now()),
				tidy: () => keepNewest(join(this.folder, 'reports'), keptReports),
			}),
		);
		this.notices = this.own(new MonitorNotices(host, this));
		this.own(this.#monitors.onDidSuggest(suggestion => this.notices.suggest(suggestion)));
		this.own(this.#monitors.onNotice(notice => this.notices.tell(notice)));
		this.#follow(repairer);
	}

	static async open(deps: MonitorServiceDeps): Promise<MonitorService> {
		const service = new MonitorService(deps);
		await service.#monitors.start();
		return service;
	}

	get level(): AutonomyLevel {
		return this.#deps.host.settings.get('autonomy.level');
	}

	get wrong(): readonly string[] {
		return this.#monitors.incidents.map(({ name, evidence }) => `${name}: ${evidence}`);
	}

	/** Whether this window looks after the machine. In a folder that is not trusted it leaves that to another one. */
	async isHolder(): Promise<boolean> {
		if (this.isDisposed) return false;
		if (vscode.workspace.isTrusted && this.#deps.leads()) return this.#lease.tryAcquire();
		await this.#lease.release();
		return false;
	}

	/** What could be repaired is something else. */
	get onDidChange(): Event<void> {
		return this.#monitors.onDidChange;
	}

	suggestions(): Promise<readonly Suggestion[]> {
		return this.#monitors.suggestions();
	}

	/** What could be done now, for the view of alerts: not what the user has turned down, and nothing who only observes. */
	async offers(): Promise<readonly RepairOffer[]> {
		if (this.level === 0 || !vscode.workspace.isTrusted) return [];
		return (await this.suggestions()).filter(({ isDeclined }) => !isDeclined).map(offerOf);
	}

	/** Whether an alert is told by a suggestion. */
	speaksFor(alert: Alert): Promise<boolean> {
		return this.#monitors.speaksFor(alert);
	}

	decline(key: string): void {
		this.#monitors.decline(key);
	}

	/** Does what the user has just clicked: the click is their answer to the gate, which takes more for what reaches far. */
	async allow(key: string, runbook: string): Promise<RepairOutcome> {
		const { approvals, host } = this.#deps;
		const execution = newId<ExecutionId>();
		const listening = approvals.onDidAdd(view => {
			if (view.execution === execution) this.#answer(view).catch((error: unknown) => host.commands.showFailure(error));
		});
		try {
			return await this.#monitors.allow(key, runbook, execution);
		} finally {
			listening.dispose();
		}
	}

	/** The window ends; another one may look after the machine at once. */
	async stop(): Promise<void> {
		this.dispose();
		await this.#lease.release();
	}

	async #answer(view: ApprovalView): Promise<void> {
		const { approvals } = this.#deps;
		// It is not pending before whoever asked has it.
		await Promise.resolve();
		const isDecided = await decideWithUser(approvals, view, { outcome: 'allow', scope: 'once' });
		if (!isDecided && approvals.find(view.id))
			approvals.decide(view.id, { outcome: 'refuse', reason: 'You thought better of it.' });
	}

	#newRepairer(looks: Looks): Repairer {
		const { host, item, gate } = this.#deps;
		return new Repairer({
			clock: host.clock,
			killSwitch: item.killSwitch,
			log: this.repairs,
			gate,
			looks,
			rules: () => ({
				level: this.level,
				isTrusted: vscode.workspace.isTrusted,
				mostTouched: host.settings.get('autonomy.maxTargets'),
			}),
			append: event => this.#deps.append(event),
			cwd: () => workspaceFolders()[0] ?? homedir(),
		});
	}

	#follow(repairer: Repairer): void {
		const { item, host } = this.#deps;
		this.own(
			item.onDidChange(({ isOn }) => {
				if (isOn) repairer.stop();
				else this.#monitors.reconsider();
			}),
		);
		this.#readRunbooks();
		this.own(
			host.settings.onDidChange(keys => {
				if (keys.has('runbooks')) this.#readRunbooks();
				if (keys.has('autonomy.level') || keys.has('autonomy.maxTargets') || keys.has('runbooks'))
					this.#monitors.reconsider();
			}),
		);
	}

	#readRunbooks(): void {
		const { host, flow } = this.#deps;
		const [own, ofWorkspace] = host.settings.byPlace('runbooks');
		const read = [readFlowRunbooks(own, 'user'), readFlowRunbooks(ofWorkspace, 'workspace')];
		const runner = flowRunner(flow);
		const flows = read.flatMap(({ configs }) => configs).map(config => flowRunbook(config, runner));
		// What the user set up themselves comes before what we bring.
		this.#runbooks = [...flows, ...this.#builtIn];
		const [problem] = read.flatMap(({ problems }) => problems);
		if (problem !== undefined) void this.#showProblem(problem);
	}

	async #showProblem(problem: string): Promise<void> {
		const open = 'Open Setting';
		if ((await vscode.window.showWarningMessage(unlinked(`${problem}.`), open)) === open)
			await vscode.commands.executeCommand('workbench.action.openSettings', 'quarterdeck.runbooks');
	}
}

function offerOf({ incident, runbook, title, text, obstacle }: Suggestion): RepairOffer {
	const { key, condition, subject, alert = null, name } = incident;
	const ofAlert = condition.startsWith('service.') ? `service:${subject}` : subject;
	return { key, runbook, title, text, obstacle, alert, subject: ofAlert, name };
}
