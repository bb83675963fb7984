import { build, type Plugin } from 'esbuild';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './tools.ts';

/** Not written in one piece: this file may be in a bundle itself, and would find its own folder here. */
const ownFolder = ['import', 'meta', 'dirname'].join('.');

/** In a bundle every file would have the bundle's folder; each keeps the one it was written in. */
const ownFolders: Plugin = {
	name: 'own-folders',
	setup(bundler) {
		bundler.onLoad({ filter: /\.ts$/ }, ({ path }) => {
			if (path.includes('node_modules')) return undefined;
			const contents = readFileSync(path, 'utf8').replaceAll(ownFolder, JSON.stringify(dirname(path)));
			return { contents, loader: 'ts' };
		});
	},
};

/** Bundles a script that uses `src`, whose imports Node does not resolve by itself, and loads it. */
export async function loadBundled(file: string, outfile: string): Promise<unknown> {
	await bundleScript(file, outfile);
	return import(pathToFileURL(outfile).href);
}

/** Bundles a script that uses `src`, for a process of its own. */
export async function bundleScript(file: string, outfile: string): Promise<void> {
	const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
		'dependencies' | 'devDependencies',
		Readonly<Record<string, string>>
	>;
	await build({
		entryPoints: [file],
		outfile,
		bundle: true,
		platform: 'node',
		format: 'esm',
		target: 'node22',
		external: Object.keys({ ...dependencies, ...devDependencies }),
		plugins: [ownFolders],
		logLevel: 'warning',
	});
}
