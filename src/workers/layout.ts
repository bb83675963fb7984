import { parentPort } from 'node:worker_threads';
import { layoutFlow } from '../core/flow/layout/flowLayout';
import type { LayoutContract } from '../core/flow/layout/layoutProtocol';
import { serve } from '../core/rpc/rpc';

if (!parentPort) throw new Error('layout.ts runs as a worker thread');
const port = parentPort;
serve<LayoutContract>(
	{
		post: message => port.postMessage(message),
		onMessage: listener => {
			port.on('message', listener);
			return { dispose: () => port.off('message', listener) };
		},
	},
	{
		layout: ({ boxes, ...wish }) => {
			const unknown = { width: 224, height: 64 };
			return layoutFlow({ ...wish, boxOf: id => (Object.hasOwn(boxes, id) ? boxes[id]! : unknown) });
		},
	},
);
