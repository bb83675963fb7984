import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { basename, delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { ExpectedError, errorText } from '../base/errors';
import { cleanEnvironment, type Environment } from '../process/environment';
import { resolveShim, type Launch } from '../process/windowsShims';
import type { McpStdioConfig } from './definition';
import { withoutLauncher } from './launchers';

export interface LaunchPlace {
	readonly name: string;
	/** The host's environment. */
	readonly environment: Environment;
	readonly home: string;
	/** Absolute path of the workspace folder; `null` without one. */
	readonly folder: string | null;
}

export interface ServerLaunch extends Launch {
	readonly cwd: string;
	readonly environment: Record<string, string>;
	/** What was changed about the command, for the log; `null` when it runs as it stands. */
	readonly note: string | null;
	/** It may have to fetch the server from a registry before it runs. */
	readonly mayDownload: boolean;
}

/** Where programs are that a window started from the desktop often does not find. */
const usualFolders = ['.local/bin', '.cargo/bin', '.bun/bin', '.volta/bin', '.asdf/shims', '.local/share/mise/shims'];
const systemFolders = ['/opt/homebrew/bin', '/usr/local/bin', '/home/linuxbrew/.linuxbrew/bin', '/usr/bin'];

/** Works out what exactly to run for a definition whose `${…}` are expanded already. */
export async function launchOf(config: McpStdioConfig, place: LaunchPlace): Promise<ServerLaunch> {
	const cwd = await folderOf(config, place);
	const environment = cleanEnvironment(place.environment, { ...(await envFileOf(config, cwd)), ...config.env });
	const found = await findCommand(config.command, cwd, environment, place.home);
	if (found !== config.command) addToPath(environment, dirname(found));
	const direct = await withoutLauncher(found, config.args, cwd, environment, place.home);
	if (direct !== undefined) {
		const { command, args, pathFolder, note } = direct;
		if (pathFolder !== null) addToPath(environment, pathFolder);
		return { command, args, cwd, environment, note, mayDownload: false };
	}
	const launcher = basename(config.command).replace(/\.(?:cmd|exe)$/i, '');
	const mayDownload = /^(?:npx|bunx|pnpx|pnpm|yarn|npm|uvx|uv|pipx|docker|podman|deno|dnx)$/.test(launcher);
	const { command, args } = await startable(found, config.args, environment, place.name);
	return { command, args, cwd, environment, note: null, mayDownload };
}

async function folderOf(config: McpStdioConfig, { folder, home, name }: LaunchPlace): Promise<string> {
	const base = folder ?? home;
	const cwd = config.cwd === null || config.cwd === '' ? base : resolve(base, untilde(config.cwd, home));
	const isFolder = await stat(cwd).then(
		found => found.isDirectory(),
		() => false,
	);
	if (isFolder) return cwd;
	throw new ExpectedError('mcp.noFolder', `The MCP server “${name}” should run in ${cwd}, which is no folder.`);
}

async function envFileOf(config: McpStdioConfig, cwd: string): Promise<Environment> {
	if (config.envFile === null) return {};
	const path = resolve(cwd, config.envFile);
	try {
		return parseEnv(await readFile(path, 'utf8'));
	} catch (error) {
		throw new ExpectedError('mcp.envFile', `The file ${path} of its “envFile” cannot be read: ${errorText(error)}.`);
	}
}

/** The full path of a command, where it is found; else the command as it stands, whose failure then tells. */
async function findCommand(command: string, cwd: string, environment: Environment, home: string): Promise<string> {
	const plain = untilde(command, home);
	if (/[\\/]/.test(plain)) return resolve(cwd, plain);
	const isWindows = process.platform === 'win32';
	const suffixes = isWindows && !/\.\w+$/.test(plain) ? ['.exe', '.cmd', '.bat', '.com'] : [''];
	const more = isWindows
		? [join(environment['APPDATA'] ?? '', 'npm'), join(home, '.local', 'bin')]
		: [...usualFolders.map(folder => join(home, folder)), ...systemFolders];
	for (const folder of [...pathFolders(environment), ...more])
		for (const suffix of suffixes) {
			const candidate = join(folder, plain + suffix);
			if (await isProgram(candidate)) return candidate;
		}
	return command;
}

/** A relative entry would find a program inside the workspace, and is left out. */
function pathFolders(environment: Environment): readonly string[] {
	return (environment[pathName(environment)] ?? '')
		.split(delimiter)
		.map(folder => folder.replaceAll('"', ''))
		.filter(folder => isAbsolute(folder));
}

function pathName(environment: Environment): string {
	return Object.keys(environment).find(name => name.toUpperCase() === 'PATH') ?? 'PATH';
}

/** A program finds its siblings: `npx` needs the `node` beside it. */
function addToPath(environment: Record<string, string>, folder: string): void {
	const name = pathName(environment);
	if (pathFolders(environment).includes(folder)) return;
	environment[name] = [environment[name] ?? '', folder].filter(part => part !== '').join(delimiter);
}

/** On Windows a batch file cannot be started without a shell, so what it would start is started instead. */
async function startable(
	found: string,
	args: readonly string[],
	environment: Environment,
	name: string,
): Promise<Launch> {
	if (process.platform !== 'win32' || !/\.(?:cmd|bat)$/i.test(found)) return { command: found, args };
	const folder = dirname(found);
	const script = join(folder, 'node_modules', 'npm', 'bin', `${basename(found).replace(/\.\w+$/, '')}-cli.js`);
	const node = join(folder, 'node.exe');
	if ((await isProgram(script)) && (await isProgram(node))) return { command: node, args: [script, ...args] };
	const findNode = async (): Promise<string | undefined> => {
		for (const entry of pathFolders(environment)) {
			if (await isProgram(join(entry, 'node.exe'))) return join(entry, 'node.exe');
		}
		return undefined;
	};
	const shim = await resolveShim(found, { exists: isProgram, read: readText }, findNode);
	if (shim !== undefined) return { command: shim.command, args: [...shim.args, ...args] };
	const sentence = `The MCP server “${name}” is started by the batch file ${found}, which cannot be run safely. Name the program that it starts in its “command”.`;
	throw new ExpectedError('mcp.batchFile', sentence);
}

function readText(path: string): Promise<string | undefined> {
	return readFile(path, 'utf8').catch(() => undefined); // Unreadable is as good as absent for a shim.
}

async function isProgram(path: string): Promise<boolean> {
	try {
		await access(path, process.platform === 'win32' ? constants.F_OK : constants.X_OK);
		return (await stat(path)).isFile();
	} catch {
		return false; // Not there, or not ours to run.
	}
}

function untilde(path: string, home: string): string {
	return /^~[\\/]/.test(path) ? join(home, path.slice(2)) : path;
}
