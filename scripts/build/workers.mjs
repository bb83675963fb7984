// Builds the worker threads and what they unpack: libraries and the database engine.
import * as esbuild from 'esbuild';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { englishZod, smallValidator } from './lighter.mjs';
import { packed, packedLibraries, writePackedLibraries } from './packed.mjs';

/** CommonJS dependencies inside an ES module bundle still call `require` for Node's built-ins. */
export const requireBanner = {
	js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); const __dirname = import.meta.dirname;",
};

/** Compiled WebAssembly, by the name of the compressed file that a worker finds beside it. */
const engines = {
	'quickjs.wasm': 'node_modules/@jitl/quickjs-wasmfile-release-sync/dist/emscripten-module.wasm',
	'sql-wasm.wasm': 'node_modules/sql.js/dist/sql-wasm.wasm',
};

/** These start with every window: each is one file, whose reading waits for no other. */
const isEarly = file => /(?:ledger|watchdog)\.ts$/.test(file);

/** Options of esbuild for the workers. */
export function workerBuilds(shared, outdir) {
	const files = readdirSync('src/workers')
		.filter(file => file.endsWith('.ts'))
		.map(file => `src/workers/${file}`);
	const workers = {
		...shared,
		outdir,
		platform: 'node',
		format: 'esm',
		banner: requireBanner,
		plugins: [smallValidator, englishZod, packedLibraries],
	};
	return [
		{ ...workers, entryPoints: files.filter(isEarly) },
		{ ...workers, entryPoints: files.filter(file => !isEarly(file)), splitting: true },
	];
}

/** Writes what the workers unpack. Only a build that is final waits for the last percents of compression. */
export async function writePacked(outdir, isFinal) {
	mkdirSync(outdir, { recursive: true });
	for (const [name, file] of Object.entries(engines)) {
		writeFileSync(join(outdir, `${name}.br`), packed(readFileSync(file), isFinal));
	}
	await writePackedLibraries(outdir, isFinal);
}

/** The workers as a user gets them, for a test that has no package. */
export async function buildWorkers(outdir) {
	const shared = { bundle: true, minify: true, target: 'es2023', legalComments: 'none', logLevel: 'error' };
	await writePacked(outdir, false);
	for (const options of workerBuilds(shared, outdir)) await esbuild.build(options);
}
