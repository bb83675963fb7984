import type { ModelResponse, ShowResponse } from 'ollama/browser';
import type { ModelAbilities, ProviderModel } from './provider';

/** What Ollama says about one model. */
export interface OllamaDetails {
	readonly abilities: ModelAbilities;
	/** The most that the model was made for; `null` when unknown. */
	readonly contextTokens: number | null;
	readonly family: string;
}

const unknown: ModelAbilities = { tools: null, images: null, thinking: null, structured: true };
export const unknownDetails: OllamaDetails = { abilities: unknown, contextTokens: null, family: '' };

/** Reads `/api/show`. */
export function detailsOf(shown: ShowResponse): OllamaDetails {
	const info = shown.model_info as unknown as Readonly<Record<string, unknown>> | undefined;
	const architecture = info?.['general.architecture'];
	const context = info?.[`${String(architecture)}.context_length`];
	return {
		abilities: abilitiesOf(shown.capabilities),
		contextTokens: typeof context === 'number' && context > 0 ? context : null,
		family: shown.details?.family ?? '',
	};
}

/** Servers before 0.6.4 do not list what a model can do: it is tried, then. */
function abilitiesOf(capabilities: readonly string[] | undefined): ModelAbilities {
	if (!Array.isArray(capabilities)) return unknown;
	const has = (name: string): boolean => capabilities.includes(name);
	// The server holds the output of every model to a schema, by its own sampler.
	return { tools: has('tools'), images: has('vision'), thinking: has('thinking'), structured: true };
}

/** A model that only turns text into numbers cannot answer. */
export function canAnswer(shown: ShowResponse): boolean {
	return !Array.isArray(shown.capabilities) || shown.capabilities.includes('completion');
}

/** Whether a model of an Ollama server runs in Ollama's cloud: it leaves the machine and has no price of ours. */
export function isCloudModel(model: string): boolean {
	return /[:-]cloud$/.test(model);
}

/** One entry of the list. `window` is the most that we let a model read. */
export function listedModel(model: ModelResponse, details: OllamaDetails, window: number): ProviderModel {
	const isRemote = isCloudModel(model.name);
	const { family, parameter_size: size, quantization_level: level } = model.details ?? {};
	const own = details.contextTokens;
	return {
		id: model.name,
		label: model.name.replace(/:latest$/, ''),
		description: [family, size, level === 'unknown' ? '' : level, isRemote ? "runs in Ollama's cloud" : '']
			.filter(Boolean)
			.join(' · '),
		abilities: details.abilities,
		contextTokens: own === null || isRemote ? own : Math.min(own, window),
		sizeBytes: isRemote ? null : model.size,
		vramBytes: null,
		...(isRemote ? { isRemote } : {}),
	};
}
