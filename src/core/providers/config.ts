import * as z from 'zod/mini';
import { isLoopback } from './connection';
import { findPreset, presets } from './presets';

/** Names that are no settings' to give. */
const reserved = new Set(['claude', 'vscode', 'auto']);

const id = z.string().check(
	z.regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'is not made of small letters, digits, - and _'),
	z.refine(value => !reserved.has(value), 'is taken by Quarterdeck itself'),
);
const address = z
	.string()
	.check(
		z.refine(isAddress, 'is no address that begins with http:// or https:// and holds no name, password or query'),
	);
const headers = z
	.record(
		z.string().check(z.regex(/^[\w!#$%&'*+.^`|~-]+$/, 'is no name of a header')),
		z.string().check(z.regex(/^[^\r\n]*$/, 'holds a line break')),
	)
	.check(
		// Settings are synchronised, shown and shared: a key in a header of theirs would be, too.
		z.refine(
			values => Object.entries(values).every(([name, value]) => !isSecretName(name) || value.includes('${key}')),
			'would hold a secret: write ${key} in that header, and set the key instead',
		),
	);
function isSecretName(name: string): boolean {
	return /auth|api-?key|token|secret|cookie|password/i.test(name);
}

const label = z.string().check(z.minLength(1, 'is empty'), z.maxLength(60, 'is longer than 60 characters'));

const common = { id, label: z.optional(label), headers: z.optional(headers) };
const ollama = z.strictObject({
	...common,
	kind: z.literal('ollama'),
	baseUrl: z.optional(address),
	/** How long a model stays loaded after an answer: `5m`, `-1`. */
	keepAlive: z.optional(z.union([z.string(), z.number()])),
	/** The most tokens that a model is loaded for. */
	contextTokens: z.optional(z.int().check(z.minimum(2048, 'is less than 2048'))),
});
const openai = z.strictObject({
	...common,
	kind: z.literal('openai'),
	preset: z.optional(z.enum(presets.map(preset => preset.id) as [string, ...string[]])),
	baseUrl: z.optional(address),
	api: z.optional(z.enum(['auto', 'chat', 'responses'])),
	/** Azure's version of the API. */
	apiVersion: z.optional(z.string()),
	/** Models that the user named: these alone are offered then. */
	models: z.optional(z.array(z.string())),
});

/** One entry of the setting `quarterdeck.providers`. It holds no key: those are secrets, kept by `id`. */
export const providerConfigSchema = z.discriminatedUnion('kind', [ollama, openai]);
export type ProviderConfig = z.infer<typeof providerConfigSchema>;

/** What is wrong with an entry of the settings, as a sentence. */
export interface ConfigProblem {
	readonly index: number;
	readonly text: string;
}

export const ollamaAddress = 'http://127.0.0.1:11434';

/** Reads the setting. What is wrong with one entry is said, and does not take the others with it. */
export function readConfigs(raw: readonly unknown[]): {
	readonly configs: readonly ProviderConfig[];
	readonly problems: readonly ConfigProblem[];
} {
	const configs: ProviderConfig[] = [];
	const problems: ConfigProblem[] = [];
	for (const [index, entry] of raw.entries()) {
		const text = problemOf(entry, configs);
		if (text === undefined) configs.push(providerConfigSchema.parse(entry));
		else problems.push({ index, text });
	}
	return { configs, problems };
}

function problemOf(entry: unknown, earlier: readonly ProviderConfig[]): string | undefined {
	const named = typeof entry === 'object' && entry !== null && 'id' in entry ? ` '${String(entry.id)}'` : '';
	const read = providerConfigSchema.safeParse(entry);
	if (!read.success) {
		const [issue] = read.error.issues;
		return `The provider${named} cannot be used: ${issue ? issueText(issue) : 'it is not valid'}.`;
	}
	const config = read.data;
	if (earlier.some(other => other.id === config.id)) return `There are two providers${named}; the first one counts.`;
	if (config.kind === 'openai' && baseUrlOf(config) === '') return `The provider${named} has no 'baseUrl'.`;
	return undefined;
}

function issueText(issue: z.core.$ZodIssue): string {
	if (issue.code === 'unrecognized_keys') {
		const key = issue.keys.find(name => /key|token|secret|password/i.test(name));
		return key === undefined
			? `'${issue.keys.join(', ')}' is unknown`
			: `'${key}' does not belong into settings; keys are kept by VS Code, see Set Key`;
	}
	const inner = issue.code === 'invalid_key' ? issue.issues[0]?.message : issue.message;
	const text = inner === undefined || inner === 'Invalid input' ? 'is not valid' : inner;
	return issue.path.length === 0 ? `it ${text}` : `'${issue.path.join('.')}' ${text}`;
}

/** Where a provider is asked. */
export function baseUrlOf(config: ProviderConfig): string {
	if (config.baseUrl !== undefined) return config.baseUrl;
	return config.kind === 'ollama' ? ollamaAddress : (findPreset(config.preset ?? 'other').baseUrl ?? '');
}

/** What it is called. */
export function labelOf(config: ProviderConfig): string {
	if (config.label !== undefined) return config.label;
	return config.kind === 'ollama' ? 'Ollama' : findPreset(config.preset ?? 'other').label;
}

/** The service whose prices count: none when another server stands in its place. */
export function pricedPreset(config: ProviderConfig): string | undefined {
	if (config.kind !== 'openai' || config.preset === undefined) return undefined;
	const own = findPreset(config.preset).baseUrl;
	return own !== null && new URL(own).origin === new URL(baseUrlOf(config)).origin ? config.preset : undefined;
}

export function isOnThisMachine(config: ProviderConfig): boolean {
	return isLoopback(baseUrlOf(config));
}

function isAddress(text: string): boolean {
	if (!URL.canParse(text)) return false;
	const { protocol, username, password, search, hash } = new URL(text);
	return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
}
