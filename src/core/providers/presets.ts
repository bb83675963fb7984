import table from './presets.json';

/** Where a server departs from what most of them do. What is absent is the common way. */
export interface ProviderQuirks {
	/** How the key is sent; `Authorization: Bearer` when absent. */
	readonly auth?: 'api-key';
	/** The field that limits the answer's length; `max_tokens` when absent. */
	readonly maxTokens?: 'max_completion_tokens';
	/** How much to think goes into an object `reasoning` rather than into `reasoning_effort`. */
	readonly effort?: 'reasoning';
	/** Call ids must be nine letters or digits. */
	readonly callIds?: 'nine';
	/** The last chunk holds the usage without being asked, and asking is refused. */
	readonly usageInStream?: 'always';
	/** It knows JSON mode and no schemas. */
	readonly structured?: 'json_object';
	/** While a turn's tools run, the model's reasoning is sent back in this field. */
	readonly reasoningBack?: 'reasoning_content';
	/** It says what a response cost when asked. */
	readonly reportsCost?: boolean;
	/** A path that tells whether the key is right, where the model list does not need one. */
	readonly keyCheckPath?: string;
	/** The model list is answered without a key, so it says nothing about the key. */
	readonly listIsPublic?: boolean;
	/** The model list is that of the region, not what the user deployed. */
	readonly listIsNotYours?: boolean;
	/** Which server of its own says more about its models. */
	readonly details?: 'lmstudio' | 'llamacpp';
}

/** Which of OpenAI's two APIs is spoken. `auto`: Responses for models that reason, Chat Completions for the others. */
export type ApiFlavour = 'auto' | 'chat' | 'responses';

/** What is known of one service, so that adding it takes a key or nothing. */
export interface ProviderPreset {
	readonly id: string;
	readonly label: string;
	/** `null`: the user must say. */
	readonly baseUrl: string | null;
	readonly key: 'required' | 'optional' | 'none';
	/** Where the user gets a key. */
	readonly keyUrl?: string;
	readonly api: ApiFlavour;
	readonly headers?: Readonly<Record<string, string>>;
	/** Where a local server comes from. */
	readonly site?: string;
	/** How a local server is started, as a sentence. */
	readonly start?: string;
	readonly quirks?: ProviderQuirks;
}

/** Every preset, in the order in which they are offered. A test holds the table to this type. */
export const presets: readonly ProviderPreset[] = table as readonly ProviderPreset[];

/** The preset of that id, or the one for any other server. */
export function findPreset(id: string): ProviderPreset {
	const preset = presets.find(candidate => candidate.id === id) ?? presets.find(candidate => candidate.id === 'other');
	if (!preset) throw new Error('The table of presets has no entry for other servers.');
	return preset;
}
