import { readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Environment } from '../../process/environment';

const slugLimit = 200;

/** Folders in which CLIs of this machine keep their sessions. */
export function configFolders(environment: Environment, home: string): readonly string[] {
	const named = (environment['CLAUDE_CONFIG_DIR'] ?? '')
		.split(',')
		.map(folder => folder.trim())
		.filter(folder => isAbsolute(folder));
	if (named.length > 0) return named;
	return [join(home, '.claude'), join(environment['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'claude')];
}

/**
 * The name of a project's folder under `projects`: the real path with everything but ASCII letters and digits replaced.
 * It is lossy: two paths may share one, so what a session says of its own folder decides.
 */
export function slugOf(path: string): string {
	const normal = path.normalize('NFC');
	const plain = normal.replaceAll(/[^a-zA-Z0-9]/g, '-');
	if (plain.length <= slugLimit) return plain;
	let hash = 0;
	// Per UTF-16 unit, as the CLI does.
	for (let at = 0; at < normal.length; at++) hash = (Math.imul(hash, 31) + normal.charCodeAt(at)) | 0;
	return `${plain.slice(0, slugLimit)}-${Math.abs(hash).toString(36)}`;
}

/** Folders that may hold sessions of `cwd`. Long names are matched by their beginning: runtimes hash differently. */
export async function projectFolders(folders: readonly string[], cwd: string): Promise<readonly string[]> {
	const slug = slugOf(await realpath(cwd).catch(() => cwd)); // A folder that is gone still has its sessions.
	const found: string[] = [];
	for (const folder of folders) {
		const projects = join(folder, 'projects');
		const names = await readdir(projects).catch(() => []); // No CLI has ever run with this folder.
		const isMatch =
			slug.length <= slugLimit
				? (name: string) => name === slug
				: (name: string) => name.startsWith(slug.slice(0, slugLimit));
		found.push(...names.filter(isMatch).map(name => join(projects, name)));
	}
	return found;
}

/** The transcript of a session, wherever it lies; the newest when there are several. */
export async function findTranscript(
	folders: readonly string[],
	cwd: string,
	session: string,
): Promise<string | undefined> {
	const near = await projectFolders(folders, cwd);
	const rest = await Promise.all(
		folders.map(async folder => {
			const projects = join(folder, 'projects');
			const names = await readdir(projects).catch(() => []); // As above.
			return names.map(name => join(projects, name));
		}),
	);
	for (const group of [near, rest.flat()]) {
		const paths = group.map(folder => join(folder, `${session}.jsonl`));
		const times = await Promise.all(paths.map(path => modified(path)));
		const best = times.reduce((top, time, at) => (time > (times[top] ?? 0) ? at : top), 0);
		if ((times[best] ?? 0) > 0) return paths[best];
	}
	return undefined;
}

async function modified(path: string): Promise<number> {
	try {
		return (await stat(path)).mtimeMs;
	} catch {
		// Not in this folder.
		return 0;
	}
}
