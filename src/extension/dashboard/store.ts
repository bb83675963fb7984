import { Emitter } from '../../core/base/event';
import { ExpectedError } from '../../core/base/errors';
import { Owner } from '../../core/base/lifecycle';
import type { Logger } from '../../core/base/logger';
import {
	freeName,
	limits,
	type Dashboard,
	type DashboardId,
	type StoredDashboards,
} from '../../core/dashboard/dashboard';
import { readDashboard } from '../../core/dashboard/dashboardFile';
import { defaultDashboard } from '../../core/dashboard/defaultDashboard';
import { duplicateOf } from '../../core/dashboard/edits';
import type { WorkspaceState } from '../host/state';

/** The dashboards of this workspace. There is always one: the first is made when it is asked for. */
export class DashboardStore extends Owner {
	readonly #state: Pick<WorkspaceState, 'dashboards' | 'setDashboards'>;
	readonly #changed = this.own(new Emitter<void>());
	/** Something was edited, made, or taken away. */
	readonly onDidChange = this.#changed.event;
	#dashboards: readonly Dashboard[];
	#shown: DashboardId | undefined;

	constructor(state: Pick<WorkspaceState, 'dashboards' | 'setDashboards'>, log: Logger) {
		super();
		this.#state = state;
		const { dashboards, shown } = readStored(state.dashboards, log);
		this.#dashboards = dashboards;
		this.#shown = shown;
	}

	get all(): readonly Dashboard[] {
		if (this.#dashboards.length === 0) this.#dashboards = [defaultDashboard()];
		return this.#dashboards;
	}

	/** The one that was looked at last. */
	get shown(): Dashboard {
		return this.find(this.#shown) ?? this.all[0]!;
	}

	find(id: DashboardId | undefined): Dashboard | undefined {
		return this.all.find(dashboard => dashboard.id === id);
	}

	/** Keeps an edit; a dashboard that was taken away is there again. */
	async save(dashboard: Dashboard): Promise<void> {
		const isKnown = this.find(dashboard.id) !== undefined;
		if (!isKnown) this.#checkRoom();
		this.#dashboards = isKnown
			? this.all.map(each => (each.id === dashboard.id ? dashboard : each))
			: [...this.#dashboards, dashboard];
		await this.#keep();
	}

	async create(name: string): Promise<Dashboard> {
		const dashboard = {
			...defaultDashboard(),
			name: freeName(name, this.#names()),
			widgets: [],
			layouts: { wide: {} },
		};
		await this.save(dashboard);
		return dashboard;
	}

	async duplicate(id: DashboardId): Promise<Dashboard> {
		const copy = duplicateOf(this.#known(id), this.#names());
		await this.save(copy);
		return copy;
	}

	async rename(id: DashboardId, name: string): Promise<void> {
		await this.save({ ...this.#known(id), name: name.trim().slice(0, limits.name) });
	}

	async remove(id: DashboardId): Promise<void> {
		this.#dashboards = this.#dashboards.filter(dashboard => dashboard.id !== id);
		await this.#keep();
	}

	/** Remembers what is looked at. */
	async show(id: DashboardId): Promise<void> {
		if (this.#shown === id) return;
		this.#shown = id;
		await this.#write();
	}

	#known(id: DashboardId): Dashboard {
		const dashboard = this.find(id);
		if (!dashboard) throw new ExpectedError('no-dashboard', 'That dashboard is not there any more.');
		return dashboard;
	}

	#checkRoom(): void {
		if (this.#dashboards.length < limits.dashboards) return;
		const text = `There are ${limits.dashboards} dashboards already; delete one first.`;
		throw new ExpectedError('too-many-dashboards', text);
	}

	#names(): readonly string[] {
		return this.all.map(({ name }) => name);
	}

	async #keep(): Promise<void> {
		this.#changed.fire();
		await this.#write();
	}

	async #write(): Promise<void> {
		await this.#state.setDashboards({ dashboards: this.all, shown: this.#shown ?? this.all[0]!.id });
	}
}

/** What was kept. One that a later version wrote otherwise is left out and logged, and the others are there. */
function readStored(
	value: unknown,
	log: Logger,
): { readonly dashboards: readonly Dashboard[]; readonly shown: DashboardId | undefined } {
	if (typeof value !== 'object' || value === null) return { dashboards: [], shown: undefined };
	const { dashboards, shown } = value as Partial<StoredDashboards>;
	const read = (Array.isArray(dashboards) ? dashboards : []).flatMap((each: unknown) => {
		try {
			return [readDashboard(each)];
		} catch (error) {
			log.error(error instanceof Error ? error : String(error));
			return [];
		}
	});
	return { dashboards: read, shown: typeof shown === 'string' ? shown : undefined };
}
