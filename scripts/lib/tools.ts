import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The checkout. */
export const root = resolve(import.meta.dirname, '../..');
/** Ignored by git: fetched programs, and what tests write. */
export const cache = join(root, '.cache');

export interface Tools {
	readonly workbench: { readonly entry: string };
	readonly browser: {
		readonly executable: string;
		readonly args: readonly string[];
		readonly env: Readonly<Record<string, string>>;
	};
	readonly claude: { readonly executable: string };
}

/** How a program that the set-up fetched is started; undefined where it was not fetched or does not exist for this system. */
export function findTool<K extends keyof Tools>(name: K): Tools[K] | undefined {
	const file = join(cache, name, 'ready.json');
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Tools[K]) : undefined;
}

/** The same, for callers that cannot go on without it. */
export function tool<K extends keyof Tools>(name: K): Tools[K] {
	const found = findTool(name);
	if (!found) throw new Error(`The ${name} is not here. Fetch it with: node scripts/setup.mjs --${name}`);
	return found;
}

/**
 * A browser's arguments for drawing with the processor, as on a machine without a GPU. The fetched browser's own have a
 * GPU emulated, which takes several times the work and lags behind the page.
 */
export function withoutGpu(args: readonly string[]): string[] {
	return [...args.filter(argument => !/gpu|gl=|angle|swiftshader/.test(argument)), '--disable-gpu'];
}
