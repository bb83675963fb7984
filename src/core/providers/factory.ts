import type { Clock } from '../base/clock';
import { baseUrlOf, labelOf, type ProviderConfig } from './config';
import type { SilenceLimits } from './connection';
import { findPreset } from './presets';
import type { Provider } from './provider';

export interface FactoryOptions {
	readonly clock: Clock;
	/** The key of a provider; `undefined` when none is set. Asked for at each request. */
	readonly secret: (provider: string) => Promise<string | undefined>;
	readonly silence?: SilenceLimits;
	/** For tests; the global one when absent. */
	readonly fetch?: typeof fetch;
}

/** Makes the provider of an entry of the settings. Its code and its client library are loaded with the first one. */
export async function makeProvider(config: ProviderConfig, options: FactoryOptions): Promise<Provider> {
	const { secret, ...rest } = options;
	const common = {
		...rest,
		id: config.id,
		label: labelOf(config),
		baseUrl: baseUrlOf(config),
		key: () => secret(config.id),
		...(config.headers ? { headers: config.headers } : {}),
	};
	if (config.kind === 'ollama') {
		const { OllamaProvider } = await import('./ollama');
		const { keepAlive, contextTokens } = config;
		return new OllamaProvider({
			...common,
			...(keepAlive === undefined ? {} : { keepAlive }),
			...(contextTokens === undefined ? {} : { contextTokens }),
		});
	}
	const { OpenAiCompatibleProvider } = await import('./openaiCompatible');
	const { preset = 'other', api, apiVersion, models } = config;
	return new OpenAiCompatibleProvider({
		...common,
		preset: findPreset(preset),
		...(api === undefined ? {} : { api }),
		...(apiVersion === undefined ? {} : { apiVersion }),
		...(models === undefined ? {} : { models }),
	});
}
