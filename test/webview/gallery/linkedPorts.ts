import { toDisposable } from '../../../src/core/base/lifecycle';
import type { Port } from '../../../src/core/rpc/rpc';

/** Two ends of a wire: what one posts the other hears, copied as between a page and its host. */
export function linkedPorts(): readonly [Port, Port] {
	const listeners: ((message: unknown) => void)[][] = [[], []];
	const port = (own: number): Port => ({
		post: message => queueMicrotask(() => listeners[1 - own]?.forEach(listen => listen(structuredClone(message)))),
		onMessage: listener => {
			listeners[own]?.push(listener);
			return toDisposable(() => {
				listeners[own] = (listeners[own] ?? []).filter(other => other !== listener);
			});
		},
	});
	return [port(0), port(1)];
}
