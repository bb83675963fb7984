import type { ModelAbilities, ProviderModel } from './provider';

/** An entry of a model list, with what servers beside OpenAI add to it. */
type Entry = Readonly<Record<string, unknown>>;

export const unknownAbilities: ModelAbilities = { tools: null, images: null, thinking: null, structured: null };

/** Names of models that do not answer conversations; most lists hold them too. */
const otherKinds =
	/embed|whisper|\btts\b|-tts|dall-e|gpt-image|moderation|transcribe|realtime|-audio|sora|davinci|babbage|rerank|reranker|imagen|veo-|\baqa\b|stable-diffusion|flux|guard|-ocr|orpheus|voxtral-.*tts|codestral-embed/i;

/** The entries of a model list, or `null` when it is no model list. */
export function entriesOf(body: unknown): readonly Entry[] | null {
	const list: unknown = Array.isArray(body) ? body : (body as { data?: unknown } | null)?.data;
	const cohere = (body as { models?: unknown } | null)?.models;
	const entries = Array.isArray(list) ? list : Array.isArray(cohere) ? cohere : null;
	if (!entries) return null;
	return entries.filter((entry): entry is Entry => typeof entry === 'object' && entry !== null && 'id' in entry);
}

/** The models of a list that answer conversations, in the order of the list. */
export function modelsOf(entries: readonly Entry[]): readonly ProviderModel[] {
	return entries.filter(isForChat).map(modelOf);
}

/** A model that the user named and no list describes. */
export function namedModel(id: string): ProviderModel {
	return {
		id,
		label: id,
		description: '',
		abilities: unknownAbilities,
		contextTokens: null,
		sizeBytes: null,
		vramBytes: null,
	};
}

function isForChat(entry: Entry): boolean {
	const type = text(entry, 'type');
	// Together and LM Studio say what a model is for; Mistral says what it can do.
	if (type !== '') return ['chat', 'llm', 'vlm', 'language', 'model', 'code', 'base'].includes(type);
	const can = object(entry['capabilities']);
	if (typeof can['completion_chat'] === 'boolean') return can['completion_chat'];
	const output = object(entry['architecture'])['output_modalities'];
	if (Array.isArray(output)) return output.includes('text');
	return !otherKinds.test(text(entry, 'id'));
}

function modelOf(entry: Entry): ProviderModel {
	// Google's ids have a prefix that requests do not need.
	const id = text(entry, 'id').replace(/^models\//, '');
	const meta = object(entry['meta']);
	const facts = [text(entry, 'arch'), parameters(meta['n_params']), text(entry, 'quantization')];
	if (text(entry, 'state') === 'loaded') facts.push('loaded');
	return {
		id,
		label: text(entry, 'display_name') || text(entry, 'name') || id,
		description: facts.filter(fact => fact !== '').join(', '),
		abilities: abilitiesOf(entry),
		contextTokens: contextOf(entry, meta),
		sizeBytes: number(meta['size']),
		vramBytes: null,
	};
}

/** The window as each server calls it. What is loaded counts before what would be possible. */
function contextOf(entry: Entry, meta: Entry): number | null {
	const top = object(entry['top_provider']);
	const hosts = Array.isArray(entry['providers']) ? (entry['providers'] as readonly unknown[]).map(object) : [];
	const known = [
		entry['loaded_context_length'],
		top['context_length'],
		entry['context_length'],
		entry['max_context_length'],
		entry['max_model_len'],
		entry['context_window'],
		entry['context_size'],
		meta['n_ctx'],
		meta['n_ctx_train'],
		// Hugging Face: which host answers is not known before, so the smallest window is the safe one.
		smallest(hosts.map(host => number(host['context_length']))),
	];
	return known.map(number).find(value => value !== null) ?? null;
}

function abilitiesOf(entry: Entry): ModelAbilities {
	const parameters = entry['supported_parameters'];
	const takes = (...names: readonly string[]): boolean | null =>
		Array.isArray(parameters) ? names.some(name => parameters.includes(name)) : null;
	const input = object(entry['architecture'])['input_modalities'];
	const can = entry['capabilities'];
	const hosts = Array.isArray(entry['providers']) ? (entry['providers'] as readonly unknown[]).map(object) : null;
	const flag = (name: string): boolean | null => {
		const value = object(can)[name];
		return typeof value === 'boolean' ? value : null;
	};
	const isVision = text(entry, 'type') === 'vlm' ? true : null;
	return {
		tools:
			takes('tools') ??
			flag('function_calling') ??
			(Array.isArray(can) ? can.includes('tool_use') : null) ??
			(hosts ? hosts.some(host => host['supports_tools'] === true) : null),
		images: Array.isArray(input) ? input.includes('image') : (flag('vision') ?? isVision),
		thinking: takes('reasoning', 'include_reasoning') ?? flag('reasoning'),
		structured:
			takes('structured_outputs', 'response_format') ??
			(hosts ? hosts.some(host => host['supports_structured_output'] === true) : null),
	};
}

/** What llama.cpp's `/props` adds to its one model. */
export function withProps(models: readonly ProviderModel[], props: unknown): readonly ProviderModel[] {
	const settings = object(object(props)['default_generation_settings']);
	const modalities = object(object(props)['modalities']);
	const caps = object(object(props)['chat_template_caps']);
	const context = number(settings['n_ctx']);
	return models.map(model => ({
		...model,
		contextTokens: context ?? model.contextTokens,
		abilities: {
			...model.abilities,
			images: typeof modalities['vision'] === 'boolean' ? modalities['vision'] : model.abilities.images,
			tools: typeof caps['supports_tools'] === 'boolean' ? caps['supports_tools'] : model.abilities.tools,
		},
	}));
}

function parameters(value: unknown): string {
	const count = number(value);
	if (count === null) return '';
	return count >= 1e9 ? `${(count / 1e9).toFixed(1)}B` : `${Math.round(count / 1e6)}M`;
}

function smallest(values: readonly (number | null)[]): number | null {
	const known = values.filter(value => value !== null);
	return known.length > 0 ? Math.min(...known) : null;
}

function text(entry: Entry, field: string): string {
	const value = entry[field];
	return typeof value === 'string' ? value : '';
}

function object(value: unknown): Entry {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Entry) : {};
}

function number(value: unknown): number | null {
	return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null;
}
