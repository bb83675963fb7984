import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import { Emitter } from '../../core/base/event';
import type { Dashboard, Layout, WidthClass } from '../../core/dashboard/dashboard';
import type { DashboardContract } from '../../core/dashboard/dashboardProtocol';
import type { Client } from '../../core/rpc/rpc';
import { initialState, reduce, type Notice, type PageAction, type PageState } from './state';

type Requests = DashboardContract['requests'];

/** How the grid is drawn now. */
export interface Arrangement {
	readonly width: WidthClass;
	readonly layout: Layout;
}

/** The dashboard with what can be done to it: every edit is shown at once, and kept by the host. */
export class DashboardModel implements Disposable {
	readonly #client: Client<DashboardContract>;
	readonly #store = new DisposableStore();
	readonly #changed = this.#store.add(new Emitter<void>());
	readonly onDidChange = this.#changed.event;
	#state = initialState;
	#arrangement: Arrangement = { width: 'wide', layout: {} };

	constructor(client: Client<DashboardContract>) {
		this.#client = client;
	}

	get state(): PageState {
		return this.#state;
	}

	/** As it was drawn last. */
	get arrangement(): Arrangement {
		return this.#arrangement;
	}

	drawn(arrangement: Arrangement): void {
		this.#arrangement = arrangement;
	}

	/** Follows the host from now on. */
	open(): void {
		this.#store.add(this.#client.on('view', view => this.dispatch({ type: 'view', view })));
		this.load();
	}

	readonly dispatch = (action: PageAction): void => {
		this.#state = reduce(this.#state, action);
		this.#changed.fire();
	};

	readonly fail = (error: unknown): void => this.dispatch({ type: 'failed', error });

	/** Asks what is shown. */
	readonly load = (): void => {
		this.#client.call('view', null).then(view => this.dispatch({ type: 'view', view }), this.fail);
	};

	/** Asks the host; a failure is shown. A person may be asked for a name or a file first. */
	async ask<K extends keyof Requests>(name: K, params: Requests[K]['params']): Promise<boolean> {
		try {
			await this.#client.call(name, params, Infinity);
			return true;
		} catch (error) {
			this.fail(error);
			return false;
		}
	}

	/** @param notice says what was done, and offers to undo it */
	edit(dashboard: Dashboard, notice?: string): void {
		if (dashboard === this.#state.view?.dashboard) return;
		this.dispatch({ type: 'edit', dashboard, notice });
		void this.#save(dashboard);
	}

	undo(): void {
		this.#step('undo', this.#state.past.at(-1));
	}

	redo(): void {
		this.#step('redo', this.#state.future[0]);
	}

	/** Brings back what a notice was about, which may be a whole dashboard. */
	async takeBack({ before }: Notice): Promise<void> {
		this.dispatch({ type: 'notice', notice: null });
		if (!before) return;
		if (before.id === this.#state.view?.dashboard.id) return this.edit(before);
		if ((await this.ask('save', { dashboard: before })) && (await this.ask('show', { id: before.id }))) this.load();
	}

	dispose(): void {
		this.#store.dispose();
	}

	#step(type: 'undo' | 'redo', to: Dashboard | undefined): void {
		if (!to) return;
		this.dispatch({ type });
		void this.#save(to);
	}

	async #save(dashboard: Dashboard): Promise<void> {
		await this.ask('save', { dashboard });
		this.dispatch({ type: 'saved' });
		// Another tab may have edited it meanwhile; what it did was not shown over edits on their way.
		if (this.#state.saving === 0) this.load();
	}
}
