import { useCallback, useEffect, useState } from 'react';
import type { Timed } from '../../core/mcp/inspectorProtocol';
import { failureOf, useHost, type Failure } from './host';

/** How the last request of one place went. */
export interface Outcome<T> {
	readonly result: T | null;
	readonly failure: Failure | null;
	readonly ms: number | null;
}

export interface CallState<T> {
	readonly isRunning: boolean;
	/** What the server says about how far it is. */
	readonly progress: string | null;
	readonly outcome: Outcome<T> | null;
	readonly run: (ask: (call: number) => Promise<Timed<T>>) => void;
	readonly cancel: () => void;
}

/**
 * One request at a time of one place, with its progress and its answer, which stays when the user looks elsewhere.
 * @param place under which the answer is kept
 */
export function useCall<T>(place: string): CallState<T> {
	const { client, nextCall, memory, attempt } = useHost();
	const [call, setCall] = useState<number | null>(null);
	const [progress, setProgress] = useState<string | null>(null);
	const [outcome, setOutcome] = useState(() => (memory.get(place) as Outcome<T> | undefined) ?? null);
	useEffect(() => {
		const listening = client.on('progress', told => {
			if (told.call === call) setProgress(told.text);
		});
		return () => listening.dispose();
	}, [client, call]);
	const finish = useCallback(
		(next: Outcome<T>) => {
			memory.set(place, next);
			setOutcome(next);
			setCall(null);
		},
		[memory, place],
	);
	return {
		isRunning: call !== null,
		progress,
		outcome,
		run: ask => {
			const number = nextCall();
			setCall(number);
			setProgress(null);
			ask(number).then(
				({ result, ms }) => finish({ result, failure: null, ms }),
				(error: unknown) => finish({ result: null, failure: failureOf(error), ms: null }),
			);
		},
		cancel: () => {
			if (call !== null) void attempt('cancel', { call });
		},
	};
}
