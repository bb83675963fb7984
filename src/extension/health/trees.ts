import * as vscode from 'vscode';
import { errorText } from '../../core/base/errors';
import type { Event } from '../../core/base/event';
import { healthNodes } from '../../core/health/views/healthTree';
import { alertNodes } from '../../core/health/views/alertsTree';
import type { RepairOffer } from '../../core/health/views/repairNodes';
import { hourOf, uptimeOf, type Uptime } from '../../core/health/uptime';
import type { Alert } from '../../core/ledger/machineEvents';
import type { Host } from '../host/context';
import { LiveTree } from '../ledger/liveTree';
import type { TreeRow } from '../ledger/treeRow';
import type { HealthService } from './service';

const uptimeAgeMs = 5 * 60_000;
const historyShown = 30;

/** The view of services. */
export class HealthTree extends LiveTree {
	readonly #host: Host;
	readonly #service: HealthService;
	#uptimes: ReadonlyMap<string, Uptime> = new Map();
	#readAt = -Infinity;

	constructor(host: Host, view: vscode.TreeView<TreeRow>, service: HealthService) {
		super(host.clock, view);
		this.#host = host;
		this.#service = service;
		this.own(service.onDidChange(() => this.outdated()));
		this.own(service.onDidChangeProblems(() => this.outdated()));
		this.own(vscode.workspace.onDidGrantWorkspaceTrust(() => this.outdated()));
	}

	protected async load(): Promise<void> {
		const { clock } = this.#host;
		if (!vscode.workspace.isTrusted) return this.draw([]);
		await this.#readUptimes();
		const problems = this.#service.problems.filter(({ setting }) => setting === 'health.services');
		const { services } = this.#service;
		this.draw(healthNodes({ services, problems, uptimes: this.#uptimes, now: clock.now() }));
	}

	async #readUptimes(): Promise<void> {
		const { clock, log } = this.#host;
		if (clock.monotonic() - this.#readAt < uptimeAgeMs) return;
		this.#readAt = clock.monotonic();
		const hour = hourOf(clock.now());
		try {
			const hours = await this.#service.ledger.query('serviceHours', { from: hour - 23, to: hour + 1 });
			const services = new Set(hours.map(({ service }) => service));
			const known = [...services].map(id => [id, uptimeOf(hours.filter(each => each.service === id))] as const);
			this.#uptimes = new Map(known.flatMap(([id, uptime]) => (uptime === null ? [] : [[id, uptime]])));
		} catch (error) {
			log.warn(`Uptimes could not be read: ${errorText(error)}`);
		}
	}
}

/** Who knows what could be repaired. */
export interface Repairs {
	readonly onDidChange: Event<void>;
	offers(): Promise<readonly RepairOffer[]>;
}

/** The view of alerts, with their number as its badge, and what could be done about them. */
export class AlertsTree extends LiveTree {
	readonly #host: Host;
	readonly #service: HealthService;
	readonly #repairs: Repairs;
	#offers: readonly RepairOffer[] = [];

	constructor(host: Host, view: vscode.TreeView<TreeRow>, service: HealthService, repairs: Repairs) {
		super(host.clock, view);
		this.#host = host;
		this.#service = service;
		this.#repairs = repairs;
		this.own(repairs.onDidChange(() => this.outdated()));
		this.own(service.alerts.onDidChange(() => this.outdated()));
		this.own(service.onDidChangeProblems(() => this.outdated()));
	}

	protected async load(): Promise<void> {
		const history = await this.#history();
		this.#show(history);
		// Whoever is asked what it could do may have to look first: the alerts do not wait for that.
		const { log } = this.#host;
		const offers = await this.#repairs.offers().catch((error: unknown) => {
			log.warn(`What could be repaired is not known: ${errorText(error)}`);
			return [];
		});
		this.#offers = offers;
		this.#show(history);
	}

	async #history(): Promise<readonly Alert[]> {
		try {
			return await this.#service.ledger.query('alerts', { isOpen: false, limit: historyShown });
		} catch (error) {
			this.#host.log.warn(`The history of alerts could not be read: ${errorText(error)}`);
			return [];
		}
	}

	#show(history: readonly Alert[]): void {
		const { book } = this.#service.engine;
		const problems = this.#service.problems.filter(({ setting }) => setting !== 'health.services');
		const noteOn = book.noteOn.bind(book);
		const now = this.#host.clock.now();
		this.draw(alertNodes({ open: book.open, history, problems, repairs: this.#offers, noteOn, now }));
	}
}
