import { parentPort } from 'node:worker_threads';
import { diagramHandlers, type DiagramsContract } from '../core/artifacts/diagram';
import { serve } from '../core/rpc/rpc';

if (!parentPort) throw new Error('diagrams.ts runs as a worker thread');
const port = parentPort;
serve<DiagramsContract>(
	{
		post: message => port.postMessage(message),
		onMessage: listener => {
			port.on('message', listener);
			return { dispose: () => port.off('message', listener) };
		},
	},
	diagramHandlers(),
);
