import * as z from 'zod/mini';
import type { McpAuthConfig, McpHttpConfig, McpServerDefinition, McpStdioConfig, McpTimeouts } from './definition';
import { isObject, type JsonObject } from './jsonText';
import type { McpInput, McpSource } from './protocol';

const text = z.string();
/** Numbers and booleans are common in hand-written environments, and mean their text. */
const value = z.pipe(
	z.union([z.string(), z.number(), z.boolean(), z.null()]),
	z.transform(given => (given === null ? '' : String(given))),
);
const values = z.optional(z.record(text, value));

const serverSchema = z.looseObject({
	type: z.optional(text),
	transport: z.optional(z.union([text, z.looseObject({ type: text })])),
	command: z.optional(z.union([text, z.array(text)])),
	args: z.optional(z.array(value)),
	env: values,
	envFile: z.optional(text),
	cwd: z.optional(text),
	url: z.optional(text),
	serverUrl: z.optional(text),
	httpUrl: z.optional(text),
	headers: values,
	disabled: z.optional(z.boolean()),
	enabled: z.optional(z.boolean()),
	timeout: z.optional(z.number().check(z.positive())),
	initTimeout: z.optional(z.number().check(z.positive())),
	auth: z.optional(z.looseObject({})),
	oauth: z.optional(z.looseObject({})),
	inputs: z.optional(z.array(z.unknown())),
});
type ServerShape = z.infer<typeof serverSchema>;

const inputSchema = z.looseObject({
	id: text,
	type: z.optional(text),
	description: z.optional(text),
	password: z.optional(z.boolean()),
	default: z.optional(text),
	options: z.optional(z.array(z.union([text, z.looseObject({ value: text })]))),
});

const issuer = z.optional(text);
const scope = z.optional(text);
const authSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('client_credentials'), clientId: text, clientSecret: text, scope, issuer }),
	z.object({
		type: z.literal('private_key_jwt'),
		clientId: text,
		privateKey: text,
		algorithm: z.optional(text),
		scope,
		issuer,
	}),
	z.object({
		type: z.literal('cross_app'),
		clientId: text,
		clientSecret: z.optional(text),
		idpTokenEndpoint: text,
		idpClientId: text,
		idpIdToken: text,
		scope,
		issuer,
	}),
	z.object({
		type: z.literal('authorization_code'),
		clientId: text,
		clientSecret: z.optional(text),
		scope,
		issuer,
	}),
]);

/** Where a definition stands, and what holds for all of its file. */
export interface DefinitionPlace {
	readonly source: McpSource;
	/** Absolute path of the workspace folder; `null` without one. */
	readonly folder: string | null;
	/** Inputs of the whole file. */
	readonly inputs: readonly McpInput[];
}

/** Makes a definition of what a file says about one server. What cannot be used is a definition with its `problem`. */
export function toDefinition(name: string, given: unknown, place: DefinitionPlace): McpServerDefinition {
	const { source, folder } = place;
	const base = {
		id: [source.kind, ...(source.path === null ? [] : [source.path]), name].join(':'),
		name,
		source,
		folder,
		raw: isObject(given) ? given : {},
	};
	const parsed = serverSchema.safeParse(given);
	const none = { inputs: place.inputs, isDisabled: false, timeouts: noTimeouts };
	if (!parsed.success)
		return { ...base, ...none, config: null, problem: `“${name}”: ${issueText(parsed.error, given)}` };
	const shape = parsed.data;
	const rest = {
		isDisabled: shape.disabled === true || shape.enabled === false,
		inputs: [...toInputs(shape.inputs ?? []), ...place.inputs],
		timeouts: timeoutsOf(shape),
	};
	try {
		return { ...base, ...rest, config: toConfig(shape), problem: null };
	} catch (error) {
		const reason = error instanceof ShapeError ? error.message : String(error);
		return { ...base, ...rest, config: null, problem: `“${name}”: ${reason}` };
	}
}

const noTimeouts: McpTimeouts = { initMs: null, callMs: null };

class ShapeError extends Error {}

function toConfig(shape: ServerShape): McpStdioConfig | McpHttpConfig {
	const url = shape.url ?? shape.serverUrl ?? shape.httpUrl;
	const type = typeOf(shape, url);
	if (type === 'stdio') {
		const words = typeof shape.command === 'string' ? [shape.command] : (shape.command ?? []);
		const [command, ...first] = words;
		if (command === undefined || command.trim() === '') {
			throw new ShapeError('it needs a “command” to start, or a “url” to reach.');
		}
		const args = [...first, ...(shape.args ?? [])];
		const { env = {}, envFile = null, cwd = null } = shape;
		return { type, command: command.trim(), args, env, envFile, cwd };
	}
	if (url === undefined) throw new ShapeError(`its type is “${type}”, so it needs a “url”.`);
	checkUrl(url);
	return { type, url, headers: shape.headers ?? {}, auth: authOf(shape) };
}

function typeOf(shape: ServerShape, url: string | undefined): 'stdio' | 'http' | 'sse' {
	const transport = typeof shape.transport === 'string' ? shape.transport : shape.transport?.type;
	const named = shape.type ?? transport;
	if (named === undefined) {
		if (shape.command !== undefined && url !== undefined)
			throw new ShapeError('it has both a “command” and a “url”; say which with “type”: “stdio” or “http”.');
		return url === undefined ? 'stdio' : 'http';
	}
	const known: Readonly<Record<string, 'stdio' | 'http' | 'sse'>> = {
		stdio: 'stdio',
		local: 'stdio',
		http: 'http',
		'streamable-http': 'http',
		streamablehttp: 'http',
		streamable_http: 'http',
		remote: 'http',
		sse: 'sse',
	};
	const type = known[named.toLowerCase()];
	if (type === undefined) throw new ShapeError(`its type “${named}” is not known; use “stdio”, “http” or “sse”.`);
	return type;
}

function checkUrl(url: string): void {
	// What stands in `${…}` is known at the start only.
	const probe = url.replaceAll(/\$\{[^}]*\}/g, 'x');
	if (!URL.canParse(probe)) {
		if (url.startsWith('${')) return;
		throw new ShapeError(`“${url}” is not an address; it should look like https://example.com/mcp.`);
	}
	if (!/^https?:$/.test(new URL(probe).protocol) && !url.startsWith('${'))
		throw new ShapeError(`“${url}” must begin with http:// or https://.`);
}

function authOf(shape: ServerShape): McpAuthConfig | null {
	if (shape.auth !== undefined) {
		const parsed = authSchema.safeParse(shape.auth);
		if (!parsed.success) throw new ShapeError(`in “auth”, ${issueText(parsed.error, shape.auth)}`);
		return withoutUndefined(parsed.data);
	}
	// VS Code and Claude Code: a client that was registered by hand.
	const { oauth } = shape;
	if (oauth === undefined || typeof oauth['clientId'] !== 'string') return null;
	const parsed = authSchema.safeParse({ ...oauth, type: 'authorization_code' });
	if (!parsed.success) throw new ShapeError(`in “oauth”, ${issueText(parsed.error, oauth)}`);
	return withoutUndefined(parsed.data);
}

/** Optional fields are absent, not `undefined`. */
function withoutUndefined(auth: z.infer<typeof authSchema>): McpAuthConfig {
	return Object.fromEntries(
		Object.entries(auth).filter(([, field]) => field !== undefined),
	) as unknown as McpAuthConfig;
}

function timeoutsOf(shape: ServerShape): McpTimeouts {
	return { initMs: toMs(shape.initTimeout), callMs: toMs(shape.timeout) };
}

/** Some programs write seconds and some milliseconds: no server is given less than a second, so small ones are seconds. */
function toMs(given: number | undefined): number | null {
	if (given === undefined) return null;
	return Math.round(given < 1000 ? given * 1000 : given);
}

/** Reads the `inputs` of a file; entries that are none are left out. */
export function toInputs(given: readonly unknown[]): readonly McpInput[] {
	return given.flatMap(entry => {
		const parsed = inputSchema.safeParse(entry);
		if (!parsed.success) return [];
		const { id, type, description, password, options } = parsed.data;
		return {
			id,
			type: type === 'pickString' ? ('pickString' as const) : ('promptString' as const),
			description: description ?? id,
			isPassword: password ?? false,
			default: parsed.data.default ?? null,
			options: (options ?? []).map(option => (typeof option === 'string' ? option : option.value)),
		};
	});
}

/** The first thing that is wrong, as the end of a sentence: `“args[1]” must be text, not a list.` */
export function issueText(error: z.core.$ZodError, given: unknown): string {
	const [issue] = error.issues;
	if (issue === undefined) return 'it is not a server.';
	if (issue.path.length === 0) return `it must be an object in braces, not ${kindOf(given)}.`;
	const where = `“${pathText(issue.path)}”`;
	const found = issue.path.reduce<unknown>(
		(at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
		given,
	);
	if (found === undefined) return `${where} is missing.`;
	return `${where} must be ${wanted(issue)}, not ${kindOf(found)}.`;
}

function pathText(path: readonly PropertyKey[]): string {
	return path.reduce<string>(
		(text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
		'',
	);
}

function wanted(issue: z.core.$ZodIssue): string {
	if (issue.code === 'too_small') return 'more than 0';
	if (issue.code === 'invalid_union') {
		if (issue.path.at(-1) === 'type') return 'one of the known types';
		return issue.path.at(-1) === 'command' ? 'text or a list of texts' : 'text';
	}
	if (issue.code !== 'invalid_type') return 'something else';
	const names: Readonly<Record<string, string>> = {
		string: 'text',
		array: 'a list in brackets',
		boolean: 'true or false',
		number: 'a number',
		object: 'an object in braces',
		record: 'an object in braces',
	};
	return names[issue.expected] ?? issue.expected;
}

/** What a value is, in the words of the messages. */
export function kindOf(given: unknown): string {
	if (given === null) return 'null';
	if (Array.isArray(given)) return 'a list';
	if (typeof given === 'string') return `the text “${given.slice(0, 40)}”`;
	if (typeof given === 'object') return 'an object';
	return given === undefined ? 'nothing' : JSON.stringify(given);
}

/** Whether an object looks like one server and not like a list of them. */
export function looksLikeServer(given: JsonObject): boolean {
	const isText = (key: string): boolean => typeof given[key] === 'string';
	return isText('command') || Array.isArray(given['command']) || ['url', 'serverUrl', 'httpUrl'].some(isText);
}
