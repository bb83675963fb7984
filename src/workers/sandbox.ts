import { readFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { brotliDecompressSync } from 'node:zlib';
import { toDisposable } from '../core/base/lifecycle';
import { serveSandbox } from '../core/flow/sandbox/threadSide';

if (!parentPort) throw new Error('sandbox.ts runs as a worker thread');
const port = parentPort;
serveSandbox(async () => brotliDecompressSync(await readFile(new URL('./quickjs.wasm.br', import.meta.url))), {
	post: message => port.postMessage(message),
	onMessage(listener) {
		port.on('message', listener);
		return toDisposable(() => port.off('message', listener));
	},
});
