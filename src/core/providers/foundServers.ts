import { baseUrlOf, isOnThisMachine, providerConfigSchema, type ProviderConfig } from './config';

/** A server that answered on this machine once. */
export interface RememberedServer {
	readonly config: ProviderConfig;
	/** When it answered last, milliseconds since 1970. */
	readonly at: number;
}

/** A server that was not seen for so long is not used any more. */
const forgottenAfterMs = 14 * 86_400_000;

/**
 * What is known of the servers of this machine after a search. A server that does not run now is not gone: whoever
 * chose its model is to read that it is not running, and how to start it.
 */
export function rememberServers(
	known: readonly RememberedServer[],
	found: readonly ProviderConfig[],
	now: number,
): readonly RememberedServer[] {
	const places = new Set(found.map(baseUrlOf));
	const ids = new Set(found.map(({ id }) => id));
	const missing = known.filter(
		({ config, at }) =>
			now - at < forgottenAfterMs && isTelling(config) && !places.has(baseUrlOf(config)) && !ids.has(config.id),
	);
	return [...found.map(config => ({ config, at: now })), ...missing];
}

/** What is known by nothing but its port may be anybody's server tomorrow. */
function isTelling(config: ProviderConfig): boolean {
	return config.kind === 'ollama' || (config.preset !== undefined && config.preset !== 'other');
}

/** Reads what was kept; whatever is none of ours, or not on this machine, is left out. */
export function readRemembered(raw: unknown): readonly RememberedServer[] {
	if (!Array.isArray(raw)) return [];
	return raw.flatMap((entry: unknown) => {
		const { config, at } = (entry ?? {}) as { readonly config?: unknown; readonly at?: unknown };
		const read = providerConfigSchema.safeParse(config);
		if (!read.success || typeof at !== 'number' || !isOnThisMachine(read.data)) return [];
		return [{ config: read.data, at }];
	});
}
