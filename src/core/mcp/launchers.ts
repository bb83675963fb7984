import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Environment } from '../process/environment';
import type { Launch } from '../process/windowsShims';
import { isObject, type JsonObject } from './jsonText';

/** What runs in place of a launcher. */
export interface DirectLaunch extends Launch {
	/** The launcher would have put this folder on the path; `null` for none. */
	readonly pathFolder: string | null;
	readonly note: string;
}

/**
 * Finds what `npx` or `uvx` would start, where that is certain without asking a registry: an exact version that is in
 * npx's cache, a package of the folder itself, or an installed tool of uv. This saves two processes, 60 MB and a third of
 * a second for each server. In every other case the launcher runs as it stands: it may know of a newer version.
 */
export async function withoutLauncher(
	command: string,
	args: readonly string[],
	cwd: string,
	environment: Environment,
	home: string,
): Promise<DirectLaunch | undefined> {
	const launcher = basename(command).replace(/\.(?:cmd|exe)$/i, '');
	if (launcher === 'npx') return fromNpx(command, args, cwd, environment, home);
	if (launcher === 'uvx') return fromUvx(args, environment, home);
	return undefined;
}

async function fromNpx(
	npx: string,
	args: readonly string[],
	cwd: string,
	environment: Environment,
	home: string,
): Promise<DirectLaunch | undefined> {
	const start = args.findIndex(arg => !/^(?:-y|--yes|-q|--quiet)$/.test(arg));
	const spec = args[start];
	const [, name, version] = /^((?:@[\w.~-]+\/)?[\w.~-]+)(?:@(\d+\.\d+\.\d+(?:-[\w.]+)?))?$/.exec(spec ?? '') ?? [];
	// Other options change what runs; a tag or a range needs the registry.
	if (spec === undefined || name === undefined || spec.startsWith('-')) return undefined;
	const root = version === undefined ? cwd : join(npxCache(environment, home), npxKey(spec));
	const script = await binOf(root, name, version);
	if (script === undefined) return undefined;
	const node = join(dirname(npx), process.platform === 'win32' ? 'node.exe' : 'node');
	const exists = await isFile(node);
	if (!exists) return undefined;
	return {
		command: node,
		args: [script, ...args.slice(start + 1)],
		pathFolder: join(root, 'node_modules', '.bin'),
		note: `npx would start ${script}, which is there already; it is started directly.`,
	};
}

/** The folder in which npx keeps what it fetched. */
function npxCache(environment: Environment, home: string): string {
	const cache = environment['npm_config_cache'] ?? environment['NPM_CONFIG_CACHE'];
	const local = environment['LOCALAPPDATA'];
	const usual = process.platform === 'win32' && local !== undefined ? join(local, 'npm-cache') : join(home, '.npm');
	return join(cache ?? usual, '_npx');
}

/** How npx names the folder of one package. */
function npxKey(spec: string): string {
	return createHash('sha512').update(spec).digest('hex').slice(0, 16);
}

/** The one program of an installed package, if node runs it; `undefined` when there is any doubt. */
async function binOf(root: string, name: string, version: string | undefined): Promise<string | undefined> {
	const folder = join(root, 'node_modules', name);
	const manifest = await readJson(join(folder, 'package.json'));
	if (manifest === undefined || (version !== undefined && manifest['version'] !== version)) return undefined;
	const { bin } = manifest;
	const bins = typeof bin === 'string' ? { [name]: bin } : isObject(bin) ? bin : {};
	const own = bins[name.split('/').at(-1) ?? name];
	const values = new Set(Object.values(bins));
	const file = typeof own === 'string' ? own : values.size === 1 ? [...values][0] : undefined;
	if (typeof file !== 'string') return undefined;
	const script = join(folder, file);
	const head = (await readFile(script, 'utf8').catch(() => '')).slice(0, 100);
	return /^#!\s*\/usr\/bin\/env (?:-S )?node\s/.test(head) ? script : undefined;
}

async function fromUvx(
	args: readonly string[],
	environment: Environment,
	home: string,
): Promise<DirectLaunch | undefined> {
	const [name, ...rest] = args;
	if (name === undefined || !/^[\w-]+$/.test(name)) return undefined;
	const data = environment['XDG_DATA_HOME'] ?? join(home, '.local', 'share');
	const isWindows = process.platform === 'win32';
	const usual = isWindows ? join(environment['APPDATA'] ?? home, 'uv', 'tools') : join(data, 'uv', 'tools');
	const tool = join(environment['UV_TOOL_DIR'] ?? usual, name);
	const command = isWindows ? join(tool, 'Scripts', `${name}.exe`) : join(tool, 'bin', name);
	const isThere = await isFile(command);
	if (!isThere) return undefined;
	const note = `uvx would start ${command}, which is installed; it is started directly.`;
	return { command, args: rest, pathFolder: null, note };
}

async function readJson(path: string): Promise<JsonObject | undefined> {
	try {
		const value: unknown = JSON.parse(await readFile(path, 'utf8'));
		return isObject(value) ? value : undefined;
	} catch {
		return undefined; // Not installed there.
	}
}

function isFile(path: string): Promise<boolean> {
	return stat(path).then(
		found => found.isFile(),
		() => false,
	);
}
