// Builds three targets: the extension and the command line (ESM with lazy chunks), the worker threads, and one bundle per webview.
import * as esbuild from 'esbuild';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { writeEngineTypes } from './scripts/build/cli.mjs';
import { englishZod, smallValidator } from './scripts/build/lighter.mjs';
import { writeTemplates } from './scripts/build/templates.mjs';
import { requireBanner, workerBuilds, writePacked } from './scripts/build/workers.mjs';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

/** Refuses Node's own modules where the code will run in a browser page. */
const browserOnly = {
	name: 'browser-only',
	setup(build) {
		build.onResolve({ filter: /^node:/ }, args => ({
			errors: [{ text: `${args.path} cannot run in a webview (imported by ${args.importer})` }],
		}));
	},
};

const shared = {
	bundle: true,
	minify: production,
	sourcemap: production ? false : 'linked',
	// An editor's task waits for the lines that say a build has begun and ended.
	logLevel: watch ? 'info' : 'warning',
	target: 'es2023',
	legalComments: 'none',
	metafile: true,
};

const folders = folder =>
	readdirSync(folder, { withFileTypes: true })
		.filter(entry => entry.isDirectory() && existsSync(`${folder}/${entry.name}/main.tsx`))
		.map(entry => [entry.name, `${folder}/${entry.name}/main.tsx`]);

const builds = [
	{
		...shared,
		// The command line shares the core's chunks with the extension; none of those imports `vscode`.
		entryPoints: {
			'extension/extension': 'src/extension/extension.ts',
			'cli/quarterdeck': 'src/cli/main.ts',
			'cli/engine': 'src/cli/engine.ts',
		},
		outdir: 'dist',
		chunkNames: 'extension/chunks/[name]-[hash]',
		platform: 'node',
		format: 'esm',
		splitting: true,
		external: ['vscode'],
		// Its CommonJS form requires its parts by names that no bundler sees.
		alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
		plugins: [smallValidator, englishZod],
		banner: requireBanner,
	},
	...workerBuilds(shared, 'dist/workers'),
	{
		...shared,
		// Colours, icons and controls are the same on every page, and stand in the package once.
		entryPoints: { ...Object.fromEntries(folders('src/webviews')), theme: 'src/webviews/shared/theme.css' },
		outdir: 'dist/webviews',
		chunkNames: 'chunks/[name]-[hash]',
		platform: 'browser',
		format: 'esm',
		splitting: true,
		jsx: 'automatic',
		loader: { '.ttf': 'file' },
		assetNames: '[name]',
		plugins: [browserOnly, englishZod],
		define: { 'process.env.NODE_ENV': JSON.stringify(production ? 'production' : 'development') },
	},
];

rmSync('dist', { recursive: true, force: true });
await writePacked('dist/workers', production);
writeTemplates('dist', production);
writeEngineTypes('dist/cli');
for (const options of builds) {
	const context = await esbuild.context(options);
	if (watch) await context.watch();
	else {
		await context.rebuild();
		await context.dispose();
	}
}
