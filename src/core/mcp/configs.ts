import { ExpectedError, errorText, systemCode } from '../base/errors';
import type { McpServerDefinition } from './definition';
import { isObject, parseJson, type JsonObject } from './jsonText';
import type { McpInput, McpSource } from './protocol';
import type { McpPlace } from './places';
import { kindOf, looksLikeServer, toDefinition, toInputs } from './serverShape';

/** Something that cannot be read, and where. */
export interface McpConfigProblem {
	readonly source: McpSource;
	/** A sentence for the user. */
	readonly message: string;
}

/** What was found. A broken file is a problem here and never just an empty list. */
export interface McpConfigs {
	readonly definitions: readonly McpServerDefinition[];
	readonly problems: readonly McpConfigProblem[];
}

/** Reads a text file; rejects with `ENOENT` where there is none. */
export type ReadText = (path: string) => Promise<string>;

/** Reads all places. A file that does not exist defines nothing; one that cannot be read is a problem. */
export async function loadConfigs(places: readonly McpPlace[], read: ReadText): Promise<McpConfigs> {
	const found = await Promise.all(places.map(place => loadPlace(place, read)));
	return {
		definitions: found.flatMap(({ definitions }) => definitions),
		problems: found.flatMap(({ problems }) => problems),
	};
}

async function loadPlace(place: McpPlace, read: ReadText): Promise<McpConfigs> {
	const { source } = place;
	let text: string;
	try {
		text = await read(source.path ?? '');
	} catch (error) {
		const code = systemCode(error);
		if (code === 'ENOENT' || code === 'ENOTDIR') return { definitions: [], problems: [] };
		return problemOf(source, `${source.label} cannot be read: ${errorText(error)}`);
	}
	try {
		return definitionsOf(serversIn(parseJson(text), place), place);
	} catch (error) {
		if (!ExpectedError.is(error)) throw error;
		return problemOf(source, `${source.label}: ${error.message}`);
	}
}

/** The servers of our own setting: `name: definition`, each with `inputs` of its own where it needs them. */
export function readSetting(value: unknown, folder: string | null): McpConfigs {
	const source: McpSource = { kind: 'settings', label: 'Settings', path: null };
	if (value === undefined || value === null) return { definitions: [], problems: [] };
	if (!isObject(value)) return problemOf(source, `The setting must be an object of servers, not ${kindOf(value)}.`);
	return definitionsOf({ servers: value, inputs: [] }, { source, folder });
}

/** What to write into our own setting so that a definition of another source works there: its own object, made whole. */
export function toSetting(definition: McpServerDefinition): JsonObject {
	const { disabled: _disabled, enabled: _enabled, inputs: _inputs, ...raw } = definition.raw;
	const used = definition.inputs.filter(({ id }) => JSON.stringify(raw).includes(`\${input:${id}}`));
	return used.length === 0 ? raw : { ...raw, inputs: used.map(toRawInput) };
}

function toRawInput(input: McpInput): JsonObject {
	return {
		id: input.id,
		type: input.type,
		description: input.description,
		...(input.isPassword ? { password: true } : {}),
		...(input.default === null ? {} : { default: input.default }),
		...(input.options.length === 0 ? {} : { options: input.options }),
	};
}

/** The servers of one file, by name, and the inputs they share. */
export interface ServerTable {
	readonly servers: JsonObject;
	readonly inputs: readonly McpInput[];
}

function serversIn(value: unknown, place: McpPlace): ServerTable {
	if (value === undefined) return { servers: {}, inputs: [] }; // An empty file.
	if (!isObject(value)) throw wrong(`there must be an object in braces, not ${kindOf(value)}.`);
	if (place.project === undefined) return findServers(value) ?? { servers: {}, inputs: [] };
	const projects = isObject(value['projects']) ? value['projects'] : {};
	const project = projects[place.project];
	return (isObject(project) ? findServers(project) : undefined) ?? { servers: {}, inputs: [] };
}

/** Finds the servers in any of the shapes in which they are written down; `undefined` when it is none of them. */
export function findServers(value: JsonObject): ServerTable | undefined {
	const nested = value['mcp'];
	const holder = isObject(nested) && (isObject(nested['servers']) || isObject(nested['mcpServers'])) ? nested : value;
	const inputs = Array.isArray(holder['inputs']) ? toInputs(holder['inputs']) : [];
	for (const key of ['mcpServers', 'servers', 'mcp.servers', 'quarterdeck.mcp.servers', 'context_servers']) {
		const servers = holder[key];
		if (servers === undefined) continue;
		if (isObject(servers) && !looksLikeServer(servers)) return { servers, inputs };
		if (!isObject(servers)) throw wrong(`“${key}” must be an object of servers, not ${kindOf(servers)}.`);
	}
	return undefined;
}

function definitionsOf(table: ServerTable, place: Pick<McpPlace, 'source' | 'folder'>): McpConfigs {
	const definitions = Object.entries(table.servers).map(([name, value]) =>
		toDefinition(name, value, { ...place, inputs: table.inputs }),
	);
	return { definitions, problems: [] };
}

function problemOf(source: McpSource, message: string): McpConfigs {
	return { definitions: [], problems: [{ source, message }] };
}

function wrong(message: string): ExpectedError {
	return new ExpectedError('mcp.invalidConfig', message);
}
