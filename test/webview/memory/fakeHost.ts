// The host's side of the memory page, without VS Code.
import { asId, type MemoryId } from '../../../src/core/base/ids';
import { toDisposable } from '../../../src/core/base/lifecycle';
import type { MemoryRow } from '../../../src/core/ledger/queries';
import type { MemoryPageContract, MemoryPageView } from '../../../src/core/memory/memoryPage';
import { connect, serve, type Client, type Handlers, type Port } from '../../../src/core/rpc/rpc';

export function memoryRow(id: string, change: Partial<MemoryRow> = {}): MemoryRow {
	const at = new Date(2026, 10, 5, 14).getTime();
	return {
		id: asId<MemoryId>(id),
		tier: 'permanent',
		category: 'fact',
		text: `fact ${id}`,
		source: 'user',
		confidence: 1,
		project: null,
		conversation: null,
		createdAt: at,
		updatedAt: at,
		usedAt: null,
		...change,
	};
}

export interface FakeHost {
	readonly client: Client<MemoryPageContract>;
	readonly calls: { readonly name: string; readonly params: unknown }[];
	facts: readonly MemoryRow[];
	/** Lets a request fail, or work again. */
	fail(name: string, error: Error | undefined): void;
	emit<K extends keyof MemoryPageContract['events']>(name: K, payload: MemoryPageContract['events'][K]): void;
}

const view: MemoryPageView = { project: '/home/ada/shop', learner: null, isGiven: true };

/** A page's client and what its host was asked. A search finds nothing. */
export function createFakeHost(facts: readonly MemoryRow[], shown: Partial<MemoryPageView> = {}): FakeHost {
	const [page, host] = linkedPorts();
	const failures = new Map<string, Error>();
	const calls: FakeHost['calls'] = [];
	const fake: { facts: readonly MemoryRow[] } = { facts };
	const answers: Partial<Record<string, (params: never) => unknown>> = {
		view: () => ({ ...view, ...shown }),
		find: ({ text }: { readonly text: string }) => (text === '' ? fake.facts : []),
	};
	const handlers = new Proxy({} as Handlers<MemoryPageContract>, {
		has: () => true,
		getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
		get: (_, name: string) => (params: never) => {
			calls.push({ name, params });
			const failure = failures.get(name);
			if (failure) throw failure;
			return answers[name]?.(params);
		},
	});
	const server = serve<MemoryPageContract>(host, handlers);
	return Object.assign(fake, {
		client: connect<MemoryPageContract>(page),
		calls,
		fail(name: string, error: Error | undefined) {
			if (error) failures.set(name, error);
			else failures.delete(name);
		},
		emit: server.emit.bind(server),
	});
}

function linkedPorts(): [Port, Port] {
	const listeners: [Set<(message: unknown) => void>, Set<(message: unknown) => void>] = [new Set(), new Set()];
	const port = (own: 0 | 1): Port => ({
		post: message => {
			const copy = structuredClone(message);
			queueMicrotask(() => listeners[own === 0 ? 1 : 0].forEach(listener => listener(copy)));
		},
		onMessage(listener) {
			listeners[own].add(listener);
			return toDisposable(() => listeners[own].delete(listener));
		},
	});
	return [port(0), port(1)];
}
