import { parentPort } from 'node:worker_threads';
import { systemClock } from '../core/base/clock';
import { Sampling } from '../core/hardware/sampling';
import { systemSampler } from '../core/hardware/systemSampler';

if (!parentPort) throw new Error('hardware.ts runs as a worker thread');
const port = parentPort;
// It lives as long as its thread, which ends with its port.
const sampling = new Sampling(
	{
		post: message => port.postMessage(message),
		onMessage: listener => {
			port.on('message', listener);
			return { dispose: () => port.off('message', listener) };
		},
	},
	systemSampler(systemClock),
	systemClock,
);
port.once('close', () => sampling.dispose());
