import { Worker } from 'node:worker_threads';
import { Emitter } from '../../base/event';
import type { Logger } from '../../base/logger';
import type { SandboxPort } from './thread';

/** Megabytes of the thread's own objects: results on their way. What scripts use is the engine's and has its own limit. */
const threadMb = 256;

/**
 * Starts a thread for a `Sandbox`.
 * @param file absolute path of `dist/workers/sandbox.js`
 */
export function startSandboxThread(file: string, log?: Pick<Logger, 'error'>): SandboxPort {
	const worker = new Worker(file, {
		stdout: false,
		stderr: false,
		env: {},
		resourceLimits: { maxOldGenerationSizeMb: threadMb },
	});
	const exit = new Emitter<unknown>();
	worker.on('error', error => log?.error(error));
	worker.on('exit', code => {
		exit.fire(code);
		exit.dispose();
	});
	return {
		// oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window: there is no origin
		post: message => worker.postMessage(message),
		onMessage(listener) {
			worker.on('message', listener);
			return { dispose: () => worker.off('message', listener) };
		},
		onDidExit: exit.event,
		dispose: () => void worker.terminate(),
	};
}
