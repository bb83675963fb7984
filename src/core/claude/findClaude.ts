import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readFile, readdir, stat } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import { errorText } from '../base/errors';
import type { Environment } from '../process/environment';
import { claudeEnvironment } from './environment';
import { cliBroken, cliMissing, cliTooOld, minimumVersion, type ClaudeError } from './errors';
import { compareVersions, parseVersion } from './version';
import { resolveShim, type Launch } from '../process/windowsShims';

/** The user's own CLI. */
export interface FoundClaude {
	/** What was found, to show: may be a link or a shim. */
	readonly path: string;
	readonly version: string;
	/** What is started. */
	readonly launch: Launch;
}

/** What the search asks of the machine; tests hand in recorded layouts. */
export interface ClaudeMachine {
	readonly platform: NodeJS.Platform;
	readonly home: string;
	readonly environment: Environment;
	isFile(path: string): Promise<boolean>;
	read(path: string): Promise<string | undefined>;
	/** Names in a folder; none when it does not exist. */
	list(folder: string): Promise<readonly string[]>;
	/** Runs `--version` and gives what it printed. Rejects when it cannot be run or fails. */
	version(launch: Launch): Promise<string>;
}

/**
 * Finds the CLI: the setting's path and nothing else where one is set, else the PATH, then the usual places. The first one
 * that is new enough is taken. Rejects with `cli-missing`, `cli-too-old` or `cli-broken`.
 */
export async function findClaude(machine: ClaudeMachine, settingPath?: string): Promise<FoundClaude> {
	const setting = settingPath?.trim() ? expandHome(settingPath.trim(), machine) : undefined;
	const candidates = setting === undefined ? await usualPlaces(machine) : [setting];
	let worst: ClaudeError | undefined;
	const seen = new Set<string>();
	for (const path of candidates) {
		if (seen.has(path) || !(await machine.isFile(path))) continue;
		seen.add(path);
		const result = await tryOne(path, machine);
		if ('version' in result) return result;
		// Too old says more than broken, and the first of a kind is the one that the user would start.
		if (!worst || (worst.code === 'cli-broken' && result.code === 'cli-too-old')) worst = result;
	}
	throw worst ?? cliMissing(setting, candidates);
}

async function tryOne(path: string, machine: ClaudeMachine): Promise<FoundClaude | ClaudeError> {
	const launch = machine.platform === 'win32' ? await shimLaunch(path, machine) : { command: path, args: [] };
	if (!launch) return cliBroken(path, 'it is a script that starts nothing we can find');
	try {
		const printed = await machine.version(launch);
		const version = parseVersion(printed);
		if (version === undefined) return cliBroken(path, 'it does not say its version', printed);
		return compareVersions(version, minimumVersion) < 0 ? cliTooOld(path, version) : { path, version, launch };
	} catch (error) {
		return cliBroken(path, 'it cannot be started', errorText(error));
	}
}

function shimLaunch(path: string, machine: ClaudeMachine): Promise<Launch | undefined> {
	const files = { exists: (file: string) => machine.isFile(file), read: (file: string) => machine.read(file) };
	return resolveShim(path, files, () =>
		firstFile(
			pathFolders(machine).map(folder => win32.join(folder, 'node.exe')),
			machine,
		),
	);
}

/** Every path where the CLI may be, best first. */
async function usualPlaces(machine: ClaudeMachine): Promise<readonly string[]> {
	const isWindows = machine.platform === 'win32';
	const names = isWindows ? ['claude.exe', 'claude.cmd'] : ['claude'];
	const folders = [...pathFolders(machine), ...(isWindows ? windowsFolders(machine) : await posixFolders(machine))];
	const path = isWindows ? win32 : posix;
	return folders.flatMap(folder => names.map(name => path.join(folder, name)));
}

function pathFolders({ platform, environment }: ClaudeMachine): readonly string[] {
	// Windows names its variables in any case.
	const name = Object.keys(environment).find(key => (platform === 'win32' ? key.toUpperCase() : key) === 'PATH');
	const path = platform === 'win32' ? win32 : posix;
	const folders = (environment[name ?? 'PATH'] ?? '').split(path.delimiter).map(folder => folder.replaceAll('"', ''));
	// A relative entry would find a program inside the workspace.
	return folders.filter(folder => path.isAbsolute(folder));
}

async function posixFolders(machine: ClaudeMachine): Promise<readonly string[]> {
	const { home } = machine;
	const nvm = posix.join(machine.environment['NVM_DIR'] ?? posix.join(home, '.nvm'), 'versions/node');
	const nodes = [...(await machine.list(nvm))].sort((left, right) => compareVersions(right.slice(1), left.slice(1)));
	return [
		...['.local/bin', '.claude/local', '.claude/local/node_modules/.bin'].map(folder => posix.join(home, folder)),
		'/opt/homebrew/bin',
		'/usr/local/bin',
		'/home/linuxbrew/.linuxbrew/bin',
		'/usr/bin',
		...[
			'.npm-global/bin',
			'.npm/bin',
			'.bun/bin',
			'.volta/bin',
			'.yarn/bin',
			'.asdf/shims',
			'.local/share/mise/shims',
		].map(folder => posix.join(home, folder)),
		...['.local/share/pnpm', 'Library/pnpm', '.config/yarn/global/node_modules/.bin'].map(folder =>
			posix.join(home, folder),
		),
		...nodes.map(node => posix.join(nvm, node, 'bin')),
	];
}

function windowsFolders({ home, environment }: ClaudeMachine): readonly string[] {
	const roaming = environment['APPDATA'] ?? win32.join(home, 'AppData', 'Roaming');
	const local = environment['LOCALAPPDATA'] ?? win32.join(home, 'AppData', 'Local');
	return [
		win32.join(home, '.local', 'bin'),
		win32.join(home, '.claude', 'local'),
		win32.join(roaming, 'npm'),
		win32.join(local, 'pnpm'),
		win32.join(local, 'Microsoft', 'WinGet', 'Links'),
		win32.join(local, 'Volta', 'bin'),
		win32.join(home, 'scoop', 'shims'),
		win32.join(home, '.bun', 'bin'),
	];
}

function expandHome(path: string, { home, platform }: ClaudeMachine): string {
	if (!/^~[/\\]/.test(path)) return path;
	return (platform === 'win32' ? win32 : posix).join(home, path.slice(2));
}

async function firstFile(paths: readonly string[], machine: ClaudeMachine): Promise<string | undefined> {
	for (const path of paths) if (await machine.isFile(path)) return path;
	return undefined;
}

/** The machine that this runs on. */
export function thisMachine(environment: Environment, home: string): ClaudeMachine {
	return {
		platform: process.platform,
		home,
		environment,
		isFile,
		read: path => readFile(path, 'utf8').catch(() => undefined), // Unreadable is as good as absent for a shim.
		list: folder => readdir(folder).catch(() => []), // A version manager that is not installed has no versions.
		version: launch => runVersion(launch, environment),
	};
}

async function isFile(path: string): Promise<boolean> {
	try {
		await access(path, process.platform === 'win32' ? constants.F_OK : constants.X_OK);
		return (await stat(path)).isFile();
	} catch {
		// Not there, or not ours to run.
		return false;
	}
}

function runVersion(launch: Launch, environment: Environment): Promise<string> {
	return new Promise((resolve, reject) => {
		const options = { env: claudeEnvironment(environment), timeout: 15_000, windowsHide: true, maxBuffer: 1024 * 1024 };
		execFile(launch.command, [...launch.args, '--version'], options, (error, stdout, stderr) => {
			if (!error) resolve(stdout);
			else if (error.killed === true) reject(new Error('it did not answer within 15 seconds'));
			else reject(new Error(stderr.trim() === '' ? error.message : stderr.trim()));
		}).stdin?.end();
	});
}
