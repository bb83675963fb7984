import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeSource } from './customNodes';
import { customFolder } from './newNode';

/** More files than anybody writes by hand are not looked at. */
const mostFiles = 500;
/** Enough to see that a file is too large to be a node. */
const mostBytes = 2_000_000;

/** The files of `.quarterdeck/nodes` in a workspace folder, in the order of their names. None is run by this. */
export async function customSources(folder: string): Promise<readonly NodeSource[]> {
	const at = join(folder, ...customFolder.split('/'));
	const names = await readdir(at).catch(() => []); // Most folders have none.
	const wanted = names.filter(name => name.endsWith('.js')).toSorted();
	const read = await Promise.all(
		wanted.slice(0, mostFiles).map(async (name): Promise<NodeSource | undefined> => {
			const text = await textOf(join(at, name));
			return text === undefined ? undefined : { path: `${customFolder}/${name}`, text };
		}),
	);
	return read.flatMap(source => source ?? []);
}

/** `undefined` for what is no file, or is gone since. */
async function textOf(path: string): Promise<string | undefined> {
	const handle = await open(path).catch(() => undefined);
	if (!handle) return undefined;
	try {
		const info = await handle.stat();
		if (!info.isFile()) return undefined;
		const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(info.size, mostBytes)), { position: 0 });
		return buffer.toString('utf8', 0, bytesRead);
	} finally {
		await handle.close();
	}
}
