import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { stopTree } from './processes.ts';
import { root, tool } from './tools.ts';

export interface WorkbenchOptions {
	/** Holds the user data and the log; short, since a socket's path has a limit. */
	readonly home: string;
	readonly extensions: string;
	readonly folder: string;
	readonly settings: Readonly<Record<string, unknown>>;
	/** Added to the environment of the workbench, and so of the extension host. */
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Any free one when absent. */
	readonly port?: number | undefined;
	/** Ask whether the folder is trusted. Off unless given: most tests need a trusted one. */
	readonly isTrustAsked?: boolean;
}

export interface Workbench {
	readonly url: string;
	readonly pid: number;
	/** Changes settings in their files. The workbench does not watch them: it reads them when a window is opened. */
	changeSettings(changes: Readonly<Record<string, unknown>>): void;
	readonly log: () => string;
	/** Resolves when it has ended, for whatever reason. */
	readonly ended: Promise<void>;
	stop(): Promise<void>;
}

const quietSettings = {
	'workbench.startupEditor': 'none',
	'workbench.enableExperiments': false,
	'workbench.tips.enabled': false,
	'workbench.secondarySideBar.defaultVisibility': 'hidden',
	'telemetry.telemetryLevel': 'off',
	'update.mode': 'none',
	'extensions.autoUpdate': 'off',
	'extensions.autoCheckUpdates': false,
	'extensions.ignoreRecommendations': true,
	'git.openRepositoryInParentFolders': 'never',
	// Else TypeScript's own helper runs `npm install` in the background, and may outlive the window.
	'js/ts.tsserver.automaticTypeAcquisition.enabled': false,
	'typescript.disableAutomaticTypeAcquisition': true,
	'chat.commandCenter.enabled': false,
	'chat.disableAIFeatures': true,
};

/** Starts the browser workbench on loopback and resolves when it answers. */
export async function startWorkbench(options: WorkbenchOptions): Promise<Workbench> {
	writeSettings(options.home, { ...quietSettings, ...options.settings });
	const port = options.port ?? (await freePort());
	const args = [
		...baseArguments(options),
		'--bind-addr',
		`127.0.0.1:${port}`,
		...(options.isTrustAsked === true ? [] : ['--disable-workspace-trust']),
		options.folder,
	];
	const child = spawn(process.execPath, args, {
		env: workbenchEnvironment(options),
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const parts: string[] = [];
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding('utf8').on('data', (text: string) => parts.push(text));
	const log = (): string => parts.join('');
	const { pid } = child;
	if (pid === undefined) throw new Error('The workbench could not be started');
	const hasEnded = new AbortController();
	const ended = new Promise<void>(resolve => {
		child.once('exit', () => {
			hasEnded.abort();
			resolve();
		});
	});
	try {
		await answers(`http://127.0.0.1:${port}/healthz`, hasEnded.signal);
	} catch (error) {
		await stopTree(pid);
		throw new Error(`The workbench did not start:\n${log()}`, { cause: error });
	}
	const url = `http://127.0.0.1:${port}/?folder=${encodeURIComponent(options.folder)}`;
	const changeSettings = (changes: Readonly<Record<string, unknown>>): void => writeSettings(options.home, changes);
	return { url, pid, changeSettings, log, ended, stop: () => stopWorkbench(pid) };
}

/** The editor's own processes are ended; what an extension left running is not, so that it is found. */
function stopWorkbench(pid: number): Promise<void> {
	const home = dirname(dirname(dirname(tool('workbench').entry)));
	return stopTree(pid, {
		isOurs: item => item.command.includes(home),
		isHelper: item => /--type=(fileWatcher|ptyHost)/.test(item.command),
	});
}

/** Installs a package into an extensions folder, as a user would from the command line. */
export async function installPackage(
	file: string,
	options: Pick<WorkbenchOptions, 'home' | 'extensions' | 'env'>,
): Promise<void> {
	const args = [...baseArguments(options), '--install-extension', file];
	await promisify(execFile)(process.execPath, args, { env: workbenchEnvironment(options) });
}

function baseArguments(options: Pick<WorkbenchOptions, 'home' | 'extensions'>): readonly string[] {
	mkdirSync(options.extensions, { recursive: true });
	const config = join(options.home, 'code-server.yaml');
	writeFileSync(config, '');
	return [
		tool('workbench').entry,
		'--config',
		config,
		'--auth',
		'none',
		'--user-data-dir',
		join(options.home, 'data'),
		'--extensions-dir',
		options.extensions,
		'--disable-telemetry',
		'--disable-update-check',
	];
}

/**
 * Adds settings to those that are there. A browser's window takes settings of scope `machine` from a file of their own;
 * among the user's it leaves them out, once it knows what scope they have.
 */
function writeSettings(home: string, settings: Readonly<Record<string, unknown>>): void {
	const machine = machineSettings();
	const isMachine = ([name]: readonly [string, unknown]): boolean => machine.has(name);
	const entries = Object.entries(settings);
	addToFile(join(home, 'data', 'Machine', 'settings.json'), entries.filter(isMachine));
	addToFile(
		join(home, 'data', 'User', 'settings.json'),
		entries.filter(entry => !isMachine(entry)),
	);
}

function addToFile(file: string, entries: readonly (readonly [string, unknown])[]): void {
	mkdirSync(dirname(file), { recursive: true });
	const now = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : {};
	writeFileSync(file, JSON.stringify({ ...now, ...Object.fromEntries(entries) }, undefined, '\t'));
}

/** Names of the extension's settings that belong to a machine. */
function machineSettings(): ReadonlySet<string> {
	const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
		readonly contributes: {
			readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope?: string }>> };
		};
	};
	const { properties } = manifest.contributes.configuration;
	return new Set(Object.keys(properties).filter(name => properties[name]?.scope === 'machine'));
}

/** Without what an editor that we may have been started from put there for its own children. */
function workbenchEnvironment(options: Pick<WorkbenchOptions, 'home' | 'env'>): NodeJS.ProcessEnv {
	// Sockets and scratch files of the editor go where everything of this run is removed.
	const temporary = join(options.home, 'tmp');
	mkdirSync(temporary, { recursive: true });
	const kept = Object.entries(process.env).filter(
		([name]) => !/^(VSCODE_|ELECTRON_|CODE_SERVER_|npm_|NODE_OPTIONS$|VITEST)/i.test(name),
	);
	// Started from a command line, an editor takes that environment and asks no login shell for another one.
	// And no extension gallery: nothing that the tests or the demo do leaves this machine.
	const own = { TMPDIR: temporary, VSCODE_CLI: '1', EXTENSIONS_GALLERY: '{"serviceUrl":""}' };
	return { ...Object.fromEntries(kept), ...own, ...options.env };
}

async function answers(address: string, hasEnded: AbortSignal): Promise<void> {
	const end = Date.now() + 120_000;
	for (;;) {
		if (hasEnded.aborted) throw new Error('It ended at once');
		try {
			const response = await fetch(address, { signal: AbortSignal.timeout(2000) });
			if (response.status < 500) return;
		} catch (error) {
			if (Date.now() > end) throw error;
		}
		await delay(50);
	}
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address() as AddressInfo;
			server.close(() => resolve(port));
		});
	});
}
