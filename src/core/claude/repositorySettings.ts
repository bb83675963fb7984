import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../base/errors';

/** What a repository's own settings for the CLI would do beyond instructing the model. */
export interface RepositoryPowers {
	/** One sentence a power: what runs, what is allowed without asking. */
	readonly powers: readonly string[];
	/** Changes whenever the files change. */
	readonly hash: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Settings that name a program which the CLI runs by itself. */
const programs = ['apiKeyHelper', 'awsAuthRefresh', 'awsCredentialExport', 'otelHeadersHelper'];

/**
 * Reads the CLI's settings that come with a repository. The CLI would follow them without a word when it is driven by a
 * program, so a person has to see them first.
 * @param files paths below the folder: `.claude/settings.json`, `.mcp.json`, …
 * @returns `null` when they hold nothing that runs or allows anything
 */
export async function repositoryPowers(folder: string, files: readonly string[]): Promise<RepositoryPowers | null> {
	const hash = createHash('sha256');
	const powers: string[] = [];
	for (const file of files) {
		const text = await readIfThere(join(folder, file));
		if (text === undefined) continue;
		hash.update(file).update('\0').update(text).update('\0');
		powers.push(...powersOf(file, text));
	}
	return powers.length === 0 ? null : { powers, hash: hash.digest('hex') };
}

function powersOf(file: string, text: string): readonly string[] {
	const settings = parse(text);
	if (settings === undefined) return [`${file} cannot be read as JSON`];
	const found = file.endsWith('.mcp.json') ? serverLines(settings) : settingLines(settings);
	return found.map(power => `${file} ${power}`);
}

function settingLines(settings: Fields): readonly string[] {
	const lines: string[] = [];
	for (const [event, command] of hookCommands(settings['hooks'])) lines.push(`runs at ${event}: ${command}`);
	for (const key of programs) if (typeof settings[key] === 'string') lines.push(`runs as ${key}: ${settings[key]}`);
	const status = fieldsOf(settings['statusLine'])['command'];
	if (typeof status === 'string') lines.push(`runs as statusLine: ${status}`);
	const allowed = listOf(fieldsOf(settings['permissions'])['allow']);
	if (allowed.length > 0) lines.push(`allows without asking: ${allowed.join(', ')}`);
	const variables = Object.keys(fieldsOf(settings['env']));
	if (variables.length > 0) lines.push(`sets variables: ${variables.join(', ')}`);
	const servers = listOf(settings['enabledMcpjsonServers']);
	if (settings['enableAllProjectMcpServers'] === true) lines.push('starts every server of .mcp.json');
	else if (servers.length > 0) lines.push(`starts servers of .mcp.json: ${servers.join(', ')}`);
	return lines;
}

function serverLines(settings: Fields): readonly string[] {
	return Object.entries(fieldsOf(settings['mcpServers'])).map(([name, value]) => {
		const server = fieldsOf(value);
		const command = [server['command'], ...listOf(server['args'])].filter(part => typeof part === 'string').join(' ');
		return `offers the server ${name}: ${command === '' ? firstText(server['url']) : command}`;
	});
}

function hookCommands(hooks: unknown): readonly (readonly [string, string])[] {
	return Object.entries(fieldsOf(hooks)).flatMap(([event, matchers]) =>
		(Array.isArray(matchers) ? matchers : []).flatMap(matcher => {
			const inner = fieldsOf(matcher)['hooks'];
			return (Array.isArray(inner) ? inner : []).map(hook => {
				const fields = fieldsOf(hook);
				return [event, firstText(fields['command'], fields['url'], fields['prompt'])] as const;
			});
		}),
	);
}

/** The first of the values that is a text. */
function firstText(...values: readonly unknown[]): string {
	return values.find(value => typeof value === 'string') ?? 'something unknown';
}

function fieldsOf(value: unknown): Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function listOf(value: unknown): readonly string[] {
	return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}

function parse(text: string): Fields | undefined {
	try {
		return fieldsOf(JSON.parse(text));
	} catch {
		// Said to the user as a power of its own: what we cannot read, the CLI may.
		return undefined;
	}
}

async function readIfThere(path: string): Promise<string | undefined> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
		throw error;
	}
}
