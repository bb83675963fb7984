import { parentPort } from 'node:worker_threads';
import { documentHandlers, type DocumentsContract } from '../core/documents/protocol';
import { serve } from '../core/rpc/rpc';

if (!parentPort) throw new Error('documents.ts runs as a worker thread');
const port = parentPort;
serve<DocumentsContract>(
	{
		post: message => port.postMessage(message),
		onMessage: listener => {
			port.on('message', listener);
			return { dispose: () => port.off('message', listener) };
		},
	},
	documentHandlers(),
);
