import { parentPort } from 'node:worker_threads';
import { historyHandlers } from '../core/claude/history/reader';
import type { HistoryContract } from '../core/claude/history/protocol';
import { serve } from '../core/rpc/rpc';

if (!parentPort) throw new Error('history.ts runs as a worker thread');
const port = parentPort;
serve<HistoryContract>(
	{
		post: message => port.postMessage(message),
		onMessage: listener => {
			port.on('message', listener);
			return { dispose: () => port.off('message', listener) };
		},
	},
	historyHandlers(),
);
