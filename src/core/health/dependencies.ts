import type { HealthState } from '../ledger/machineEvents';

/** What a service is by itself, and what it needs. */
export interface Dependent {
	readonly id: string;
	readonly name: string;
	readonly state: HealthState;
	readonly needs: readonly string[];
}

/**
 * The service at the root of another's failure: the one that is down by itself, however many stand in between.
 * `undefined` when nothing that it needs is down.
 */
export function downBecauseOf(id: string, services: ReadonlyMap<string, Dependent>): Dependent | undefined {
	const seen = new Set([id]);
	const ring = dependentsOf(id, services.values());
	const look = (needs: readonly string[]): Dependent | undefined => {
		for (const need of needs) {
			const needed = services.get(need);
			// What needs this one in turn cannot be its excuse: of a ring, each stands for itself.
			if (!needed || seen.has(need) || ring.has(need)) continue;
			seen.add(need);
			const deeper = look(needed.needs);
			if (deeper) return deeper;
			if (needed.state === 'unhealthy') return needed;
		}
		return undefined;
	};
	return look(services.get(id)?.needs ?? []);
}

/** Every service that needs this one, also through others. */
export function dependentsOf(id: string, services: Iterable<Pick<Dependent, 'id' | 'needs'>>): ReadonlySet<string> {
	const all = [...services];
	const found = new Set<string>();
	const look = (needed: string): void => {
		for (const service of all) {
			if (!service.needs.includes(needed) || found.has(service.id) || service.id === id) continue;
			found.add(service.id);
			look(service.id);
		}
	};
	look(id);
	return found;
}
