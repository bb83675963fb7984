import { Emitter, type Event } from '../base/event';
import type { Disposable } from '../base/lifecycle';
import type { AlertFeed } from '../health/alert';
import type { HealthFeed } from '../health/health';
import { isServiceWell, keyOf, type Incident } from './incident';

/** How an incident stands. */
export interface Sight {
	readonly isGone: boolean;
	/** A sentence for the record. */
	readonly words: string;
}

/** Looks at what incidents are about: at services and alerts through their feeds, at our own storage itself. */
export class Looks implements Disposable {
	readonly #health: HealthFeed;
	readonly #alerts: AlertFeed;
	readonly #storage: () => Promise<Sight>;
	readonly #changed = new Emitter<void>();
	readonly #listening: readonly Disposable[];

	constructor(feeds: { readonly health: HealthFeed; readonly alerts: AlertFeed }, storage: () => Promise<Sight>) {
		this.#health = feeds.health;
		this.#alerts = feeds.alerts;
		this.#storage = storage;
		this.#listening = [feeds.health, feeds.alerts].map(({ onDidChange }) => onDidChange(() => this.#changed.fire()));
	}

	/** Something that is looked at may stand differently. */
	get onDidChange(): Event<void> {
		return this.#changed.event;
	}

	/** Looks anew. */
	async look(incident: Incident): Promise<Sight> {
		const { condition, subject } = incident;
		if (condition === 'storage.large') return this.#storage();
		if (condition.startsWith('service.') && this.#health.services.some(({ id }) => id === subject))
			await this.#health.check(subject);
		return this.peek(incident);
	}

	/** As the feeds have it. */
	peek(incident: Incident): Sight {
		const { condition, subject, key } = incident;
		if (condition === 'service.down' || condition === 'service.degraded') {
			const service = this.#health.services.find(({ id }) => id === subject);
			const isGone = isServiceWell(condition, service);
			return {
				isGone,
				words: service ? `${service.name} is ${service.state}: ${service.reason}` : 'It is not watched any more.',
			};
		}
		if (condition === 'storage.large') return { isGone: false, words: incident.evidence };
		const { alert } = incident;
		const open = this.#alerts.open.find(({ id, state }) => state === 'firing' && id === alert);
		return open
			? { isGone: false, words: `${open.title}: ${open.cause}` }
			: { isGone: true, words: `No alert any more (${key}).` };
	}

	dispose(): void {
		for (const each of this.#listening) each.dispose();
		this.#changed.dispose();
	}
}

/** The key of the one incident about our own storage. */
export const storageKey = keyOf('storage.large', 'storage');
