import * as vscode from 'vscode';
import { errorText } from '../../core/base/errors';
import { healthNodes } from '../../core/health/views/healthTree';
import { alertNodes } from '../../core/health/views/alertsTree';
import { hourOf, uptimePercent } from '../../core/health/uptime';
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
	#uptimes: ReadonlyMap<string, number> = new Map();
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
			const percents = [...services].map(id => [id, uptimePercent(hours.filter(each => each.service === id))] as const);
			this.#uptimes = new Map(percents.flatMap(([id, percent]) => (percent === null ? [] : [[id, percent]])));
		} catch (error) {
			log.warn(`Uptimes could not be read: ${errorText(error)}`);
		}
	}
}

/** The view of alerts, with their number as its badge. */
export class AlertsTree extends LiveTree {
	readonly #host: Host;
	readonly #service: HealthService;

	constructor(host: Host, view: vscode.TreeView<TreeRow>, service: HealthService) {
		super(host.clock, view);
		this.#host = host;
		this.#service = service;
		this.own(service.alerts.onDidChange(() => this.outdated()));
		this.own(service.onDidChangeProblems(() => this.outdated()));
	}

	protected async load(): Promise<void> {
		const { book } = this.#service.engine;
		const problems = this.#service.problems.filter(({ setting }) => setting !== 'health.services');
		const noteOn = book.noteOn.bind(book);
		const now = this.#host.clock.now();
		try {
			const history = await this.#service.ledger.query('alerts', { isOpen: false, limit: historyShown });
			this.draw(alertNodes({ open: book.open, history, problems, noteOn, now }));
		} catch (error) {
			this.#host.log.warn(`The history of alerts could not be read: ${errorText(error)}`);
			this.draw(alertNodes({ open: book.open, history: [], problems, noteOn, now }));
		}
	}
}
