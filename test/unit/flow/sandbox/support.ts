import { build } from 'esbuild';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { beforeAll, onTestFinished } from 'vitest';
import { Sandbox, type SandboxDeps, type SandboxOptions } from '../../../../src/core/flow/sandbox/sandbox';
import { startSandboxThread } from '../../../../src/core/flow/sandbox/startThread';
import type { SandboxPort } from '../../../../src/core/flow/sandbox/thread';
import type { Json } from '../../../../src/core/base/json';
import { builtOnce } from '../../builtOnce';

const repository = resolve(import.meta.dirname, '../../../..');
const wasm = 'node_modules/@jitl/quickjs-wasmfile-release-sync/dist/emscripten-module.wasm';
const banner =
	"import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); const __dirname = import.meta.dirname;";

const bundleName = 'sandbox.mjs';

/** The worker as it is packaged: its code beside the compressed engine. */
async function bundleSandbox(folder: string): Promise<void> {
	await build({
		entryPoints: [join(repository, 'src/workers/sandbox.ts')],
		outfile: join(folder, bundleName),
		bundle: true,
		platform: 'node',
		format: 'esm',
		banner: { js: banner },
		logLevel: 'error',
	});
	const params = { [constants.BROTLI_PARAM_QUALITY]: 1 };
	writeFileSync(join(folder, 'quickjs.wasm.br'), brotliCompressSync(readFileSync(join(repository, wasm)), { params }));
}

/** Threads that were started and have not ended. */
export const liveThreads = new Set<SandboxPort>();

function startThread(file: string): SandboxPort {
	const port = startSandboxThread(file);
	liveThreads.add(port);
	port.onDidExit(() => liveThreads.delete(port));
	return port;
}

/** Bundles the worker once for all tests, and gives sandboxes that end with their test. */
export function useSandbox(): (deps?: Partial<SandboxDeps>) => Sandbox {
	let file = '';
	beforeAll(async () => {
		file = join(await builtOnce('sandbox', bundleSandbox), bundleName);
	});
	return deps => {
		const sandbox = new Sandbox({ startThread: () => startThread(file), ...deps });
		onTestFinished(() => sandbox.dispose());
		return sandbox;
	};
}

/** Runs a function body. */
export function evaluate(
	sandbox: Sandbox,
	source: string,
	values: Readonly<Record<string, Json>> = {},
	options: Partial<SandboxOptions> = {},
): Promise<Json | undefined> {
	return sandbox.run({ kind: 'body', source, values }, { signal: new AbortController().signal, ...options });
}
