import { join } from 'node:path';
import { CancelledError } from '../../core/base/errors';
import { connect } from '../../core/rpc/rpc';
import type { ReadPage } from '../../core/tools/ports';
import type { PageContract } from '../../core/tools/web/pageProtocol';
import type { Host } from '../host/context';
import { WorkerPort } from '../host/workerHost';

/** A page that takes longer is built to. */
const timeoutMs = 15_000;

/** Reads each page in a worker of its own, which ends with it: pages are rare, and may be of any size and shape. */
export function pageReader({ context, log }: Pick<Host, 'context' | 'log'>): ReadPage {
	return async (html, url, signal) => {
		signal.throwIfAborted();
		const port = new WorkerPort(context.asAbsolutePath(join('dist', 'workers', 'pages.js')), log);
		const client = connect<PageContract>(port, timeoutMs);
		const stop = (): void => client.dispose();
		signal.addEventListener('abort', stop, { once: true });
		try {
			return await client.call('read', { html, url });
		} catch (error) {
			if (signal.aborted) throw new CancelledError();
			throw error;
		} finally {
			signal.removeEventListener('abort', stop);
			client.dispose();
			port.dispose();
		}
	};
}
