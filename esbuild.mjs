// Builds three targets: the extension (ESM with lazy chunks), the worker threads, and one bundle per webview.
import * as esbuild from 'esbuild';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';

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

/**
 * The MCP SDK's client brings ajv, unasked, for a check that we make with a smaller library, which the tools bring anyway:
 * 130 KB less to load.
 */
const smallValidator = {
	name: 'small-validator',
	setup(build) {
		build.onResolve({ filter: /validation\/ajv-provider\.js$/ }, ({ resolveDir }) => ({
			path: 'ajv-provider',
			namespace: 'small-validator',
			pluginData: { resolveDir },
		}));
		build.onLoad({ filter: /.*/, namespace: 'small-validator' }, ({ pluginData }) => ({
			contents:
				"export { CfWorkerJsonSchemaValidator as AjvJsonSchemaValidator } from '../validation/cfworker-provider.js';",
			resolveDir: pluginData.resolveDir,
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

/** CommonJS dependencies inside an ES module bundle still call `require` for Node's built-ins. */
const requireBanner = {
	js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); const __dirname = import.meta.dirname;",
};

const folders = folder =>
	readdirSync(folder, { withFileTypes: true })
		.filter(entry => entry.isDirectory() && existsSync(`${folder}/${entry.name}/main.tsx`))
		.map(entry => [entry.name, `${folder}/${entry.name}/main.tsx`]);

const workers = readdirSync('src/workers')
	.filter(file => file.endsWith('.ts'))
	.map(file => `src/workers/${file}`);

const builds = [
	{
		...shared,
		entryPoints: ['src/extension/extension.ts'],
		outdir: 'dist/extension',
		chunkNames: 'chunks/[name]-[hash]',
		platform: 'node',
		format: 'esm',
		splitting: true,
		external: ['vscode'],
		// Its CommonJS form requires its parts by names that no bundler sees.
		alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
		plugins: [smallValidator],
		banner: requireBanner,
	},
	{ ...shared, entryPoints: workers, outdir: 'dist/workers', platform: 'node', format: 'esm', banner: requireBanner },
	{
		...shared,
		entryPoints: Object.fromEntries(folders('src/webviews')),
		outdir: 'dist/webviews',
		chunkNames: 'chunks/[name]-[hash]',
		platform: 'browser',
		format: 'esm',
		splitting: true,
		jsx: 'automatic',
		loader: { '.ttf': 'file' },
		assetNames: '[name]',
		plugins: [browserOnly],
		define: { 'process.env.NODE_ENV': JSON.stringify(production ? 'production' : 'development') },
	},
];

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist/workers', { recursive: true });
cpSync('node_modules/sql.js/dist/sql-wasm.wasm', 'dist/workers/sql-wasm.wasm');
for (const options of builds) {
	const context = await esbuild.context(options);
	if (watch) await context.watch();
	else {
		await context.rebuild();
		await context.dispose();
	}
}
