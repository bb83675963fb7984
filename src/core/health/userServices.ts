import * as z from 'zod/mini';
import { isLocalName, isPublicAddress } from '../tools/web/addresses';
import { isLoopback } from '../providers/connection';
import type { CommandCheck } from './checks/command';
import type { FileCheck } from './checks/file';
import type { HttpCheck } from './checks/http';
import type { TcpCheck } from './checks/tcp';
import type { WatchPolicy } from './service';

/** Where an entry of the setting stands. What a workspace brings may do less. */
export type ServicePlace = 'user' | 'workspace';

export type UserCheck =
	| ({ readonly kind: 'http' } & HttpCheck)
	| ({ readonly kind: 'tcp' } & TcpCheck)
	| ({ readonly kind: 'command' } & Omit<CommandCheck, 'cwd'> & { readonly cwd: string | null })
	| ({ readonly kind: 'file' } & FileCheck);

/** A service of the setting `quarterdeck.health.services`. */
export interface UserService {
	readonly id: string;
	readonly name: string;
	readonly place: ServicePlace;
	readonly check: UserCheck;
	readonly policy: WatchPolicy;
	readonly needs: readonly string[];
}

/** An entry of a setting that cannot be used, or that does not do what it seems to. */
export interface SettingProblem {
	/** The name of the entry, or its place: `3rd entry`. */
	readonly entry: string;
	/** One sentence. */
	readonly text: string;
}

/** A file of thousands of services would keep the machine and its servers busy. */
const mostServices = 100;
const { _default: withDefault } = z;
const leastSeconds = 5;
const least = z.minimum(leastSeconds, `is less than ${leastSeconds}`);
const count = z.int().check(z.minimum(1, 'is less than 1'), z.maximum(20, 'is more than 20'));
const common = {
	name: z.string().check(z.regex(/\S/, 'is empty'), z.maxLength(60, 'is longer than 60 characters')),
	intervalSeconds: withDefault(z.number().check(least, z.maximum(86_400, 'is more than a day')), 60),
	timeoutSeconds: withDefault(
		z.number().check(z.minimum(0.1, 'is less than 0.1'), z.maximum(60, 'is more than 60')),
		10,
	),
	failures: withDefault(count, 3),
	successes: withDefault(count, 2),
	/** Names or ids of services that this one needs. */
	needs: withDefault(z.array(z.string()).check(z.maxLength(20, 'has more than 20 entries')), []),
};
const address = z
	.string()
	.check(z.refine(isAddress, 'is no address that begins with http:// or https:// and holds no name or password'));
const status = z.int().check(z.minimum(100, 'is no status'), z.maximum(599, 'is no status'));
const webCommon = {
	...common,
	address,
	slowSeconds: z.optional(z.number().check(z.minimum(0.01, 'is less than 0.01'))),
	certificateDays: withDefault(z.int().check(z.minimum(0, 'is less than 0')), 14),
};
const http = z.strictObject({
	...webCommon,
	kind: z.literal('http'),
	method: withDefault(z.enum(['GET', 'HEAD']), 'GET'),
	status: z.optional(z.union([status, z.array(status)])),
	contains: z.optional(z.string().check(z.minLength(1, 'is empty'))),
	json: z.optional(
		z.strictObject({ path: z.string(), equals: z.union([z.string(), z.number(), z.boolean(), z.null()]) }),
	),
});
const known = z.strictObject({ ...webCommon, kind: z.enum(['n8n', 'comfyui']) });
const tcp = z.strictObject({
	...common,
	kind: z.literal('tcp'),
	host: withDefault(z.string().check(z.regex(/^[\w.:-]+$/, 'is no host')), '127.0.0.1'),
	port: z.int().check(z.minimum(1, 'is no port'), z.maximum(65_535, 'is no port')),
});
const command = z.strictObject({
	...common,
	kind: z.literal('command'),
	command: z.string().check(z.minLength(1, 'is empty')),
	args: withDefault(z.array(z.string()), []),
	cwd: z.optional(z.string()),
	exitCode: withDefault(z.int(), 0),
});
const file = z.strictObject({
	...common,
	kind: z.literal('file'),
	path: z.string().check(z.minLength(1, 'is empty')),
	youngerThanMinutes: z.optional(z.number().check(z.minimum(1, 'is less than 1'))),
});
const schema = z.discriminatedUnion('kind', [http, known, tcp, command, file]);
type Entry = z.infer<typeof schema>;

/** Reads the setting of one place. What is wrong with one entry is said, and does not take the others with it. */
export function readServices(
	raw: readonly unknown[],
	place: ServicePlace,
): { readonly services: readonly UserService[]; readonly problems: readonly SettingProblem[] } {
	const services: UserService[] = [];
	const problems: SettingProblem[] = [];
	if (raw.length > mostServices) {
		const text = `There are ${raw.length} entries; only the first ${mostServices} are watched.`;
		problems.push({ entry: `Entry ${mostServices + 1}`, text });
	}
	for (const [index, given] of raw.slice(0, mostServices).entries()) {
		const parsed = schema.safeParse(given);
		const entry = entryName(given, index);
		const problem = parsed.success ? placeProblem(parsed.data, place) : issueText(parsed.error.issues[0]);
		if (!parsed.success || problem !== null) {
			problems.push({ entry, text: problem ?? 'It cannot be read.' });
			continue;
		}
		const service = toService(parsed.data, place);
		if (services.some(({ id }) => id === service.id))
			problems.push({ entry, text: 'There is another service of this name; this one is not watched.' });
		else services.push(service);
	}
	return { services, problems };
}

/** Writes needs as ids, and says which name no service. */
export function resolveNeeds(
	services: readonly UserService[],
	others: readonly { readonly id: string; readonly name: string }[],
): { readonly services: readonly UserService[]; readonly problems: readonly SettingProblem[] } {
	const all = [...services, ...others];
	const problems: SettingProblem[] = [];
	const resolved = services.map(service => {
		const needs = service.needs.flatMap(need => {
			const found = all.find(({ id, name }) => id === need || name.toLowerCase() === need.trim().toLowerCase());
			if (found && found.id !== service.id) return [found.id];
			// What is not watched at the moment may come later; it holds nothing up until then.
			problems.push({ entry: service.name, text: `It needs “${need}”, which is no service that is watched.` });
			return [];
		});
		return { ...service, needs };
	});
	return { services: resolved, problems };
}

function toService(entry: Entry, place: ServicePlace): UserService {
	const { name, intervalSeconds, failures, successes, needs } = entry;
	const slowSeconds = 'slowSeconds' in entry ? (entry.slowSeconds ?? null) : null;
	const isKnown = entry.kind === 'n8n' || entry.kind === 'comfyui';
	return {
		id: isKnown ? entry.kind : `user:${name.trim()}`,
		name: name.trim(),
		place,
		check: toCheck(entry),
		policy: {
			intervalMs: intervalSeconds * 1000,
			failures,
			successes,
			slowMs: slowSeconds === null ? null : slowSeconds * 1000,
		},
		needs,
	};
}

/** Where these tell that they are well. */
const wellKnown = {
	n8n: { path: '/healthz', json: { path: 'status', equals: 'ok' } },
	comfyui: { path: '/system_stats', json: null },
} as const;

function toCheck(entry: Entry): UserCheck {
	const timeoutMs = entry.timeoutSeconds * 1000;
	switch (entry.kind) {
		case 'http': {
			const { address: url, method, contains = null, json = null, certificateDays } = entry;
			const statuses = entry.status === undefined ? [] : [entry.status].flat();
			return { kind: 'http', url, method, statuses, contains, json, certificateDays, timeoutMs };
		}
		case 'n8n':
		case 'comfyui': {
			const { path, json } = wellKnown[entry.kind];
			const url = `${entry.address.replace(/\/+$/, '')}${path}`;
			const { certificateDays } = entry;
			return { kind: 'http', url, method: 'GET', statuses: [200], contains: null, json, certificateDays, timeoutMs };
		}
		case 'tcp':
			return { kind: 'tcp', host: entry.host, port: entry.port, timeoutMs };
		case 'command': {
			const { command: program, args, cwd = null, exitCode } = entry;
			return { kind: 'command', command: program, args, cwd, exitCode, timeoutMs };
		}
		default: {
			const { path, youngerThanMinutes } = entry;
			const youngerThanMs = youngerThanMinutes === undefined ? null : youngerThanMinutes * 60_000;
			return { kind: 'file', path, youngerThanMs, timeoutMs };
		}
	}
}

/** A repository may have its own dev server and public sites watched, not the network that the user sits in. */
function placeProblem(entry: Entry, place: ServicePlace): string | null {
	if (place === 'user') return null;
	if ('address' in entry && !isOpenToWorkspaces(new URL(entry.address).hostname, entry.address))
		return 'Settings of a workspace may name addresses of this machine and of the public internet only.';
	if (entry.kind === 'tcp' && !isOpenToWorkspaces(entry.host, `http://${entry.host}`))
		return 'Settings of a workspace may name hosts of this machine and of the public internet only.';
	// Windows would sign in at the server that such a path names.
	if (entry.kind === 'file' && /^[\\/]{2}/.test(entry.path))
		return 'Settings of a workspace may name no files of other machines.';
	return null;
}

function isOpenToWorkspaces(host: string, url: string): boolean {
	if (isLoopback(url)) return true;
	const isNumeric = /^[\d.]+$|[:[\]]/.test(host);
	return isNumeric ? isPublicAddress(host) : !isLocalName(host);
}

function isAddress(text: string): boolean {
	if (!URL.canParse(text)) return false;
	const { protocol, username, password } = new URL(text);
	return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}

/** How an entry is called where its problem is told. */
export function entryName(entry: unknown, index: number): string {
	const { name, id } = (typeof entry === 'object' && entry !== null ? entry : {}) as {
		readonly name?: unknown;
		readonly id?: unknown;
	};
	const named = typeof name === 'string' && name.trim() !== '' ? name : id;
	return typeof named === 'string' && named.trim() !== '' ? named.slice(0, 60) : `Entry ${index + 1}`;
}

/** What zod says, as a sentence about a field. */
export function issueText(issue: z.core.$ZodIssue | undefined): string {
	if (!issue) return 'It cannot be read.';
	const field = issue.path.join('.');
	if (issue.code === 'unrecognized_keys')
		return `It has ${issue.keys.map(key => `“${key}”`).join(', ')}, which is not known.`;
	if (field === '') return 'It is no object.';
	if (field === 'kind') return '“kind” is none of http, tcp, command, file, n8n and comfyui.';
	if (
		issue.code === 'custom' ||
		issue.code === 'too_small' ||
		issue.code === 'too_big' ||
		issue.code === 'invalid_format'
	)
		return `“${field}” ${issue.message}.`;
	return `“${field}” is missing or of another kind than it should be.`;
}
