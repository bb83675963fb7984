// Builds the command line by itself, for its tests: it must run without VS Code. In the package it shares the extension's chunks.
import * as esbuild from 'esbuild';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { englishZod, smallValidator } from './lighter.mjs';
import { requireBanner } from './workers.mjs';

/** Options of esbuild for the command line. */
export function cliBuilds(shared, outdir) {
	return [
		{
			...shared,
			entryPoints: { quarterdeck: 'src/cli/main.ts', engine: 'src/cli/engine.ts' },
			outdir,
			chunkNames: 'chunks/[name]-[hash]',
			platform: 'node',
			format: 'esm',
			splitting: true,
			alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
			plugins: [smallValidator, englishZod],
			banner: requireBanner,
		},
	];
}

/** Writes the types of what exported programs import. */
export function writeEngineTypes(outdir) {
	mkdirSync(outdir, { recursive: true });
	copyFileSync('src/cli/public/engine.d.ts', join(outdir, 'engine.d.ts'));
}

/** The command line as a user gets it, for a test that has no package. */
export async function buildCli(outdir) {
	const shared = { bundle: true, minify: true, target: 'es2023', legalComments: 'none', logLevel: 'error' };
	for (const options of cliBuilds(shared, outdir)) await esbuild.build(options);
	writeEngineTypes(outdir);
}
