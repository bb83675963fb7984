import type { ConfigProblem } from './config';
import type { Provider, ProviderHealth, ProviderModel } from './provider';

/** Where a provider comes from. */
export type ProviderOrigin =
	/** Always there: the Claude CLI, VS Code's own models. */
	| 'own'
	/** In the user's settings. */
	| 'configured'
	/** Found on this machine. */
	| 'found';

/** What is known of one provider. */
export interface ProviderState {
	readonly id: string;
	readonly label: string;
	readonly origin: ProviderOrigin;
	readonly isLocal: boolean;
	/** Where it is asked; `null` for our own. */
	readonly baseUrl: string | null;
	readonly takesKey: boolean;
	/** Can download models. */
	readonly canPull: boolean;
	/** The answer of the last check; `null` before the first. */
	readonly health: ProviderHealth | null;
	/** `null` until they were listed; empty when it has none. */
	readonly models: readonly ProviderModel[] | null;
	/** Why the models could not be listed, although it answers. */
	readonly modelsProblem: string | null;
	readonly isChecking: boolean;
}

/** Everything that a view of the providers shows. */
export interface ProvidersView {
	readonly states: readonly ProviderState[];
	/** Entries of the setting that cannot be used. */
	readonly problems: readonly ConfigProblem[];
}

/** What a check finds out. */
export type Checked = Pick<ProviderState, 'health' | 'models' | 'modelsProblem'>;

/** Asks a provider whether it is well, and for its models. Never rejects, but for an abort. */
export async function checkProvider(provider: Provider, signal: AbortSignal): Promise<Checked> {
	const health = await provider.health(signal);
	signal.throwIfAborted();
	if (!health.isUp) return { health, models: null, modelsProblem: null };
	try {
		return { health, models: await provider.models(signal), modelsProblem: null };
	} catch (error) {
		signal.throwIfAborted();
		return { health, models: null, modelsProblem: error instanceof Error ? error.message : String(error) };
	}
}
