import { ExpectedError } from '../base/errors';
import { findServers, type ServerTable } from './configs';
import type { McpServerDefinition } from './definition';
import { isObject, parseJson, type JsonObject } from './jsonText';
import type { McpSource } from './protocol';
import { kindOf, looksLikeServer, toDefinition } from './serverShape';

/** What a pasted text defines. Each definition that cannot be used says why in `problem`. */
export interface McpPaste {
	readonly definitions: readonly McpServerDefinition[];
	/** What is wrong with the whole text; `null` when servers were found. */
	readonly problem: string | null;
}

const pasted: McpSource = { kind: 'settings', label: 'Pasted', path: null };

/**
 * Reads servers from whatever a person copies: a whole settings file of any client, the inside of one, one server with or
 * without its name, a list of them, a fenced block of a README, or the address of a server. Comments are fine.
 */
export function parsePasted(text: string, folder: string | null = null): McpPaste {
	const inner = unfenced(text);
	if (inner === '') return { definitions: [], problem: 'There is nothing to read: paste the JSON of a server.' };
	try {
		const { servers, inputs } = tableOf(inner);
		const definitions = Object.entries(servers).map(([name, value]) =>
			toDefinition(name, value, { source: pasted, folder, inputs }),
		);
		return { definitions, problem: definitions.length === 0 ? 'The JSON is fine, but it lists no server.' : null };
	} catch (error) {
		if (!ExpectedError.is(error)) throw error;
		return { definitions: [], problem: error.message };
	}
}

function tableOf(text: string): ServerTable {
	if (/^https?:\/\/\S+$/.test(text)) return one({ type: 'http', url: text });
	const value = parseLoosely(text);
	if (Array.isArray(value)) return listed(value);
	if (!isObject(value)) throw wrong(`This is ${kindOf(value)}; an object with servers is expected.`);
	const found = findServers(value);
	if (found !== undefined) return found;
	if (looksLikeServer(value)) return one(value);
	const isTable = Object.values(value).length > 0 && Object.values(value).every(isServerLike);
	if (isTable) return { servers: value, inputs: [] };
	const keys = Object.keys(value);
	if (keys.length === 0) return { servers: {}, inputs: [] };
	throw wrong(
		`No server was found. A server has a “command” or a “url”; this has ${keys
			.slice(0, 5)
			.map(key => `“${key}”`)
			.join(', ')}.`,
	);
}

/** READMEs often show what stands between the braces, without them. */
function parseLoosely(text: string): unknown {
	if (!/^"(?:[^"\\]|\\.)*"\s*:/.test(text)) return parseJson(text);
	return parseJson(`{${text.replace(/,\s*$/, '')}}`);
}

function isServerLike(value: unknown): boolean {
	return isObject(value) && looksLikeServer(value);
}

function listed(values: readonly unknown[]): ServerTable {
	const servers = values.map((value, index) => {
		if (!isObject(value)) throw wrong(`Entry ${index + 1} of the list is ${kindOf(value)}, not a server.`);
		return one(value).servers;
	});
	return { servers: Object.assign({}, ...servers) as JsonObject, inputs: [] };
}

function one(value: JsonObject): ServerTable {
	return { servers: { [nameOf(value)]: value }, inputs: [] };
}

/** A name for a server that came without one: its own, its package's, or its host's. */
function nameOf(value: JsonObject): string {
	for (const key of ['name', 'id']) if (typeof value[key] === 'string' && value[key] !== '') return value[key];
	const url = ['url', 'serverUrl', 'httpUrl'].map(key => value[key]).find(given => typeof given === 'string');
	if (typeof url === 'string' && URL.canParse(url)) {
		const labels = new URL(url).hostname.split('.').filter(label => !/^(?:www|mcp|api)$/.test(label));
		return (/^[\d.[\]:]+$/.test(new URL(url).hostname) ? undefined : labels[0]) ?? 'server';
	}
	const command = value['command'];
	const words = [command, value['args']].flat().filter(word => typeof word === 'string');
	const isLauncher = /^(?:npx|bunx|pnpx|uvx|uv|pipx|node|python3?|docker|deno|cmd|bun|npm|pnpm|yarn)(?:\.cmd|\.exe)?$/i;
	const told = words.filter(word => !word.startsWith('-') && !isLauncher.test(base(word)));
	const skipped = /^(?:run|exec|x|dlx|tool|\/c|\.|start)$/;
	const word = told.find(candidate => !skipped.test(candidate));
	const name = base(word ?? '').replace(/@[\w.^~-]+$/, '');
	return name.replace(/\.(?:m?js|ts|py|exe|cmd)$/, '').replace(/^(?:mcp-)?server-|-mcp(?:-server)?$/, '') || 'server';
}

function base(word: string): string {
	return word.split(/[\\/]/).at(-1) ?? '';
}

/** The inside of a fenced block, where there is one. */
function unfenced(text: string): string {
	const fence = /```[\w-]*[ \t]*\r?\n([\s\S]*?)```/.exec(text);
	return (fence?.[1] ?? text).replace(/^\uFEFF/, '').trim();
}

function wrong(message: string): ExpectedError {
	return new ExpectedError('mcp.invalidConfig', message);
}
