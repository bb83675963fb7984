import { connect, type LookupFunction } from 'node:net';
import type { Clock } from '../../base/clock';
import { CancelledError } from '../../base/errors';
import type { CheckResult } from '../service';
import { seconds } from './http';
import { reachProblem } from './reach';

export interface TcpCheck {
	readonly host: string;
	readonly port: number;
	readonly timeoutMs: number;
	/** Where names may lead; absent: anywhere. */
	readonly lookup?: LookupFunction;
}

/** Opens a connection and closes it again; nothing is sent. */
export function checkTcp(
	{ host, port, timeoutMs, lookup }: TcpCheck,
	clock: Clock,
	signal: AbortSignal,
): Promise<CheckResult> {
	const started = clock.monotonic();
	return new Promise((resolve, reject) => {
		const socket = connect({ host, port, ...(lookup && { lookup }) });
		const end = (result: CheckResult): void => {
			timer.dispose();
			signal.removeEventListener('abort', abort);
			socket.destroy();
			resolve(result);
		};
		const abort = (): void => {
			timer.dispose();
			socket.destroy();
			reject(new CancelledError());
		};
		const timer = clock.after(timeoutMs, () =>
			end({ outcome: 'down', text: `Nothing answered within ${seconds(timeoutMs)}.`, latencyMs: null }),
		);
		signal.addEventListener('abort', abort, { once: true });
		if (signal.aborted) return abort();
		socket.once('connect', () => {
			const latencyMs = Math.round(clock.monotonic() - started);
			end({ outcome: 'up', text: `Port ${port} takes connections.`, latencyMs });
		});
		socket.once('error', error =>
			end({ outcome: 'down', text: reachProblem(error, `${host}:${port}`), latencyMs: null }),
		);
	});
}
