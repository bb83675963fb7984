import { parentPort } from 'node:worker_threads';
import { serve } from '../core/rpc/rpc';
import type { PageContract } from '../core/tools/web/pageProtocol';
import { readablePage } from '../core/tools/web/readable';

if (!parentPort) throw new Error('pages.ts runs as a worker thread');
const port = parentPort;
serve<PageContract>(
	{
		post: message => port.postMessage(message),
		onMessage: listener => {
			port.on('message', listener);
			return { dispose: () => port.off('message', listener) };
		},
	},
	{ read: ({ html, url }) => readablePage(html, url) },
);
