import { basename, sep } from 'node:path';
import { ExpectedError } from '../base/errors';
import type { Environment } from '../process/environment';
import type { McpServerDefinition } from './definition';

/** What `${…}` may stand for. */
export interface Expansions {
	readonly environment: Environment;
	readonly home: string;
	/** Absolute path of the workspace folder; `null` without one. */
	readonly folder: string | null;
	/** The value of an input; asked at most once for each in one expansion. */
	readonly input: (id: string) => Promise<string>;
}

/** Replaces `${…}` in every text of a value, lists and objects included. */
export async function expandAll<T>(value: T, expansions: Expansions): Promise<T> {
	if (typeof value === 'string') return (await expandText(value, expansions)) as T;
	if (Array.isArray(value)) {
		const items: unknown[] = [];
		for (const item of value) items.push(await expandAll(item, expansions)); // One after another: each may ask a person.
		return items as T;
	}
	if (typeof value !== 'object' || value === null) return value;
	const entries: [string, unknown][] = [];
	for (const [key, item] of Object.entries(value)) entries.push([key, await expandAll(item, expansions)]);
	return Object.fromEntries(entries) as T;
}

async function expandText(text: string, expansions: Expansions): Promise<string> {
	let result = '';
	let end = 0;
	for (const match of text.matchAll(/\$\{([^{}]*)\}/g)) {
		result += text.slice(end, match.index) + (await valueOf(match[1] ?? '', expansions));
		end = match.index + match[0].length;
	}
	return result + text.slice(end);
}

async function valueOf(name: string, expansions: Expansions): Promise<string> {
	if (name.startsWith('input:')) return expansions.input(name.slice('input:'.length));
	// As in VS Code, an environment variable that is not set is empty there.
	if (name.startsWith('env:')) return variable(name.slice('env:'.length), expansions.environment) ?? '';
	const place = placeOf(name, expansions);
	if (place !== undefined) return place;
	const [, key, fallback] = /^([A-Za-z_]\w*)(?::-([\s\S]*))?$/.exec(name) ?? [];
	if (key === undefined) throw new ExpectedError('mcp.unknownVariable', `“\${${name}}” is not known here.`);
	const value = variable(key, expansions.environment) || fallback;
	if (value !== undefined) return value;
	throw new ExpectedError(
		'mcp.unknownVariable',
		`The environment variable ${key} is not set. Set it, or write \${${key}:-default}.`,
	);
}

function placeOf(name: string, { folder, home }: Expansions): string | undefined {
	switch (name) {
		case 'workspaceFolder':
		case 'workspaceRoot':
		case 'workspaceFolderBasename':
			if (folder === null) {
				throw new ExpectedError('mcp.noWorkspace', `“\${${name}}” needs an open folder, and there is none.`);
			}
			return name === 'workspaceFolderBasename' ? basename(folder) : folder;
		case 'userHome':
			return home;
		case 'pathSeparator':
		case '/':
			return sep;
		default:
			return undefined;
	}
}

/** Names of variables are not told apart by case on Windows. */
function variable(name: string, environment: Environment): string | undefined {
	if (process.platform !== 'win32' || environment[name] !== undefined) return environment[name];
	const key = Object.keys(environment).find(known => known.toLowerCase() === name.toLowerCase());
	return key === undefined ? undefined : environment[key];
}

/** Ids of all inputs that a definition uses, declared or not. */
export function inputsOf(definition: McpServerDefinition): readonly string[] {
	const text = JSON.stringify(definition.config ?? {});
	return [...new Set([...text.matchAll(/\$\{input:([^{}"]+)\}/g)].map(match => match[1] ?? ''))];
}
